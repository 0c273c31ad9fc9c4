"""To whom an alarm is told, and when again: at least once to each target, until it has it.

A target is told that an alarm fired, and, if it was told, that it ended.  Nothing is told while a
silence holds; what ended meanwhile is not told afterwards.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec

from services.operations.domain.citizen.words import Language

# before the first attempt, between it and the second …: 2 h 36 min 15 s in all
AFTER_S: Sequence[int] = (0, 15, 60, 300, 1_800, 7_200)
LOST_AFTER_S = 90  # longer than any attempt of a living process

What = Literal["fired", "ended"]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$")]
Finding = Literal["begun", "done", "failed"]


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attempt; `begun`: nobody has said yet what came of it."""

    what: What
    number: int
    at_ms: int
    finding: Finding
    problem: str = ""


class Due(NamedTuple):
    """What is to be attempted now, for the n-th time."""

    what: What
    number: int


def due(
    attempts: Sequence[Attempt], *, has_ended: bool, is_silenced: bool, now_ms: int
) -> Due | Literal["wait", "settled"]:
    """Return what is to be done for one target now: an attempt, waiting, or nothing any more."""
    fired = _next("fired", attempts, now_ms)
    if fired == "done":
        if not has_ended:
            return "wait"
        if is_silenced:
            return "settled"
        ended = _next("ended", attempts, now_ms)
        return "settled" if ended in ("done", "given_up") else _as_due("ended", ended)
    if fired == "given_up" or (has_ended and is_silenced):
        return "settled" if has_ended else "wait"
    return "wait" if is_silenced else _as_due("fired", fired)


def latest(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the last attempt of each that is told, in order."""
    return list({a.what: a for a in sorted(attempts, key=_number)}.values())


def _as_due(what: What, number: int | str) -> Due | Literal["wait"]:
    return Due(what, number) if isinstance(number, int) else "wait"


def _next(
    what: What, attempts: Sequence[Attempt], now_ms: int
) -> int | Literal["wait", "done", "given_up"]:
    own = sorted((a for a in attempts if a.what == what), key=_number)
    if any(a.finding == "done" for a in own):
        return "done"
    if not own:
        return 1
    last = own[-1]
    if last.finding == "begun" and now_ms - last.at_ms < LOST_AFTER_S * 1_000:
        return "wait"
    if last.number >= len(AFTER_S):
        return "given_up"
    is_due = now_ms - last.at_ms >= AFTER_S[last.number] * 1_000
    return last.number + 1 if is_due else "wait"


def _number(attempt: Attempt) -> int:
    return attempt.number


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Whom alarms are told: in which language, and whether also what is no more than a warning."""

    name: Name
    language: Language = "vi"
    least: Literal["warning", "critical"] = "warning"

    def wants(self, severity: str) -> bool:
        """Tell whether it is told of alarms as bad as that."""
        return severity == "critical" or self.least == "warning"
