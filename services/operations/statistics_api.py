"""The national statistics form over HTTP: of a unit, a province or all, of any period that is over.

The same question has the same answer, unless something is read later that was logged in or before
the period.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.domain.facts import View
from services.operations.domain.roles import MAY
from services.operations.domain.statistics import Period
from services.operations.form_files import FILES, Statistics, name_of
from services.operations.form_lines import is_of, no_period, no_unit, told
from services.operations.statistics import Counting
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.events.data import Problem
from shared.papers.edge import busy
from shared.papers.press import Busy, Press
from shared.problems import Refusal
from shared.working_time import local_day

Office = Annotated[Caller, Depends(require(*MAY["tabulate"]))]
UnitCode = Annotated[str, Query(max_length=20, description="a unit, a province, or `nation`")]
First = Annotated[date, Query(alias="from", description="its first day, UTC+7")]
Last = Annotated[date, Query(alias="to", description="its last day, UTC+7; before today")]
FormKind = Literal["json", "csv", "xlsx", "pdf"]
Format = Annotated[FormKind, Query(alias="format")]


class Asked(NamedTuple):
    """A form that somebody asks for."""

    unit: str
    period: Period
    view: View


@dataclass(frozen=True, slots=True)
class FormDesk:
    """What the form is worked out from, and drawn with."""

    counting: Counting
    catalogue: Catalogue
    clock: Clock
    press: Press

    async def form(self, caller: Caller, asked: Asked) -> Statistics:
        """Return a form that this caller may see.  Raises `Refusal` 403, 404, 422, `Unknown`."""
        catalogue = self.catalogue.edition()
        _refuse(no_period(*asked.period, local_day(self.clock())), 422)
        _refuse(no_unit(asked.unit, catalogue), 404)
        _refuse_another_unit(asked.unit, caller, catalogue, asked.period.last)
        return await told(self.counting, catalogue, asked.unit, asked.period, asked.view)


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
        found = await desk.form(caller, Asked(unit, Period(first, last), view))
        return await file_of(desk.press, found, kind)

    return routes


def _answers() -> dict[int | str, dict[str, Any]]:
    found = edge.answers(200, Statistics, 403, 404, 422, 503)
    binary = {"schema": {"type": "string", "format": "binary"}}
    found[200]["content"] |= {
        media_type.partition(";")[0]: binary for media_type, _ in FILES.values()
    }
    return found


async def file_of(press: Press, found: Statistics, kind: FormKind) -> Response:
    """Return a form as an answer; all but JSON is to be kept as a file.  Raises `Refusal` 503."""
    if kind == "json":
        return Response(msgspec.json.encode(found), media_type="application/json")
    media_type, make = FILES[kind]
    try:
        content = await press.draw(partial(make, found))
    except Busy:
        raise busy() from None
    headers = {"content-disposition": f'attachment; filename="{name_of(found)}.{kind}"'}
    return Response(content, 200, headers, media_type)


def _refuse(problem: Problem | None, status: int) -> None:
    """Raise `Refusal` with this problem, if there is one."""
    if problem:
        raise Refusal(status, problem.code, problem.remedy_en, (problem,))


def _refuse_another_unit(unit: str, caller: Caller, catalogue: Catalogue, on: date) -> None:
    """Raise `Refusal` 403 if the key is for other units."""
    if not is_of(unit, caller.units, catalogue, on):
        mine = ", ".join(caller.units)
        problem = Problem(
            field="/query/unit",
            code="not-your-unit",
            remedy_vi=f"Khóa này chỉ dành cho {mine}: hãy hỏi thống kê của các đơn vị đó.",
            remedy_en=f"This key is for {mine}: ask for the statistics of these units.",
        )
        _refuse(problem, 403)
