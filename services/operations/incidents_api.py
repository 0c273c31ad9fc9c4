"""The edge of operators: incidents, whom they concern, and what is done about them."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from services.operations.domain.incidents import (
    APPLICATIONS_LIMIT,
    Incident,
    Reference,
    Scope,
    Text,
)
from services.operations.domain.roles import MAY
from services.operations.incidents import views
from services.operations.incidents.answers import (
    Opening,
    applications,
    done,
    known,
    listed,
    opened,
    previewed,
    whole,
)
from services.operations.incidents.desk import Desk
from services.operations.incidents.offers import Offers, OffersView
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock

ID_LIMIT = 24
As = Literal["csv", "json"]
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Key = Annotated[str, Header(min_length=8, max_length=200)]
Before = Annotated[str, Query(max_length=ID_LIMIT, description="`next` of the page before")]
Which = Annotated[
    Literal["open", "all"], Query(description="the newest that are open, or all, by page")
]
OfAlarm = Annotated[str, Query(max_length=ID_LIMIT + 8, description="the one it is part of")]
Format = Annotated[Literal["json", "csv"], Query(alias="format")]
First = Annotated[int, Query(ge=1, le=APPLICATIONS_LIMIT, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=APPLICATIONS_LIMIT)]


class Previewing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of what waits."""

    scope: Scope


class Owning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What you are about to do; may be left out."""

    text: Text | None = None


class Noting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is worth knowing, or why it is over."""

    text: Text


