"""The life of a round, one action on many applications: what may be done to it when, as a table;
its acts are its audit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from services.operations.domain.actions import Command, Why
from shared.events.data import Instant

ITEMS_LIMIT = 10_000
NAMED_LIMIT = 1_000  # applications that a choice names
WORKING_DAYS_LIMIT = 60
OPEN_LIMIT = 10  # rounds under way at a time
ACTS_LIMIT = 200  # then it cannot be paused any more
ITSELF = "/services/operations"  # who acts where no operator does

Status = Literal[
    "ready",  # its items are found; nothing is done yet
    "waiting_for_check",  # it was asked for; another has to agree
    "running",
    "paused",
    "checking",  # all was sent; it is looked at whether the cause is gone
    "done",
    "aborted",  # what was not sent is not sent any more
    "rejected",
    "expired",  # nobody began it for as long as it stands: what it found is deleted
]
# `ask`: to start what another has to agree to
Doing = Literal[
    "preview",
    "start",
    "ask",
    "approve",
    "reject",
    "pause",
    "resume",
    "abort",
    "sent",
    "checked",
    "expire",
]
# What a round in the first status becomes when something is done; not listed: it is refused.
MOVES: Mapping[Status, Mapping[Doing, Status]] = {
    "ready": {
        "start": "running",
        "ask": "waiting_for_check",
        "abort": "aborted",
        "expire": "expired",
    },
    "waiting_for_check": {
        "approve": "running",
        "reject": "rejected",
        "abort": "aborted",
        "expire": "expired",
    },
    "running": {"pause": "paused", "abort": "aborted", "sent": "checking"},
    "paused": {"resume": "running", "abort": "aborted"},
    "checking": {"checked": "done", "pause": "paused"},
    "done": {},
    "aborted": {},
    "rejected": {},
    "expired": {},
}
# how long what nobody began stands since its preview, with all that it found
STANDS_FOR: Mapping[Status, timedelta] = {
    "ready": timedelta(days=1),
    "aborted": timedelta(days=1),
    "waiting_for_check": timedelta(days=7),
    "rejected": timedelta(days=7),
}
OPEN: frozenset[Status] = frozenset({"running", "paused", "checking"})
STOPPED: frozenset[Status] = frozenset({"aborted", "rejected", "expired"})
BEGINS: frozenset[Doing] = frozenset({"start", "approve"})
BY_ANOTHER: frozenset[Doing] = frozenset({"approve", "reject"})  # than who asked for it
# what came of an item: `gone_before`: nobody waited any more when it was its turn; `not_sent`: it
# was decided, and the round aborted before
Verdict = Literal["sent", "gone_before", "not_sent"]
# and a while after it was sent; `came_back`: the same cause, anew, or another of the same thing;
# `under_way`: it was only set going again; `unknown`: the read side has not come so far
Check = Literal["gone", "came_back", "still_there", "under_way", "unknown"]

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Name = Annotated[str, msgspec.Meta(max_length=100)]
Id = Annotated[str, msgspec.Meta(min_length=36, max_length=36)]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of a group, what is to be done and why; `which`: what is stuck, or all that waits.

    `unit`, `partner`, `applications`, and since when it waits (from `since` on, before `until`),
    where they are given, choose among these; what is of no application is named by what stands in
    its `key` in the place of one; `group`: of what lanes set aside, one of its groups.  `to_unit`,
    `working_days`: what the action takes, if it takes that.
    """

    stage: Name
    cause: Name
    action: Name
    reason: Reason
    which: Literal["stuck", "all"] = "stuck"
    unit: Name = ""
    partner: Name = ""
    group: Name = ""
    since: Instant | None = None
    until: Instant | None = None
    applications: Annotated[tuple[Id, ...], msgspec.Meta(max_length=NAMED_LIMIT)] = ()
    to_unit: Name = ""
    working_days: Annotated[int, msgspec.Meta(ge=0, le=WORKING_DAYS_LIMIT)] = 0


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One matter of a round, as it stood, and the command for it; `why` it is refused, if it is.

    `key` is its row's of `situations`; a break may be of no `application`.
    """

    key: str
    application: str
    dossier: str = ""
    unit: str = ""
    partner: str = ""
    since_ms: int = 0
    vnd: int = 0
    topic: str = ""
    reference: str = ""
    cause: str = ""
    traceparent: str = ""
    moves_seen: int | None = None
    why: Why | None = None

    @property
    def command(self) -> Command:
        """Return what is to be appended."""
        where = self.topic, self.cause, self.traceparent
        return Command(*where, self.reference, self.moves_seen)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a choice found: `items` that something is done to, numbered from 1, and after them
    those that are `refused`, counted by `why`.  They stand under `set`.  Not `is_whole`: there were
    more.  The `items` are of so many `applications`, and `vnd` hang on them.
    """

    set: str
    items: int
    refused: int
    is_whole: bool = True
    why: Mapping[str, int] = {}
    applications: int = 0
    vnd: int = 0


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did what, when and why; `principal` is the human behind the name, empty: nobody knows."""

    what: Doing
    by: str
    at: datetime
    reason: str = ""
    principal: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of items one after the other, from `first` on: decided, sent, or checked.

    `found` is a word for each of them, empty where there is nothing to say; `since_ms`, of a check,
    since when what is still there waits; `so_far` counts the words up to the end of the step.
    `is_last`: no other follows.
    """

    first: int
    at: datetime
    found: tuple[str, ...] = ()
    since_ms: tuple[int, ...] = ()
    so_far: Mapping[str, int] = {}
    is_last: bool = False

    @property
    def next(self) -> int:
        """Return where the next step begins."""
        return self.first + len(self.found)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A round and all that was done to it."""

    id: str
    choice: Choice
    found: Found
    acts: tuple[Act, ...]
    status: Status = "ready"

    @property
    def by(self) -> str:
        """Return who began it."""
        return self.acts[0].by

    @property
    def at(self) -> datetime:
        """Return when it was begun."""
        return self.acts[0].at

    @property
    def asked_by(self) -> str:
        """Return who started it, or asked to; empty: nobody did."""
        return self.asked.by if self.asked else ""

    @property
    def asked(self) -> Act | None:
        """Return the act of who started it, or asked to."""
        return asked_of(self.acts)

    @property
    def agreed(self) -> Act | None:
        """Return the act of who agreed to it; None: nobody did, or nobody had to."""
        return next((act for act in self.acts if act.what == "approve"), None)

    @property
    def has_begun(self) -> bool:
        """Tell whether anything was ever sent, or could have been."""
        return any(act.what in BEGINS for act in self.acts)

    @property
    def until(self) -> datetime | None:
        """Return until when what it found stands; None: for good, as it was begun."""
        return None if self.has_begun else self.at + STANDS_FOR.get(self.status, timedelta())

    def after(self, act: Act) -> "Round":
        """Return it after an act.  Raises `KeyError`: that is not possible now."""
        status = MOVES[self.status][act.what]
        return msgspec.structs.replace(self, status=status, acts=(*self.acts, act))


def asked_of(acts: Iterable[Act]) -> Act | None:
    """Return the act by which a round was started or asked for, if it was."""
    return next((act for act in acts if act.what in ("start", "ask")), None)


def previewed(
    id_: str, choice: Choice, found: Found, by: str, at: datetime, principal: str = ""
) -> Round:
    """Return a new round."""
    act = Act(what="preview", by=by, at=at, reason=choice.reason, principal=principal)
    return Round(id=id_, choice=choice, found=found, acts=(act,))


def found_of(set_: str, items: Sequence[Item], *, is_whole: bool) -> Found:
    """Return what these items are together; those that are refused come last."""
    done = [item for item in items if item.why is None]
    return Found(
        set=set_,
        items=len(done),
        refused=len(items) - len(done),
        is_whole=is_whole,
        why=counted({}, (item.why or "" for item in items)),
        applications=len({item.application for item in done if item.application}),
        vnd=sum(item.vnd for item in done),
    )


def fold(id_: str, choice: Choice, found: Found, acts: Iterable[Act]) -> Round:
    """Return a round from its acts, in order."""
    first, *others = acts
    round_ = Round(id=id_, choice=choice, found=found, acts=(first,))
    for act in others:
        round_ = round_.after(act)
    return round_


def command_id(round_: str, number: int) -> str:
    """Return the id of the command for an item: whoever sends it again sends the same one."""
    return f"{round_}-{number:05}"


def counted(so_far: Mapping[str, int], words: Iterable[str]) -> dict[str, int]:
    """Return how often each word came, these added; empty ones are not counted."""
    found = dict(so_far)
    for word in words:
        if word:
            found[word] = found.get(word, 0) + 1
    return found


def checked(since_ms: int | None, sent_ms: int | None, *, is_in_time: bool = False) -> Check:
    """Say whether the cause is gone; `since_ms`: since when it is there (None: it is not),
    `sent_ms`: when the log had the command (None: the read side has not come so far),
    `is_in_time`: it was stuck, and waits as it should now.
    """
    if sent_ms is None:
        return "unknown"
    if since_ms is None:
        return "gone"
    if since_ms > sent_ms:
        return "came_back"
    return "gone" if is_in_time else "still_there"
