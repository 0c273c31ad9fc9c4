"""The page can be read: contrast by day and by night as WCAG 2.2 wants it, worked out."""

import re
from pathlib import Path

import pytest

from services.operations import pages

STYLE = (Path(pages.__file__).parent / "status.css").read_text()
TEXT, PART = 4.5, 3.0  # of text, of what is to be told apart without being read
# what stands on what
READ = [
    ("text", "page"),
    ("text", "card"),
    ("text", "asked"),
    ("quiet", "page"),
    ("quiet", "card"),
    ("quiet", "asked"),
    ("accent", "page"),
    ("accent", "card"),
    ("on-accent", "accent"),
    ("warn", "card"),
    ("wrong", "card"),
    ("wrong", "wrong-page"),
    ("text", "wrong-page"),
    ("thanks-text", "thanks"),
]
SEEN = [
    ("edge", "card"),
    ("edge", "page"),
    ("focus", "page"),
    ("focus", "card"),
    ("focus", "asked"),
    ("focus", "wrong-page"),
    ("ahead", "page"),
    ("done", "page"),
    ("asked-edge", "page"),
    ("asked-edge", "asked"),
    ("wrong", "page"),
]
DAY, NIGHT = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))
    for part in STYLE.split("@media (prefers-color-scheme: dark)")[:2]
)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_worked_out_as_it_is_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("front", "back"), READ)
def test_text_can_be_read(colours: dict[str, str], front: str, back: str) -> None:
    assert contrast(colours[front], colours[back]) >= TEXT


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("front", "back"), SEEN)
def test_edges_marks_and_focus_can_be_seen(colours: dict[str, str], front: str, back: str) -> None:
    assert contrast(colours[front], colours[back]) >= PART


def test_night_has_every_colour_of_the_day_and_no_other_colour_is_used() -> None:
    assert NIGHT.keys() == DAY.keys()
    assert {c for pair in READ + SEEN for c in pair} | {"line"} == DAY.keys()
    outside = re.sub(r":root \{[^}]*\}", "", STYLE)
    assert re.findall(r"#[0-9a-f]{3,6}\b", outside) == ["#888"]  # on paper
