"""From when on what waits is stuck: by its cause, by what the law names, by what a unit has worked.

Pure but for a memory of what was worked out: rows are made again and again of the same matters.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from services.operations.domain.causes import CAUSES
from services.operations.domain.matters import Matter
from shared.working_time import CalendarEnds, WorkingCalendar, local_day

REMEMBERED_LIMIT = 10_000
MINUTE_MS = 60_000
NOTHING: Mapping[str, float] = {}

Calendar = Callable[[date], WorkingCalendar]  # of the policy in force on a day


class Patience:
    """`own_s`: what this system was told instead, by cause; it never prolongs what a law names."""

    def __init__(self, calendar: Calendar | None = None, own_s: Mapping[str, float] = NOTHING):
        self._calendar, self._own_s = calendar, own_s
        self._ends: dict[tuple[int, int], int | None] = {}

    def ends_ms(self, matter: Matter) -> int | None:
        """Return from when on it is stuck; None: nothing says until when it may wait."""
        cause, own_s = CAUSES[matter.cause], self._own_s.get(matter.cause)
        ends = [] if cause.patience_s is not None else [matter.due_ms or None]
        if own_s is not None:
            ends.append(matter.since_ms + int(own_s * 1_000))
        elif cause.patience_s is not None:
            ends.append(matter.since_ms + int(cause.patience_s * 1_000))
        elif cause.working_hours:
            ends.append(self._worked_ms(matter.since_ms // MINUTE_MS, cause.working_hours))
        return min((end for end in ends if end is not None), default=None)

    def _worked_ms(self, minute: int, hours: int) -> int | None:
        """Return when so many hours were worked since that minute, as far as the calendar goes."""
        if self._calendar is None:
            return None
        if (minute, hours) not in self._ends:
            if len(self._ends) >= REMEMBERED_LIMIT:
                self._ends.clear()
            self._ends[minute, hours] = _worked(self._calendar, minute, hours)
        return self._ends[minute, hours]


def _worked(calendar: Calendar, minute: int, hours: int) -> int | None:
    since = datetime.fromtimestamp(minute * 60, UTC)
    try:
        days = calendar(local_day(since))
        return int(days.instant(days.worked(since) + timedelta(hours=hours)).timestamp() * 1_000)
    except CalendarEnds:
        return None
