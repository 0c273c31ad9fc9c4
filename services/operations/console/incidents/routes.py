"""The console's routes of incidents."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.incidents.listing import rows
from services.operations.console.incidents.opening import add_opening
from services.operations.console.incidents.page import (
    ALARMS_LIMIT,
    broadcast_offers,
    listed,
    one,
    round_offers,
)
from services.operations.console.incidents.scopes import TYPED
from services.operations.console.incidents.wired import Gathering, said, to_it, words
from services.operations.console.screen import ALL_UNITS, HEADERS, ROOT, Visit
from services.operations.domain.incidents import Doing, Reference, Text
from services.operations.domain.roles import MAY
from services.operations.incidents import answers
from services.operations.incidents.answers import done, known, whole
from services.operations.incidents_api import As, Before, First, Which, exported
from services.operations.status_api import form_body

PAGE = 50
TYPED_LIMIT = 200  # characters of a part of the scope
KEY_LIMIT = 40
_SCOPE = {**dict.fromkeys(TYPED, ""), "kind": "payment/partner_silent", "which": "stuck"}
_EXAMPLE = {"token": "…"}
_T = TypeVar("_T")


def router(gathering: Gathering) -> APIRouter:
    """Return the routes: for those who may see what is of every unit; operators may act."""
    route = gathering.door.route()
    routes = APIRouter(prefix=f"{ROOT}/incidents", tags=["console"], route_class=route)
    _add_lists(routes, gathering)
    add_opening(routes, gathering)
    _add_looking(routes, gathering)
    _add_acting(routes, gathering)
    return routes


def _add_lists(routes: APIRouter, gathering: Gathering) -> None:
    door = gathering.door
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: incidents", response_class=HTMLResponse)
    async def incidents_shown(
        visit: Annotated[Visit, seat], which: Which = "open", before: Before = ""
    ) -> Response:
        view = await answers.listed(gathering.desk, which, before)
        alarms = await gathering.alarms.every({one.alarm for one in view.incidents if one.alarm})
        shown = rows(view, alarms, gathering.units, gathering.clock())
        more = {"following": view.next, "which": which}
        return door.screen.page(visit, "incidents.html", rows=shown, **more)


def _add_looking(routes: APIRouter, gathering: Gathering) -> None:
    door, desk = gathering.door, gathering.desk
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("/{incident_id}", summary="The console: an incident", response_class=HTMLResponse)
    async def incident_shown(
        incident_id: str, visit: Annotated[Visit, seat], after: First = 1
    ) -> Response:
        found = await known(desk, incident_id)
        kept = await answers.applications(desk, found, after, PAGE)
        alarms = await gathering.alarms.every({found.alarm, *found.alarms[-ALARMS_LIMIT:]} - {""})
        rounds = await gathering.offers.linked_rounds(found)
        page = one(await whole(desk, found), alarms, rounds, gathering.units)
        kept_page = listed(kept, after, gathering.units)
        return door.screen.page(visit, "incident.html", page=page, kept=kept_page)

    @routes.get(
        "/{incident_id}/links",
        summary="The console: rounds and broadcasts that may belong to an incident",
        response_class=HTMLResponse,
    )
    async def links_shown(
        incident_id: str, visit: Annotated[Visit, Depends(door.seat(*MAY["operate"]))]
    ) -> Response:
        found = await known(desk, incident_id)
        view = await gathering.offers.of(found)
        offers = (("round", round_offers(view)), ("broadcast", broadcast_offers(view)))
        return door.screen.page(
            visit, "incident_links.html", id=found.id, title=found.title, offers=offers
        )

    @routes.get(
        "/{incident_id}/export",
        summary="The console: an incident as a file",
        response_class=Response,
    )
    async def exported_shown(
        incident_id: str,
        visit: Annotated[Visit, seat],
        as_: Annotated[As, Query(alias="format")] = "csv",
    ) -> Response:
        del visit
        answer = await exported(desk, await known(desk, incident_id), as_)
        answer.headers.update(HEADERS)
        return answer


def _add_acting(routes: APIRouter, gathering: Gathering) -> None:
    desk, seat = gathering.desk, Depends(gathering.door.seat(*MAY["operate"]))

    @routes.post(
        "/{incident_id}/freeze",
        summary="The console: keeps whom an incident concerns now",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def freeze_shown(
        incident_id: str, request: Request, visit: Annotated[Visit, seat]
    ) -> Response:
        await gathering.door.sent(request, visit)
        await done(desk.freeze(await known(desk, incident_id), visit.caller.name))
        return to_it(incident_id)

    @routes.post(
        "/{incident_id}/links",
        summary="The console: says that a round or a broadcast belongs to an incident",
        response_class=HTMLResponse,
        openapi_extra=form_body({**_EXAMPLE, "what": "round", "id": "20261120-3f9ac1d2e4"}),
    )
    async def link_shown(
        incident_id: str, request: Request, visit: Annotated[Visit, seat]
    ) -> Response:
        by, fields = visit.caller.name, await gathering.door.sent(request, visit)
        reference = said(fields, "id", Reference)
        what: Doing = "broadcast" if fields.get("what") == "broadcast" else "round"
        if reference is None:
            raise words()
        await done(desk.do(await known(desk, incident_id), what, by, reference=reference))
        return to_it(incident_id)

    for verb, what, means in _SAID:
        _add_said(routes, gathering, verb, what, means)


_SAID: tuple[tuple[str, Doing, str], ...] = (
    ("own", "own", "takes an incident over"),
    ("notes", "note", "adds to an incident's timeline"),
    ("close", "close", "says that an incident is over, and why"),
)


def _add_said(routes: APIRouter, gathering: Gathering, verb: str, what: Doing, means: str) -> None:
    desk, seat = gathering.desk, Depends(gathering.door.seat(*MAY["operate"]))

    @routes.post(
        f"/{{incident_id}}/{verb}",
        name=f"{verb}_incident_shown",
        summary=f"The console: {means}",
        response_class=HTMLResponse,
        openapi_extra=form_body({**_EXAMPLE, "text": "The bank says that it is back at noon"}),
    )
    async def said_shown(
        incident_id: str, request: Request, visit: Annotated[Visit, seat]
    ) -> Response:
        by, fields = visit.caller.name, await gathering.door.sent(request, visit)
        text = said(fields, "text", Text)
        if text is None and what != "own":
            raise words()
        await done(desk.do(await known(desk, incident_id), what, by, text or ""))
        return to_it(incident_id)
