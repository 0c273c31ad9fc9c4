"""The routes of the page of readiness."""

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.readiness.page import readiness_page
from services.operations.console.screen import ALL_UNITS, ROOT, Visit, lead_to
from services.operations.domain.roles import MAY
from services.operations.readiness_api import NOTE_LIMIT, NOTE_MIN, ReadinessDesk, Said
from services.operations.status_api import form_body
from shared.problems import Refusal

_EXAMPLE = {"token": "…", "met": "yes", "note": "Seen on the spot"}
_log = structlog.get_logger("console")


@dataclass(frozen=True, slots=True)
class Checking:
    """What this page is wired with."""

    door: Door
    desk: ReadinessDesk


def router(checking: Checking) -> APIRouter:
    """Return the routes: all may look who see every unit, operators tick."""
    door, desk = checking.door, checking.desk
    routes = APIRouter(prefix=f"{ROOT}/readiness", tags=["console"], route_class=door.route())
    seat, operator = Depends(door.seat(*ALL_UNITS)), Depends(door.seat(*MAY["operate"]))

    @routes.get(
        "/{unit}", summary="The console: whether a unit is ready", response_class=HTMLResponse
    )
    async def readiness_shown(unit: str, visit: Annotated[Visit, seat]) -> Response:
        page = readiness_page(await desk.told(unit))
        return door.screen.page(visit, "readiness.html", page=page)

    @routes.post(
        "/{unit}/{point}",
        summary="The console: an operator says whether a point is met",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def said(
        unit: str, point: str, request: Request, visit: Annotated[Visit, operator]
    ) -> Response:
        fields = await door.sent(request, visit)
        note = fields.get("note", "").strip()
        if not NOTE_MIN <= len(note) <= NOTE_LIMIT:
            raise Refusal(422, "unfit-note", LABELS["refused_unfit-note"].en)
        by = visit.caller.name
        await desk.say(unit, point, Said(is_met=fields.get("met") == "yes", note=note), by)
        _log.info("readiness said", account=by, unit=unit, point=point)
        return lead_to(f"{ROOT}/readiness/{unit}#{point}")

    return routes
