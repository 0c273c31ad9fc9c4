"""Indicators: what each says at its limits, and that units put together in any way are the same."""

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain import thresholds
from services.operations.domain.causes import CAUSES
from services.operations.domain.facts import VIEWS
from services.operations.domain.indicators import (
    COUNTED,
    INDICATORS,
    NOTHING,
    WORST_FIRST,
    Judge,
    Whole,
    together,
    worse,
)
from services.operations.domain.statistics import Form
from services.operations.settings import OperationsSettings

DAY = date(2026, 11, 20)
SHIPPED = thresholds.read(OperationsSettings().thresholds.read_bytes())
BOTH = ("form", "board")


@pytest.fixture
def judge() -> Judge:
    return SHIPPED.judge(DAY, BOTH)


def counted(indicator: str, part: int, all_: int, received: int = 1_000) -> dict[str, int]:
    """Counts of which an indicator says this share."""
    one = INDICATORS[indicator]
    rest = next(name for name in one.denominator if name not in one.numerator)
    return {"receiving/received": received, one.numerator[0]: part, rest: all_ - part}


@pytest.mark.parametrize("indicator", INDICATORS)
def test_each_indicator_turns_at_its_limits(indicator: str, judge: Judge) -> None:
    row, is_more = judge.thresholds[indicator], INDICATORS[indicator].better == "more"
    worse_by = -1 if is_more else 1
    wanted = [
        (row.green, "green"),
        (row.green + worse_by, "yellow"),
        (row.red, "yellow"),
        (row.red + worse_by, "red"),
    ]
    for permille, colour in wanted:
        counts = counted(indicator, permille, 1_000)
        (cell,) = [c for c in judge.cells(counts) if c.indicator == indicator]
        told = (cell.colour, cell.numerator, cell.denominator, cell.permille, cell.why)
        assert told == (colour, permille, 1_000, permille, "")


def test_what_is_judged_is_the_share_and_not_how_it_is_written(judge: Judge) -> None:
    counts = counted("on_time", 94_999, 100_000)
    cell = next(c for c in judge.cells(counts) if c.indicator == "on_time")
    assert (cell.permille, cell.colour) == (950, "yellow")


@pytest.mark.parametrize(("part", "permille"), [(0, 0), (1, 1), (99_999, 999), (100_000, 1_000)])
def test_neither_all_nor_nothing_is_written_where_it_is_not_so(
    judge: Judge, part: int, permille: int
) -> None:
    cells = judge.cells(counted("on_time", part, 100_000))
    assert next(c for c in cells if c.indicator == "on_time").permille == permille


@pytest.mark.parametrize("indicator", INDICATORS)
def test_of_too_few_and_of_nothing_no_colour_is_said(indicator: str, judge: Judge) -> None:
    least = judge.thresholds[indicator].least
    for all_, why in ((0, "nothing_to_judge"), (least - 1, "too_few"), (least, "")):
        cell = next(c for c in judge.cells(counted(indicator, 0, all_)) if c.indicator == indicator)
        assert (cell.why, cell.colour == "grey") == (why, all_ < least)


def test_what_nobody_looked_at_that_day_has_no_number(judge: Judge) -> None:
    past = SHIPPED.judge(DAY, ("form",))
    cells = past.cells(dict.fromkeys(COUNTED, 100))
    empty = {c.indicator for c in cells if c.why == "not_kept" and c.numerator is None}
    assert empty == {name for name, one in INDICATORS.items() if one.source == "board"}


def test_a_unit_that_received_too_few_is_grey_however_it_does(judge: Judge) -> None:
    few = counted("on_time", 0, 1_000, received=judge.rule.least - 1)
    enough = counted("on_time", 0, 1_000, received=judge.rule.least)
    assert [judge.colour(judge.one(counts)) for counts in (few, enough)] == ["grey", "red"]


def test_a_unit_is_as_its_worst_indicator(judge: Judge) -> None:
    counts = counted("on_time", 1_000, 1_000) | counted("online", 500, 1_000)
    assert judge.colour(judge.one(counts)) == "yellow"
    assert judge.colour(judge.one(counted("on_time", 1_000, 1_000))) == "green"


@pytest.mark.parametrize(
    ("colours", "colour"),
    [
        ({"green": 100}, "green"),
        ({"red": 24, "green": 76}, "green"),
        ({"red": 25, "green": 75}, "red"),
        ({"red": 1, "green": 2}, "red"),
        ({"red": 10, "yellow": 15, "green": 75}, "yellow"),
        ({"grey": 30, "green": 70}, "grey"),
        ({}, "grey"),
    ],
)
def test_a_province_is_no_better_than_the_worse_quarter_of_its_communes(
    judge: Judge, colours: Any, colour: str
) -> None:
    counts = counted("on_time", 1_000, 1_000)
    assert judge.colour(Whole(counts, colours)) == colour


def test_a_province_whose_communes_are_green_is_as_bad_as_it_does(judge: Judge) -> None:
    assert judge.colour(Whole(counted("on_time", 0, 1_000), {"green": 9})) == "red"


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_units_put_together_in_any_pieces_are_the_same(seed: int) -> None:
    rng, judge = random.Random(seed), SHIPPED.judge(DAY, BOTH)
    ones = [
        judge.one({name: rng.choice((0, 0, 1, 30, 400)) for name in COUNTED})
        for _ in range(rng.randrange(1, 30))
    ]
    whole = together(ones)
    rng.shuffle(ones)
    cuts = sorted(rng.randrange(len(ones) + 1) for _ in range(3))
    pieces = [ones[a:b] for a, b in zip([0, *cuts], [*cuts, len(ones)], strict=True)]
    again = together(together(piece) for piece in pieces)
    assert again == whole
    assert judge.colour(again) == judge.colour(whole)
    for here, all_ in zip(judge.cells(again.counts), judge.cells(whole.counts), strict=True):
        parts = [
            c for one in ones for c in judge.cells(one.counts) if c.indicator == here.indicator
        ]
        assert here == all_
        assert sum(c.numerator or 0 for c in parts) == here.numerator
        assert sum(c.denominator or 0 for c in parts) == here.denominator


def test_nothing_together_is_nothing(judge: Judge) -> None:
    assert judge.colour(together([])) == "grey"
    assert together([]) == NOTHING


def test_whatever_is_counted_is_a_column_of_the_form_or_a_cause_of_the_board() -> None:
    columns = {f"{view}/{name}" for view in VIEWS for name in Form.__struct_fields__}
    causes = {f"{cause}/{kind}" for cause in CAUSES for kind in ("stuck", "waits")}
    assert set(COUNTED) <= columns | causes
    for one in INDICATORS.values():
        assert set(one.numerator) < set(one.denominator)
        assert set(one.denominator) <= (columns if one.source == "form" else causes)


def test_the_worst_comes_first() -> None:
    assert worse("green", "grey", "red", "yellow") == "red"
    assert Counter(WORST_FIRST) == Counter({"red": 1, "yellow": 1, "grey": 1, "green": 1})
