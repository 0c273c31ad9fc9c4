"""One decision about a petition: what came, what it becomes, what is said of it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from services.notify.domain.petitions.states import (
    MOVES,
    OF_AN_ANSWER,
    REJECTED_LIMIT,
    Move,
    Petition,
    possible,
    timers,
)
from services.notify.domain.petitions.steps import DO, due_in, named
from services.notify.domain.petitions.terms import KINDS, TERMS
from shared.catalogue import Catalogue, load
from shared.events import Data, petitions
from shared.lanes.table import Timer
from shared.working_time import local_day

ASKED: Mapping[type[Data], Move] = {
    petitions.PetitionWithdrawalAsked: "withdraw",
    petitions.PetitionAcceptanceTold: "accept",
    petitions.PetitionDisputeTold: "dispute",
    petitions.PetitionAssignedByOperator: "assign",
    petitions.PetitionForwardedByOfficer: "forward",
    petitions.PetitionAnsweredByOfficer: "answer",
    petitions.PetitionDismissedByOfficer: "dismiss",
}


class Step(NamedTuple):
    """What was decided; no petition: there is none, and none came of it."""

    petition: Petition | None
    events: tuple[Data, ...] = ()
    timers: tuple[Timer, ...] = ()


@cache
def ours() -> Catalogue:
    """Return the reference data that come with the code."""
    return load()


def file(
    filed: petitions.PetitionFiled,
    petition: Petition | None,
    is_taken: bool,
    message: str,
    at: datetime,
    catalogue: Catalogue,
) -> Step:
    """Take in a petition; `is_taken`: its id is that of an application."""
    if petition or is_taken:
        return _rejected(petition, "file", "id_taken", message, catalogue)
    unit = filed.unit if catalogue.unit(filed.unit, local_day(at)) else ""
    due = due_in(at, KINDS[filed.kind].answer_days, catalogue)
    new = Petition(
        code=filed.code,
        kind=filed.kind,
        text=filed.text,
        content=filed.content,
        status="assigned" if unit else "received",
        filed_at=at,
        since=at,
        promised=due,
        due=due,
        unit=unit,
        application=filed.application,
    )
    said: list[Data] = [
        petitions.PetitionReceived(
            **named(new, catalogue), portal=filed.portal, due=due, application=filed.application
        )
    ]
    if unit:
        said.append(petitions.PetitionAssigned(**named(new, catalogue), due=due))
    return Step(new, tuple(said), _timers(new, at, catalogue))


def turn_away(petition: Petition, message: str, catalogue: Catalogue) -> Step:
    """Take in that an application came under this petition's id: of it nobody is told anything."""
    return _rejected(petition, "register", "id_taken", message, catalogue)


def ask(
    petition: Petition | None, data: Data, message: str, at: datetime, catalogue: Catalogue
) -> Step:
    """Do what the citizen or an officer asks for, if it is possible now."""
    move = ASKED[type(data)]
    reason = obstacle(petition, data, at, catalogue)
    if reason or petition is None:
        return _rejected(petition, move, reason, message, catalogue)
    at = max(at, petition.since)  # clocks of edges differ
    moved = replace(
        petition,
        status=MOVES[petition.status][move],
        since=at,
        moves=petition.moves + 1,
    )
    after, said = DO[move](moved, data, at, catalogue)
    return Step(_placed(petition, after), (said,), _timers(after, at, catalogue, petition))


def obstacle(petition: Petition | None, data: Data, at: datetime, catalogue: Catalogue) -> str:
    """Return why this cannot be done now; nothing, if it can."""
    move = ASKED[type(data)]
    if petition is None:
        return "unknown"
    if isinstance(data, petitions.OfficerOfPetition):
        if data.for_units and not reach(petition.unit, at, catalogue) & set(data.for_units):
            return "not_your_unit"
        if data.moves_seen not in (None, petition.moves):
            return "moved"
    if move in OF_AN_ANSWER and petition.closes_at and at > petition.closes_at:
        return "too_late"
    if move not in MOVES[petition.status]:
        return "not_possible"
    if isinstance(
        data, petitions.PetitionForwardedByOfficer | petitions.PetitionAssignedByOperator
    ):
        return _not_there(petition, move, data.unit, at, catalogue)
    return ""


def _not_there(
    petition: Petition, move: Move, unit: str, at: datetime, catalogue: Catalogue
) -> str:
    """Return why it cannot go to this unit; nothing, if it can."""
    if move == "forward" and petition.forwards >= TERMS.forwards_limit:
        return "forwarded_enough"
    if unit == petition.unit:
        return "same_unit"
    return "" if catalogue.unit(unit, local_day(at)) else "unknown_unit"


def ring(petition: Petition | None, timer: str, at: datetime, catalogue: Catalogue) -> Step:
    """Take in that a timer came due; a stale one changes nothing."""
    if petition is None or timer not in timers(petition, at):
        return Step(petition)
    common = named(petition, catalogue)
    match timer.partition("/")[0]:
        case "petition.due_soon":
            return Step(petition, (petitions.PetitionDueSoon(**common, due=petition.due),))
        case "petition.overdue":
            return _overdue(petition, at, catalogue)
        case _:
            closed = replace(petition, status="closed", since=at, moves=petition.moves + 1)
            return Step(closed, (petitions.PetitionClosed(**common),))


def _overdue(petition: Petition, at: datetime, catalogue: Catalogue) -> Step:
    common = named(petition, catalogue)
    overdue = petitions.PetitionOverdue(**common, due=petition.due)
    if petition.is_late_said:
        return Step(petition, (overdue,))
    due = due_in(at, TERMS.apology_days, catalogue)
    apology = petitions.PetitionApologised(
        **common, reason="not_answered_in_time", due_before=petition.due, due=due
    )
    after = _placed(petition, replace(petition, due=due, is_late_said=True))
    return Step(after, (overdue, apology), _timers(after, at, catalogue, petition))


def _timers(
    petition: Petition, at: datetime, catalogue: Catalogue, before: Petition | None = None
) -> tuple[Timer, ...]:
    """Return the timers to set: those that were not set before."""
    calendar = catalogue.working_calendar(local_day(at))
    ahead = TERMS.due_soon_days * calendar.day_length
    warned_at = calendar.instant(calendar.worked(petition.due) - ahead)
    old = timers(before, at) if before else {}
    return tuple(
        Timer(name, due)
        for name, due in timers(petition, warned_at).items()
        if name not in old and due > at
    )


def _placed(before: Petition, after: Petition) -> Petition:
    """Return it with the places where it stood and stands no more, to be taken away there."""
    if after.waits_for_office and after.place == before.place:
        return after
    if not before.waits_for_office:
        return after
    return replace(after, lay_at=(*after.lay_at, before.place))


def _rejected(
    petition: Petition | None, action: str, reason: str, message: str, catalogue: Catalogue
) -> Step:
    said = petitions.PetitionRejected(
        action=action,
        reason=reason,
        message_id=message,
        possible=possible(petition),
        catalogue_version=catalogue.version,
    )
    if petition:
        kept = dict([*petition.rejected.items(), (message, reason)][-REJECTED_LIMIT:])
        petition = replace(petition, rejected=kept)
    return Step(petition, (said,))


def reach(unit: str, at: datetime, catalogue: Catalogue) -> set[str]:
    """Return the codes whose keys are for this unit: its own, and its province's."""
    province = catalogue.province_of(unit, local_day(at))
    return {unit, province.code} if province else {unit}
