"""The route of the page of who was shown what."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.reads.page import rows
from services.operations.console.screen import AUDITORS, ROOT, Visit
from services.operations.journeys import Journeys
from services.operations.reads.rows import Days, Reads
from services.operations.reads_api import After, Asked, By, First, Last, Name, found

PAGE = 50


def router(door: Door, reads: Reads, journeys: Journeys) -> APIRouter:
    """Return the route: for those who look after who was shown what."""
    routes = APIRouter(prefix=f"{ROOT}/reads", tags=["console"], route_class=door.route())

    @routes.get("", summary="The console: who was shown what", response_class=HTMLResponse)
    async def reads_shown(
        visit: Annotated[Visit, Depends(door.seat(*AUDITORS))],
        name: Name = "",
        by: By = "",
        first: First = None,
        last: Last = None,
        after: After = "",
    ) -> Response:
        asked = Asked(name, by, Days(first, last), after, PAGE)
        page = await found(reads, journeys, asked)
        wanted = {"name": name, "by": by, "from": f"{first or ''}", "to": f"{last or ''}"}
        following = urlencode({**wanted, "after": page.next}) if page.next else ""
        return door.screen.page(
            visit, "reads.html", rows=rows(page.items), wanted=wanted, following=following
        )

    return routes
