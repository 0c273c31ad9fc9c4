"""The console's routes of alarms and runbooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.alarms.desk import Desk
from services.operations.alarms_api import Before, Which, done, known, listed, whole
from services.operations.console.alarms.page import board, guides, one, runbook
from services.operations.console.door import Door
from services.operations.console.incidents.scopes import address_of
from services.operations.console.labels import LABELS
from services.operations.console.screen import ALL_UNITS, ROOT, Visit, lead_to
from services.operations.domain.alarm_life import Of, Reason
from services.operations.domain.alarms import RULES
from services.operations.domain.citizen.units import Units
from services.operations.domain.incident_scopes import scope_of
from services.operations.domain.roles import MAY
from services.operations.incidents.rows import Incidents
from services.operations.status_api import form_body
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

RUNBOOKS = Path(__file__).parents[4] / "docs" / "runbooks"
HOURS_LIMIT = 720.0
_EXAMPLE = {"token": "…", "reason": "The bank told us of works tonight"}


@dataclass(frozen=True, slots=True)
class Waking:
    """What these pages are wired with; `runbooks`: the text of each, by rule; `incidents`: of which
    alarms are part.
    """

    door: Door
    desk: Desk
    catalogue: Catalogue
    clock: Clock
    runbooks: Mapping[str, str]
    incidents: Incidents

    @property
    def units(self) -> Units:
        """Return units by their names of today."""
        return Units(self.catalogue, local_day(self.clock()))


def read_runbooks() -> dict[str, str]:
    """Return the text of every rule's runbook.  Raises `OSError`: the installation is not whole."""
    return {rule: (RUNBOOKS / f"{rule}.md").read_text() for rule in RULES}


def router(waking: Waking) -> APIRouter:
    """Return the routes: for those who may see what is of every unit; operators may act."""
    route = waking.door.route()
    routes = APIRouter(prefix=f"{ROOT}/alarms", tags=["console"], route_class=route)
    _add_runbooks(routes, waking)
    _add_looking(routes, waking)
    _add_acting(routes, waking)
    return routes


def _add_runbooks(routes: APIRouter, waking: Waking) -> None:
    door = waking.door
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("/runbooks", summary="The console: all rules", response_class=HTMLResponse)
    async def rules_shown(visit: Annotated[Visit, seat]) -> Response:
        view = await listed(waking.desk, "standing", "", waking.clock())
        return door.screen.page(visit, "alarm_rules.html", rules=guides(view.alarms))

    @routes.get(
        "/runbooks/{rule}",
        summary="The console: what to do about an alarm of a rule",
        response_class=HTMLResponse,
    )
    async def runbook_shown(rule: str, visit: Annotated[Visit, seat]) -> Response:
        if rule not in waking.runbooks:
            raise Refusal(404, "not-found", LABELS["refused_not-found"].en)
        view = await listed(waking.desk, "standing", "", waking.clock())
        guide = next(each for each in guides(view.alarms) if each.rule == rule)
        text = runbook(waking.runbooks[rule], visit.lang)
        return door.screen.page(visit, "runbook.html", rule=guide, text=text)


def _add_looking(routes: APIRouter, waking: Waking) -> None:
    door = waking.door
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: the alarms", response_class=HTMLResponse)
    async def alarms_shown(
        visit: Annotated[Visit, seat], which: Which = "standing", before: Before = ""
    ) -> Response:
        now = waking.clock()
        view = await listed(waking.desk, which, before, now)
        shown = board(view, waking.units, now)
        return door.screen.page(visit, "alarms.html", page=shown, which=which)

    @routes.get("/{alarm_id}", summary="The console: one alarm", response_class=HTMLResponse)
    async def alarm_shown(alarm_id: str, visit: Annotated[Visit, seat]) -> Response:
        now = waking.clock()
        alarm = await known(waking.desk, alarm_id)
        view = await whole(waking.desk, alarm, now)
        incident = (await waking.incidents.of_alarms([alarm_id])).get(alarm_id, "")
        scope = scope_of(alarm)
        return door.screen.page(
            visit,
            "alarm.html",
            page=one(view, waking.units, now),
            incident=incident,
            opening=address_of(scope) if scope and scope.is_known else "",
        )


def _add_acting(routes: APIRouter, waking: Waking) -> None:
    door, desk = waking.door, waking.desk
    seat = Depends(door.seat(*MAY["operate"]))

    @routes.post(
        "/{alarm_id}/own",
        summary="The console: takes an alarm over",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def own_shown(alarm_id: str, request: Request, visit: Annotated[Visit, seat]) -> Response:
        by, fields = visit.caller.name, await door.sent(request, visit)
        reason = _reason(fields) if fields.get("reason", "").strip() else ""
        await done(desk.own(await known(desk, alarm_id), by, reason))
        return _to(alarm_id)

    @routes.post(
        "/{alarm_id}/silence",
        summary="The console: has nobody told of an alarm for some hours",
        response_class=HTMLResponse,
        openapi_extra=form_body({**_EXAMPLE, "hours": "4", "of": "alarm"}),
    )
    async def silence_shown(
        alarm_id: str, request: Request, visit: Annotated[Visit, seat]
    ) -> Response:
        by, fields = visit.caller.name, await door.sent(request, visit)
        until = waking.clock() + timedelta(hours=_hours(fields))
        of, alarm = _of(fields), await known(desk, alarm_id)
        await done(desk.silence(alarm, of, by, until, _reason(fields)))
        return _to(alarm_id)

    @routes.post(
        "/{alarm_id}/unsilence",
        summary="The console: ends the silences that hold for an alarm",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def unsilence_shown(
        alarm_id: str, request: Request, visit: Annotated[Visit, seat]
    ) -> Response:
        by, fields = visit.caller.name, await door.sent(request, visit)
        await done(desk.unsilence(await known(desk, alarm_id), by, _reason(fields)))
        return _to(alarm_id)


def _reason(fields: Mapping[str, str]) -> str:
    try:
        return msgspec.convert(fields.get("reason", "").strip(), Reason)
    except msgspec.ValidationError:
        raise _why() from None


def _hours(fields: Mapping[str, str]) -> float:
    try:
        hours = float(fields.get("hours", ""))
    except ValueError:
        raise _why() from None
    if not 0 < hours <= HOURS_LIMIT:
        raise _why()
    return hours


def _of(fields: Mapping[str, str]) -> Of:
    try:
        of: Of = msgspec.convert(fields.get("of", "alarm"), Of)
    except msgspec.ValidationError:
        raise _why() from None
    return of


def _why() -> Refusal:
    return Refusal(422, "why", LABELS["refused_why"].en)


def _to(alarm_id: str) -> Response:
    return lead_to(f"{ROOT}/alarms/{alarm_id}")
