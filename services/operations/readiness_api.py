"""Whether a service centre is ready, over HTTP; operators tick what the system cannot tell."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from msgspec import Meta

from services.operations.domain.readiness import BY_HAND, Finding, Tick
from services.operations.domain.roles import MAY
from services.operations.form_lines import NATION, no_unit
from services.operations.indicators.readiness import Readiness
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

NOTE_MIN, NOTE_LIMIT = 3, 500  # characters

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Note = Annotated[str, Meta(min_length=NOTE_MIN, max_length=NOTE_LIMIT)]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator says of a point, and how they know."""

    is_met: bool
    note: Note


class ReadinessView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit and all points; `is_ready`: every one of them is met."""

    unit: str
    name: str
    is_ready: bool
    met: int
    points: list[Finding]


_SAID = Said(is_met=True, note="Seen on the spot")


@dataclass(frozen=True, slots=True)
class ReadinessDesk:
    """What readiness is told from."""

    readiness: Readiness
    catalogue: Catalogue
    clock: Clock

    async def told(self, unit: str) -> ReadinessView:
        """Return a unit.  Raises `Refusal` 404, `Unknown`."""
        catalogue = self.catalogue.edition()
        refuse_unknown(unit, catalogue)
        points = await self.readiness.of(unit, catalogue, local_day(self.clock()))
        met = sum(point.state == "met" for point in points)
        return ReadinessView(
            unit=unit,
            name=catalogue.unit_name(unit),
            is_ready=met == len(points),
            met=met,
            points=points,
        )

    async def say(self, unit: str, point: str, said: Said, by: str) -> None:
        """Keep what an operator says.  Raises `Refusal` 404, `Unknown`."""
        refuse_unknown(unit, self.catalogue.edition())
        if point not in BY_HAND:
            raise Refusal(404, "unknown-point", f"One of {', '.join(BY_HAND)}.")
        at_ms = int(self.clock().timestamp() * 1_000)
        tick = Tick(at_ms=at_ms, by=by, is_met=said.is_met, note=said.note)
        await self.readiness.tick(unit, point, tick)


def router(desk: ReadinessDesk) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/readiness/{unit}",
        summary="Whether a service centre is ready, point by point, with what each rests on",
        responses=edge.answers(200, ReadinessView, 404),
    )
    async def readiness(unit: str, _: Reader) -> Response:
        return _json(await desk.told(unit))

    @routes.post(
        "/readiness/{unit}/{point}",
        summary="Say of a point that a person has to look at whether it is met",
        description="The last word counts; the same again, by the same operator, changes nothing.",
        responses=edge.answers(200, ReadinessView, 404, 422),
        openapi_extra=edge.described(Said, _SAID),
    )
    async def say(unit: str, point: str, request: Request, caller: Operator) -> Response:
        await desk.say(unit, point, await edge.read(request, Said), caller.name)
        return _json(await desk.told(unit))

    return routes


def refuse_unknown(unit: str, catalogue: Catalogue) -> None:
    """Raise `Refusal` 404 if there is no such unit, or it is all of them."""
    problem = no_unit(unit, catalogue)
    if problem or unit == NATION:
        detail = problem.remedy_en if problem else "Ask for one unit."
        raise Refusal(404, "unknown-unit", detail, (problem,) if problem else ())


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
