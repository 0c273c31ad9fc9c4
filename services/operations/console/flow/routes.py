"""The routes of the page of what flows."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.flow.page import flow_page
from services.operations.console.screen import ALL_UNITS, ROOT, Visit
from services.operations.domain.flows import WINDOW_S
from services.operations.live import FlowDesk

LOOK_S = 5


@dataclass(frozen=True, slots=True)
class Flowing:
    """What this page is wired with."""

    door: Door
    desk: FlowDesk


def router(flowing: Flowing) -> APIRouter:
    """Return the route: for those who may see what is of every unit."""
    door = flowing.door
    routes = APIRouter(prefix=f"{ROOT}/flow", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: what flows", response_class=HTMLResponse)
    async def flow_shown(visit: Annotated[Visit, seat]) -> Response:
        page = flow_page(await flowing.desk.look())
        told = {"look_s": f"{LOOK_S}", "window_s": f"{WINDOW_S}"}
        return door.screen.page(visit, "flow.html", page=page, **told)

    return routes
