"""An incident: what went wrong for many at once, whom it concerns, and what was done about it.

Its acts are its timeline.  Whom it concerns is a question to the stuck board's rows: what the
answer was at a moment is kept (frozen), what it is now is asked anew.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from services.operations.domain.alarm_life import Alarm
from services.operations.domain.causes import CAUSES, HELD
from shared.events.data import Instant
from shared.topics import SERVICES

ACTS_LIMIT = 500
APPLICATIONS_LIMIT = 10_000  # that are kept, which is what a broadcast takes
ITSELF = "/services/operations"  # who opens one for an alarm

Doing = Literal["open", "freeze", "note", "round", "broadcast", "close"]
Status = Literal["open", "closed"]
Name = Annotated[str, msgspec.Meta(max_length=100)]
Title = Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=3, max_length=2_000)]
Reference = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9._-]{3,100}$")]


class Scope(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Which of what waits: all that is named holds together, what is empty names nothing.

    `since`, `until`: when they began to wait; `which`: what is stuck, or all that waits.
    """

    stage: Name = ""
    cause: Name = ""
    unit: Name = ""
    partner: Name = ""
    procedure: Name = ""
    since: Instant | None = None
    until: Instant | None = None
    which: Literal["stuck", "all"] = "stuck"

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return the stages and causes that it may be about."""
        every = [
            *((cause.stage, name) for name, cause in CAUSES.items() if name != HELD),
            *((service, HELD) for service in SERVICES),
        ]
        return [(s, c) for s, c in every if self.stage in ("", s) and self.cause in ("", c)]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Whom it concerns: how many applications, of which so many are listed; what they wait for, how
    often, and the money that hangs on it.
    """

    applications: int
    matters: int
    vnd: int
    is_whole: bool = True


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done; `reference`: of a round or a broadcast; `found`: what was frozen
    under the name `set`.
    """

    what: Doing
    by: str
    at: datetime
    text: str = ""
    reference: str = ""
    found: Found | None = None
    set: str = ""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One; `alarm`: the id of the alarm for which it was opened."""

    id: str
    title: str
    scope: Scope
    alarm: str
    acts: tuple[Act, ...]

    @property
    def status(self) -> Status:
        """Return whether something may still be done about it."""
        return "closed" if any(act.what == "close" for act in self.acts) else "open"

    @property
    def frozen(self) -> Act:
        """Return the last act that kept whom it concerns: the first one does."""
        return next(act for act in reversed(self.acts) if act.found)

    def linked(self, what: Doing) -> Sequence[str]:
        """Return the rounds, or the broadcasts, that belong to it."""
        return tuple(dict.fromkeys(act.reference for act in self.acts if act.what == what))

    def after(self, act: Act) -> "Incident":
        """Return it with one act more."""
        return msgspec.structs.replace(self, acts=(*self.acts, act))


def incident_id(at: datetime, said: str) -> str:
    """Return the id of what was said on a day, the same for the same; later days sort after it."""
    return f"{at:%Y%m%d}-{blake2b(said.encode(), digest_size=5).hexdigest()}"


def scope_of(alarm: Alarm) -> Scope | None:
    """Return whom an alarm concerns, where the rows of the board can tell; None: they cannot."""
    match alarm.rule:
        case "late_intake":
            return Scope(cause=alarm.about)
        case "partner_down":
            return Scope(stage="payment", partner=alarm.partner)
        case "stuck_growth" | "stuck_old":
            stage, _, cause = alarm.about.partition("/")
            return Scope(stage=stage, cause=cause)
        case "due_soon":
            return Scope(stage="processing", unit=alarm.unit, which="all")
        case "silent_unit":
            return Scope(unit=alarm.unit, which="all")
        case _:
            return None
