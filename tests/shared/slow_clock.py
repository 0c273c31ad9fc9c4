"""The deadline rules once more, from their wording alone: a day, or a minute, at a time.

Slow and plain on purpose, and made of nothing that the fast one is made of.
"""

from datetime import UTC, date, datetime, timedelta

VIETNAM_AHEAD = timedelta(hours=7)
MORNING, AFTERNOON = (7 * 60 + 30, 11 * 60 + 30), (13 * 60, 17 * 60)  # minutes of the day
CUT_OFF = 15 * 60
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class SlowClock:
    """Which days are off although they are weekdays, which are worked although they are not."""

    def __init__(self, off: set[date], made_up: set[date]) -> None:
        self._off, self._made_up = off, made_up

    def is_worked(self, day: date) -> bool:
        if day in self._made_up:
            return True
        return day.isoweekday() not in (6, 7) and day not in self._off

    def due(self, start: datetime, value: int, unit: str) -> datetime:
        local = start + VIETNAM_AHEAD
        day = local.date()
        if unit == "working_hour":
            return self.worked_on(start, 60 * value)
        if unit == "calendar_day":
            day += value * DAY
        elif value == 0 and local.hour * 60 + local.minute >= CUT_OFF:
            day += DAY
        for _ in range(value if unit == "working_day" else 0):  # the day of acceptance is dropped
            day += DAY
            while not self.is_worked(day):
                day += DAY
        while not self.is_worked(day):
            day += DAY
        return datetime(day.year, day.month, day.day, 17, tzinfo=UTC) - VIETNAM_AHEAD

    def after_pause(self, due: datetime, paused: datetime, resumed: datetime) -> datetime:
        if paused >= due:
            return due
        return self.worked_on(resumed, self.left(paused, due))

    def left(self, at: datetime, due: datetime) -> int:
        """The minutes worked from then until it is due."""
        left = 0
        while at < due:
            left += self._is_worked_minute(at)
            at += MINUTE
        return left

    def worked_on(self, start: datetime, minutes: int) -> datetime:
        at = start
        while minutes > 0:
            minutes -= self._is_worked_minute(at)
            at += MINUTE
        return at

    def _is_worked_minute(self, at: datetime) -> bool:
        local = at + VIETNAM_AHEAD
        minute = local.hour * 60 + local.minute
        is_open = any(begin <= minute < end for begin, end in (MORNING, AFTERNOON))
        return is_open and self.is_worked(local.date())
