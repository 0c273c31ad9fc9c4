"""An incident: what went wrong for many at once, whom it concerns, and what was done about it.

Its acts are its timeline.  Whom it concerns is a question to the stuck board's rows: what the
answer was at a moment is kept (frozen), what it is now is asked anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from services.operations.domain.causes import KINDS
from services.operations.domain.proof import words
from services.operations.domain.rounds import Choice
from shared.events.data import Instant

ACTS_LIMIT = 500
JOINS_LIMIT = (
    100  # of alarms that an incident names: one that comes and goes leaves room for people
)
APPLICATIONS_LIMIT = 10_000  # that are kept, which is what a broadcast takes
ITSELF = "/services/operations"  # who opens one for an alarm
LINKED_SINCE = timedelta(days=1)  # a round that was begun so long before it may belong to it

Doing = Literal["open", "alarm", "own", "freeze", "note", "round", "broadcast", "close"]
Status = Literal["open", "closed"]
Name = Annotated[str, msgspec.Meta(max_length=100)]
Title = Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=3, max_length=2_000)]
Reference = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9._-]{3,100}$")]

# which causes wait for a group that reads the log; none: the board cannot tell who waits for it
GROUPS: Mapping[str, tuple[str, ...]] = {
    "intake": ("unanswered",),
    "routing": ("unrouted",),
    "payment": ("unassessed",),
    "notify": (),  # what it has not read has no notice yet
    "payment-effects": ("partner_asked", "refund_under_way", "allowance_under_way"),
    "notify-effects": ("notice_under_way",),
    "payment-webhooks": (),  # banks hear later, no citizen waits
    "payment-breaks": ("reconciliation_break",),
    "operations": (),  # the board itself is behind
    "operations-aside": (),
    "operations-money": (),
}


class Scope(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Which of what waits: all that is named holds together, what is empty names nothing.

    `since`, `until`: when they began to wait; `which`: what is stuck, or all that waits; `group`:
    what waits for this reader of the log; `finding`: those in whose log alarms found this wrong,
    whether they wait or not, and then nothing else is asked.  `loop`: what operations does in the
    background and fails at, for which nobody can say who waits.
    """

    stage: Name = ""
    cause: Name = ""
    unit: Name = ""
    partner: Name = ""
    procedure: Name = ""
    since: Instant | None = None
    until: Instant | None = None
    which: Literal["stuck", "all"] = "stuck"
    group: Name = ""
    finding: Name = ""
    loop: Name = ""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return the stages and causes that it may be about."""
        if self.finding or self.loop:
            return []
        of_group = GROUPS.get(self.group, ())
        return [
            (s, c)
            for s, c in KINDS
            if self.stage in ("", s) and self.cause in ("", c) and (not self.group or c in of_group)
        ]

    @property
    def is_known(self) -> bool:
        """Tell whether anybody could ever be concerned."""
        return self.finding in words.KINDS if self.finding else bool(self.kinds)

    def is_same(self, other: "Scope") -> bool:
        """Tell whether it asks the same, however that is said."""
        said = [msgspec.structs.replace(one, stage="", cause="") for one in (self, other)]
        return said[0] == said[1] and self.kinds == other.kinds

    def touches(self, choice: Choice) -> bool:
        """Tell whether a round of this choice may do something for those whom it concerns."""
        pairs = ((self.unit, choice.unit), (self.partner, choice.partner))
        is_near = all("" in pair or pair[0] == pair[1] for pair in pairs)
        return is_near and (choice.stage, choice.cause) in self.kinds


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Whom it concerns: how many applications, of which so many are listed; what they wait for, how
    often, and the money that hangs on it.
    """

    applications: int
    matters: int
    vnd: int
    is_whole: bool = True


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done; `reference`: of an alarm that joined, a round or a broadcast;
    `found`: what was frozen under the name `set`.
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
    def owner(self) -> str:
        """Return who took it over last; nobody: empty."""
        return next((act.by for act in reversed(self.acts) if act.what == "own"), "")

    @property
    def frozen(self) -> Act:
        """Return the last act that kept whom it concerns: the first one does."""
        return next(act for act in reversed(self.acts) if act.found)

    @property
    def alarms(self) -> Sequence[str]:
        """Return the alarms that are part of it, as far as its timeline names them."""
        return (*((self.alarm,) if self.alarm else ()), *self.linked("alarm"))

    def linked(self, what: Doing) -> Sequence[str]:
        """Return the alarms that joined, the rounds, or the broadcasts, that belong to it."""
        return tuple(dict.fromkeys(act.reference for act in self.acts if act.what == what))

    def after(self, act: Act) -> "Incident":
        """Return it with one act more."""
        return msgspec.structs.replace(self, acts=(*self.acts, act))


def incident_id(at: datetime, said: str) -> str:
    """Return the id of what was said on a day, the same for the same; later days sort after it."""
    return f"{at:%Y%m%d}-{blake2b(said.encode(), digest_size=5).hexdigest()}"
