"""A dossier, and its clocks: the time to acceptance, and the statutory time.

A due date changes only where an event carries it.  A pause keeps the working time that remained, so
that a calendar edited meanwhile takes none of it away; what was overdue when the pause began stays
due when it was.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from services.routing.domain.states import CLOCK, NATIONAL_CODE, TERMINAL, Stage
from shared.catalogue import Catalogue, Procedure
from shared.events.data import Document, FeeFacts
from shared.working_time import WorkingCalendar, local_day

CHOSEN = "chosen-by-officer"  # instead of a rule: a person said which unit
TRANSFERRED = "transferred-by-officer"
BY_A_PERSON = frozenset({CHOSEN, TRANSFERRED})
HISTORY_LIMIT = 20  # due dates kept in the state; the journal has them all

_MILLISECOND = timedelta(milliseconds=1)


class Fee(StrEnum):
    """What stands between the fee and acceptance."""

    UNKNOWN = "unknown"  # payment has not spoken yet
    FREE = "free"
    LATER = "later"  # due after acceptance
    DUE = "due"
    EXPIRED = "expired"
    PAID = "paid"


class Demand(StrEnum):
    """How what an officer demanded last stands."""

    NONE = ""  # nothing was, or it was before this was kept
    DUE = "due"
    PAID = "paid"
    EXPIRED = "expired"  # its order is over without money


class DueChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A due date, since when it stands, why, and by whom (empty: no officer).

    `given_ms` is the working time that it gave, where what remained after a pause was given.
    """

    due: datetime
    at: datetime
    why: str
    who: str
    given_ms: int | None = None


class Signature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who is to sign, with a certificate valid up to that day; `told`: what was said of it."""

    signer: str
    expires: date
    told: Literal["", "expiring", "expired"] = ""


class Parcel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A result that was given to the post: where it last was (`passed`: and before), how often that
    was told, and when it was scanned last (None: never said).
    """

    tracking: str
    place: str = ""
    legs: int = 0
    came_back: bool = False
    passed: tuple[str, ...] = ()
    scanned_at: datetime | None = None


