"""A unit's form, sent for each period that is over to whom it is for, until they have it.  Pure.

At least once: an attempt of which nobody knows what came of it is made again, under the same id.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from services.operations.domain.facts import View
from services.operations.domain.statistics import Period
from shared.clock import VIETNAM
from shared.working_time import local_day

Every = Literal["daily", "weekly", "monthly"]
SentKind = Literal["xlsx", "pdf", "csv", "json"]

HOUR = 6  # of the morning after a period: by then all of it is read
DAYS_AT_MOST: Mapping[Every, int] = {"daily": 1, "weekly": 7, "monthly": 31}
PERIODS_LIMIT = 31  # back: what is older and was not sent is not sent any more
# before the first attempt, between it and the second …: 31 h in all
AFTER_S: Sequence[int] = (0, 60, 600, 3_600, 21_600, 86_400)
LOST_AFTER_S = 300  # longer than any attempt of a living process


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """`target`: a name of `reports` in the secrets file; `by` whom, and when."""

    id: str
    unit: str
    view: View
    every: Every
    kind: SentKind
    target: str
    by: str
    at: datetime


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt for a period, named after its last day; `begun`: nobody knows what came of it."""

    period: str
    number: int
    at_ms: int
    finding: Literal["begun", "sent", "failed"]
    problem: str = ""


def periods(subscription: Subscription, now: datetime) -> list[Period]:
    """Return the periods whose forms are to be there by now, the oldest first.

    The first is the one in which it was subscribed.
    """
    today = (now.astimezone(VIETNAM) - timedelta(hours=HOUR)).date()
    back = timedelta(days=(PERIODS_LIMIT + 1) * DAYS_AT_MOST[subscription.every])
    found: list[Period] = []
    period = period_of(subscription.every, max(local_day(subscription.at), today - back))
    while period.last < today:
        found.append(period)
        period = period_of(subscription.every, period.last + timedelta(days=1))
    return found[-PERIODS_LIMIT:]


def period_of(every: Every, day: date) -> Period:
    """Return the period that a day is in; weeks begin on Monday."""
    match every:
        case "daily":
            return Period(day, day)
        case "weekly":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        case "monthly":
            first = day.replace(day=1)
            return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def next_attempt(
    attempts: Sequence[Attempt], now_ms: int
) -> int | Literal["sent", "given_up", "wait"]:
    """Return the number of the attempt to be made now for a period, from all that were made."""
    if not attempts:
        return 1
    last = max(attempts, key=lambda a: a.number)
    if any(a.finding == "sent" for a in attempts):
        return "sent"
    if last.number >= len(AFTER_S):
        is_open = last.finding == "begun" and not is_lost(last, now_ms)
        return "wait" if is_open else "given_up"
    after_s = LOST_AFTER_S if last.finding == "begun" else AFTER_S[last.number]
    return last.number + 1 if now_ms - last.at_ms >= after_s * 1_000 else "wait"


def is_lost(attempt: Attempt, now_ms: int) -> bool:
    """Tell whether nobody is left who could say what came of it."""
    return attempt.finding == "begun" and now_ms - attempt.at_ms >= LOST_AFTER_S * 1_000
