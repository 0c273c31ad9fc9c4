"""What is wrong on purpose has one right answer each; every other answer is seen to be wrong."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from deploy.local.demo.story import draw
from deploy.local.demo.wrongs import NOT_JSON, Turned, Wrongs, answers
from deploy.sandbox.officers.habits import Habits
from deploy.sandbox.portal import personal_values
from shared.catalogue import load

TURNED = Turned(422, "application/problem+json", ("/procedure unknown-procedure",))
PROBLEM = {"field": "/receiving_unit", "code": "unknown-unit", "remedy_vi": "", "remedy_en": ""}


@pytest.fixture(scope="module")
def wrongs() -> Wrongs:
    return draw(load(), date(2026, 11, 20), 30, 1, Habits()).wrongs


def answered(log: Any, wrongs: Wrongs) -> None:
    log.decided("application.refused", wrongs.unknown_unit.id, problems=[PROBLEM])
    log.said("portal.submissions.dead", "record.dead", wrongs.not_json)
    log.decided("application.registered", wrongs.repeated.id)
    log.decided("application.registered", wrongs.conflicting.id)
    log.decided("application.conflicted", wrongs.conflicting.id)


def test_the_right_answers_are_right(log: Any, wrongs: Wrongs) -> None:
    answered(log, wrongs)
    assert all(answer.is_right for answer in answers(wrongs, TURNED, log.evidence()))


def test_without_any_answer_all_are_wrong(log: Any, wrongs: Wrongs) -> None:
    assert not any(answer.is_right for answer in answers(wrongs, None, log.evidence()))


Plant = Callable[[Any, Wrongs], Any]


@pytest.mark.parametrize(
    ("place", "plant"),
    [
        (1, lambda log, w: log.decided("application.refused", w.unknown_unit.id, problems=[])),
        (2, lambda log, w: log.again("portal.submissions.dead")),
        (3, lambda log, w: log.decided("application.registered", w.repeated.id)),
        (4, lambda log, w: log.decided("application.conflicted", w.conflicting.id)),
    ],
)
def test_an_answer_given_twice_is_wrong(log: Any, wrongs: Wrongs, place: int, plant: Plant) -> None:
    answered(log, wrongs)
    plant(log, wrongs)
    found = answers(wrongs, TURNED, log.evidence())
    assert [n for n, answer in enumerate(found) if not answer.is_right] == [place]


@pytest.mark.parametrize(
    "turned",
    [
        TURNED._replace(status=202),
        TURNED._replace(media_type="application/json"),
        TURNED._replace(problems=()),
    ],
)
def test_the_edge_must_name_the_field_in_problem_details(
    log: Any, wrongs: Wrongs, turned: Turned
) -> None:
    answered(log, wrongs)
    assert not answers(wrongs, turned, log.evidence())[0].is_right


def test_nothing_personal_stands_in_what_is_not_json(wrongs: Wrongs) -> None:
    people = list(personal_values(wrongs.unknown_unit))
    assert set(people) <= set(wrongs.personal())
    assert not any(value.encode() in NOT_JSON for value in wrongs.personal())
