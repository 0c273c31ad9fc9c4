"""The console's routes of what is set aside: many look, operators do, copies and dismissals need
two.
"""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.dead.page import (
    asked_rows,
    blank_form,
    edit_of,
    group_row,
    item_rows,
    one_page,
    result_words,
    results_of,
    sent_form,
)
from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.screen import ALL_UNITS, ROOT, Visit, lead_to
from services.operations.dead import acting
from services.operations.dead.desk import RESULTS, Desk, Verb
from services.operations.dead.edits import Verdict
from services.operations.dead.views import Outcomes
from services.operations.domain.dead.letters import Place
from services.operations.domain.roles import MAY
from services.operations.status_api import form_body
from shared.access import Caller
from shared.clock import Clock
from shared.problems import Refusal

PAGE = 50
NUMBER_LIMIT = 2**62
REASON_LEAST, REASON_LIMIT = 3, 500
HOME = f"{ROOT}/dead"
_SENT = {"token": "…", "reason": "The release was mended"}
_MENDED = {**_SENT, "path1": "$.data.copies", "value1": "2"}
VERDICTS: tuple[tuple[str, Verdict], ...] = (("accept", "accepted"), ("reject", "rejected"))
VERBS: tuple[Verb, ...] = ("redrive", "dismiss")

Number = Annotated[int, Path(ge=0, le=NUMBER_LIMIT)]
After = Annotated[str, Query(max_length=500)]
Done = Annotated[str, Query(max_length=300)]

_log = structlog.get_logger("console")


@dataclass(frozen=True, slots=True)
class SettingAside:
    """What these pages are wired with."""

    door: Door
    desk: Desk
    clock: Clock


def router(aside: SettingAside) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=HOME, tags=["console"], route_class=aside.door.route())
    _add_looking(routes, aside)
    for verb in VERBS:
        _add_verb(routes, aside, verb)
    _add_mending(routes, aside)
    for name, verdict in VERDICTS:
        _add_verdict(routes, aside, name, verdict)
        _add_group_verdict(routes, aside, name, verdict)
    return routes


