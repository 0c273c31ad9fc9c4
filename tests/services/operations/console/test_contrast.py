"""The console can be read: contrast by day and by night as WCAG 2.2 wants it, worked out."""

import re
from pathlib import Path
from typing import get_args

import pytest

from services.operations import console
from services.operations.console.reading.waterfall import Who
from tests.services.operations.status.test_contrast import PART, TEXT, contrast

STYLE = (Path(console.__file__).parent / "static" / "console.css").read_text()
# what stands on what
READ = [
    *((front, back) for front in ("text", "quiet", "accent") for back in ("page", "card")),
    ("on-accent", "accent"),
    ("text", "late-page"),
    ("quiet", "late-page"),
    ("text", "still-page"),
    ("quiet", "still-page"),
    ("accent", "still-page"),
    *((tone, f"{tone}-page") for tone in ("late", "good", "still", "calm")),
    ("late", "card"),
    ("good", "page"),
]
SEEN = [
    ("edge", "card"),
    ("edge", "page"),
    ("focus", "page"),
    ("focus", "card"),
    *((who, "card") for who in get_args(Who)),
]
DAY, NIGHT = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))
    for part in STYLE.split("@media (prefers-color-scheme: dark)")[:2]
)


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("front", "back"), READ)
def test_text_can_be_read(colours: dict[str, str], front: str, back: str) -> None:
    assert contrast(colours[front], colours[back]) >= TEXT


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("front", "back"), SEEN)
def test_bars_edges_and_focus_can_be_seen(colours: dict[str, str], front: str, back: str) -> None:
    assert contrast(colours[front], colours[back]) >= PART


def test_night_has_every_colour_of_the_day_and_no_other_colour_is_used() -> None:
    assert NIGHT.keys() == DAY.keys()
    assert {c for pair in READ + SEEN for c in pair} | {"line"} == DAY.keys()
    assert re.findall(r"#[0-9a-f]{3,6}\b", re.sub(r":root \{[^}]*\}", "", STYLE)) == []


def test_a_rule_of_the_style_ends_before_the_next_begins() -> None:
    flat = re.sub(r"@media[^{]*\{", "", STYLE)
    assert re.findall(r"[^{};]*\{[^{}]*\{", flat) == []
    assert STYLE.count("{") == STYLE.count("}")
