"""When a notice may go: at once, after quiet hours, or together with what comes soon."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zlib import crc32

from shared.clock import VIETNAM

MORNING = time(8)


class Quiet(NamedTuple):
    """The hours in Viet Nam in which only what is urgent goes out; they may span midnight."""

    begins: time
    ends: time

    def until(self, at: datetime) -> datetime:
        """Return when the quiet is over; `at` itself where it is not quiet."""
        local = at.astimezone(VIETNAM)
        now, day = local.time(), local.date()
        if self.begins <= self.ends:
            is_quiet = self.begins <= now < self.ends
        else:
            is_quiet = now >= self.begins or now < self.ends
            day += timedelta(days=now >= self.begins)
        return datetime.combine(day, self.ends, VIETNAM).astimezone(at.tzinfo) if is_quiet else at


def may_go(
    at: datetime, channel: str, quiet: Quiet | None, join_s: Mapping[str, float]
) -> datetime:
    """Return when what is not urgent may go on a channel."""
    due = at + timedelta(seconds=join_s[channel]) if join_s.get(channel) else at
    return quiet.until(due) if quiet else due


def tomorrow(at: datetime) -> datetime:
    """Return the next morning in Viet Nam, when an address may be told again."""
    day = at.astimezone(VIETNAM).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, VIETNAM).astimezone(at.tzinfo)


def with_jitter(seconds: float, share: float, key: str) -> timedelta:
    """Return a wait, longer by up to a share of it; of one key it is always the same."""
    drawn = crc32(key.encode()) / (1 << 32)
    return timedelta(milliseconds=round(seconds * 1_000 * (1 + share * drawn)))
