"""The edge of operators: incidents, whom they concern, and what is done about them."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from services.operations.domain.incidents import (
    Incident,
    Reference,
    Scope,
    Text,
    Title,
    incident_id,
)
from services.operations.incidents import views
from services.operations.incidents.desk import Desk, NotPossible
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal

ID_LIMIT = 24

Operator = Annotated[Caller, Depends(require("operator"))]
Key = Annotated[str, Header(min_length=8, max_length=200)]
Before = Annotated[str, Query(max_length=ID_LIMIT, description="`next` of the page before")]
Format = Annotated[Literal["json", "csv"], Query(alias="format")]


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened, and which of what waits it concerns."""

    title: Title
    scope: Scope
    text: Text | None = None


class Noting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is worth knowing, or why it is over."""

    text: Text


class Linking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round of operations, or a broadcast of notify, by its id."""

    what: Literal["round", "broadcast"]
    id: Reference


def router(desk: Desk, clock: Clock) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(prefix="/v1", tags=["incidents"])
    _add_opening(routes, desk, clock)
    _add_looking(routes, desk)
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
        if not said.scope.kinds:
            raise Refusal(422, "nothing-in-scope", "No stage has this cause: /v1/stuck has them.")
        mark = msgspec.json.encode((caller.name, idempotency_key, said)).decode()
        now = clock()
        ids = [incident_id(now - timedelta(days=n), mark) for n in (1, 0)]
        stands = await desk.rows.get(ids[0])
        found = stands or await desk.open(
            ids[1], said.title, said.scope, caller.name, text=said.text or ""
        )
        where = {"Location": f"/v1/incidents/{found.id}"}
        return _as_json(await _whole(desk, found), 201, where)


def _add_looking(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/incidents",
        summary="Incidents, the newest first",
        responses=edge.answers(200, views.ListView, 422, example=views.LIST),
    )
    async def incidents(_: Operator, before: Before = "") -> Response:
        found, next_ = await desk.rows.before(before)
        return _as_json(views.ListView(incidents=[views.short(i) for i in found], next=next_))

    @routes.get(
        "/incidents/{incident_id}",
        summary="One incident: whom it concerned and concerns now, and its timeline",
        responses=edge.answers(200, views.OneView, 404, example=views.ONE),
    )
    async def one_incident(incident_id: str, _: Operator) -> Response:
        return _as_json(await _whole(desk, await _known(desk, incident_id)))

    @routes.get(
        "/incidents/{incident_id}/applications",
        summary="The applications that were frozen last, as a broadcast takes them, or as CSV",
        responses=edge.answers(200, views.ApplicationsView, 404, 422, example=views.APPLICATIONS),
    )
    async def incident_applications(
        incident_id: str, _: Operator, as_: Format = "json"
    ) -> Response:
        found = await _known(desk, incident_id)
        items = await desk.rows.items(found)
        if as_ == "csv":
            name = f'attachment; filename="incident-{found.id}.csv"'
            return Response(
                views.as_csv(items), 200, {"content-disposition": name}, "text/csv; charset=utf-8"
            )
        return _as_json(views.applications(found, items))


def _add_acting(routes: APIRouter, desk: Desk) -> None:
    answers = edge.answers(200, views.OneView, 404, 409, 422, example=views.ONE)
    noting = edge.described(Noting, Noting(text="The bank says that it is back at noon"))
    linking = edge.described(Linking, Linking(what="round", id="20261120-3f9ac1d2e4"))

    @routes.post(
        "/incidents/{incident_id}/freeze",
        summary="Keep whom it concerns now; what was kept before stays in the timeline",
        responses=answers,
    )
    async def freeze_incident(incident_id: str, caller: Operator) -> Response:
        found = await _known(desk, incident_id)
        return _as_json(await _whole(desk, await _done(desk.freeze(found, caller.name))))

    @routes.post(
        "/incidents/{incident_id}/notes",
        summary="Add to its timeline",
        responses=answers,
        openapi_extra=noting,
    )
    async def note_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Noting), await _known(desk, incident_id)
        after = await _done(desk.do(found, "note", caller.name, said.text))
        return _as_json(await _whole(desk, after))

    @routes.post(
        "/incidents/{incident_id}/links",
        summary="Say that a round or a broadcast belongs to it; again is the same",
        responses=answers,
        openapi_extra=linking,
    )
    async def link_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Linking), await _known(desk, incident_id)
        after = await _done(desk.do(found, said.what, caller.name, reference=said.id))
        return _as_json(await _whole(desk, after))

    @routes.post(
        "/incidents/{incident_id}/close",
        summary="Say that it is over, and why",
        responses=answers,
        openapi_extra=noting,
    )
    async def close_incident(incident_id: str, request: Request, caller: Operator) -> Response:
        said, found = await edge.read(request, Noting), await _known(desk, incident_id)
        after = await _done(desk.do(found, "close", caller.name, said.text))
        return _as_json(await _whole(desk, after))


async def _known(desk: Desk, id_: str) -> Incident:
    found = await desk.rows.get(id_)
    if found is None:
        raise Refusal(404, "unknown-incident", "No incident has this id: list them.")
    return found


async def _whole(desk: Desk, incident: Incident) -> views.OneView:
    return views.whole(incident, await desk.now(incident.scope))


async def _done(acting: Awaitable[Incident]) -> Incident:
    try:
        return await acting
    except NotPossible as why:
        raise Refusal(409, why.code, f"{why}") from None


def _as_json(found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(found), status, headers, "application/json")
