"""Deadlines in working time: which days are worked, when something is due, what a pause does to it.

All of it stands on one clock, `WorkingCalendar.worked`, which runs only during the sessions of
working days, local time.  Instants go in and come out aware, UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from shared.clock import VIETNAM

Unit = Literal["working_day", "working_hour", "calendar_day"]

_NONE = timedelta(0)
_ONE_DAY = timedelta(days=1)


class CalendarEnds(Exception):
    """The calendar says nothing of this day: add its year to the data, then decide again."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The days worked, in order, between the first and the last day the calendar speaks of.

    `sessions` are the hours worked on each, as time since midnight; `day_length` is their sum.
    """

    first_day: date
    last_day: date
    days: tuple[date, ...]
    sessions: tuple[tuple[timedelta, timedelta], ...]
    day_length: timedelta
    same_day_cutoff: time

    @classmethod
    def of(
        cls,
        first_day: date,
        last_day: date,
        days_off: Iterable[date],
        working_saturdays: Iterable[date],
        sessions: Iterable[tuple[time, time]],
        same_day_cutoff: time,
    ) -> "WorkingCalendar":
        """Return Monday to Friday without the days off, with the make-up Saturdays."""
        off, made_up = frozenset(days_off), frozenset(working_saturdays)
        span = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
        hours = tuple((_since_midnight(a), _since_midnight(b)) for a, b in sessions)
        return cls(
            first_day,
            last_day,
            tuple(d for d in span if d in made_up or (d.weekday() < 5 and d not in off)),
            hours,
            sum((b - a for a, b in hours), _NONE),
            same_day_cutoff,
        )

    def is_working(self, day: date) -> bool:
        """Whether this day is worked.  Raises `CalendarEnds`."""
        return self.on_or_after(day) == day

    def on_or_after(self, day: date) -> date:
        """Return the first working day from this day on.  Raises `CalendarEnds`."""
        return self._nth(bisect_left(self.days, self._known(day)))

    def after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after this one.  Raises `CalendarEnds`."""
        return self._nth(bisect_right(self.days, self._known(day)) + count - 1)

    def worked(self, at: datetime) -> timedelta:
        """Return what has been worked since the calendar began.  Raises `CalendarEnds`."""
        local = at.astimezone(VIETNAM)
        whole_days = bisect_left(self.days, self._known(local.date()))
        total = whole_days * self.day_length
        if self.days[whole_days : whole_days + 1] == (local.date(),):
            now = _since_midnight(local.time())
            total += sum((min(now, b) - a for a, b in self.sessions if now > a), _NONE)
        return total

    def instant(self, worked: timedelta) -> datetime:
        """Return the first instant by which this much has been worked.  Raises `CalendarEnds`."""
        whole_days = max(-(-worked // self.day_length) - 1, 0)
        rest = worked - whole_days * self.day_length
        for start, end in self.sessions:
            if rest <= end - start:
                return _instant(self._nth(whole_days), start + rest)
            rest -= end - start
        raise AssertionError("the sessions add up to a day")

    def closing(self, day: date) -> datetime:
        """Return the close of business of a day."""
        return _instant(day, self.sessions[-1][1])

    def _known(self, day: date) -> date:
        if self.first_day <= day <= self.last_day:
            return day
        raise CalendarEnds(f"no working days are known for {day.year}")

    def _nth(self, index: int) -> date:
        if index < len(self.days):
            return self.days[index]
        raise CalendarEnds(f"no working days are known for {self.last_day.year + 1}")


def local_day(at: datetime) -> date:
    """Return the day it is in Viet Nam."""
    return at.astimezone(VIETNAM).date()


def add_working_time(
    start: datetime, value: int, unit: Unit, calendar: WorkingCalendar
) -> datetime:
    """Return when `value` units that begin at `start` are over.

    Days do not count the day of `start` and end at the close of business; no working days at all
    means the same day, or the next working one from the cut-off on.  Calendar days that end on a
    day off end on the next working day.  Hours are hours worked.  Raises `CalendarEnds`.
    """
    if unit == "working_hour":
        return calendar.instant(calendar.worked(start) + timedelta(hours=value))
    local = start.astimezone(VIETNAM)
    if unit == "working_day" and value > 0:
        return calendar.closing(calendar.after(local.date(), value))
    wait_days = value if unit == "calendar_day" else int(local.time() >= calendar.same_day_cutoff)
    return calendar.closing(calendar.on_or_after(local.date() + wait_days * _ONE_DAY))


def after_pause(
    due: datetime, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar
) -> datetime:
    """Return the due date after a pause: what working time remained, from its end on.

    What was overdue when the pause began stays due when it was.  Raises `CalendarEnds`.
    """
    if paused_at >= due:
        return due
    remaining = calendar.worked(due) - calendar.worked(paused_at)
    return calendar.instant(calendar.worked(resumed_at) + remaining)


def _since_midnight(at: time) -> timedelta:
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


def _instant(day: date, since_midnight: timedelta) -> datetime:
    return (datetime.combine(day, time(), VIETNAM) + since_midnight).astimezone(UTC)
