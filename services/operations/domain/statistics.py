"""The national statistics form, from changes that the database has counted.  Pure.

Every change adds as much to what was received as to what became of it, so that the two sides are
equal for every unit and period, and forms of units add up to that of the province:
received = settled + in process + suspended + not accepted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from services.operations.domain.facts import (
    CHANNELS,
    EARLY,
    IN_PROCESS,
    LATE,
    NOT_ACCEPTED,
    ON_TIME,
    OPEN,
    SUSPENDED,
    SUSPENDED_OVERDUE,
)

ENDS = {
    EARLY: "settled_early",
    ON_TIME: "settled_on_time",
    LATE: "settled_late",
    NOT_ACCEPTED: "not_accepted",
}


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the form.  `received` is `carried_over` and `in_period`; that is by channel, and
    what the form has no column for: `moved`, those that came from other units less those that went
    to others, and `reopened`, settled before the period and taken up again in it.

    The rest stands as of the end of the period, but `settled` and `not_accepted` are those that
    ended in it.
    """

    received: int
    carried_over: int
    in_period: int
    online: int
    direct: int
    post: int
    moved: int
    reopened: int
    settled: int
    settled_early: int
    settled_on_time: int
    settled_late: int
    in_process: int
    in_process_within: int
    in_process_overdue: int
    suspended: int
    suspended_within: int
    suspended_overdue: int
    not_accepted: int


IN_PERIOD = (*CHANNELS, "moved", "reopened")
SUMS: Mapping[str, tuple[str, ...]] = {
    "received": ("carried_over", *IN_PERIOD),
    "in_period": IN_PERIOD,
    "settled": ("settled_early", "settled_on_time", "settled_late"),
    "in_process": ("in_process_within", "in_process_overdue"),
    "suspended": ("suspended_within", "suspended_overdue"),
}


class Period(NamedTuple):
    """From this day on, up to and with that day, UTC+7."""

    first: date
    last: date

    @property
    def month(self) -> str:
        """The month that it begins in."""
        return month_of(self.first)

    @property
    def months(self) -> list[str]:
        """The months that it has days of."""
        return months(self.month, month_of(self.last))


class Change(NamedTuple):
    """A change as it is counted for a period.

    `is_before`: before its first day.  `was_then`, `now_then`: of an end, whether on a day of the
    period or later; of what is in process, whether it is due by the last day.
    """

    is_before: bool
    was: str
    was_then: bool
    now: str
    now_then: bool
    channel: str


Changes = Mapping[Change, int]
Stock = Mapping[tuple[str, str], int]  # what is open, by kind and day


def then(kind: str, day: str, period: Period) -> bool:
    """Return what a change is counted with of a day: see `Change`."""
    if kind == IN_PROCESS:
        return day <= period.last.isoformat()
    return day >= period.first.isoformat()


def column(kind: str, day: str, period: Period) -> str:
    """Return the column that what stands so at the end of a period is in; none, if it ended before.

    Whoever is counted there in a form has come to stand so.
    """
    is_then = then(kind, day, period)
    if kind in ENDS:
        return ENDS[kind] if is_then else ""
    return _column(kind, is_then) if _is_open(kind) else ""


def likes_of(period: Period) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Return of each such column the kind of what is in it, and its day as a database compares it;
    the same as `column` says.
    """
    first, last = period.first.isoformat(), period.last.isoformat()
    return {
        **{name: (kind, {"$gte": first}) for kind, name in ENDS.items()},
        "in_process_within": (IN_PROCESS, {"$gt": last}),
        "in_process_overdue": (IN_PROCESS, {"$lte": last}),
        "suspended_within": (SUSPENDED, {"$gte": ""}),
        "suspended_overdue": (SUSPENDED_OVERDUE, {"$gte": ""}),
    }


def form(stock: Stock, changes: Changes, period: Period) -> Form:
    """Return the form of a unit: from what was open when the month of its first day began, and the
    changes from then on.
    """
    n: Counter[str] = Counter()
    for (kind, day), number in stock.items():
        n["carried_over"] += number
        n[_column(kind, then(kind, day, period))] += number
    for change, number in changes.items():
        if change.was in OPEN and change.was:
            n[_column(change.was, change.was_then)] -= number
        if change.now in OPEN and change.now:
            n[_column(change.now, change.now_then)] += number
        if change.is_before:
            n["carried_over"] += number * (_is_open(change.now) - _is_open(change.was))
        else:
            n.update({k: number * by for k, by in _in_period(change)})
    return _form(n)


def _is_open(kind: str) -> bool:
    return kind != "" and kind in OPEN


def _column(kind: str, is_overdue: bool) -> str:
    if kind == IN_PROCESS:
        return "in_process_overdue" if is_overdue else "in_process_within"
    return {SUSPENDED: "suspended_within", SUSPENDED_OVERDUE: "suspended_overdue"}[kind]


def _in_period(change: Change) -> Iterable[tuple[str, int]]:
    if not change.was:
        yield change.channel or "moved", 1
    elif change.was in ENDS:
        # what ended in the period has not; what ended before it comes in again
        yield (ENDS[change.was], -1) if change.was_then else ("reopened", 1)
    if not change.now:
        yield "moved", -1
    elif change.now in ENDS:
        yield ENDS[change.now], 1


def _form(n: Mapping[str, int]) -> Form:
    sums = {name: sum(n.get(part, 0) for part in parts) for name, parts in SUMS.items()}
    return Form(**{name: sums.get(name, n.get(name, 0)) for name in Form.__struct_fields__})


def added(forms: Iterable[Form]) -> Form:
    """Return the form of units together."""
    n: Counter[str] = Counter()
    for one in forms:
        n.update(msgspec.structs.asdict(one))
    return Form(**{name: n[name] for name in Form.__struct_fields__})


def reconciles(form: Form) -> bool:
    """Tell whether all that was received is somewhere, once."""
    return form.received == form.settled + form.in_process + form.suspended + form.not_accepted


def month_of(day: date) -> str:
    """Return the month of a day: 2026-11."""
    return day.isoformat()[:7]


def months(first: str, last: str) -> list[str]:
    """Return the months from one to another, both included; none if that comes first."""
    found, day = [], date.fromisoformat(f"{first}-01")
    while month_of(day) <= last:
        found.append(month_of(day))
        day = (day + timedelta(days=31)).replace(day=1)
    return found
