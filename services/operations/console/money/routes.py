"""The console's routes of money: what does not match, how partners fare, a day, a break."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations import money_api
from services.operations.console.door import Door
from services.operations.console.money.break_page import lines, one_page
from services.operations.console.money.labels import KINDS
from services.operations.console.money.page import day_name, overview, stated
from services.operations.console.money.settlement_page import settlement_page
from services.operations.console.screen import ALL_UNITS, ROOT, Visit, lead_to
from services.operations.domain.roles import MAY
from services.operations.money.desk import MoneyDesk
from services.operations.money.settling import Settling
from services.operations.money_api import (
    After,
    BreakId,
    Of,
    OnDay,
    Partner,
    State,
    known,
    said_of_wish,
    said_to_close,
)
from services.operations.settlement_api import As, PeriodAsked, filed, reported
from services.operations.status_api import form_body
from shared.events.reconciliation import BreakKind

PAGE = 50
KEY_LIMIT = 200

Sent = Annotated[str, Query(pattern="^(break-[0-9a-f]{24})?$")]


@dataclass(frozen=True, slots=True)
class Counting:
    """What these pages are wired with."""

    door: Door
    desk: MoneyDesk
    settling: Settling


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
    _add_settlements(routes, counting)
    return routes


def _add_settlements(routes: APIRouter, counting: Counting) -> None:
    door = counting.door

    @routes.get(
        "/settlements/{partner}",
        summary="The console: a partner's settlement, of a day or a month",
        response_class=HTMLResponse,
    )
    async def settlement_shown(
        partner: Partner,
        visit: Annotated[Visit, Depends(door.seat(*ALL_UNITS))],
        period: PeriodAsked = "",
    ) -> Response:
        report = await reported(counting.settling, partner, period)
        page = settlement_page(report)
        return door.screen.page(visit, "settlement.html", page=page, is_own=False)

    @routes.get(
        "/settlements/{partner}/file",
        summary="The console: the same as a file",
        response_class=Response,
        dependencies=[Depends(door.seat(*ALL_UNITS))],
    )
    async def settlement_file(
        partner: Partner,
        period: PeriodAsked = "",
        as_: As = "csv",
    ) -> Response:
        return filed(await reported(counting.settling, partner, period), as_)


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
    async def break_shown(
        break_id: BreakId, visit: Annotated[Visit, seat], sent: Sent = ""
    ) -> Response:
        page = one_page(await known(desk, break_id), visit.caller, sent)
        key = secrets.token_urlsafe(12)
        return door.screen.page(visit, "money_break.html", page=page, key=key)

    _add_closing(routes, counting)


def _add_closing(routes: APIRouter, counting: Counting) -> None:
    door, desk = counting.door, counting.desk

    @routes.post(
        "/breaks/{break_id}/close",
        summary="The console: says that a break is settled",
        response_class=HTMLResponse,
        openapi_extra=form_body({"reason": "…", "key": "…", "token": "…"}),
    )
    async def closing_sent(
        break_id: BreakId,
        request: Request,
        visit: Annotated[Visit, Depends(door.seat(*MAY["operate"]))],
    ) -> Response:
        fields = await door.sent(request, visit)
        key, reason = fields.get("key", "")[:KEY_LIMIT], fields.get("reason", "")
        said = await said_to_close(desk, break_id, visit.caller, reason, key)
        return _back(break_id, said.id)

    @routes.post(
        "/breaks/{break_id}/check",
        summary="The console: says what a second person says of closing a break",
        response_class=HTMLResponse,
        openapi_extra=form_body({"reason": "…", "approved": "yes", "token": "…"}),
    )
    async def check_sent(
        break_id: BreakId,
        request: Request,
        visit: Annotated[Visit, Depends(door.seat(*MAY["agree"]))],
    ) -> Response:
        fields = await door.sent(request, visit)
        reason, approved = fields.get("reason", ""), fields.get("approved") == "yes"
        said = await said_of_wish(desk, break_id, visit.caller, reason, approved=approved)
        return _back(break_id, said.id)


def _back(break_id: str, said: str) -> Response:
    return lead_to(f"{ROOT}/money/breaks/{break_id}?sent={said}")
