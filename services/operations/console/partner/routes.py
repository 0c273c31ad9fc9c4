"""The console's routes of a bank partner: all of them ask by the name of who is signed in."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.money.labels import KINDS
from services.operations.console.money.page import day_name, stated
from services.operations.console.money.settlement_page import settlement_page
from services.operations.console.partner.page import (
    breaks_shown,
    lines_shown,
    own_page,
    refusals_shown,
)
from services.operations.console.screen import PARTNERS, ROOT, Visit
from services.operations.money.partner import PartnerDesk, partner_of
from services.operations.money.settling import Settling
from services.operations.money_api import After, OnDay, State
from services.operations.partner_api import ASKED_LIMIT, AfterRefused
from services.operations.settlement_api import As, PeriodAsked, filed, reported
from shared.events.reconciliation import BreakKind

PAGE = 50

Of = Annotated[str, Query(max_length=ASKED_LIMIT)]


@dataclass(frozen=True, slots=True)
class Owning:
    """What these pages are wired with."""

    door: Door
    desk: PartnerDesk
    settling: Settling


def router(owning: Owning) -> APIRouter:
    """Return the routes: for bank partners alone."""
    door, desk = owning.door, owning.desk
    routes = APIRouter(prefix=f"{ROOT}/partner", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*PARTNERS))

    @routes.get(
        "/overview",
        summary="The console: a bank partner's breaks, days and how it fares",
        response_class=HTMLResponse,
    )
    async def partner_shown(visit: Annotated[Visit, seat]) -> Response:
        page = own_page(await desk.overview(_name(visit)))
        return door.screen.page(visit, "partner.html", page=page, partner=_name(visit))

    @routes.get(
        "/breaks",
        summary="The console: a bank partner's breaks, of a kind, of a day",
        response_class=HTMLResponse,
    )
    async def partner_breaks_shown(
        visit: Annotated[Visit, seat],
        day: OnDay = None,
        kind: BreakKind | None = None,
        state: State = "open",
        after: After = "",
    ) -> Response:
        page = await desk.breaks(
            _name(visit), day, kind, is_open=state == "open", after=after, limit=PAGE
        )
        wanted = {"day": f"{day or ''}", "kind": kind or ""}
        return door.screen.page(
            visit,
            "partner_breaks.html",
            lines=breaks_shown(page.items),
            following=page.next,
            title=KINDS[kind] if kind else None,
            day=day_name(day) if day else None,
            wanted={name: value for name, value in wanted.items() if value},
            state=state,
        )

    @routes.get(
        "/days/{day}",
        summary="The console: a bank partner's day, its statements and breaks",
        response_class=HTMLResponse,
    )
    async def partner_day_shown(day: date, visit: Annotated[Visit, seat]) -> Response:
        name = _name(visit)
        found = [
            await desk.breaks(name, day, None, is_open=is_open, after="", limit=PAGE)
            for is_open in (True, False)
        ]
        return door.screen.page(
            visit,
            "partner_day.html",
            day=day_name(day),
            date=f"{day}",
            statements=stated((await desk.day(name, day)).statements),
            found=[breaks_shown(page.items) for page in found],
            more=[page.next for page in found],
        )

    _add_calls(routes, owning)
    _add_settlements(routes, owning)
    return routes


def _add_calls(routes: APIRouter, owning: Owning) -> None:
    door, desk = owning.door, owning.desk
    seat = Depends(door.seat(*PARTNERS))

    @routes.get(
        "/calls",
        summary="The console: what a bank partner and we said of an order",
        response_class=HTMLResponse,
    )
    async def partner_calls_shown(visit: Annotated[Visit, seat], of: Of = "") -> Response:
        found = await desk.calls(_name(visit), of) if of.strip() else None
        return door.screen.page(
            visit,
            "partner_calls.html",
            asked=of,
            is_asked=found is not None,
            lines=lines_shown(found.lines) if found else [],
            refused=refusals_shown(found.refused) if found else [],
        )

    @routes.get(
        "/refused",
        summary="The console: a bank partner's calls that could not be taken",
        response_class=HTMLResponse,
    )
    async def partner_refused_shown(
        visit: Annotated[Visit, seat], after: AfterRefused = ""
    ) -> Response:
        page = await desk.refused(_name(visit), after, PAGE)
        said = {"refused": refusals_shown(page.items), "following": page.next}
        return door.screen.page(visit, "partner_refused.html", **said)


def _add_settlements(routes: APIRouter, owning: Owning) -> None:
    door = owning.door
    seat = Depends(door.seat(*PARTNERS))

    @routes.get(
        "/settlements",
        summary="The console: a bank partner's settlement, of a day or a month",
        response_class=HTMLResponse,
    )
    async def partner_settlement_shown(
        visit: Annotated[Visit, seat], period: PeriodAsked = ""
    ) -> Response:
        report = await reported(owning.settling, _name(visit), period)
        page = settlement_page(report)
        return door.screen.page(visit, "settlement.html", page=page, is_own=True)

    @routes.get(
        "/settlements/file",
        summary="The console: the same as a file",
        response_class=Response,
    )
    async def partner_settlement_file(
        visit: Annotated[Visit, seat], period: PeriodAsked = "", as_: As = "csv"
    ) -> Response:
        return filed(await reported(owning.settling, _name(visit), period), as_)


def _name(visit: Visit) -> str:
    assert visit.session  # the seat has seen to it
    return partner_of(visit.session.caller)
