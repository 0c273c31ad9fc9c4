"""What an operator reads of alarms in a terminal, and when it is to trouble a script."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from deploy.operating.alarms import board, is_pressing, one
from services.operations.alarms import views
from shared import edge

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
LIST: Any = edge.builtins(views.LIST)
ONE: Any = edge.builtins(views.ONE)


def drawn(draw: Any, found: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console, found, NOW)
    return " ".join(console.export_text().split())


def test_what_stands_is_shown_with_how_bad_it_is_and_since_when() -> None:
    said = drawn(board, LIST)
    assert "critical Numbers that must agree differ unbooked 1 1 1 h 0 min" in said
    assert "Looked 1 h 0 min ago." in said


def test_where_nothing_stands_it_says_so_and_what_nobody_could_look_at() -> None:
    said = drawn(board, {"alarms": [], "unseen": ["read_lag"], "looked_at": None})
    assert said == "No alarm stands. read_lag could not be looked at. Nobody looked yet."


@pytest.mark.parametrize("width", [20, 60, 80, 120])
def test_an_id_is_whole_on_a_terminal_of_any_width(width: int) -> None:
    for draw, found in ((board, LIST), (one, ONE)):
        console = Console(file=io.StringIO(), record=True, width=width)
        draw(console, found, NOW)
        assert LIST["alarms"][0]["id"] in console.export_text()


def test_one_is_shown_with_its_acts_and_its_runbook() -> None:
    said = drawn(one, ONE)
    assert "fired /services/operations" in said
    assert "docs/runbooks/parity_difference.md" in said
    assert edge.APPLICATION in said


@pytest.mark.parametrize(
    ("changed", "presses"),
    [
        ({}, True),
        ({"owner": "o-1"}, False),
        ({"is_silenced": True}, False),
        ({"severity": "warning"}, False),
        ({"ended_at": (NOW - timedelta(minutes=1)).isoformat()}, False),
    ],
)
def test_a_script_is_troubled_by_what_is_critical_and_nobody_has(
    changed: dict[str, Any], presses: bool
) -> None:
    assert is_pressing({**LIST["alarms"][0], **changed}) is presses
