"""What the edge shows, with examples: a dossier with its clocks, a route, an action's outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import msgspec

from services.routing.domain.dossier import Dossier, Fee
from services.routing.domain.moves import possible
from services.routing.domain.rules import Route
from services.routing.domain.states import CLOCK, WAITS_FOR, Stage, WaitsFor
from services.routing.domain.successors import current
from services.routing.steps import WORKFLOW, WorkflowView, workflow_view
from shared.catalogue import Catalogue
from shared.edge import APPLICATION
from shared.events import Event, decode
from shared.events.routing import ActionRejected
from shared.journal import Decision
from shared.working_time import local_day


@dataclass(frozen=True)
class WhyView:
    """Which rule chose the units, and from what."""

    rule: str
    rule_version: str
    catalogue_version: str
    facts: dict[str, str]


@dataclass(frozen=True)
class DueView:
    """A due date it has had: since when, why, by whom (empty: no officer)."""

    due: datetime
    at: datetime
    why: str
    who: str


@dataclass(frozen=True)
class SignatureView:
    """Who is to sign, and up to which day the certificate is valid, that day included."""

    signer: str
    certificate_expires: date


@dataclass(frozen=True)
class DemandView:
    """What an officer demanded last; `status`: `due`, `paid` or `expired` (unpaid, order over)."""

    amount_vnd: int
    status: str


@dataclass(frozen=True)
class ParcelView:
    """A result in the post: `place` is where it last was told to be."""

    tracking: str
    place: str
    came_back: bool


@dataclass(frozen=True)
class PaperView:
    """A document that was digitised, reused or certified electronically; `digitisation` is the
    national code (0 none, 1 digitised, 2 reused, 3 reused from another dossier's result).
    """

    name: str
    sha256: str
    digitisation: int
    source: str
    e_certified: bool
    certificate: str


@dataclass(frozen=True)
class ClocksView:
    """The time to acceptance, the statutory time, and the time to hand out the result;
    `paused_with_s`: working time left.
    """

    received_at: datetime | None
    acceptance_due: datetime | None
    is_acceptance_late: bool
    accepted_at: datetime | None
    due_original: datetime | None
    due_current: datetime | None
    due_history: list[DueView]
    is_paused: bool
    paused_with_s: int | None
    settled_at: datetime | None
    return_due: datetime | None = None
    is_return_late: bool = False


@dataclass(frozen=True)
class DossierView:
    """How things stand; `possible`: what an officer may do now, by the dossier itself (the fields
    of an action, and whose key it is, are looked at when it is sent).  `version` counts the
    decisions about it, also those that move nothing, as a rejected action; `since`: the last one.
    """

    application: str
    dossier_code: str
    procedure: str
    national_code: int
    stage: str
    waits_for: WaitsFor
    possible: list[str]
    fee: str
    receiving_unit: str
    competent_unit: str
    returning_unit: str
    candidates: list[str]
    why: WhyView
    clocks: ClocksView
    version: int
    since: datetime
    signature: SignatureView | None = None
    parcel: ParcelView | None = None
    workflow: WorkflowView | None = None
    documents: list[PaperView] | None = None
    demand: DemandView | None = None


@dataclass(frozen=True)
class RouteView:
    """Where a dossier would go, and why; without a competent unit a person chooses, or a rule
    refuses it.  `tried`: the rules that failed, after the first condition that was not met.
    """

    receiving_unit: str
    competent_unit: str
    returning_unit: str
    outcome: str
    rule: str
    rule_version: str
    why: str
    why_vi: str
    tried: str
    facts: dict[str, str]
    catalogue_version: str
    candidates: list[str]
    reason: str
    reason_vi: str = ""


@dataclass(frozen=True)
class ActionView:
    """What came of an action: `waiting` until the lane has decided it, and for a key that was never
    taken.  What is so a minute after its 202, send again under the same key: it counts once.
    """

    outcome: Literal["waiting", "done", "rejected"]
    events: list[str]
    reason: str
    possible: list[str]
    reason_vi: str = ""


AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
DUE = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
ACTION = ActionView("done", ["application.accepted"], "", [])
ROUTE = RouteView(
    receiving_unit="26737",
    competent_unit="26737",
    returning_unit="26737",
    outcome="settle_here",
    rule="commune-of-residence",
    rule_version="1",
    why="filed where the applicant lives: that commune decides",
    why_vi="nộp tại nơi cư trú: xã, phường đó giải quyết",
    tried="level:province-of-receipt,vertical-agency place:another-province",
    facts={"residence_unit": "26737"},
    catalogue_version="1",
    candidates=[],
    reason="",
)
DOSSIER = DossierView(
    application=APPLICATION,
    dossier_code="H29.1-20261120-0000001",
    procedure="2.000635",
    national_code=2,
    stage="accepted",
    waits_for="officer",
    possible=["start", "ask_supplement"],
    fee="paid",
    receiving_unit="26737",
    competent_unit="26737",
    returning_unit="26737",
    candidates=[],
    why=WhyView("intra_province", "1", "1", {"residence_unit": "26737"}),
    clocks=ClocksView(
        received_at=AT,
        acceptance_due=DUE,
        is_acceptance_late=False,
        accepted_at=AT,
        due_original=DUE,
        due_current=DUE,
        due_history=[DueView(DUE, AT, "accepted", "officer-1")],
        is_paused=False,
        paused_with_s=None,
        settled_at=None,
    ),
    version=3,
    since=AT,
    workflow=WORKFLOW,
)


def dossier_view(decision: Decision[Dossier], catalogue: Catalogue, at: datetime) -> DossierView:
    """Return a dossier as officers see it then."""
    dossier = decision.state
    assert dossier is not None
    signature, parcel = dossier.signature, dossier.parcel
    return DossierView(
        application=decision.application,
        dossier_code=dossier.dossier_code,
        procedure=dossier.procedure,
        national_code=dossier.national_code,
        stage=dossier.stage,
        waits_for=waits_for(dossier),
        possible=list(possible(dossier, catalogue, at)),
        fee=dossier.fee,
        receiving_unit=dossier.receiving_unit,
        competent_unit=dossier.competent_unit,
        returning_unit=dossier.returning_unit,
        candidates=list(current(catalogue, dossier.candidates, local_day(at))),
        why=WhyView(dossier.rule, dossier.rule_version, dossier.catalogue_version, dossier.facts),
        clocks=_clocks(dossier),
        version=decision.version,
        since=decision.at,
        signature=SignatureView(signature.signer, signature.expires) if signature else None,
        parcel=ParcelView(parcel.tracking, parcel.place, parcel.came_back) if parcel else None,
        workflow=workflow_view(dossier, catalogue) if dossier.workflow else None,
        documents=[
            PaperView(d.name, d.sha256, d.digitisation, d.source, d.e_certified, d.certificate)
            for d in dossier.documents
        ]
        or None,
        demand=DemandView(dossier.demanded_vnd, dossier.demand) if dossier.demand else None,
    )


def waits_for(dossier: Dossier) -> WaitsFor:
    """Return whose turn it is."""
    if dossier.stage is not Stage.SUBMITTED:
        return WAITS_FOR[dossier.stage]
    is_unpaid = dossier.fee is Fee.DUE or (dossier.is_automatic and dossier.fee is Fee.UNKNOWN)
    return "payment" if is_unpaid else "officer"


def route_view(route: Route) -> RouteView:
    """Return a route as the preview shows it."""
    return RouteView(**{**msgspec.structs.asdict(route), "candidates": list(route.candidates)})


def outcome_view(versions: Sequence[Decision[Dossier]], message: str) -> ActionView:
    """Return what came of a message (`<source> <id>`), from the versions of its application."""
    for version in versions:
        if message in version.handled:
            return _outcome([decode(text) for text in version.emitted])
    return ActionView("waiting", [], "", [])


def _outcome(emitted: Sequence[Event]) -> ActionView:
    types = [event.type for event in emitted]
    if ActionRejected.TYPE not in types:
        return ActionView("done", types, "", [])
    told = msgspec.json.decode(emitted[types.index(ActionRejected.TYPE)].data, type=ActionRejected)
    return ActionView("rejected", types, told.reason, list(told.possible), told.reason_vi)


def _clocks(dossier: Dossier) -> ClocksView:
    return ClocksView(
        received_at=dossier.received_at,
        acceptance_due=dossier.acceptance_due,
        is_acceptance_late=dossier.is_acceptance_late,
        accepted_at=dossier.accepted_at,
        due_original=dossier.due_original,
        due_current=dossier.due_current,
        due_history=[DueView(c.due, c.at, c.why, c.who) for c in dossier.due_history],
        is_paused=CLOCK[dossier.stage] == "paused",
        paused_with_s=None if dossier.remaining_ms is None else dossier.remaining_ms // 1_000,
        settled_at=dossier.settled_at,
        return_due=dossier.return_due,
        is_return_late=dossier.is_return_late,
    )
