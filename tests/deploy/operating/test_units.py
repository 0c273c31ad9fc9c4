"""What an operator reads in a terminal of a service centre, and of what portals sent."""

import io
from collections.abc import Callable
from typing import Any, get_args

from rich.console import Console

from deploy.operating.units import STATES, _plus, show_points, show_sync
from services.operations.domain.readiness import State
from services.operations.domain.sync import KINDS

POINT = {
    "point": "seals",
    "state": "unmet",
    "title_en": "Digital seals are there",
    "evidence_en": "o-1: none yet",
}
LINE = {"unit": "26737", "name": "Phường Sài Gòn", "sent": 3, "taken": 2}


def drawn(draw: Callable[..., None], *said: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console, *said)
    return " ".join(console.export_text().split())


def test_a_centre_says_which_points_are_not_met_and_what_that_rests_on() -> None:
    found = {"unit": "26737", "name": "Sài Gòn", "is_ready": False, "met": 0, "points": [POINT]}
    said = drawn(show_points, found)
    assert "26737 Sài Gòn is not ready: 0 of 1 points are met." in said
    assert "seals not met Digital seals are there o-1: none yet" in said
    assert set(STATES) == set(get_args(State))


def test_a_day_says_what_was_sent_to_each_unit_and_what_differs_in_words() -> None:
    differs = {"application": "a-1", "unit": "26737", "kind": "unrouted", "theirs": "x", "ours": ""}
    found = {"day": "2026-11-20", "units": [LINE], "differences": [differs]}
    said = drawn(show_sync, found, 20)
    assert "26737 Phường Sài Gòn 3 2" in said
    assert f"a-1 26737 {KINDS['unrouted'].en}" in said


def test_a_day_on_which_nothing_differs_says_so() -> None:
    said = drawn(show_sync, {"day": "2026-11-20", "units": [], "differences": []}, 20)
    assert said == "Portals sent nothing on 2026-11-20. Nothing differs."


def test_pages_of_a_day_add_up() -> None:
    assert _plus(None, LINE) == LINE
    assert _plus(LINE, LINE) == LINE | {"sent": 6, "taken": 4}
