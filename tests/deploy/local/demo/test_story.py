"""The story is drawn once and for all by its seed."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from deploy.local.demo.story import Story, draw
from deploy.sandbox.officers.habits import Fate, Habits
from deploy.sandbox.payers import LATER
from shared.catalogue import load

CATALOGUE, ON, HABITS = load(), date(2026, 11, 20), Habits()


def story(count: int = 300, seed: int = 1) -> Story:
    return draw(CATALOGUE, ON, count, seed, HABITS)


def without_ids(drawn: Story) -> list[Any]:
    return [replace(part, application=replace(part.application, id="")) for part in drawn.parts]


def moment(part: Any) -> str:
    procedure = CATALOGUE.procedure(part.application.fields.procedure, ON)
    assert procedure
    return procedure.payment_moment


def test_the_same_seed_tells_the_same_story_and_another_another() -> None:
    assert without_ids(story(40)) == without_ids(story(40))
    assert without_ids(story(40)) != without_ids(story(40, seed=2))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [30, 300])
def test_half_comes_by_each_way_and_every_unusual_citizen_is_in_it(count: int, seed: int) -> None:
    parts = story(count, seed).parts
    paying = Counter(part.paying for part in parts)

    assert Counter(part.way for part in parts) == {"http": count // 2, "kafka": count // 2}
    assert paying["wrong_amount_first"] == 1
    assert all(paying[name] for name in ("twice", "early", "decline", "silent"))
    assert sum(part.is_withdrawn for part in parts) == max(1, count // 100)


@pytest.mark.parametrize("seed", range(5))
def test_whoever_pays_in_an_unusual_way_has_something_to_pay(seed: int) -> None:
    for part in story(seed=seed).parts:
        if part.paying != "pay":
            assert moment(part) in ("at_submission", *LATER)
            assert not part.is_withdrawn
            assert not Fate(HABITS, part.application.id).is_refused
        if part.paying == "early":
            assert moment(part) in LATER


def test_what_is_wrong_on_purpose_is_apart_from_the_story_but_for_two_sent_again() -> None:
    drawn = story(30)
    own = {part.application.id for part in drawn.parts}

    assert drawn.wrongs.unknown_procedure.id not in own
    assert drawn.wrongs.unknown_unit.id not in own
    assert drawn.wrongs.not_json not in own
    assert drawn.wrongs.repeated in [part.application for part in drawn.parts]
    assert drawn.wrongs.conflicting.id in own
    assert drawn.wrongs.conflicting not in [part.application for part in drawn.parts]
