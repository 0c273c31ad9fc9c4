"""What an operator reads in a terminal of what flows."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.operating.flow import STANDINGS, drawn
from services.operations.live import FLOW
from shared import edge


def shown(**changed: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=120)
    console.print(drawn(edge.builtins(FLOW) | changed))
    return " ".join(console.export_text().split())


def test_rates_ages_and_who_is_behind_are_shown_with_how_fresh_they_are() -> None:
    said = shown()
    assert "live: the newest number is 3 s old" in said
    assert "payment 41.5 18.2 1,092" in said
    assert "ages, counted 30 s ago" in said
    assert "payment 312 24 min 8 s 14 h 26 min 1 d 1 h" in said
    assert "readers, looked 2 s ago" in said
    assert "operations 17" in said


@pytest.mark.parametrize("standing", STANDINGS)
def test_every_standing_is_said_in_words(standing: str) -> None:
    assert shown(standing=standing).startswith(f"{standing}: ")


def test_what_nobody_knows_is_no_number() -> None:
    rates = [{"stage": "payment", "in_per_s": None, "out_per_s": None}]
    said = shown(standing="still", rates=rates, ages=[], ages_as_of_ms=None, behind_s=None)
    assert "payment – –" in said
    assert "ages, counted never" in said
