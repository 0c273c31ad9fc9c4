"""A statement is whole and in itself true before any line of it is matched."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.statements import Asked, Line, Lines, Statement, Unfit
from services.payment.statements.checking import AMOUNT_LIMIT_VND, check

ASKED = Asked("a-bank", date(2026, 11, 20))
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
LINE = Line("DVC1", "T1", 16_000, NOON, "paid", 1)


def a_file(lines: Sequence[Line], **changes: Any) -> Lines:
    closing_vnd = 100 + sum(line.signed_vnd for line in lines)
    yield from lines
    return Statement(*ASKED, 100, closing_vnd, len(lines))._replace(**changes)


def test_what_a_file_moves_is_counted() -> None:
    lines = [LINE, LINE._replace(transaction="R1", kind="refunded", amount_vnd=6_000, number=2)]
    found = check(a_file(lines), ASKED)
    assert (found.lines, found.paid_vnd, found.left_vnd) == (2, 16_000, 6_000)
    assert found.keys == {"paid/T1", "refunded/R1"}


def test_a_refund_may_bear_the_number_of_its_payment() -> None:
    assert check(a_file([LINE, LINE._replace(kind="refunded", number=2)]), ASKED).lines == 2


def test_a_line_that_stands_there_twice_is_counted_as_often() -> None:
    found = check(a_file([LINE, LINE._replace(number=2)]), ASKED)
    assert (found.lines, found.paid_vnd, len(found.keys)) == (2, 32_000, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closing_vnd": 16_099}, "+1 đồng"),
        ({"opening_vnd": 99}, "-1 đồng"),
        ({"entries": 2}, "the file says 2 lines and has 1"),
        ({"entries": 0}, "the file says 0 lines and has 1"),
        ({"partner": "another"}, "this is the statement of another"),
        ({"day": date(2026, 11, 19)}, "for 2026-11-19, asked for"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(changes, said) -> None:
    with pytest.raises(Unfit) as refused:
        check(a_file([LINE], **changes), ASKED)
    assert said in str(refused.value)
    assert refused.value.line == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount_vnd": 0}, "an amount of 0"),
        ({"amount_vnd": -5}, "an amount of -5"),
        ({"amount_vnd": AMOUNT_LIMIT_VND}, "an amount of"),
        ({"transaction": ""}, "no number"),
        ({"transaction": "x" * 65}, "no number"),
        ({"transaction": "T\n1"}, "no number"),
        ({"reference": "x" * 65}, "a reference of more"),
        ({"booked_at": NOON + timedelta(days=2)}, "booked on 2026-11-22"),
        ({"booked_at": NOON - timedelta(days=2)}, "booked on 2026-11-18"),
        ({"transaction": "T0", "amount_vnd": 1}, "says something else than on line 7"),
        ({"transaction": "T0", "reference": "DVC2"}, "says something else than on line 7"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_number(changes, said) -> None:
    first = LINE._replace(transaction="T0", number=7)
    with pytest.raises(Unfit) as refused:
        check(a_file([first, LINE._replace(number=8, **changes)]), ASKED)
    assert said in str(refused.value)
    assert refused.value.line == 8


@given(st.lists(st.integers(1, 10**9), max_size=20), st.integers(-(10**9), 10**9))
def test_one_dong_more_or_less_is_always_seen(amounts: list[int], difference: int) -> None:
    lines = [
        LINE._replace(transaction=f"T{n}", amount_vnd=a, number=n) for n, a in enumerate(amounts)
    ]
    closing_vnd = 100 + sum(amounts) + difference
    if difference:
        with pytest.raises(Unfit):
            check(a_file(lines, closing_vnd=closing_vnd), ASKED)
    else:
        assert check(a_file(lines, closing_vnd=closing_vnd), ASKED).paid_vnd == sum(amounts)
