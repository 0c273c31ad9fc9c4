"""From when until when: days are Viet Nam's, and which ids were made in between."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from shared.clock import VIETNAM

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS_LIMIT = 1 << 48  # what a UUIDv7 has room for


class Unfit(ValueError):
    """What was said is no period; the text says what to say instead."""


class Period(NamedTuple):
    """From the first instant up to, but without, the other."""

    since: datetime
    until: datetime

    @property
    def ids(self) -> tuple[str, str]:
        """Return the first id that may be made in it, and the first that is made after it."""
        return _first_id(self.since), _first_id(self.until)

    def share(self, application: str) -> float:
        """Return how much of it, from 0 to 1, lies before this id was made."""
        made_ms = int(application[:8] + application[9:13], 16)
        whole_ms = ms(self.until) - ms(self.since)
        return min(1.0, max(0.0, (made_ms - ms(self.since)) / whole_ms))


def read_period(since: str, until: str) -> Period:
    """Return the period from one day to the end of another, or between instants.

    An instant without an offset is Viet Nam's.  Raises `Unfit`.
    """
    period = Period(_instant(since, timedelta()), _instant(until, timedelta(days=1)))
    if ms(period.since) >= ms(period.until):
        raise Unfit(f"{until} does not come after {since}: name the earlier one first.")
    if ms(period.since) < 0 or ms(period.until) >= _MS_LIMIT:
        raise Unfit(
            f"No application was ever made from {since} to {until}: begin in 1970 or after."
        )
    return period


def _instant(text: str, day_adds: timedelta) -> datetime:
    try:
        if _DAY.fullmatch(text):
            begins = datetime.combine(date.fromisoformat(text), datetime.min.time(), VIETNAM)
            return begins + day_adds
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=VIETNAM)
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit(
            f"{text!r} is neither a day, as 2026-11-20, nor an instant, as"
            " 2026-11-20T08:00:00+07:00."
        ) from None
    return at


def _first_id(at: datetime) -> str:
    digits = f"{ms(at):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def ms(at: datetime) -> int:
    """Return the first whole millisecond of the epoch that is not before an instant, exactly."""
    return -((_EPOCH - at) // timedelta(milliseconds=1))
