"""The console's routes of money: what does not match, how partners fare, a day, a break."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from services.operations import money_api
from services.operations.console.door import Door
from services.operations.console.money.break_page import lines, one_page
from services.operations.console.money.labels import KINDS
from services.operations.console.money.page import day_name, overview, stated
from services.operations.console.screen import ALL_UNITS, ROOT, Visit
from services.operations.money.desk import MoneyDesk
from services.operations.money_api import After, BreakId, Of, OnDay, Partner, State, known
from shared.events.reconciliation import BreakKind

PAGE = 50


@dataclass(frozen=True, slots=True)
class Counting:
    """What these pages are wired with."""

    door: Door
    desk: MoneyDesk


def router(counting: Counting) -> APIRouter:
    """Return the routes: for those who may see what is of every unit."""
    door, desk = counting.door, counting.desk
    routes = APIRouter(prefix=f"{ROOT}/money", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get(
        "", summary="The console: money between partners and us", response_class=HTMLResponse
    )
    async def money_shown(visit: Annotated[Visit, seat]) -> Response:
        page = overview(await desk.overview(), await desk.health.partners())
        return door.screen.page(visit, "money.html", page=page)

    @routes.get(
        "/days/{partner}/{day}",
        summary="The console: a partner's day, its statements and its breaks",
        response_class=HTMLResponse,
    )
    async def day_shown(partner: Partner, day: date, visit: Annotated[Visit, seat]) -> Response:
        said = {"partner": partner, "day": day_name(day), "date": f"{day}"}
        statements = stated((await desk.statements(partner, day)).items)
        found = [
            await desk.breaks(partner, day, None, is_open=is_open, after="", limit=PAGE)
            for is_open in (True, False)
        ]
        shown = [lines(page.items) for page in found]
        more = [page.next for page in found]
        return door.screen.page(
            visit, "money_day.html", statements=statements, found=shown, more=more, **said
        )

    _add_breaks(routes, counting)
    return routes


def _add_breaks(routes: APIRouter, counting: Counting) -> None:
    door, desk = counting.door, counting.desk
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get(
        "/breaks",
        summary="The console: breaks of a kind, of a partner, of a day",
        response_class=HTMLResponse,
    )
    async def breaks_shown(
        visit: Annotated[Visit, seat],
        partner: Of = "",
        day: OnDay = None,
        kind: BreakKind | None = None,
        state: State = "open",
        after: After = "",
        limit: money_api.Limit = PAGE,
    ) -> Response:
        is_open = state == "open"
        page = await desk.breaks(
            partner, day if partner else None, kind, is_open=is_open, after=after, limit=limit
        )
        wanted = {"partner": partner, "day": f"{day or ''}", "kind": kind or ""}
        return door.screen.page(
            visit,
            "money_breaks.html",
            lines=lines(page.items),
            following=page.next,
            title=KINDS[kind] if kind else None,
            wanted={name: value for name, value in wanted.items() if value},
            state=state,
        )

    @routes.get(
        "/breaks/{break_id}",
        summary="The console: a break, and what was done about it",
        response_class=HTMLResponse,
    )
    async def break_shown(break_id: BreakId, visit: Annotated[Visit, seat]) -> Response:
        return door.screen.page(
            visit, "money_break.html", page=one_page(await known(desk, break_id))
        )
