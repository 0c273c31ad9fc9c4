"""How units do, as colours, over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.domain.indicators import INDICATORS
from services.operations.domain.roles import MAY
from services.operations.domain.service_index import Line, Tally, lines
from services.operations.domain.statistics import Period
from services.operations.form_lines import NATION, no_period, no_unit, province_of
from services.operations.indicators.evidence import Evidence, Item
from services.operations.indicators.scoring import OPENED_LIMIT, Scored, Scoring, of_form
from services.operations.indicators.snapshots import Snapshot, Snapshots
from services.operations.indicators.views import Frame, IndicatorsView, Part, told
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.events.data import Problem
from shared.problems import Refusal

PAGE_LIMIT = 200

Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
UnitCode = Annotated[str, Query(max_length=20, description="a unit, a province, or `nation`")]
Day = Annotated[date | None, Query(description="the last day, UTC+7; left out: yesterday")]

After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
First = Annotated[date, Query(alias="from", description="its first day, UTC+7")]
Last = Annotated[date, Query(alias="to", description="its last day, UTC+7; before today")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]


@dataclass(frozen=True, slots=True)
class IndicatorDesk:
    """What indicators are told from."""

    snapshots: Snapshots
    evidence: Evidence
    scoring: Scoring
    catalogue: Catalogue

    async def told(self, unit: str, day: date | None) -> IndicatorsView:
        """Return a unit as of a day.  Raises `Refusal` 404, 422, `Unknown`."""
        catalogue = self.catalogue.edition()
        found = await self._snapshot(unit, day, catalogue)
        judge, period = self.snapshots.judge(found), self.snapshots.period(found.day)
        is_latest = found.day == self.snapshots.latest
        return told(found, Frame(judge, period, catalogue, is_latest), unit)

    async def counted(self, asked: "Asked", after: str, limit: int) -> "EvidencePage":
        """Return the applications behind a number.  Raises `Refusal` 404, 422, `Unknown`."""
        catalogue = self.catalogue.edition()
        indicator = INDICATORS.get(asked.indicator)
        if indicator is None:
            raise Refusal(404, "unknown-indicator", f"One of {', '.join(INDICATORS)}.")
        found = await self._snapshot(asked.unit, asked.day, catalogue)
        is_past = found.day != self.snapshots.latest
        if indicator.source == "board" and is_past:
            raise Refusal(422, "not-kept", "Of what waited on an earlier day no list is kept.")
        units = [c for c in found.counts if is_within(c, asked.unit, catalogue, found.day)]
        names: Sequence[str] = getattr(indicator, asked.part)
        page = await self.evidence.page(found, units, names, after, limit)
        return EvidencePage(day=found.day, items=page.items, next=page.after or None)

    async def scored(
        self, unit: str, period: Period, after: str = "", limit: int | None = None
    ) -> "IndexPage":
        """Return the service index of some dossiers; without a limit of all, as it is kept, where
        they are not too many.  Raises `Refusal` 404, 422, `Unknown`.
        """
        catalogue, latest = self.catalogue.edition(), self.snapshots.latest
        _refuse(no_unit(unit, catalogue), 404)
        _refuse(no_period(period.first, period.last, latest + timedelta(days=1)), 422)
        forms = await self.scoring.forms(unit, period, catalogue)
        in_time = of_form(forms)
        found = Scored(None, "")
        if limit is None:
            found = await self.scoring.whole(forms, unit, period, catalogue)
        elif limit:
            found = await self.scoring.some(forms, period, catalogue, after, limit)
        return IndexPage(
            unit=unit,
            since=period.first,
            until=period.last,
            settled=in_time[1],
            tally=found.tally,
            lines=lines(found.tally, in_time),
            next=found.after or None,
        )

    async def _snapshot(self, unit: str, day: date | None, catalogue: Catalogue) -> Snapshot:
        _refuse(no_unit(unit, catalogue), 404)
        last = self.snapshots.latest
        asked = day or last
        _refuse(_no_day(asked, self.snapshots.thresholds.first, last), 422)
        return await self.snapshots.of(asked)


class EvidencePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page; `next` is the `after` of the one that follows, null at the end."""

    day: date
    items: list[Item]
    next: str | None


class IndexPage(msgspec.Struct, frozen=True, kw_only=True):
    """The service index of some of the dossiers that were `settled`.  Pages add up: the numbers of
    `tally`, and its lists of procedures as sets; `lines` are of this page alone, but `in_time`.
    """

    unit: str
    since: date
    until: date
    settled: int
    tally: Tally | None
    lines: list[Line]
    next: str | None


class Asked(NamedTuple):
    """A number of an indicator, of a unit as of a day."""

    unit: str
    day: date | None
    indicator: str
    part: Part


def router(desk: IndicatorDesk) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/indicators",
        summary="How a unit and those below it do: each indicator as a colour, the worst first",
        responses=edge.answers(200, IndicatorsView, 404, 422),
    )
    async def indicators(_: Reader, unit: UnitCode = NATION, day: Day = None) -> Response:
        return _json(await desk.told(unit, day))

    @routes.get(
        "/indicators/evidence",
        summary="The applications that an indicator counts, as numerator or denominator",
        responses=edge.answers(200, EvidencePage, 404, 422),
    )
    async def evidence(
        _: Reader,
        indicator: Annotated[str, Query(max_length=40)],
        part: Part,
        unit: UnitCode = NATION,
        day: Day = None,
        after: After = "",
        limit: Limit = PAGE_LIMIT,
    ) -> Response:
        return _json(await desk.counted(Asked(unit, day, indicator, part), after, limit))

    _add_index(routes, desk)
    return routes


def _add_index(routes: APIRouter, desk: IndicatorDesk) -> None:
    @routes.get(
        "/indicators/index",
        summary="The six-group service index of the dossiers that a unit settled in a period",
        description="Each criterion with its numerator and denominator. Dossiers are opened, a page"
        " of them at a time; `limit=0` opens none, and tells what the form alone does.",
        responses=edge.answers(200, IndexPage, 404, 422),
    )
    async def index(
        _: Reader,
        unit: UnitCode,
        first: First,
        last: Last,
        after: After = "",
        limit: Annotated[int, Query(ge=0, le=OPENED_LIMIT)] = 500,
    ) -> Response:
        return _json(await desk.scored(unit, Period(first, last), after, limit))


def is_within(code: str, unit: str, catalogue: Catalogue, on: date) -> bool:
    """Tell whether a unit is this one, or of this province, or of the country."""
    return unit in (NATION, code, province_of(code, catalogue, on))


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
