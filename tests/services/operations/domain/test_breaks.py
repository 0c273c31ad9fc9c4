"""Breaks follow from what was said of them, in whatever order it is read."""

from datetime import date, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.breaks import (
    AGES_S,
    PATIENCE_S,
    Closing,
    Open,
    Opening,
    by_day,
    by_kind,
    standing,
)
from shared.events.reconciliation import BreakClosed, BreakOpened, Cure
from tests.services.operations.story import BEGAN

ID = "sen-vang.2026-06-08.late.0000000000000001"
NOW_MS = int(BEGAN.timestamp() * 1_000)
DAY_MS = 86_400_000


def turns(count: int) -> list[Opening | Closing]:
    return [_closing(n) if n % 2 == 0 else _opening(n) for n in range(1, count + 1)]


def _opening(n: int) -> Opening:
    word = BreakOpened(
        partner="sen-vang",
        day=date(2026, 6, 8),
        break_id=ID,
        kind="late",
        cause="order_over",
        cure="refund",
        movement="paid",
        application="",
        reference="DVC1",
        transaction="T1",
        amount_vnd=n,
        expected_vnd=n,
        booked_at=BEGAN,
        line=1,
    )
    return Opening(f"{ID}.{n:04d}", BEGAN + timedelta(minutes=n), word)


def _closing(n: int) -> Closing:
    word = BreakClosed(
        partner="sen-vang",
        day=date(2026, 6, 8),
        break_id=ID,
        kind="late",
        amount_vnd=n,
        because="cured",
    )
    return Closing(f"{ID}.{n:04d}", BEGAN + timedelta(minutes=n), word)


def opened(n: int, age_days: float, partner: str = "sen-vang", kind: str = "late") -> Open:
    id_ = f"{partner}.2026-06-08.{kind}.{n:016x}.0001"
    return Open(id_, partner, "2026-06-08", kind, 1_000 * n, NOW_MS - int(age_days * DAY_MS))


@given(count=st.integers(1, 9), data=st.data())
def test_how_it_stands_does_not_depend_on_order_or_repetition(
    count: int, data: st.DataObject
) -> None:
    told = turns(count)
    again = data.draw(st.lists(st.sampled_from(told)))
    now = standing(data.draw(st.permutations([*told, *again])))
    assert now
    assert (now.closing is None) is (count % 2 == 1)
    assert now.opening == max((t for t in told if isinstance(t, Opening)), key=lambda t: t.id)


def test_a_break_of_which_only_the_end_is_read_is_none_yet() -> None:
    assert standing([_closing(2)]) is None
    assert standing([]) is None


def test_kinds_are_told_with_their_ages_the_oldest_first() -> None:
    found = [
        opened(1, 0.5),
        opened(2, 2),
        opened(3, 6.9),
        opened(4, 7),
        opened(5, 9, kind="amount"),
    ]
    first, second = by_kind(found, NOW_MS)
    assert (first.kind, first.breaks, first.vnd, first.oldest_s) == ("amount", 1, 5_000, 777_600)
    assert second.ages == {"day": 1, "three_days": 1, "week": 1, "older": 1}
    assert [*second.ages] == [*AGES_S]
    assert by_kind([], NOW_MS) == []


def test_days_are_told_apart_by_partner() -> None:
    found = [opened(1, 1), opened(2, 1, kind="amount"), opened(3, 1, partner="an-phat")]
    days = by_day(found)
    assert days["sen-vang", "2026-06-08"].kinds == {"late": 1, "amount": 1}
    assert days["sen-vang", "2026-06-08"].vnd == 3_000
    assert days["an-phat", "2026-06-08"].breaks == 1


def test_every_cure_has_its_time() -> None:
    assert set(PATIENCE_S) == set(get_args(Cure))
