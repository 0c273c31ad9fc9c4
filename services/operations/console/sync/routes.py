"""The route of the sync ledger's page."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.screen import ALL_UNITS, ROOT, Visit
from services.operations.console.sync.page import COLUMNS, sync_page
from services.operations.domain.citizen.units import Units
from services.operations.form_lines import NATION
from services.operations.sync_api import LIMIT, After, SyncDesk, UnitCode


@dataclass(frozen=True, slots=True)
class Comparing:
    """What this page is wired with."""

    door: Door
    desk: SyncDesk


def router(comparing: Comparing) -> APIRouter:
    """Return the route: for those who may see what is of every unit."""
    door, desk = comparing.door, comparing.desk
    routes = APIRouter(prefix=f"{ROOT}/sync", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get(
        "",
        summary="The console: what portals sent against what stands with us",
        response_class=HTMLResponse,
    )
    async def sync_shown(
        visit: Annotated[Visit, seat],
        unit: UnitCode = NATION,
        day: Annotated[date | None, Query()] = None,
        after: After = "",
    ) -> Response:
        view = await desk.told(unit, day, after, LIMIT)
        asked = {"unit": unit, "day": f"{view.day}", "after": view.next}
        return door.screen.page(
            visit,
            "sync.html",
            page=sync_page(view, Units(desk.catalogue, view.day)),
            unit=unit,
            day=view.day,
            columns=COLUMNS,
            is_part=bool(after or view.next),
            following=f"?{urlencode(asked)}" if view.next else "",
        )

    return routes
