"""The national statistics form over HTTP: of a unit, a province or all, of any period that is over.

The same question has the same answer, unless something is read later that was logged in or before
the period.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.domain.facts import View
from services.operations.domain.statistics import Form, Period, added
from services.operations.form_files import FILES, FileKind, Line, Statistics
from services.operations.statistics import Counting, Scope, scope
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.events.data import Problem
from shared.papers.edge import busy
from shared.papers.press import Busy, Press
from shared.problems import Refusal
from shared.working_time import local_day

NATION, NATION_NAME = "nation", "Toàn quốc"
DAYS_LIMIT = 366

Office = Annotated[Caller, Depends(require("officer", "operator"))]
UnitCode = Annotated[str, Query(max_length=20, description="a unit, a province, or `nation`")]
First = Annotated[date, Query(alias="from", description="its first day, UTC+7")]
Last = Annotated[date, Query(alias="to", description="its last day, UTC+7; before today")]
Format = Annotated[Literal["json", "csv", "xlsx", "pdf"], Query(alias="format")]


@dataclass(frozen=True, slots=True)
class FormDesk:
    """What the form is worked out from, and drawn with."""

    counting: Counting
    catalogue: Catalogue
    clock: Clock
    press: Press


def router(desk: FormDesk) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/statistics",
        summary="The national form of a unit and what is below it, in a period that is over",
        responses=_answers(),
    )
    async def statistics(
        caller: Office,
        unit: UnitCode,
        first: First,
        last: Last,
        view: View = "receiving",
        kind: Format = "json",
    ) -> Response:
        period = _period(first, last, local_day(desk.clock()))
        _refuse_another_unit(unit, caller, desk.catalogue, last)
        told = await _told(desk, unit, period, view)
        if kind == "json":
            return Response(msgspec.json.encode(told), media_type="application/json")
        return await _file(desk.press, told, kind)

    return routes


def _answers() -> dict[int | str, dict[str, Any]]:
    found = edge.answers(200, Statistics, 403, 404, 422, 503)
    binary = {"schema": {"type": "string", "format": "binary"}}
    found[200]["content"] |= {
        media_type.partition(";")[0]: binary for media_type, _ in FILES.values()
    }
    return found


async def _file(press: Press, told: Statistics, kind: FileKind) -> Response:
    media_type, make = FILES[kind]
    try:
        content = await press.draw(partial(make, told))
    except Busy:
        raise busy() from None
    name = f"thong-ke-{told.unit}-{told.first}-{told.last}-{told.view}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, media_type)


async def _told(desk: FormDesk, unit: str, period: Period, view: View) -> Statistics:
    """Return the form of a unit and of what is below it.  Raises `Unknown`."""
    catalogue = desk.catalogue.edition()
    wanted = _below(unit, catalogue, period.last)
    of = Scope() if unit == NATION else scope(wanted, catalogue.units)
    forms = await desk.counting.forms(of, period, view)
    if unit == NATION:
        forms = _by_province(forms, catalogue, period.last)
    shown = {code for code in wanted if code == unit or catalogue.unit(code, period.last)}
    forms = {code: forms.get(code) or added(()) for code in sorted({*forms, *shown})}
    return Statistics(
        unit=unit,
        name=NATION_NAME if unit == NATION else catalogue.unit_name(unit),
        view=view,
        first=period.first,
        last=period.last,
        lines=[
            Line(unit=code, name=catalogue.unit_name(code), form=form)
            for code, form in forms.items()
        ],
        total=added(forms.values()),
    )


def _below(unit: str, catalogue: Catalogue, on: date) -> list[str]:
    """Return a unit, or all of a province, what has ended included; of the nation its provinces."""
    if unit == NATION:
        return [u.code for u in catalogue.units_in_force(on) if u.is_province]
    if not _is_province(unit, catalogue):
        return [unit]
    return [code for code in catalogue.units if _province(code, catalogue, on) == unit]


def _by_province(forms: Mapping[str, Form], catalogue: Catalogue, on: date) -> dict[str, Form]:
    found: dict[str, list[Form]] = {}
    for code, form in forms.items():
        found.setdefault(_province(code, catalogue, on), []).append(form)
    return {province: added(some) for province, some in found.items()}


def _is_province(code: str, catalogue: Catalogue) -> bool:
    return any(row.is_province for row in catalogue.units.get(code, ()))


def _province(code: str, catalogue: Catalogue, on: date) -> str:
    """Return the province that a unit is in, or was last; of an unknown one itself."""
    current, rows = catalogue.province_of(code, on), catalogue.units.get(code)
    if current:
        return current.code
    return rows[-1].province if rows else code


def _period(first: date, last: date, today: date) -> Period:
    """Return the period.  Raises `Refusal` 422 if it is none, too long, or not over."""
    if last >= today:
        vi = f"Kỳ thống kê phải đã kết thúc: ngày cuối muộn nhất là {today - timedelta(days=1)}."
        en = f"The period is not over: its last day can be {today - timedelta(days=1)} at most."
        raise _refusal("period-not-over", "/query/to", vi, en)
    if not 0 <= (last - first).days < DAYS_LIMIT:
        vi = f"Ngày cuối không trước ngày đầu, và kỳ thống kê không quá {DAYS_LIMIT} ngày."
        en = f"A period ends no earlier than it begins, and has {DAYS_LIMIT} days at most."
        raise _refusal("not-a-period", "/query/from", vi, en)
    return Period(first, last)


def _refusal(code: str, field: str, vi: str, en: str, status: int = 422) -> Refusal:
    problem = Problem(field=field, code=code, remedy_vi=vi, remedy_en=en)
    return Refusal(status, code, en, (problem,))


def _refuse_another_unit(unit: str, caller: Caller, catalogue: Catalogue, on: date) -> None:
    """Raise `Refusal` 404 if there is no such unit, 403 if the key is for others."""
    if unit != NATION and unit not in catalogue.units:
        vi = "Không có đơn vị nào mang mã này: hãy dùng mã trong danh mục, hoặc `nation`."
        en = "No unit has this code: give one of the catalogue, or `nation`."
        raise _refusal("unknown-unit", "/query/unit", vi, en, 404)
    reach = {unit, _province(unit, catalogue, on)}
    if caller.units and not reach & set(caller.units):
        mine = ", ".join(caller.units)
        vi = f"Khóa này chỉ dành cho {mine}: hãy hỏi thống kê của các đơn vị đó."
        en = f"This key is for {mine}: ask for the statistics of these units."
        raise _refusal("not-your-unit", "/query/unit", vi, en, 403)
