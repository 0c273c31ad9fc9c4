"""The page of the sandbox: there where operations is told of one, in a demonstration alone."""

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.sandbox.page import sandbox_page
from services.operations.console.sandbox.programs import Programs
from services.operations.console.sandbox.switches import SWITCHES
from services.operations.console.screen import ROOT, Visit, Way, lead_to
from services.operations.domain.roles import MAY
from services.operations.status_api import form_body
from shared.problems import Refusal

PATH = f"{ROOT}/sandbox"
WAY = Way(PATH, "sandbox", MAY["operate"])

_log = structlog.get_logger("console")


@dataclass(frozen=True, slots=True)
class Trying:
    """What this page is wired with."""

    door: Door
    programs: Programs


def router(trying: Trying) -> APIRouter:
    """Return the routes; who may release may make fail."""
    door = trying.door
    routes = APIRouter(prefix=PATH, tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*WAY.roles))

    @routes.get("", summary="The console: faults to try", response_class=HTMLResponse)
    async def shown(visit: Annotated[Visit, seat]) -> Response:
        page = sandbox_page(await trying.programs.turned())
        return door.screen.page(visit, "sandbox.html", page=page)

    @routes.post(
        "/{name}",
        summary="The console: turns a fault on or off",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…", "turn": "on"}),
    )
    async def turned(name: str, request: Request, visit: Annotated[Visit, seat]) -> Response:
        fields = await door.sent(request, visit)
        if name not in SWITCHES:
            raise Refusal(404, "unknown-switch", LABELS["refused_unknown-switch"].en)
        is_on = fields.get("turn") == "on"
        await trying.programs.turn(name, on=is_on)
        _log.warning("fault", name=name, on=is_on, account=visit.caller.name)
        return lead_to(f"{PATH}#{name}")

    return routes
