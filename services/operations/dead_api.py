"""The edge of operators: what lanes set aside, what is wrong with it, and sending it again."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from services.operations.dead import views
from services.operations.dead.acting import (
    decide,
    decide_group,
    do_group,
    do_one,
    groups_of,
    one_of,
    page_of,
    propose,
)
from services.operations.dead.desk import Desk, Verb
from services.operations.dead.edits import Verdict
from services.operations.domain.dead.letters import Place
from services.operations.domain.dead.mending import Edit
from services.operations.domain.roles import MAY
from services.operations.domain.rounds import Reason
from services.operations.journeys import Journeys
from services.operations.views import SetAside, set_aside
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock

PAGE_LIMIT = 200
SENT_LIMIT = 100  # by one request
NUMBER_LIMIT = 2**62

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Checker = Annotated[Caller, Depends(require(*MAY["agree"]))]
After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Number = Annotated[int, Path(ge=0, le=NUMBER_LIMIT)]

VERBS: Mapping[Verb, str] = {
    "redrive": "Send it again, as it was; what is held is decided again",
    "dismiss": "Ask that nothing is sent: with a second person it leaves the board, and is kept",
}
VERDICTS: Mapping[Literal["accept", "reject"], tuple[Verdict, str]] = {
    "accept": (
        "accepted",
        "Send a mended copy, or agree that nothing is sent: another person than who asked for it",
    ),
    "reject": (
        "rejected",
        "Do not send a mended copy, or turn down that nothing is sent; who asked may say so too",
    ),
}


class Reasoned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Reason


class Mended(Edit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change, and why."""

    reason: Reason


_WHY = Reasoned(reason="The procedure is in the catalogue again")
_MENDED = Mended(set={"$.data.copies": 2}, reason="The portal sent the number as a text")


def router(desk: Desk, journeys: Journeys, clock: Clock) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["dead"])
    _add_lists(routes, desk, journeys, clock)
    _add_one(routes, desk)
    for verb, means in VERBS.items():
        _add_verb(routes, desk, verb, means, clock)
    for name, (verdict, _) in VERDICTS.items():
        _add_group_verdict(routes, desk, name, verdict, clock)
    _add_edits(routes, desk, clock)
    return routes


def _add_lists(routes: APIRouter, desk: Desk, journeys: Journeys, clock: Clock) -> None:
    @routes.get(
        "/dead",
        summary="What is set aside, in groups; and all dead letters, oldest first",
        responses=edge.answers(200, views.DeadView, 422),
    )
    async def dead(_: Reader, after: After = "", limit: Limit = 50) -> Response:
        page = await journeys.aside("dead", after, limit)
        groups, is_whole = ([], True) if after else await groups_of(desk, clock())
        shown = views.DeadView(
            groups=groups,
            is_whole=is_whole,
            items=[msgspec.convert(set_aside(k, e), SetAside) for k, e in page],
            next=page[-1][0] if len(page) == limit else None,
        )
        return _json(shown)

    @routes.get(
        "/dead/{group}",
        summary="What is in a group, oldest first, and what of it cannot be sent again as it was",
        responses=edge.answers(200, views.DeadPage, 404, 422),
    )
    async def dead_group(group: str, _: Reader, after: After = "", limit: Limit = 50) -> Response:
        return _json(await page_of(desk, (group, after, limit), clock()))


def _add_one(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/dead/{topic}/{partition}/{offset}",
        summary="One record: why it was set aside, and where it is not as its contract has it",
        responses=edge.answers(200, views.OneDead, 404),
    )
    async def one_dead(topic: str, partition: Number, offset: Number, _: Reader) -> Response:
        return _json(await one_of(desk, Place(topic, partition, offset)))


