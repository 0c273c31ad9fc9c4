"""The routes of the pages of indicators."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.indicators.page import page
from services.operations.console.screen import ALL_UNITS, ROOT, Visit
from services.operations.form_lines import NATION
from services.operations.indicators_api import IndicatorDesk

Day = Annotated[date | None, Query()]


@dataclass(frozen=True, slots=True)
class Judging:
    """What these pages are wired with."""

    door: Door
    desk: IndicatorDesk


def router(judging: Judging) -> APIRouter:
    """Return the routes: for those who may see what is of every unit."""
    door, desk = judging.door, judging.desk
    routes = APIRouter(prefix=f"{ROOT}/indicators", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: how the provinces do", response_class=HTMLResponse)
    async def map_shown(visit: Annotated[Visit, seat], day: Day = None) -> Response:
        view = await desk.told(NATION, day)
        return door.screen.page(visit, "indicators.html", page=page(view, day))

    @routes.get(
        "/{unit}",
        summary="The console: how a unit does, and those below it",
        response_class=HTMLResponse,
    )
    async def unit_shown(unit: str, visit: Annotated[Visit, seat], day: Day = None) -> Response:
        view = await desk.told(unit, day)
        return door.screen.page(visit, "indicators.html", page=page(view, day))

    return routes
