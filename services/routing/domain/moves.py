"""One step through the table: what must hold before it, and what it leaves behind."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec.structs import replace

from services.routing.domain import choice, handover, keys, recounting, workflow
from services.routing.domain.announcements import announce
from services.routing.domain.dossier import (
    Demand,
    Dossier,
    DueChange,
    Fee,
    enter,
    move_due,
    pause,
    procedure_of,
    start_statutory_clock,
    unapologised,
)
from services.routing.domain.edges import MOVES, Edge
from services.routing.domain.handover import Barrier, Mark, Obstacle
from services.routing.domain.reasons import NOTHING, Reason, reason
from services.routing.domain.states import OFFICER_MOVES, Asked, Move, Stage
from shared.catalogue import Catalogue
from shared.events import routing as events
from shared.events.data import marked
from shared.lanes.table import Outcome
from shared.working_time import CalendarEnds, WorkingCalendar, local_day

PAID_BEFORE_ACCEPTANCE = frozenset({"at_submission", "at_submission_if_late"})

_RESTARTED = "restarted by a supplement"


def apply(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Outcome[Dossier]:
    """Return the dossier moved, and the event that says so; or as it was, and why not."""
    if asked.moves_seen not in (None, dossier.moves):
        return _rejected(dossier, asked, reason("moved-since"), catalogue, at)
    if theirs := keys.not_theirs(dossier, asked, catalogue, at):
        return _rejected(dossier, asked, theirs, catalogue, at)
    if handover.is_repeated(dossier, asked) or workflow.is_repeated(dossier, asked):
        return Outcome(dossier)
    edge = MOVES[dossier.stage].get(asked.move)
    if edge is None:
        return _rejected(dossier, asked, NOTHING, catalogue, at)
    try:
        if obstacle := (
            _barrier(dossier, asked.move, catalogue, at)
            or _OBSTACLES.get(asked.move, _none)(dossier, asked, catalogue, at)
        ):
            return _rejected(dossier, asked, obstacle, catalogue, at)
        return _moved(dossier, asked, edge, catalogue, at)
    except CalendarEnds as error:
        if not asked.officer:  # nobody who would do it again: it is held until the year is there
            raise
        return _rejected(dossier, asked, reason("calendar-ends", error=error), catalogue, at)


def _moved(
    dossier: Dossier, asked: Asked, edge: Edge, catalogue: Catalogue, at: datetime
) -> Outcome[Dossier]:
    prepared = _MARKS.get(asked.move, _unmarked)(dossier, asked, catalogue, at)
    calendar = catalogue.working_calendar(local_day(at))
    after = enter(prepared, edge.to, calendar, at, asked.officer)
    return Outcome(after, (announce(edge.emits, after, asked, at),))


def possible(dossier: Dossier, catalogue: Catalogue, at: datetime) -> tuple[str, ...]:
    """Return what an officer may do with the dossier as it stands, whatever is sent with it."""
    here = sorted(OFFICER_MOVES & MOVES[dossier.stage].keys())
    return tuple(move for move in here if not _barrier(dossier, move, catalogue, at))


def unknown(asked: Asked) -> events.ActionRejected:
    """Return the answer to an action on an application that is not known here."""
    why = reason("unknown-dossier")
    return events.ActionRejected(
        national_code=0, action=asked.move, reason=str(why), reason_vi=why.vi
    )


def _rejected(
    dossier: Dossier, asked: Asked, why: Reason, catalogue: Catalogue, at: datetime
) -> Outcome[Dossier]:
    actions = possible(dossier, catalogue, at)
    if not why:
        why = reason(
            "not-in-this-state" if actions else "not-any-more",
            move=asked.move,
            code=dossier.national_code,
            stage=dossier.stage.replace("_", " "),
            possible=", ".join(actions),
        )
    rejected = events.ActionRejected(
        national_code=dossier.national_code,
        action=asked.move,
        reason=str(why),
        possible=actions,
        reason_vi=why.vi,
    )
    return Outcome(dossier, (rejected,))


# --- what stands in the way of a move that the table allows, whatever is sent with it; or nothing


def _barrier(dossier: Dossier, move: Move, catalogue: Catalogue, at: datetime) -> Reason:
    barred = _BARRIERS.get(move)
    return barred(dossier, catalogue, at) if barred else NOTHING


def _unpaid(dossier: Dossier, catalogue: Catalogue, _at: datetime) -> Reason:
    if dossier.fee is Fee.DUE:
        return reason("fee-unpaid")
    if dossier.fee is Fee.EXPIRED:
        return reason("fee-expired")
    if dossier.fee is Fee.UNKNOWN:
        moment = procedure_of(dossier, catalogue).payment_moment
        if moment in PAID_BEFORE_ACCEPTANCE:
            return reason("fee-unknown")
    return NOTHING


def _asked_enough(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Reason:
    limit = catalogue.policy(local_day(at)).max_supplement_requests
    if dossier.supplement_requests < limit:
        return NOTHING
    return reason("asked-enough", limit=limit)


def _demanded(dossier: Dossier, _catalogue: Catalogue, _at: datetime) -> Reason:
    if dossier.demand is not Demand.DUE:
        return NOTHING
    return reason("demanded-already", amount=f"{dossier.demanded_vnd:,}")


def _dated_enough(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Reason:
    limit = catalogue.policy(local_day(at)).max_reappointments
    return NOTHING if dossier.reappointments < limit else reason("dated-enough", limit=limit)


_BARRIERS: Mapping[Move, Barrier] = {
    Move.ACCEPT: _unpaid,
    Move.APOLOGISE: _dated_enough,
    Move.ASK_SUPPLEMENT: _asked_enough,
    Move.DEMAND_PAYMENT: _demanded,
    Move.STEP_DONE: workflow.without_a_step,
    **handover.BARRIERS,
}


# --- what stands in the way because of what is sent with the move, and the remedy; or nothing


def _none(_dossier: Dossier, _asked: Asked, _catalogue: Catalogue, _at: datetime) -> Reason:
    return NOTHING


def _kept_waiting(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    return _no_date(dossier, asked.new_due, catalogue.working_calendar(local_day(at)), at)


def _no_date(
    dossier: Dossier, new_due: date | None, calendar: WorkingCalendar, at: datetime
) -> Reason:
    """Return why this cannot be the new date; or nothing."""
    assert dossier.due_current is not None
    latest = max(local_day(at), local_day(dossier.due_current))
    if new_due is None or new_due <= latest:
        return reason("date-not-later", latest=latest)
    try:
        is_working = calendar.is_working(new_due)
    except CalendarEnds as error:
        return reason("date-unknown", error=error)
    return NOTHING if is_working else reason("day-off", day=new_due)


_OBSTACLES: Mapping[Move, Obstacle] = {
    Move.APOLOGISE: _kept_waiting,
    Move.CHOOSE_UNIT: choice.unfit,
    Move.RECOUNT_DUE: recounting.obstacle,
    Move.STEP_DONE: workflow.out_of_turn,
    **handover.OBSTACLES,
}


# --- what a move leaves on the dossier besides its stage


def _unmarked(dossier: Dossier, _asked: Asked, _catalogue: Catalogue, _at: datetime) -> Dossier:
    return dossier


def _accept(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    due = catalogue.statutory_due(procedure_of(dossier, catalogue), at, local_day(at))
    return workflow.begun(start_statutory_clock(dossier, due, at, asked.officer), catalogue, at)


def _reopen(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    reopened = handover.MARKS[Move.REOPEN](dossier, asked, catalogue, at)
    return workflow.signed_anew(reopened, catalogue)


def _supplement(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    if (more := marked(dossier.documents, asked.documents)) is not dossier.documents:
        dossier = replace(dossier, documents=more)
    if catalogue.policy(local_day(at)).supplement_clock == "pause" or not dossier.accepted_at:
        return dossier
    due = catalogue.statutory_due(procedure_of(dossier, catalogue), at, local_day(at))
    restarted = move_due(dossier, due, at, _RESTARTED, asked.officer)
    if dossier.due_before_apology:
        change = DueChange(due=due, at=at, why=_RESTARTED, who=asked.officer)
        restarted = unapologised(restarted, change)
    restarted = replace(restarted, remaining_ms=None)
    if dossier.stage is not Stage.SUSPENDED:
        return restarted
    return pause(restarted, catalogue.working_calendar(local_day(at)), at)  # it stays suspended


def _apologise(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    assert asked.new_due is not None
    due = catalogue.working_calendar(local_day(at)).closing(asked.new_due)
    first = recounting.counted(dossier)
    if dossier.due_before_apology is None and first and dossier.due_current:
        dossier = unapologised(dossier, replace(first, due=dossier.due_current))
    moved = move_due(dossier, due, at, "apology", asked.officer)
    return replace(moved, reappointments=dossier.reappointments + 1)


_MARKS: Mapping[Move, Mark] = {
    Move.ACCEPT: _accept,
    Move.APOLOGISE: _apologise,
    Move.ASK_SUPPLEMENT: lambda d, _a, _c, _t: replace(
        d, supplement_requests=d.supplement_requests + 1
    ),
    Move.CHOOSE_UNIT: choice.chosen,
    Move.DEMAND_PAYMENT: lambda d, a, _c, _t: replace(
        d, demanded_vnd=a.amount_vnd, demand=Demand.DUE
    ),
    Move.PAY: lambda d, _a, _c, _t: replace(d, demand=Demand.PAID),
    Move.RECOUNT_DUE: recounting.mark,
    Move.STEP_DONE: workflow.step_done,
    Move.SUPPLEMENT: _supplement,
    **handover.MARKS,
    Move.REOPEN: _reopen,
}
