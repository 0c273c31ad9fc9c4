"""What portals sent against what stands with us, over HTTP, a part of a day at a time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.counts import ReadUntil
from services.operations.domain.proof.period import read_period
from services.operations.domain.roles import MAY
from services.operations.domain.sync import Difference, Ledger
from services.operations.form_lines import NATION, no_unit, province_of
from services.operations.indicators.syncing import Syncing
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

LIMIT = 2_000  # applications: seconds

Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
UnitCode = Annotated[str, Query(max_length=20, description="a unit, a province, or `nation`")]
Day = Annotated[date | None, Query(description="on which ids were made, UTC+7; left out: today")]
After = Annotated[str, Query(max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LIMIT)]


class UnitLedger(Ledger, kw_only=True):
    """A unit's, by what was sent; empty: it cannot be told."""

    unit: str
    name: str


class SyncView(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a day.  Parts add up; `next` is the `after` of the one that follows, null at the
    end.  `as_of`: until when the log was read in every lane; what is younger than ten minutes is
    waited for.
    """

    unit: str
    day: date
    as_of: datetime
    units: list[UnitLedger]
    differences: list[Difference]
    next: str | None


@dataclass(frozen=True, slots=True)
class SyncDesk:
    """What the ledger is told from."""

    syncing: Syncing
    read: ReadUntil
    catalogue: Catalogue
    clock: Clock

    async def told(self, unit: str, day: date | None, after: str, limit: int) -> SyncView:
        """Return a part of a day.  Raises `Refusal` 404, 422, `Unknown`."""
        catalogue, today = self.catalogue.edition(), local_day(self.clock())
        if problem := no_unit(unit, catalogue):
            raise Refusal(404, problem.code, problem.remedy_en, (problem,))
        on = day or today
        if not catalogue.first_day <= on <= today:
            detail = f"Ask for a day from {catalogue.first_day} to {today}."
            raise Refusal(422, "no-such-day", detail)
        as_of = await self.read.as_of()

        def is_wanted(code: str) -> bool:
            return unit in (NATION, code, province_of(code, catalogue, on))

        period = read_period(f"{on}", f"{on}")
        found = await self.syncing.some(period, as_of, is_wanted, after, limit)
        lines = [
            UnitLedger(unit=code, name=catalogue.unit_name(code), **msgspec.structs.asdict(ledger))
            for code, ledger in sorted(found.units.items())
        ]
        return SyncView(
            unit=unit,
            day=on,
            as_of=as_of,
            units=lines,
            differences=found.differences,
            next=found.after or None,
        )


def router(desk: SyncDesk) -> APIRouter:
    """Return the route; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/sync",
        summary="What portals sent on a day against what stands with us, with each difference",
        responses=edge.answers(200, SyncView, 404, 422),
    )
    async def sync(
        _: Reader, unit: UnitCode = NATION, day: Day = None, after: After = "", limit: Limit = 500
    ) -> Response:
        view = await desk.told(unit, day, after, limit)
        return Response(msgspec.json.encode(view), media_type="application/json")

    return routes
