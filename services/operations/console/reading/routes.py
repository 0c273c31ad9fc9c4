"""The pages that only show: find, and the journey of one application."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.reading.page import journey_page, raw
from services.operations.console.reading.sought import sought
from services.operations.console.reading.unsealed import unsealed
from services.operations.console.rounds.offers import offers_of
from services.operations.console.screen import HEADERS, READERS, ROOT, Visit, home_of
from services.operations.domain.citizen.units import Units
from services.operations.domain.roles import MAY
from services.operations.finding import ASKED_LIMIT, Finder, Found
from services.operations.journeys import Journeys
from services.operations.opened import Whys, journey_of
from services.operations.persons import Persons
from services.operations.reaching import Reach
from services.operations.status_api import form_body
from services.operations.unsealing import Unsealing
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

AFTER_LIMIT = 500
PERSON = f"{ROOT}/find/person"
REASON_LEAST, REASON_LIMIT = 3, 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What these pages are wired with."""

    door: Door
    journeys: Journeys
    finder: Finder
    persons: Persons
    catalogue: Catalogue
    clock: Clock
    unsealing: Unsealing
    whys: Whys

    @property
    def reach(self) -> Reach:
        """Return what callers of units may see."""
        return Reach(self.journeys, self.catalogue, self.clock)


def router(reading: Reading) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=ROOT, tags=["console"], route_class=reading.door.route())
    readers = Depends(reading.door.seat(*READERS))
    _find(routes, reading, readers)
    _journey(routes, reading, readers)
    _unseal(routes, reading)
    return routes


def _find(routes: APIRouter, reading: Reading, readers: object) -> None:
    @routes.get("", summary="The console: leads to its first page", response_class=HTMLResponse)
    async def console(request: Request) -> Response:
        visit = await reading.door.visit(request)
        return RedirectResponse(home_of(visit.role), 303, HEADERS)

    @routes.get("/find", summary="The console: finds an application", response_class=HTMLResponse)
    async def find_page(
        visit: Annotated[Visit, readers],
        q: Annotated[str, Query(max_length=ASKED_LIMIT)] = "",
        after: Annotated[str, Query(max_length=AFTER_LIMIT)] = "",
    ) -> Response:
        if reading.persons.meant(q):  # it leaves the address, and what the browser remembers
            return RedirectResponse(PERSON, 303, HEADERS)
        found = await reading.finder.find(q, after) if q.strip() else None
        if found is None:
            return reading.door.screen.page(
                visit, "find.html", found=None, sought=(), procedures={}
            )
        return await found_page(reading, visit, found, after)


async def found_page(reading: Reading, visit: Visit, found: Found, after: str = "") -> Response:
    """Return the page of what was found; what is found alone is opened.  Raises `Unknown`."""
    found = await reading.reach.theirs(_caller(visit), found)
    if len(found.found) == 1 and not found.is_cut and not after:
        where = f"{ROOT}/journeys/{found.found[0].application}"
        return RedirectResponse(where, 303, HEADERS)
    units = Units(reading.catalogue, local_day(reading.clock()))
    procedures = {hit.procedure: units.procedure(hit.procedure) for hit in found.found}
    said = {"sought": sought(found, units), "procedures": procedures}
    return reading.door.screen.page(visit, "find.html", found=found, **said)


def _journey(routes: APIRouter, reading: Reading, readers: object) -> None:
    @routes.get(
        "/journeys/{name}",
        summary="The console: the journey of an application",
        response_class=HTMLResponse,
    )
    async def journey_shown(
        name: str, visit: Annotated[Visit, readers], whole: Annotated[bool, Query()] = False
    ) -> Response:
        one = await reading.reach.opened(_caller(visit), name)
        now = reading.clock()
        told = journey_of(one, now, await reading.whys.of(one, now))
        page = journey_page(told, one, reading.catalogue, now, is_whole=whole)
        may = {
            "may_act": visit.role in MAY["operate"],
            "may_unseal": visit.role in MAY["unseal"],
        }
        return reading.door.screen.page(
            visit, "journey.html", page=page, offers=offers_of(one), key=uuid4().hex, **may
        )

    @routes.get(
        "/journeys/{name}/messages/{topic}/{partition}/{offset}",
        summary="The console: a message of an application as it is kept",
        response_class=HTMLResponse,
    )
    async def message_shown(
        name: str, topic: str, partition: int, offset: int, visit: Annotated[Visit, readers]
    ) -> Response:
        one = await reading.reach.opened(_caller(visit), name)
        place = topic, partition, offset
        entry = next((e for e in one.entries if e.place == place), None)
        if entry is None:
            raise Refusal(404, "not-found", LABELS["refused_not-found"].en)
        return reading.door.screen.page(visit, "message.html", entry=entry, text=raw(entry))


def _unseal(routes: APIRouter, reading: Reading) -> None:
    where, door = "/journeys/{name}/unsealing", reading.door
    unsealers = Depends(door.seat(*MAY["unseal"]))

    @routes.post(
        where,
        name="unseal_on_page",
        summary="The console: shows, once, what is sealed of an application",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…", "key": "…", "reason": "…"}),
    )
    async def unsealed_shown(
        name: str, request: Request, visit: Annotated[Visit, unsealers]
    ) -> Response:
        fields = await door.sent(request, visit)
        reason, key = fields.get("reason", ""), fields.get("key", "")
        if not REASON_LEAST <= len(reason) <= REASON_LIMIT or not key:
            raise Refusal(422, "reason-missing", LABELS["refused_reason-missing"].en)
        request.state.reason = reason
        found = await reading.unsealing.unseal(name, _caller(visit), reason, key)
        back = visit._replace(address=f"{ROOT}/journeys/{found.application}")
        shown = unsealed(found)
        return door.screen.page(back, "unsealed.html", found=found, fields=shown)

    @routes.get(
        where,
        name="unseal_is_over",
        summary="The console: leads back to the journey",
        response_class=HTMLResponse,
    )
    async def leads_back(name: str, _: Annotated[Visit, unsealers]) -> Response:
        return RedirectResponse(f"{ROOT}/journeys/{quote(name, safe='')}", 303, HEADERS)


def _caller(visit: Visit) -> Caller:
    assert visit.session  # the seat has seen to it
    return visit.session.caller
