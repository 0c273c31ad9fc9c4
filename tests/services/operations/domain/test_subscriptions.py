"""For which periods a form is sent."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.statistics import Period
from services.operations.domain.subscriptions import (
    HOUR,
    PERIODS_LIMIT,
    Every,
    Subscription,
    period_of,
    periods,
)
from shared.clock import VIETNAM

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def subscribed(every: Every, at: datetime = AT) -> Subscription:
    return Subscription(
        id="s", unit="01", view="receiving", every=every, kind="csv", target="t", by="o", at=at
    )


@pytest.mark.parametrize(
    ("every", "first", "last"),
    [
        ("daily", "2026-11-20", "2026-11-20"),
        ("weekly", "2026-11-16", "2026-11-22"),
        ("monthly", "2026-11-01", "2026-11-30"),
    ],
)
def test_the_first_period_is_the_one_in_which_it_was_subscribed(
    every: Every, first: str, last: str
) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    morning = datetime.combine(period.last, datetime.min.time(), VIETNAM) + timedelta(days=1)
    assert periods(subscribed(every), morning + timedelta(hours=HOUR, minutes=-1)) == []
    assert periods(subscribed(every), morning + timedelta(hours=HOUR)) == [period]


@given(
    every=st.sampled_from(get_args(Every)),
    at=st.integers(0, 10**6).map(lambda minutes: AT + timedelta(minutes=minutes)),
    days=st.integers(0, 500),
)
def test_periods_lie_beside_each_other_and_are_over(every: Every, at: datetime, days: int) -> None:
    now = at + timedelta(days=days)
    found = periods(subscribed(every, at), now)
    assert len(found) <= PERIODS_LIMIT
    for period in found:
        assert period == period_of(every, period.first) == period_of(every, period.last)
        assert period.last < now.astimezone(VIETNAM).date()
    for one, other in pairwise(found):
        assert other.first == one.last + timedelta(days=1)