def _add_looking(routes: APIRouter, aside: SettingAside) -> None:
    door, desk = aside.door, aside.desk
    seat = Depends(door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: what is set aside", response_class=HTMLResponse)
    async def dead_shown(visit: Annotated[Visit, seat]) -> Response:
        now = aside.clock()
        groups, is_whole = await acting.groups_of(desk, now)
        rows = [group_row(group, now) for group in groups]
        return door.screen.page(visit, "dead.html", rows=rows, is_whole=is_whole)

    @routes.get(
        "/{group}", summary="The console: a group of what is set aside", response_class=HTMLResponse
    )
    async def dead_group_shown(
        group: str, visit: Annotated[Visit, seat], after: After = "", done: Done = ""
    ) -> Response:
        now, results = aside.clock(), results_of(done, RESULTS)
        said: dict[str, Any] = {
            "results": results,
            "may": visit.role in MAY["operate"],
            "may_check": visit.role in MAY["agree"],
            "after": after,
        }
        try:
            page = await acting.page_of(desk, (group, after, PAGE), now)
        except Refusal:  # all of it left meanwhile
            return door.screen.page(visit, "dead_group.html", row=None, rows=[], **said)
        row, rows = group_row(page.group, now), item_rows(page.items, now)
        asked = asked_rows(page.items, visit.caller)
        said |= {"following": page.next, "asked": asked}
        return door.screen.page(visit, "dead_group.html", row=row, rows=rows, **said)

    @routes.get(
        "/{topic}/{partition}/{offset}",
        summary="The console: one record that was set aside",
        response_class=HTMLResponse,
    )
    async def dead_one_shown(
        topic: str,
        partition: Number,
        offset: Number,
        visit: Annotated[Visit, seat],
        done: Done = "",
    ) -> Response:
        place = Place(topic, partition, offset)
        return await _one(aside, visit, place, results=results_of(done, RESULTS))


async def _one(
    aside: SettingAside, visit: Visit, place: Place, status: int = 200, **more: Any
) -> Response:
    one = await acting.one_of(aside.desk, place)
    said: dict[str, Any] = {"form": blank_form(one), "wrong": [], "results": [], "reason": ""}
    said["is_refused"] = False
    said |= {"may": visit.role in MAY["operate"], "may_check": visit.role in MAY["agree"]}
    page = one_page(one, visit.caller)
    return aside.door.screen.page(visit, "dead_one.html", status, page=page, **(said | more))


def _add_verb(routes: APIRouter, aside: SettingAside, verb: Verb) -> None:
    desk, seat = aside.desk, Depends(aside.door.seat(*MAY["operate"]))

    @routes.post(
        f"/{{group}}/{verb}",
        name=f"console_{verb}_group",
        summary=f"The console: {verb} a page of a group",
        openapi_extra=form_body(_SENT),
        response_class=HTMLResponse,
    )
    async def group_done(
        group: str, request: Request, visit: Annotated[Visit, seat], after: After = ""
    ) -> Response:
        caller, reason, _ = await _sent(aside, visit, request)
        page = group, after, PAGE
        found = await acting.do_group(desk, verb, page, caller, reason, aside.clock())
        return _next(group, verb, caller, found)

    @routes.post(
        f"/{{topic}}/{{partition}}/{{offset}}/{verb}",
        name=f"console_{verb}_one",
        summary=f"The console: {verb} one record",
        openapi_extra=form_body(_SENT),
        response_class=HTMLResponse,
    )
    async def one_done(
        topic: str,
        partition: Number,
        offset: Number,
        request: Request,
        visit: Annotated[Visit, seat],
    ) -> Response:
        caller, reason, _ = await _sent(aside, visit, request)
        place = Place(topic, partition, offset)
        found = await acting.do_one(desk, verb, place, caller, reason)
        _log.info("dead letter", what=verb, record=place.key, account=caller.name)
        return _back(place, done=result_words(found.items))


def _add_mending(routes: APIRouter, aside: SettingAside) -> None:
    @routes.post(
        "/{topic}/{partition}/{offset}/edits",
        summary="The console: mend a copy of a record",
        openapi_extra=form_body(_MENDED),
        response_class=HTMLResponse,
    )
    async def mended(
        topic: str,
        partition: Number,
        offset: Number,
        request: Request,
        visit: Annotated[Visit, Depends(aside.door.seat(*MAY["operate"]))],
    ) -> Response:
        caller, reason, fields = await _sent(aside, visit, request)
        place = Place(topic, partition, offset)
        one = await acting.one_of(aside.desk, place)
        try:
            await acting.propose(aside.desk, place, edit_of(one, fields), caller, reason)
        except Refusal as refused:
            if not refused.problems:
                raise
            rows, wrong = sent_form(one, fields, refused.problems)
            said = {"form": rows, "wrong": wrong, "reason": reason, "is_refused": True}
            return await _one(aside, visit, place, 422, **said)
        _log.info("dead letter mended", record=place.key, account=caller.name)
        return _back(place)


def _add_verdict(routes: APIRouter, aside: SettingAside, name: str, verdict: Verdict) -> None:
    @routes.post(
        f"/{{topic}}/{{partition}}/{{offset}}/edits/{{number}}/{name}",
        name=f"console_{name}_edit",
        summary=f"The console: {name} a mended copy",
        openapi_extra=form_body(_SENT),
        response_class=HTMLResponse,
    )
    async def decided(
        topic: str,
        partition: Number,
        offset: Number,
        number: Number,
        request: Request,
        visit: Annotated[Visit, Depends(aside.door.seat(*MAY["agree"]))],
    ) -> Response:
        caller, reason, _ = await _sent(aside, visit, request)
        place = Place(topic, partition, offset)
        await acting.decide(aside.desk, place, number, verdict, caller, reason, aside.clock())
        _log.info("dead letter copy", what=verdict, record=place.key, account=caller.name)
        return _back(place)


def _add_group_verdict(routes: APIRouter, aside: SettingAside, name: str, verdict: Verdict) -> None:
    @routes.post(
        f"/{{group}}/{name}",
        name=f"console_{name}_group",
        summary=f"The console: {name} that nothing is sent of a page of a group",
        openapi_extra=form_body(_SENT),
        response_class=HTMLResponse,
    )
    async def group_decided(
        group: str,
        request: Request,
        visit: Annotated[Visit, Depends(aside.door.seat(*MAY["agree"]))],
        after: After = "",
    ) -> Response:
        caller, reason, _ = await _sent(aside, visit, request)
        page = group, after, PAGE
        found = await acting.decide_group(aside.desk, verdict, page, caller, reason, aside.clock())
        return _next(group, name, caller, found)


def _next(group: str, what: str, caller: Caller, found: Outcomes) -> Response:
    """Lead to the page of a group that follows, with what was done on this one."""
    _log.info("dead letters", what=what, group=group, account=caller.name, records=len(found.items))
    query = {"done": result_words(found.items)} | ({"after": found.next} if found.next else {})
    return lead_to(f"{HOME}/{group}?{urlencode(query)}")


async def _sent(
    aside: SettingAside, visit: Visit, request: Request
) -> tuple[Caller, str, dict[str, str]]:
    """Return who sends a form, why, and its fields.  Raises `Refusal` 403, 422."""
    fields = await aside.door.sent(request, visit)
    reason = fields.get("reason", "")
    if not REASON_LEAST <= len(reason) <= REASON_LIMIT:
        raise Refusal(422, "reason-needed", LABELS["refused_reason-needed"].en)
    return visit.caller, reason, fields


def _back(place: Place, **query: str) -> Response:
    asked = f"?{urlencode(query)}" if query else ""
    return lead_to(f"{HOME}/{place.key}{asked}")
