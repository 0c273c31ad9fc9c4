"""What follows on an answer, and when the next attempt is: the table is the schedule."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Literal

MINUTE_S, HOUR_S = 60, 3_600
# before the first attempt, between it and the second …: 75 h 35 min 5 s in all
AFTER_S: Sequence[int] = (
    0,
    5,
    5 * MINUTE_S,
    30 * MINUTE_S,
    2 * HOUR_S,
    5 * HOUR_S,
    10 * HOUR_S,
    14 * HOUR_S,
    20 * HOUR_S,
    24 * HOUR_S,
)
JITTER = 0.1  # of a delay, added: many endpoints of one host do not come back at once
RETRY_AFTER_LIMIT_S = 24 * HOUR_S
PAUSE_S = 30  # for an endpoint that asks us to slow down and does not say for how long

# done: any 2xx; gone: wants no more; slow: come later; failed: all else, also a redirect;
# refused: the address is none that we call; lost: nobody knows, this process or that one ended
Finding = Literal["done", "gone", "slow", "failed", "refused", "lost"]
_SLOW = frozenset({429, 502, 504})
_GONE = 410


def finding(status: int) -> Finding:
    """Return what a status means."""
    if 200 <= status < 300:
        return "done"
    if status == _GONE:
        return "gone"
    return "slow" if status in _SLOW else "failed"


def retry_after_s(told: str, at: datetime) -> int:
    """Return for how long an answer asks us to wait: seconds or a date, up to a limit; else 0."""
    if told.isascii() and told.isdigit() and len(told) < 10:
        return min(int(told), RETRY_AFTER_LIMIT_S)
    try:
        then = parsedate_to_datetime(told)
    except (ValueError, OverflowError, TypeError):  # not a date, or beyond every date
        return 0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0, min(int((then - at).total_seconds()), RETRY_AFTER_LIMIT_S))


def pause_s(found: Finding, told_s: int) -> int:
    """Return for how long nothing more is sent to an endpoint."""
    return max(told_s, PAUSE_S) if found == "slow" else told_s


def next_attempt(key: str, attempt: int, began: datetime, wait_s: int) -> datetime | None:
    """Return when the attempt after this one is, the first being 0; None: it was the last.

    The same whoever works it out: what is random in it is taken from the key.
    """
    following = attempt + 1
    if following >= len(AFTER_S):
        return None
    share = int.from_bytes(blake2b(f"{key}/{following}".encode(), digest_size=4).digest()) / 2**32
    delay_s = AFTER_S[following] * (1 + JITTER * share)
    due = began + timedelta(seconds=max(delay_s, wait_s))
    return due.replace(microsecond=due.microsecond // 1000 * 1000)
