"""The routes of the pages of indicators."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from services.operations.console.door import Door
from services.operations.console.facts import same
from services.operations.console.indicators.index_page import index_page
from services.operations.console.indicators.page import NO_NUMBER, TITLES, counted, page
from services.operations.console.labels import LABELS
from services.operations.console.screen import ALL_UNITS, ROOT, Visit
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.indicators import INDICATORS
from services.operations.domain.statistics import Period
from services.operations.form_lines import NATION, NATION_NAME
from services.operations.indicators.views import Part
from services.operations.indicators_api import After, Asked, IndicatorDesk
from shared.problems import Refusal

PAGE = 50
MONTH = timedelta(days=29)
First = Annotated[date | None, Query(alias="from")]
Last = Annotated[date | None, Query(alias="to")]
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
        return door.screen.page(visit, "indicators.html", page=page(view, day), no_number=NO_NUMBER)

    @routes.get(
        "/{unit}",
        summary="The console: how a unit does, and those below it",
        response_class=HTMLResponse,
    )
    async def unit_shown(unit: str, visit: Annotated[Visit, seat], day: Day = None) -> Response:
        view = await desk.told(unit, day)
        return door.screen.page(visit, "indicators.html", page=page(view, day), no_number=NO_NUMBER)

    @routes.get(
        "/{unit}/index",
        summary="The console: the service index of a unit",
        response_class=HTMLResponse,
    )
    async def index_shown(
        unit: str, visit: Annotated[Visit, seat], first: First = None, last: Last = None
    ) -> Response:
        until = last or desk.snapshots.latest
        period = Period(first or until - MONTH, until)
        found = await desk.scored(unit, period)
        name = _named(unit, Units(desk.catalogue, until))
        shown = index_page(found)
        return door.screen.page(visit, "index.html", page=shown, unit=unit, name=name)

    @routes.get(
        "/{unit}/{indicator}/{part}",
        summary="The console: the applications that an indicator of a unit counts",
        response_class=HTMLResponse,
    )
    async def evidence_shown(
        unit: str,
        indicator: str,
        part: Part,
        visit: Annotated[Visit, seat],
        day: Day = None,
        after: After = "",
    ) -> Response:
        if indicator not in TITLES:
            raise Refusal(404, "not-found", LABELS["refused_not-found"].en)
        found = await desk.counted(Asked(unit, day, indicator, part), after, PAGE)
        units, asked = Units(desk.catalogue, found.day), {"day": f"{day}"} if day else {}
        here = f"{ROOT}/indicators/{unit}"
        on = f"?{urlencode(asked | {'after': found.next})}" if found.next else ""
        return door.screen.page(
            visit,
            "evidence.html",
            title=TITLES[indicator],
            name=_named(unit, units),
            part=part,
            lines=counted(found.items, units),
            following=on,
            is_now=INDICATORS[indicator].source == "board",
            back=f"{here}?{urlencode(asked)}" if asked else here,
        )

    return routes


def _named(unit: str, units: Units) -> Words:
    return same(NATION_NAME) if unit == NATION else units.name(unit)
