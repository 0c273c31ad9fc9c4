"""The life of a broadcast: what may be done to it when, as a table; its acts are its audit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from services.notify.domain.announcement import Words
from services.notify.domain.audience import Audience, Tally
from services.notify.domain.milestones import BROADCAST

PER_SECOND_LIMIT = 500
OPEN_LIMIT = 10  # at a time
RECIPIENTS_LIMIT = 1_000_000
ACTS_LIMIT = 200  # then it cannot be paused any more
ITSELF = "/services/notify"  # who acts where no operator does

Status = Literal[
    "counting",  # whom it concerns is being found
    "ready",  # they are frozen; a second person looks at them
    "sending",
    "paused",
    "done",  # everyone's lane has it
    "rejected",
    "cancelled",  # what still waits is dropped
]
Doing = Literal[
    "draft", "counted", "overfull", "approve", "reject", "pause", "resume", "told", "cancel"
]
# What a broadcast in the first status becomes when something is done; not listed: it is refused.
# There is no status in which nobody could do anything else than in the next: what is drafted is
# being counted, what is approved is being sent.
MOVES: Mapping[Status, Mapping[Doing, Status]] = {
    "counting": {"counted": "ready", "overfull": "rejected", "cancel": "cancelled"},
    "ready": {"approve": "sending", "reject": "rejected", "cancel": "cancelled"},
    "sending": {"pause": "paused", "cancel": "cancelled", "told": "done"},
    "paused": {"resume": "sending", "cancel": "cancelled"},
    "done": {"cancel": "cancelled"},  # some wait for the morning still
    "rejected": {},
    "cancelled": {},
}
ENDED: frozenset[Status] = frozenset({"done", "rejected", "cancelled"})
BY_ANOTHER: frozenset[Doing] = frozenset({"approve", "reject"})  # than who drafted it

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be told, to whom, and why; at most `per_second` applications in a second."""

    name: Annotated[str, msgspec.Meta(min_length=3, max_length=100)]
    audience: Audience
    words: Words
    reason: Reason
    per_second: Annotated[int, msgspec.Meta(ge=1, le=PER_SECOND_LIMIT)] = 50


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did what, when and why; `tally`: what was counted, `principal`: the human, if known."""

    what: Doing
    by: str
    at: datetime
    reason: str = ""
    tally: Tally | None = None
    principal: str = ""


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast and all that was done to it; `listed`: how many applications it names."""

    id: str
    draft: Draft
    listed: int
    acts: tuple[Act, ...]
    status: Status = "counting"

    @property
    def milestone(self) -> str:
        """Return how its notices are named."""
        return f"{BROADCAST}{self.id}"

    @property
    def by(self) -> str:
        """Return who drafted it."""
        return self.acts[0].by

    @property
    def at(self) -> datetime:
        """Return when it was drafted."""
        return self.acts[0].at

    @property
    def tally(self) -> Tally | None:
        """Return what was counted."""
        return next((act.tally for act in self.acts if act.tally), None)

    @property
    def was_sent(self) -> bool:
        """Tell whether anybody was ever told."""
        return any(act.what == "approve" for act in self.acts)

    def after(self, act: Act) -> "Broadcast":
        """Return it after an act.  Raises `KeyError`: that is not possible now."""
        status = MOVES[self.status][act.what]
        return msgspec.structs.replace(self, status=status, acts=(*self.acts, act))


def drafted(
    id_: str, draft: Draft, listed: int, by: str, at: datetime, principal: str = ""
) -> Broadcast:
    """Return a new broadcast; the applications that it names, so many, are kept elsewhere."""
    audience = msgspec.structs.replace(draft.audience, applications=())
    act = Act(what="draft", by=by, at=at, reason=draft.reason, principal=principal)
    kept = msgspec.structs.replace(draft, audience=audience)
    return Broadcast(id=id_, draft=kept, listed=listed, acts=(act,))


def fold(id_: str, draft: Draft, listed: int, acts: Iterable[Act]) -> Broadcast:
    """Return a broadcast from its acts, in order."""
    first, *others = acts
    broadcast = Broadcast(id=id_, draft=draft, listed=listed, acts=(first,))
    for act in others:
        broadcast = broadcast.after(act)
    return broadcast