class StepDone(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A step of the workflow that is done: when, by whom, and when it was due."""

    step: str
    at: datetime
    who: str
    due: datetime | None


class Dossier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An application as routing knows it.

    `rule`, `rule_version`, `facts` and `catalogue_version` say why the units are what they are;
    `remaining_ms` is the working time left on a paused clock (None: none is paused, or it was
    overdue when it was); `due_before_apology` is when it would be due without one, as
    `before_apology` gave it: it pauses and moves as `due_current` does; `told` is what was said of
    `due_current`; `alarm_at` is when the timer that is set rings; `moves` counts them, so that an
    action can name what its officer had seen; `documents` are those of which more is said than that
    they are there; `return_due` is by when the result is to be handed out or posted, or to arrive;
    `workflow` is the template of its steps, as of acceptance, and `step` the one to do (empty: all
    are done); `told_by` is a digest of each message that an officer sent, so that its key with
    other content is seen.
    """

    stage: Stage = Stage.EXPECTED
    dossier_code: str = ""
    portal: str = ""
    procedure: str = ""
    channel: str = ""
    copies: int = 1
    fee_facts: FeeFacts | None = None
    receiving_unit: str = ""
    competent_unit: str = ""
    returning_unit: str = ""
    candidates: tuple[str, ...] = ()
    rule: str = ""
    rule_version: str = ""
    catalogue_version: str = ""
    facts: dict[str, str] = {}
    documents: tuple[Document, ...] = ()
    is_automatic: bool = False
    fee: Fee = Fee.UNKNOWN
    demanded_vnd: int = 0
    demand: Demand = Demand.NONE
    supplement_requests: int = 0
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    settled_at: datetime | None = None
    acceptance_due: datetime | None = None
    acceptance_resumed: DueChange | None = None
    is_acceptance_late: bool = False
    due_original: datetime | None = None
    due_current: datetime | None = None
    due_history: tuple[DueChange, ...] = ()
    remaining_ms: int | None = None
    told: Literal["", "due_soon", "overdue"] = ""
    alarm_at: datetime | None = None
    reappointments: int = 0
    due_before_apology: datetime | None = None
    before_apology: DueChange | None = None
    remaining_before_apology_ms: int | None = None
    moves: int = 0
    signature: Signature | None = None
    parcel: Parcel | None = None
    return_due: datetime | None = None
    is_return_late: bool = False
    workflow: str = ""
    workflow_version: str = ""
    step: str = ""
    steps_done: tuple[StepDone, ...] = ()
    told_by: dict[str, str] = {}

    @property
    def national_code(self) -> int:
        """The state as the outside knows it, 1 to 10 (0: no dossier yet)."""
        return NATIONAL_CODE[self.stage]

    @property
    def is_over(self) -> bool:
        """Whether nothing can move it any more."""
        return self.stage in TERMINAL

    @property
    def running_due(self) -> datetime | None:
        """The due date that counts before acceptance, or after it."""
        return self.due_current if self.accepted_at else self.acceptance_due

    def is_on_time(self, at: datetime) -> bool:
        """Whether the result would be on time on this day; a paused clock with time left is."""
        if self.due_before_apology:  # a new date makes nothing punctual
            is_paused = self.remaining_before_apology_ms is not None
            return is_paused or local_day(at) <= local_day(self.due_before_apology)
        if self.remaining_ms is not None or self.due_current is None:
            return True
        return local_day(at) <= local_day(self.due_current)


def procedure_of(dossier: Dossier, catalogue: Catalogue) -> Procedure:
    """Return the procedure as it stood when the dossier came in."""
    assert dossier.received_at is not None
    procedure = catalogue.procedure(dossier.procedure, local_day(dossier.received_at))
    assert procedure is not None, f"{dossier.procedure} left the catalogue: put it back"
    return procedure


def enter(
    dossier: Dossier, stage: Stage, calendar: WorkingCalendar, at: datetime, who: str
) -> Dossier:
    """Return the dossier in this stage, its clock paused or resumed as that stage demands."""
    moved = msgspec.structs.replace(dossier, stage=stage, moves=dossier.moves + 1)
    if CLOCK[stage] == "paused" and CLOCK[dossier.stage] != "paused":
        return pause(moved, calendar, at)
    if CLOCK[stage] in ("intake", "statutory") and moved.remaining_ms is not None:
        return _resume(moved, moved.remaining_ms, calendar, at, f"after {dossier.stage}", who)
    return moved


def start_statutory_clock(dossier: Dossier, due: datetime, at: datetime, who: str) -> Dossier:
    """Return the dossier accepted now and due then."""
    return msgspec.structs.replace(
        dossier,
        accepted_at=at,
        due_original=due,
        due_current=due,
        due_history=(DueChange(due=due, at=at, why="accepted", who=who),),
        remaining_ms=None,
    )


def move_due(
    dossier: Dossier, due: datetime, at: datetime, why: str, who: str, given_ms: int | None = None
) -> Dossier:
    """Return the dossier due then; the date it had is history."""
    if due == dossier.due_current:
        return dossier
    change = DueChange(due=due, at=at, why=why, who=who, given_ms=given_ms)
    history = (*dossier.due_history, change)[-HISTORY_LIMIT:]
    return msgspec.structs.replace(dossier, due_current=due, due_history=history, told="")


def pause(dossier: Dossier, calendar: WorkingCalendar, at: datetime) -> Dossier:
    """Return the dossier with what remains of its time kept, if any of it does."""
    due, unapologised = dossier.running_due, dossier.due_before_apology
    if due is None or at >= due:
        return dossier
    kept = None
    if unapologised is not None and at < unapologised:
        kept = _left(unapologised, calendar, at)
    return msgspec.structs.replace(
        dossier, remaining_ms=_left(due, calendar, at), remaining_before_apology_ms=kept
    )


def _left(due: datetime, calendar: WorkingCalendar, at: datetime) -> int:
    return (calendar.worked(due) - calendar.worked(at)) // _MILLISECOND


def _resume(
    dossier: Dossier, remaining_ms: int, calendar: WorkingCalendar, at: datetime, why: str, who: str
) -> Dossier:
    def given(ms: int) -> DueChange:
        due = calendar.instant(calendar.worked(at) + ms * _MILLISECOND)
        return DueChange(due=due, at=at, why=why, who=who, given_ms=ms)

    running, now = msgspec.structs.replace(dossier, remaining_ms=None), given(remaining_ms)
    if dossier.accepted_at is None:
        return msgspec.structs.replace(running, acceptance_due=now.due, acceptance_resumed=now)
    if dossier.remaining_before_apology_ms is not None:
        running = unapologised(running, given(dossier.remaining_before_apology_ms))
    return move_due(running, now.due, at, why, who, remaining_ms)


def unapologised(dossier: Dossier, change: DueChange) -> Dossier:
    """Return the dossier that would be due so if there had been no apology."""
    return msgspec.structs.replace(
        dossier,
        due_before_apology=change.due,
        before_apology=change,
        remaining_before_apology_ms=None,
    )