def _add_verb(routes: APIRouter, desk: Desk, verb: Verb, means: str, clock: Clock) -> None:
    described = edge.described(Reasoned, _WHY)
    answers = edge.answers(200, views.Outcomes, 404, 422, example=views.OUTCOMES)

    @routes.post(
        f"/dead/{{group}}/{verb}",
        name=f"{verb}_group",
        summary=f"{means}: a page of a group",
        description="`next` of the answer is the `after` of the page that follows: repeat it until"
        " it is null. Whatever was done before is not done again.",
        responses=answers,
        openapi_extra=described,
    )
    async def act_on_group(
        group: str,
        request: Request,
        caller: Operator,
        after: After = "",
        limit: Annotated[int, Query(ge=1, le=SENT_LIMIT)] = SENT_LIMIT,
    ) -> Response:
        reasoned = await edge.read(request, Reasoned)
        page = group, after, limit
        return _json(await do_group(desk, verb, page, caller, reasoned.reason, clock()))

    @routes.post(
        f"/dead/{{topic}}/{{partition}}/{{offset}}/{verb}",
        name=f"{verb}_one",
        summary=means,
        responses=answers,
        openapi_extra=described,
    )
    async def act_on_one(
        topic: str, partition: Number, offset: Number, request: Request, caller: Operator
    ) -> Response:
        reasoned = await edge.read(request, Reasoned)
        place = Place(topic, partition, offset)
        return _json(await do_one(desk, verb, place, caller, reasoned.reason))


def _add_group_verdict(
    routes: APIRouter, desk: Desk, name: str, verdict: Verdict, clock: Clock
) -> None:
    @routes.post(
        f"/dead/{{group}}/{name}",
        name=f"{name}_group",
        summary=f"{name.capitalize()} dismissals that somebody asked for: of a page of a group",
        description="`asked` of each of the group says who asked for it. `next` as of `dismiss`.",
        responses=edge.answers(200, views.Outcomes, 404, 422, example=views.OUTCOMES),
        openapi_extra=edge.described(Reasoned, _WHY),
    )
    async def decide_on_group(
        group: str,
        request: Request,
        caller: Checker,
        after: After = "",
        limit: Annotated[int, Query(ge=1, le=SENT_LIMIT)] = SENT_LIMIT,
    ) -> Response:
        reasoned = await edge.read(request, Reasoned)
        page = group, after, limit
        return _json(await decide_group(desk, verdict, page, caller, reasoned.reason, clock()))


def _add_edits(routes: APIRouter, desk: Desk, clock: Clock) -> None:
    where = "/dead/{topic}/{partition}/{offset}/edits"

    @routes.post(
        where,
        status_code=201,
        summary="Mend a copy of it; a second person has to accept it before it is sent",
        responses=edge.answers(201, views.OneDead, 404, 409, 422),
        openapi_extra=edge.described(Mended, _MENDED),
    )
    async def mend(
        topic: str, partition: Number, offset: Number, request: Request, caller: Operator
    ) -> Response:
        mended = await edge.read(request, Mended)
        place = Place(topic, partition, offset)
        await propose(desk, place, mended, caller, mended.reason)
        return _json(await one_of(desk, place), 201)

    for verb, (verdict, means) in VERDICTS.items():
        _add_verdict(routes, desk, f"{where}/{{number}}/{verb}", verdict, means, clock)


def _add_verdict(
    routes: APIRouter, desk: Desk, path: str, verdict: Verdict, means: str, clock: Clock
) -> None:
    @routes.post(
        path,
        name=f"{verdict}_edit",
        summary=means,
        responses=edge.answers(200, views.OneDead, 404, 409, 422),
        openapi_extra=edge.described(Reasoned, _WHY),
    )
    async def decide_edit(
        topic: str,
        partition: Number,
        offset: Number,
        number: Number,
        request: Request,
        caller: Checker,
    ) -> Response:
        reasoned = await edge.read(request, Reasoned)
        place = Place(topic, partition, offset)
        await decide(desk, place, number, verdict, caller, reasoned.reason, clock())
        return _json(await one_of(desk, place))


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
