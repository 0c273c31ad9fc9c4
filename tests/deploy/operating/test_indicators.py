"""What an operator reads of indicators in a terminal."""

import io
from typing import Any

from rich.console import Console

from deploy.operating.indicators import show


def cell(indicator: str, colour: str, permille: int | None) -> dict[str, Any]:
    return {"indicator": indicator, "colour": colour, "permille": permille}


def view(name: str, colour: str, *cells: dict[str, Any]) -> dict[str, Any]:
    return {"unit": "01", "name": name, "colour": colour, "cells": list(cells)}


def test_a_line_for_each_unit_says_its_colour_in_words_and_how_many_are_left() -> None:
    cells = [cell("on_time", "red", 821), cell("late_intake", "grey", None)]
    below = [view(name, "red", *cells) for name in ("Hà Nội", "Huế")]
    found = {
        "day": "2026-11-22",
        "since": "2026-10-24",
        "total": view("Toàn quốc", "yellow", *cells),
        "below": below,
    }
    console = Console(file=io.StringIO(), record=True, width=120)

    show(console, found, 1)

    said = " ".join(console.export_text().split())
    assert "on time late intake" in said
    assert "Toàn quốc yellow 82.1 % r –" in said
    assert "Hà Nội red" in said
    assert "Huế" not in said
    assert "1 more" in said
