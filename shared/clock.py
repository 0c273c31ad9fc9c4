"""Time is an argument everywhere; this is the one place that asks for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

Clock = Callable[[], datetime]  # aware, UTC, whole milliseconds

VIETNAM = timezone(timedelta(hours=7), "ICT")  # UTC+7 without daylight saving


def off_by(offset_s: float) -> Clock:
    """Return a clock that goes wrong by so many seconds, as those of machines do."""
    offset = timedelta(seconds=offset_s)
    return (lambda: system_clock() + offset) if offset else system_clock


def system_clock() -> datetime:
    """Return the time now, UTC, to the millisecond (what BSON and the log keep)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
