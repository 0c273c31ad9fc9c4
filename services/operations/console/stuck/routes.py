"""The stuck board's routes of the console."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.operations.board import Board
from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.rounds.offers import offers
from services.operations.console.sandbox.programs import Programs
from services.operations.console.sandbox.switches import SWITCHES
from services.operations.console.screen import ALL_UNITS, ROOT, Visit
from services.operations.console.stuck.page import STAGES, board_page, lines, remedy_of, title_of
from services.operations.domain.actions import possible
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from services.operations.domain.roles import MAY
from services.operations.stuck_api import After, Which, page_of
from services.operations.trends import Trends
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

PAGE = 50


@dataclass(frozen=True, slots=True)
class Watching:
    """What these pages are wired with; `sandbox`: whose faults may be on, in a demonstration."""

    door: Door
    board: Board
    trends: Trends
    catalogue: Catalogue
    clock: Clock
    sandbox: Programs | None = None


def router(watching: Watching) -> APIRouter:
    """Return the routes: for those who may see what is of every unit."""
    door = watching.door
    routes = APIRouter(prefix=f"{ROOT}/stuck", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: the stuck board", response_class=HTMLResponse)
    async def stuck_shown(visit: Annotated[Visit, seat]) -> Response:
        now_ms = int(watching.clock().timestamp() * 1_000)
        found, waiting = await watching.trends.stuck(now_ms), await watching.board.waiting(now_ms)
        turned = await watching.sandbox.turned() if watching.sandbox else {}
        faults = [SWITCHES[name].title for name, is_on in turned.items() if is_on]
        return door.screen.page(visit, "stuck.html", page=board_page(found, waiting, faults))

    @routes.get(
        "/{stage}/{cause}",
        summary="The console: the applications of a group of the stuck board",
        response_class=HTMLResponse,
    )
    async def group_shown(
        stage: str,
        cause: str,
        visit: Annotated[Visit, seat],
        which: Which = "stuck",
        after: After = "",
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> Response:
        if cause not in CAUSES or stage not in STAGES:
            raise Refusal(404, "not-found", LABELS["refused_not-found"].en)
        now = watching.clock()
        page = await page_of(watching.board, (stage, cause), which, after, limit, now)
        shown = lines(page.items, Units(watching.catalogue, local_day(now)), now)
        may_act = visit.role in MAY["operate"] and bool(possible(cause))
        return door.screen.page(
            visit,
            "group.html",
            lines=shown,
            following=page.next,
            stage=STAGES[stage],
            title=title_of(cause, is_stuck=which == "stuck"),
            which=which,
            group={"stage": stage, "cause": cause, "which": "stuck" if which == "stuck" else "all"},
            offers=offers(stage, cause),
            remedy=remedy_of(cause),
            may_act=may_act,
        )

    return routes
