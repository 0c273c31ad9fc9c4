"""The edge that tells which due dates another calendar would move, and that moves them.

A calendar that changes moves no due date by itself.  A preview reads open dossiers page by page and
changes nothing; a recount sends a command for each that the calendar in force now makes due at
another time, under an id that is the same until the dossier has another version.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from msgspec import Meta

from services.routing.actions import command
from services.routing.answers import json
from services.routing.domain.dossier import Dossier
from services.routing.domain.recounting import Recount, recount
from shared import edge
from shared.access import Caller, require
from shared.catalogue import CalendarDay, Catalogue
from shared.clock import Clock
from shared.events import Event
from shared.events.handover import DueRecounted
from shared.journal import Decision
from shared.pages import Pages
from shared.publisher import Publisher

BODY_LIMIT_BYTES = 64 << 10
DAYS_LIMIT = 400

Operator = Annotated[Caller, Depends(require("operator"))]
After = Annotated[str, Meta(pattern="^([0-9a-f-]{36})?$")]


class Recounting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: After = ""


class ProposedDays(Recounting, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days as in `calendar.json`, instead of those of the same dates."""

    days: Annotated[tuple[CalendarDay, ...], Meta(max_length=DAYS_LIMIT)] = ()


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    """A due date that would move; `clock`: that of the result, or of taking it up (`intake`)."""

    application: str
    version: int
    stage: str
    clock: Literal["intake", "statutory"]
    due_before: datetime
    due: datetime


class RecountPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What would move on this page; `next` is empty at the end."""

    catalogue_version: str
    read: int
    moving: tuple[Moving, ...]
    next: str


class Recounted(msgspec.Struct, frozen=True, kw_only=True):
    """The dossiers whose commands are on their way."""

    catalogue_version: str
    read: int
    sent: tuple[str, ...]
    next: str


def router(
    publisher: Publisher, pages: Pages[Dossier], catalogue: Catalogue, clock: Clock
) -> APIRouter:
    """Return the routes of due dates that a calendar moves."""
    routes = APIRouter(tags=["routing"])

    @routes.post(
        "/v1/routing/recount-previews",
        summary="Which due dates the calendar in force, or a proposed one, moves; none is moved",
        openapi_extra=edge.described(ProposedDays, {"days": []}),
        responses=edge.answers(200, RecountPreview, 400, 413, 415, 422),
    )
    async def recount_previewed(request: Request, _: Operator) -> Response:
        asked = await edge.read(request, ProposedDays, BODY_LIMIT_BYTES)
        proposed = _with_days(catalogue, asked.days)
        page = await pages.after(asked.after)
        moving = tuple(
            Moving(
                application=decision.application,
                version=decision.version,
                stage=dossier.stage,
                **found._asdict(),
            )
            for decision, dossier, found in _found(page.found, proposed, clock())
        )
        version, read = proposed.version, len(page.found)
        return json(
            RecountPreview(catalogue_version=version, read=read, moving=moving, next=page.next)
        )

    @routes.post(
        "/v1/routing/recounts",
        status_code=202,
        summary="Move the due dates that the calendar in force moves, each by an event",
        openapi_extra=edge.described(Recounting, {"after": ""}),
        responses=edge.answers(202, Recounted, 400, 413, 415, 422),
    )
    async def recounted(request: Request, caller: Operator) -> Response:
        asked = await edge.read(request, Recounting, BODY_LIMIT_BYTES)
        page = await pages.after(asked.after)
        sent, version, read = [], catalogue.version, len(page.found)
        for decision, _, found in _found(page.found, catalogue, clock()):
            event = _command(decision, found, version, caller, clock)
            await publisher.publish("routing.inbox", event)
            sent.append(decision.application)
        body = Recounted(catalogue_version=version, read=read, sent=tuple(sent), next=page.next)
        return json(body, 202)

    return routes


def _with_days(catalogue: Catalogue, days: tuple[CalendarDay, ...]) -> Catalogue:
    if not days:
        return catalogue
    dates = {row.day for row in days}
    kept = tuple(row for row in catalogue.calendar_days if row.day not in dates)
    version = f"{catalogue.version}+proposed"
    return replace(catalogue, version=version, calendar_days=(*kept, *days))


def _found(
    decisions: tuple[Decision[Dossier], ...], catalogue: Catalogue, at: datetime
) -> list[tuple[Decision[Dossier], Dossier, Recount]]:
    return [
        (decision, decision.state, found)
        for decision in decisions
        if decision.state and (found := recount(decision.state, catalogue, at))
    ]


def _command(
    decision: Decision[Dossier], found: Recount, version: str, caller: Caller, clock: Clock
) -> Event:
    digest = sha256(msgspec.json.encode((version, found, decision.version))).hexdigest()
    data = DueRecounted(
        officer=caller.name,
        note=f"calendar of {version}",
        due_before=found.due_before,
        due=found.due,
        catalogue_version=version,
    )
    return command(decision, caller, f"recount/{digest[:16]}", data, clock)
