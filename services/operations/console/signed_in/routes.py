"""The routes of the pages of who is signed in."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.screen import ROOT, Visit, lead_to
from services.operations.console.sessions import person_of
from services.operations.console.signed_in.page import choices, rows
from services.operations.domain.roles import MAY
from services.operations.domain.rounds import Reason
from services.operations.sessions_api import LISTED, Act, SessionDesk
from services.operations.status_api import form_body
from shared.problems import Refusal

OWN = f"{ROOT}/sessions"
EVERYBODY = f"{OWN}/everybody"
_EXAMPLE = {"token": "…", "person": "local#an.nguyen", "reason": "The notebook was lost"}

Count = Annotated[int, Query(ge=0, le=LISTED)]


def router(door: Door, desk: SessionDesk) -> APIRouter:
    """Return the routes: one's own for everybody, everybody's for an administrator."""
    routes = APIRouter(prefix=OWN, tags=["console"], route_class=door.route())
    anyone = Depends(door.seat(*MAY["own_sessions"]))
    admin = Depends(door.seat(*MAY["end_sessions"]))

    @routes.get("", summary="The console: one's own sessions", response_class=HTMLResponse)
    async def own_sessions_shown(visit: Annotated[Visit, anyone], ended: Count = 0) -> Response:
        held = await desk.sessions.of(person_of(visit.caller))
        said = {"rows": rows(held, _key(visit)), "choices": (), "is_cut": False, "ended": ended}
        return door.screen.page(visit, "sessions.html", is_all=False, **said)

    @routes.post(
        "/end",
        summary="The console: ends one's own other sessions",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…"}),
    )
    async def own_sessions_ended(request: Request, visit: Annotated[Visit, anyone]) -> Response:
        await door.sent(request, visit)
        act = Act.of(request, visit.caller)
        told = await desk.end(person_of(visit.caller), act, spared=_key(visit))
        return lead_to(f"{OWN}?ended={told.ended}")

    @routes.get("/everybody", summary="The console: who is signed in", response_class=HTMLResponse)
    async def sessions_shown(visit: Annotated[Visit, admin], ended: Count = 0) -> Response:
        held, is_cut = await desk.sessions.all(LISTED)
        said = {
            "rows": rows(held, _key(visit)),
            "choices": choices(held, person_of(visit.caller)),
            "is_cut": is_cut,
            "ended": ended,
        }
        return door.screen.page(visit, "sessions.html", is_all=True, **said)

    @routes.post(
        "/everybody/end",
        summary="The console: ends all sessions of a person",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def sessions_ended(request: Request, visit: Annotated[Visit, admin]) -> Response:
        fields = await door.sent(request, visit)
        act = Act.of(request, visit.caller, _reason(fields))
        told = await desk.end(fields.get("person", ""), act)
        return lead_to(f"{EVERYBODY}?ended={told.ended}")

    return routes


def _key(visit: Visit) -> str:
    assert visit.session
    return visit.session.key


def _reason(fields: Mapping[str, str]) -> str:
    try:
        return msgspec.convert(fields.get("reason", "").strip(), Reason)
    except msgspec.ValidationError:
        raise Refusal(422, "reason-missing", LABELS["refused_reason-missing"].en) from None
