"""The edge of operators: what stands, who has it, and what is to be quiet."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.operations.alarms import views
from services.operations.alarms.desk import Desk, NotPossible
from services.operations.domain.alarm_life import Alarm, Of, Reason
from services.operations.domain.roles import MAY
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.events.data import Instant
from shared.problems import Refusal

ID_LIMIT = 24

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Before = Annotated[str, Query(max_length=ID_LIMIT, description="`next` of the page before")]
Which = Annotated[
    Literal["standing", "all"], Query(description="what stands now, or all, the newest first")
]


class Owning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, or what you are about to do; may be left out."""

    reason: Reason | None = None


class Silencing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be quiet: this alarm, or all of its rule, its partner or its unit."""

    until: Instant
    reason: Reason
    of: Of = "alarm"


class Unsilencing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Reason


def router(desk: Desk, clock: Clock) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["alarms"])
    _add_looking(routes, desk, clock)
    _add_acting(routes, desk, clock)
    return routes


def _add_looking(routes: APIRouter, desk: Desk, clock: Clock) -> None:
    @routes.get(
        "/alarms",
        summary="The alarms that stand, the critical ones first; or all that there were",
        responses=edge.answers(200, views.ListView, 422, example=views.LIST),
    )
    async def alarms(_: Reader, which: Which = "standing", before: Before = "") -> Response:
        return _as_json(await listed(desk, which, before, clock()))

    @routes.get(
        "/alarms/rules",
        summary="What is looked at, when it fires and when it ends",
        responses=edge.answers(200, views.RulesView),
    )
    async def alarm_rules(_: Reader) -> Response:
        return _as_json(views.rules())

    @routes.get(
        "/alarms/{alarm_id}",
        summary="One alarm: how it stands, who did what",
        responses=edge.answers(200, views.OneView, 404, example=views.ONE),
    )
    async def one_alarm(alarm_id: str, _: Reader) -> Response:
        return _as_json(await whole(desk, await known(desk, alarm_id), clock()))


def _add_acting(routes: APIRouter, desk: Desk, clock: Clock) -> None:
    answers = edge.answers(200, views.OneView, 404, 409, 422, example=views.ONE)

    @routes.post(
        "/alarms/{alarm_id}/own",
        summary="Take an alarm over: others see that somebody is at it",
        responses=answers,
        openapi_extra=edge.described(Owning, Owning(reason="I am looking at it")),
    )
    async def own_alarm(alarm_id: str, request: Request, caller: Operator) -> Response:
        said, alarm = await edge.read(request, Owning), await known(desk, alarm_id)
        after = await done(desk.own(alarm, caller.name, said.reason or ""))
        return _as_json(await whole(desk, after, clock()))

    @routes.post(
        "/alarms/{alarm_id}/silence",
        summary="Have nothing of it delivered until a time; it stands and is shown all the same",
        responses=answers,
        openapi_extra=edge.described(Silencing, _SILENCING),
    )
    async def silence_alarm(alarm_id: str, request: Request, caller: Operator) -> Response:
        said, alarm = await edge.read(request, Silencing), await known(desk, alarm_id)
        silence = desk.silence(alarm, said.of, caller.name, said.until, said.reason)
        return _as_json(await whole(desk, await done(silence), clock()))

    @routes.post(
        "/alarms/{alarm_id}/unsilence",
        summary="End every silence that holds for it, whatever else it holds for",
        responses=answers,
        openapi_extra=edge.described(Unsilencing, Unsilencing(reason="The partner is back")),
    )
    async def unsilence_alarm(alarm_id: str, request: Request, caller: Operator) -> Response:
        said, alarm = await edge.read(request, Unsilencing), await known(desk, alarm_id)
        after = await done(desk.unsilence(alarm, caller.name, said.reason))
        return _as_json(await whole(desk, after, clock()))


async def listed(desk: Desk, which: str, before: str, now: datetime) -> views.ListView:
    """Return what stands, or a page of all.  Raises `Unknown`."""
    look, silences = await desk.rows.last_look(), await desk.silences()
    failing = await desk.faults.standing()
    if which == "standing":
        found = views.standing((await desk.rows.open()).values())
        return views.listed(found, look, silences, now, failing=failing)
    page, next_ = await desk.rows.before(before)
    return views.listed(page, look, silences, now, next_, failing)


async def known(desk: Desk, id_: str) -> Alarm:
    """Return an alarm.  Raises `Refusal` 404, `Unknown`."""
    found = await desk.rows.get(id_)
    if found is None:
        raise Refusal(404, "unknown-alarm", "No alarm has this id: list them.")
    return found


async def whole(desk: Desk, alarm: Alarm, now: datetime) -> views.OneView:
    """Return all of an alarm.  Raises `Unknown`."""
    told = (await desk.deliveries.of([alarm.id]))[alarm.id]
    return views.whole(alarm, await desk.rows.last_look(), await desk.silences(), told, now)


async def done(acting: Awaitable[Alarm]) -> Alarm:
    """Return what an act comes to.  Raises `Refusal` 409, 422, `Unknown`."""
    try:
        return await acting
    except NotPossible as why:
        status = 409 if why.code == "acted-on-too-often" else 422
        raise Refusal(status, why.code, f"{why}") from None


def _as_json(found: Any) -> Response:
    return Response(msgspec.json.encode(found), media_type="application/json")


_SILENCING = Silencing(
    until=datetime.fromisoformat("2026-11-20T08:00:00+07:00") + timedelta(hours=4),
    reason="The bank told us of works tonight",
    of="partner",
)
