"""What is to be done, and that there is nothing: as the state has it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.operations.domain.citizen import sentences
from services.operations.domain.citizen.course import Course
from services.operations.domain.citizen.due import DECIDING
from services.operations.domain.citizen.money import money
from services.operations.domain.citizen.sentences import STATES
from services.operations.domain.citizen.tasks import tasks
from services.operations.domain.citizen.view import CitizenStatus
from services.operations.domain.citizen.words import Words
from tests.services.operations import scenes, variants
from tests.services.operations.scenes import SCENES, begun

Seen = Callable[..., CitizenStatus]
EVERY = {**SCENES, **variants.VARIANTS}
NO_MONEY = money((), datetime(2026, 6, 9, tzinfo=UTC))
UNIT = Words("nơi trả", "the unit")


def kinds(found: CitizenStatus) -> list[str]:
    return [task.kind for task in found.tasks]


@pytest.mark.parametrize(
    ("scene", "task"),
    [
        (scenes.submitted, "nothing_checked"),
        (scenes.resubmitted, "nothing_checked"),
        (scenes.accepted, "nothing"),
        (scenes.processing, "nothing"),
        (scenes.stopped, "nothing_paused"),
        (variants.kept_while_stopped, "nothing_paused"),
        (scenes.settled, "fetch"),
        (scenes.in_post, "await_post"),
        (scenes.came_back, "fetch_back"),
        (scenes.returned, "over"),
        (scenes.withdrawn, "over"),
        (scenes.refused, "correct"),
        (scenes.family, "see_parts"),
    ],
)
def test_there_is_always_one_thing_to_do_or_none(scene, task, seen: Seen) -> None:
    assert kinds(seen(begun(scene))) == [task]


@pytest.mark.parametrize("scene", EVERY)
def test_work_is_said_to_go_on_only_where_it_does(scene: str, seen: Seen) -> None:
    found = seen(begun(EVERY[scene]))
    is_decided = found.state.state in (*DECIDING, "family")
    for task in found.tasks:
        assert is_decided or "đang giải quyết" not in task.sentence.vi
        assert is_decided or "working on it" not in task.sentence.en


@pytest.mark.parametrize("state", sorted(set(STATES) - sentences.OVER))
def test_what_there_is_nothing_to_do_about_agrees_with_how_it_stands(state: Any) -> None:
    (task,) = tasks(Course(state=state, is_refused=True), NO_MONEY, UNIT)
    goes_on = "đang giải quyết" in task.sentence.vi
    assert goes_on is (state in DECIDING)
