"""How units do, as colours, over HTTP."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.form_lines import NATION, no_unit
from services.operations.indicators.snapshots import Snapshots
from services.operations.indicators.views import IndicatorsView, told
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.events.data import Problem
from shared.problems import Refusal

Operator = Annotated[Caller, Depends(require("operator"))]
UnitCode = Annotated[str, Query(max_length=20, description="a unit, a province, or `nation`")]
Day = Annotated[date | None, Query(description="the last day, UTC+7; left out: yesterday")]


@dataclass(frozen=True, slots=True)
class IndicatorDesk:
    """What indicators are told from."""

    snapshots: Snapshots
    catalogue: Catalogue

    async def told(self, unit: str, day: date | None) -> IndicatorsView:
        """Return a unit as of a day.  Raises `Refusal` 404, 422, `Unknown`."""
        catalogue, last = self.catalogue.edition(), self.snapshots.latest
        _refuse(no_unit(unit, catalogue), 404)
        asked = day or last
        _refuse(_no_day(asked, self.snapshots.thresholds.first, last), 422)
        found = await self.snapshots.of(asked)
        judge, period = self.snapshots.judge(found), self.snapshots.period(asked)
        return told(found, judge, period, catalogue, unit)


def router(desk: IndicatorDesk) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/indicators",
        summary="How a unit and those below it do: each indicator as a colour, the worst first",
        responses=edge.answers(200, IndicatorsView, 404, 422),
    )
    async def indicators(_: Operator, unit: UnitCode = NATION, day: Day = None) -> Response:
        return _json(await desk.told(unit, day))

    return routes


def _no_day(day: date, first: date, last: date) -> Problem | None:
    """Say why a day cannot be asked for: no rule was in force, or it is not over."""
    if first <= day <= last:
        return None
    return Problem(
        field="/query/day",
        code="no-such-day",
        remedy_vi=f"Chỉ xem được những ngày từ {first} đến {last}, ngày gần nhất đã kết thúc.",
        remedy_en=f"Ask for a day from {first} to {last}, the last one that is over.",
    )


def _refuse(problem: Problem | None, status: int) -> None:
    """Raise `Refusal` with this problem, if there is one."""
    if problem:
        raise Refusal(status, problem.code, problem.remedy_en, (problem,))


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
