"""What an operator reads of indicators in a terminal."""

import io
from typing import Any

from rich.console import Console

from deploy.operating.indicators import show, show_index
from services.operations.domain.service_index import Tally, lines


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


def test_the_index_says_what_it_is_of_and_why_a_number_is_missing() -> None:
    tally = Tally(parts={"paid_online": 1}, wholes={"paid_online": 4})
    console = Console(file=io.StringIO(), record=True, width=200)

    show_index(console, lines(tally, (9, 10)))

    said = " ".join(console.export_text().split())
    assert "Settled early and on time 9 / 10 18.00 20" in said
    assert "Dossiers paid, of those with a fee 1 / 4 1.50 6" in said
    assert "Published on time – – 6 The log does not tell" in said
    assert "19.50 of the 26 points" in said
