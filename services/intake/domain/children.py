"""A child of an interlinked application at the door.

It is an application like any other; besides, it is opened by its parent and tells it how it stands.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from msgspec.structs import replace

from services.intake.domain.dossier import Application, Kin, Opened
from services.intake.domain.follow_ups import (
    FOLLOWED,
    STOPPED,
    WITHDRAW,
    follow,
    hear_no,
)
from services.intake.domain.interlinked import OURS
from services.intake.domain.remedies import problem
from shared.catalogue import Catalogue
from shared.events import cancelling, routing
from shared.events.data import Problem, filed, marked, marks
from shared.events.intake import (
    ChildOpened,
    ChildTakenBack,
    ChildTold,
    Refused,
    Registered,
    Standing,
    Withdrawn,
)
from shared.kinship import parent_of
from shared.lanes.table import Arrival, Letter, Outcome

# what a child's dossier does, as its parent counts it; the rest of its moves are routing's to tell
STANDINGS: Mapping[type[routing.Moved], Standing] = {
    routing.NotAccepted: "not_accepted",
    cancelling.Cancelled: "not_accepted",
    routing.Closed: "withdrawn",
    routing.Returned: "returned",
    routing.Settled: "done",
    routing.Suspended: "stopped",
    routing.Processing: "open",  # also again: after a stop, or when the signer sent it back
}
OF_CHILDREN = tuple(moved for moved in STANDINGS if moved not in FOLLOWED)


class Opening(NamedTuple):
    """How a child is registered on the day its turn comes: at which unit, under whose number.

    A unit that was merged since is its heir.  One that was split stays, so that routing asks a
    person; the number is its default heir's.
    """

    receiving_unit: str
    numbered_at: str
    problems: tuple[Problem, ...]


def opening(asked: ChildOpened, catalogue: Catalogue, on: date) -> Opening:
    """Return where a child is registered, or why it cannot be, though it could when it was sent."""
    found = []
    if catalogue.procedure(asked.procedure, on) is None:
        found.append(problem("procedure-not-in-force", "/procedure"))
    unit = numbered_at = asked.receiving_unit
    if catalogue.unit(unit, on) is None:
        heirs = catalogue.current_units(unit, on)
        if heirs.kind == "unknown":
            found.append(problem("unknown-unit", "/receiving_unit"))
        else:
            numbered_at = heirs.units[0]
            unit = numbered_at if heirs.kind == "exact" else unit
    return Opening(unit, numbered_at, tuple(found))


def open_child(
    state: Application | None, arrival: Arrival, opened: Opened, at: datetime
) -> Outcome[Application]:
    """Register a child, under the rules of this day; its answers were examined with the parent's.

    What somebody else submitted under its id was refused, and does not stand in its way.
    """
    asked = arrival.data
    assert isinstance(asked, ChildOpened)
    is_free = state is None or (state.status == "refused" and state.kin is None)
    if arrival.event.source != OURS or not is_free:
        return Outcome(state)
    child = Application(
        status="registered",
        portal=asked.portal,
        content_hash="",
        decided_at=at,
        kin=Kin(name=asked.name),
    )
    if opened.problems:
        refused = replace(child, status="refused", problems=opened.problems)
        said = Refused(
            portal=asked.portal,
            problems=opened.problems,
            contact=asked.contact,
            language=asked.language,
            catalogue_version=opened.catalogue_version,
            forms_version=opened.forms_version,
            notices=asked.notices,
        )
        return _telling(Outcome(refused, (said,)), arrival.application, "refused")
    registered = replace(
        child,
        dossier_code=opened.dossier_code,
        procedure=asked.procedure,
        receiving_unit=opened.receiving_unit,
        subject_hash=asked.subject_hash,
        marked=marked((), asked.documents),
    )
    event = _registered(asked, opened, parent_of(arrival.application))
    return _telling(Outcome(registered, (event,)), arrival.application, "open")


def take_back_child(
    state: Application | None, arrival: Arrival, *_: object
) -> Outcome[Application]:
    """Withdraw a child by rule, the way a citizen does: whether it can be is routing's to say."""
    asked = arrival.data
    assert isinstance(asked, ChildTakenBack)
    if state is None or state.kin is None or arrival.event.source != OURS:
        return Outcome(state)
    if state.end or state.withdrawing:  # what comes of it is told in any case
        return Outcome(state)
    event = Withdrawn(reason=asked.because)
    return Outcome(replace(state, withdrawing=arrival.event.id), (event,))


def follow_child(state: Application | None, arrival: Arrival, *_: object) -> Outcome[Application]:
    """Keep what a move of routing's means, and tell the parent of a child."""
    moved = arrival.data
    assert isinstance(moved, routing.Moved)
    if type(moved) in FOLLOWED:
        outcome = follow(state, moved)
    else:
        outcome = Outcome(state and replace(state, code=moved.national_code))
    standing = STANDINGS.get(type(moved))
    if standing is None or outcome.state is None or outcome.state.kin is None:
        return outcome
    if standing == outcome.state.kin.standing:
        return outcome
    return _telling(outcome, arrival.application, standing)


def not_done(state: Application | None, arrival: Arrival, *_: object) -> Outcome[Application]:
    """Tell the portal what was not let happen; of a withdrawal, the parent of a child too."""
    assert isinstance(arrival.data, routing.ActionRejected)
    outcome = hear_no(state, arrival.data)
    if outcome.state is None or outcome.state.kin is None or not outcome.events:
        return outcome
    if arrival.data.action != WITHDRAW:
        return outcome
    too_late = arrival.data.national_code != STOPPED  # else it is asked again when it goes on
    return _telling(outcome, arrival.application, outcome.state.kin.standing, too_late=too_late)


def _telling(
    outcome: Outcome[Application], child: str, standing: Standing, *, too_late: bool = False
) -> Outcome[Application]:
    state = outcome.state
    assert state is not None
    assert state.kin is not None
    kin = replace(state.kin, told=state.kin.told + 1, standing=standing)
    told = ChildTold(
        name=kin.name,
        number=kin.told,
        standing=standing,
        national_code=state.national_code or 0,
        dossier_code=state.dossier_code,
        too_late=too_late,
    )
    letter = Letter(parent_of(child), told)
    return Outcome(replace(state, kin=kin), outcome.events, outcome.timers, (letter,))


def _registered(asked: ChildOpened, opened: Opened, parent: str) -> Registered:
    return Registered(
        dossier_code=opened.dossier_code,
        portal=asked.portal,
        procedure=asked.procedure,
        receiving_unit=opened.receiving_unit,
        residence_unit=asked.residence_unit,
        channel=asked.channel,
        applicant_kind=asked.applicant_kind,
        language=asked.language,
        copies=asked.copies or 1,
        object_unit=asked.object_unit or "",
        residence_unit_on=asked.residence_unit_on,
        object_unit_on=asked.object_unit_on,
        documents=filed(asked.documents),
        sealed=asked.sealed,
        contact=asked.contact,
        subject_hash="",  # as of all applications
        submitted_at=opened.submitted_at,
        catalogue_version=opened.catalogue_version,
        forms_version=opened.forms_version,
        parent=parent,
        marks=marks(asked.documents),
        fee_facts=asked.fee_facts,
        notices=asked.notices,
    )
