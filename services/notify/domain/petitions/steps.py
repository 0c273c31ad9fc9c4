"""What each move does to a petition besides its status, and what is said of it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from services.notify.domain.petitions.states import Move, Petition
from services.notify.domain.petitions.terms import KINDS, TERMS
from shared.catalogue import Catalogue
from shared.events import Data, petitions
from shared.working_time import add_working_time, local_day


def due_in(at: datetime, days: int, catalogue: Catalogue) -> datetime:
    """Return when so many working days are over.  Raises `CalendarEnds`."""
    calendar = catalogue.working_calendar(local_day(at))
    return add_working_time(at, days, "working_day", calendar)


def named(petition: Petition, catalogue: Catalogue) -> dict[str, Any]:
    """Return what every event of a petition says."""
    return {
        "code": petition.code,
        "kind": petition.kind,
        "unit": petition.unit,
        "catalogue_version": catalogue.version,
    }


Done = tuple[Petition, Data]


def _assign(p: Petition, data: Data, _: datetime, catalogue: Catalogue) -> Done:
    assert isinstance(data, petitions.PetitionAssignedByOperator)
    after = replace(p, unit=data.unit)
    return after, petitions.PetitionAssigned(
        **named(after, catalogue), officer=data.officer, due=p.due
    )


def _forward(p: Petition, data: Data, _: datetime, catalogue: Catalogue) -> Done:
    assert isinstance(data, petitions.PetitionForwardedByOfficer)
    after = replace(p, unit=data.unit, forwards=p.forwards + 1, forward_reason=data.reason)
    return after, petitions.PetitionForwarded(
        **named(after, catalogue),
        officer=data.officer,
        from_unit=p.unit,
        reason=data.reason,
        due=p.due,
    )


def _answer(p: Petition, data: Data, at: datetime, catalogue: Catalogue) -> Done:
    assert isinstance(data, petitions.PetitionAnsweredByOfficer)
    closes_at = at + timedelta(days=TERMS.closing_days)
    after = replace(p, answer=data.answer, closes_at=closes_at)
    is_second = after.status == "answered_again"
    said = petitions.PetitionAnsweredAgain if is_second else petitions.PetitionAnswered
    return after, said(
        **named(after, catalogue),
        officer=data.officer,
        answer=data.answer,
        on_time=at <= p.promised,
        closes_at=closes_at,
    )


def _dismiss(p: Petition, data: Data, _: datetime, catalogue: Catalogue) -> Done:
    assert isinstance(data, petitions.PetitionDismissedByOfficer)
    after = replace(p, dismissal=data.reason, turn_to=data.turn_to)
    return after, petitions.PetitionDismissed(
        **named(after, catalogue), officer=data.officer, reason=data.reason, turn_to=data.turn_to
    )


def _accept(p: Petition, data: Data, _: datetime, catalogue: Catalogue) -> Done:
    assert isinstance(data, petitions.PetitionAcceptanceTold)
    said = petitions.PetitionAccepted(**named(p, catalogue), score=data.score)
    return replace(p, score=data.score), said


def _dispute(p: Petition, data: Data, at: datetime, catalogue: Catalogue) -> Done:
    assert isinstance(data, petitions.PetitionDisputeTold)
    due = due_in(at, KINDS[p.kind].dispute_days, catalogue)
    after = replace(p, dispute=data.reason, promised=due, due=due, closes_at=None)
    return after, petitions.PetitionDisputed(**named(after, catalogue), due=due)


def _withdraw(p: Petition, _data: Data, _at: datetime, catalogue: Catalogue) -> Done:
    return p, petitions.PetitionWithdrawn(**named(p, catalogue))


DO: Mapping[Move, Callable[[Petition, Data, datetime, Catalogue], Done]] = {
    "assign": _assign,
    "forward": _forward,
    "answer": _answer,
    "dismiss": _dismiss,
    "accept": _accept,
    "dispute": _dispute,
    "withdraw": _withdraw,
}
