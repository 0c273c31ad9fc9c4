"""The statistics form's routes of the console."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.screen import HEADERS, ROOT, Visit
from services.operations.console.statistics.page import (
    Ask,
    Choices,
    Link,
    choices,
    form_page,
    last_month,
    periods,
)
from services.operations.domain.citizen.words import Words
from services.operations.domain.facts import View
from services.operations.domain.roles import MAY
from services.operations.domain.statistics import Period
from services.operations.form_files import COLUMNS, COUNTED, UNIT, groups
from services.operations.form_lines import no_period
from services.operations.statistics_api import Asked, FormDesk, FormKind, file_of
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.events.data import Problem
from shared.working_time import local_day

KINDS: tuple[FormKind, ...] = ("xlsx", "pdf", "csv", "json")
HEADS = {"groups": groups(), "columns": COLUMNS, "first_head": UNIT, "views": COUNTED}

Code = Annotated[str, Query(max_length=20)]
First = Annotated[date | None, Query(alias="from")]
Last = Annotated[date | None, Query(alias="to")]


@dataclass(frozen=True, slots=True)
class Tabling:
    """What these pages are wired with."""

    door: Door
    desk: FormDesk


def router(tabling: Tabling) -> APIRouter:
    """Return the routes: officers have the forms of their units."""
    door, desk = tabling.door, tabling.desk
    routes = APIRouter(prefix=f"{ROOT}/statistics", tags=["console"], route_class=door.route())
    seat = Depends(door.seat(*MAY["tabulate"]))

    @routes.get("", summary="The console: the statistics form", response_class=HTMLResponse)
    async def form_shown(
        visit: Annotated[Visit, seat],
        province: Code = "",
        unit: Code = "",
        first: First = None,
        last: Last = None,
        view: View = "receiving",
        whole: Annotated[bool, Query(alias="all")] = False,
    ) -> Response:
        today, catalogue = local_day(desk.clock()), desk.catalogue.edition()
        usual = last_month(today)
        period = Period(first or usual.first, last or usual.last)
        may = _choices(visit, catalogue, province, unit, today)
        ask = Ask(may.unit or may.province, period, view)
        said = {"may": may, "ask": ask, "periods": periods(ask, today), **HEADS}
        wrong = no_period(*period, today) if province or unit else None
        if wrong or not (province or unit):
            said |= {"wrong": _words(wrong), "page": None}
            return door.screen.page(visit, "statistics.html", 422 if wrong else 200, **said)
        found = await desk.form(_caller(visit), Asked(*ask))
        page = form_page(found, ask, with_all=whole)
        files = [_file(ask, kind) for kind in KINDS]
        said |= {"wrong": None, "page": page, "files": files, "all": ask.address(all="true")}
        return door.screen.page(visit, "statistics.html", **said)

    @routes.get(
        "/units",
        summary="The console: the units of a province, to choose from",
        response_class=HTMLResponse,
    )
    async def units_shown(visit: Annotated[Visit, seat], province: Code) -> Response:
        may = _choices(visit, desk.catalogue.edition(), province, "", local_day(desk.clock()))
        return door.screen.page(visit, "statistics_units.html", may=may)

    @routes.get(
        "/file", summary="The console: the statistics form as a file", response_class=Response
    )
    async def form_file(
        visit: Annotated[Visit, seat],
        unit: Code,
        first: Annotated[date, Query(alias="from")],
        last: Annotated[date, Query(alias="to")],
        view: View = "receiving",
        kind: Annotated[FormKind, Query(alias="format")] = "xlsx",
    ) -> Response:
        found = await desk.form(_caller(visit), Asked(unit, Period(first, last), view))
        response = await file_of(desk.press, found, kind)
        response.headers.update(HEADERS)
        return response

    return routes


def _choices(visit: Visit, catalogue: Catalogue, province: str, unit: str, today: date) -> Choices:
    return choices(catalogue, _caller(visit).units, province, unit, today)


def _caller(visit: Visit) -> Caller:
    assert visit.session  # the seat has seen to it
    return visit.session.caller


def _words(wrong: Problem | None) -> Words | None:
    return Words(wrong.remedy_vi, wrong.remedy_en) if wrong else None


def _file(ask: Ask, kind: FormKind) -> Link:
    return Link(Words(kind.upper(), kind.upper()), f"file?{ask.address(format=kind)}")