class Linking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round of operations, or a broadcast of notify, by its id."""

    what: Literal["round", "broadcast"]
    id: Reference


def router(desk: Desk, offers: Offers, clock: Clock) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["incidents"])
    _add_opening(routes, desk, clock)
    _add_lists(routes, desk)
    _add_looking(routes, desk, offers)
    _add_acting(routes, desk)
    return routes


def _add_opening(routes: APIRouter, desk: Desk, clock: Clock) -> None:
    opening = Opening(title=views.ONE.title, scope=views.ONE.scope)

    @routes.post(
        "/incidents",
        status_code=201,
        summary="Open an incident, and keep whom it concerns at this moment",
        description="The same request with the same `Idempotency-Key`, on the day or the next, is"
        " the same incident.",
        responses=edge.answers(201, views.OneView, 422, example=views.ONE),
        openapi_extra=edge.described(Opening, opening),
    )
    async def open_incident(request: Request, caller: Operator, idempotency_key: Key) -> Response:
        said = await edge.read(request, Opening)
        found = await opened(desk, said, caller.name, idempotency_key, clock())
        where = {"Location": f"/v1/incidents/{found.id}"}
        return _as_json(await whole(desk, found), 201, where)

    @routes.post(
        "/incidents/preview",
        summary="How many a scope concerns; nothing is opened or kept",
        responses=edge.answers(200, views.PreviewView, 422, example=views.PREVIEW),
        openapi_extra=edge.described(Previewing, Previewing(scope=views.ONE.scope)),
    )
    async def preview_incident(request: Request, _: Reader) -> Response:
        return _as_json(await previewed(desk, (await edge.read(request, Previewing)).scope))


def _add_lists(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/incidents",
        summary="Incidents, the newest first",
        responses=edge.answers(200, views.ListView, 422, example=views.LIST),
    )
    async def incidents(
        _: Reader, which: Which = "all", before: Before = "", alarm: OfAlarm = ""
    ) -> Response:
        return _as_json(await listed(desk, which, before, alarm))

    @routes.get(
        "/incidents/{incident_id}/applications",
        summary="The applications that were frozen last, as a broadcast takes them, or as CSV",
        description=f"At most {APPLICATIONS_LIMIT:,} are kept. As JSON they come by page, if you"
        " say from which number on and how many; as CSV always all of them, streamed.",
        responses=edge.answers(200, views.ApplicationsView, 404, 422, example=views.APPLICATIONS),
    )
    async def incident_applications(
        incident_id: str,
        _: Reader,
        as_: Format = "json",
        after: First = 1,
        limit: Limit = APPLICATIONS_LIMIT,
    ) -> Response:
        found = await known(desk, incident_id)
        if as_ == "csv":
            return await exported(desk, found, as_)
        return _as_json(await applications(desk, found, after, limit))


def _add_looking(routes: APIRouter, desk: Desk, offers: Offers) -> None:
    @routes.get(
        "/incidents/{incident_id}",
        summary="One incident: whom it concerned and concerns now, and its timeline",
        responses=edge.answers(200, views.OneView, 404, example=views.ONE),
    )
    async def one_incident(incident_id: str, _: Reader) -> Response:
        return _as_json(await whole(desk, await known(desk, incident_id)))

    @routes.get(
        "/incidents/{incident_id}/export",
        summary="All that is kept of one: its timeline, and the applications that were frozen last",
        description=f"At most {APPLICATIONS_LIMIT:,} applications are kept; they are streamed.",
        responses=edge.answers(200, views.ExportView, 404, example=views.EXPORT),
    )
    async def export_incident(incident_id: str, _: Reader) -> Response:
        return await exported(desk, await known(desk, incident_id), "json")

    @routes.get(
        "/incidents/{incident_id}/offers",
        summary="Rounds and broadcasts that may belong to it, and do not yet",
        responses=edge.answers(200, OffersView, 404, example=views.OFFERS),
    )
    async def incident_offers(incident_id: str, _: Reader) -> Response:
        return _as_json(await offers.of(await known(desk, incident_id)))


def _add_acting(routes: APIRouter, desk: Desk) -> None:
    answers = edge.answers(200, views.OneView, 404, 409, 422, example=views.ONE)
    noting = edge.described(Noting, Noting(text="The bank says that it is back at noon"))
    linking = edge.described(Linking, Linking(what="round", id="20261120-3f9ac1d2e4"))

    @routes.post(
        "/incidents/{incident_id}/own",
        summary="Take it over: others see that somebody is at it",
        responses=answers,
        openapi_extra=edge.described(Owning, Owning(text="I am calling the bank")),
    )
    async def own_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Owning), await known(desk, incident_id)
        after = await done(desk.do(found, "own", caller.name, said.text or ""))
        return _as_json(await whole(desk, after))

    @routes.post(
        "/incidents/{incident_id}/freeze",
        summary="Keep whom it concerns now; what was kept before stays in the timeline",
        responses=answers,
    )
    async def freeze_incident(incident_id: str, caller: Operator) -> Response:
        found = await known(desk, incident_id)
        return _as_json(await whole(desk, await done(desk.freeze(found, caller.name))))

    @routes.post(
        "/incidents/{incident_id}/notes",
        summary="Add to its timeline",
        responses=answers,
        openapi_extra=noting,
    )
    async def note_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Noting), await known(desk, incident_id)
        after = await done(desk.do(found, "note", caller.name, said.text))
        return _as_json(await whole(desk, after))

    @routes.post(
        "/incidents/{incident_id}/links",
        summary="Say that a round or a broadcast belongs to it; again is the same",
        responses=answers,
        openapi_extra=linking,
    )
    async def link_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Linking), await known(desk, incident_id)
        after = await done(desk.do(found, said.what, caller.name, reference=said.id))
        return _as_json(await whole(desk, after))

    @routes.post(
        "/incidents/{incident_id}/close",
        summary="Say that it is over, and why",
        responses=answers,
        openapi_extra=noting,
    )
    async def close_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Noting), await known(desk, incident_id)
        after = await done(desk.do(found, "close", caller.name, said.text))
        return _as_json(await whole(desk, after))


async def exported(desk: Desk, incident: Incident, as_: As) -> Response:
    """Return all that is kept of one as a file.  Raises `Unknown`."""
    pages = desk.rows.every_item(incident)
    if as_ == "csv":
        body = views.as_csv(pages)
    else:
        body = views.as_export(await whole(desk, incident), pages)
    name = {"content-disposition": f'attachment; filename="incident-{incident.id}.{as_}"'}
    return StreamingResponse(body, 200, name, TYPES[as_])


def _as_json(found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(found), status, headers, "application/json")
