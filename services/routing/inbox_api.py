"""The edge that tells a unit's officers which dossiers lie with them, at which step, due when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.routing.answers import refuse_another_unit
from services.routing.domain.dossier import Dossier
from services.routing.domain.preview import is_open
from services.routing.domain.states import WaitsFor
from services.routing.domain.workflow import steps
from services.routing.inbox import Inbox, lies_at
from services.routing.views import AT, DUE, waits_for
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.journal import Decision, Journal
from shared.pages import Pages

PAGE_LIMIT = 200

Operator = Annotated[Caller, Depends(require("operator"))]
Officer = Annotated[Caller, Depends(require("officer", "operator"))]
After = Annotated[str, Query(pattern="^([0-9a-f-]{36})?$", description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]


@dataclass(frozen=True)
class Lying:
    """A dossier that lies at a unit.  `due`: by when it is to be accepted, settled or handed out;
    `step` is empty before acceptance and after the last one, `step_due` null while paused.
    """

    application: str
    dossier_code: str
    procedure: str
    stage: str
    national_code: int
    waits_for: WaitsFor
    due: datetime | None
    step: str
    step_role: str
    step_due: datetime | None
    version: int
    since: datetime


@dataclass(frozen=True)
class InboxPage:
    """What lies at a unit, in the order of submission.  `next` is empty at the end; a page may be
    short, or empty, before it.
    """

    unit: str
    dossiers: list[Lying]
    next: str


@dataclass(frozen=True)
class Listed:
    """How many applications were read, and how many of them are open and listed now.  `next` is
    empty at the end.
    """

    read: int
    listed: int
    next: str


LISTED = Listed(read=500, listed=321, next=edge.APPLICATION)
INBOX = InboxPage(
    unit="26737",
    dossiers=[
        Lying(
            application=edge.APPLICATION,
            dossier_code="H29.1-20261120-0000001",
            procedure="2.000635",
            stage="accepted",
            national_code=2,
            waits_for="officer",
            due=DUE,
            step="receive",
            step_role="one_stop",
            step_due=DUE,
            version=3,
            since=AT,
        )
    ],
    next="",
)


def router(
    inbox: Inbox,
    journal: Journal[Dossier],
    pages: Pages[Dossier],
    catalogue: Catalogue,
    clock: Clock,
) -> APIRouter:
    """Return the route of inboxes."""
    routes = APIRouter(tags=["routing"])

    @routes.get(
        "/v1/units/{unit}/dossiers",
        summary="What lies at a unit: which dossiers, at which step, due when",
        responses=edge.shown(200, INBOX, 403, 404, 422),
    )
    async def lying(unit: str, caller: Officer, after: After = "", limit: Limit = 50) -> InboxPage:
        refuse_another_unit(unit, caller, catalogue, clock())
        applications = await inbox.page(unit, after, limit)
        found = await journal.latest_of(applications)
        known = [(d, d.state) for a in applications if (d := found.get(a)) and d.state]
        await inbox.forget(unit, [d.application for d, state in known if state.is_over])
        return InboxPage(
            unit=unit,
            dossiers=[
                _lying(decision, state, catalogue)
                for decision, state in known
                if lies_at(state, unit)
            ],
            next=applications[-1] if len(applications) == limit else "",
        )

    @routes.post(
        "/v1/units/listings",
        summary="List open dossiers at their units anew, a page at a time; again is harmless",
        responses=edge.shown(200, LISTED, 422),
    )
    async def listed(_: Operator, after: After = "") -> Listed:
        page = await pages.after(after)
        await inbox.note(page.found)
        count = sum(bool(d.state and is_open(d.state)) for d in page.found)
        return Listed(read=len(page.found), listed=count, next=page.next)

    return routes


def _lying(decision: Decision[Dossier], dossier: Dossier, catalogue: Catalogue) -> Lying:
    now = next((s for s in steps(dossier, catalogue) if s.step.code == dossier.step), None)
    is_ready = dossier.settled_at is not None
    return Lying(
        application=decision.application,
        dossier_code=dossier.dossier_code,
        procedure=dossier.procedure,
        stage=dossier.stage,
        national_code=dossier.national_code,
        waits_for=waits_for(dossier),
        due=dossier.return_due if is_ready else dossier.running_due,
        step="" if now is None or is_ready else now.step.code,
        step_role="" if now is None or is_ready else now.step.role,
        step_due=None if now is None or is_ready else now.due,
        version=decision.version,
        since=decision.at,
    )
