"""The edge of operators: telling many at once, which takes two people and can be stopped."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from services.notify.broadcasts import views
from services.notify.broadcasts.desk import Desk
from services.notify.domain.announcement import problems
from services.notify.domain.audience import Audience
from services.notify.domain.broadcasts import (
    ACTS_LIMIT,
    MOVES,
    OPEN_LIMIT,
    Broadcast,
    Doing,
    Draft,
    Reason,
)
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.events.data import Problem
from shared.problems import Refusal

Operator = Annotated[Caller, Depends(require("operator"))]
Key = Annotated[str, Header(min_length=8, max_length=200)]
BODY_LIMIT_BYTES = 512 << 10

# what operators do, and what that means
VERBS: Mapping[Doing, str] = {
    "approve": "Agree to a broadcast that another drafted: it is sent",
    "reject": "Turn down a broadcast that another drafted",
    "pause": "Tell nobody more for the time being",
    "resume": "Go on telling",
    "cancel": "Tell nobody more, and drop what still waits",
}


class Doings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is done."""

    reason: Reason


def router(desk: Desk, clock: Clock) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(tags=["broadcasts"])
    _add_drafting(routes, desk, clock)
    _add_looking(routes, desk)
    for verb, means in VERBS.items():
        _add_verb(routes, desk, verb, means)
    return routes


def _add_drafting(routes: APIRouter, desk: Desk, clock: Clock) -> None:
    @routes.post(
        "/v1/broadcasts",
        status_code=201,
        summary="Draft what many are to be told; whom it concerns is counted at once",
        description="Nobody is told before another operator approved it. The same request with the"
        " same `Idempotency-Key`, on the day or the next, is the same broadcast.",
        responses=edge.answers(201, views.OneView, 409, 422, example=views.ONE),
        openapi_extra=edge.described(Draft, views.DRAFT),
    )
    async def draft_broadcast(request: Request, caller: Operator, idempotency_key: Key) -> Response:
        draft = await edge.read(request, Draft, BODY_LIMIT_BYTES)
        if wrong := (*_of_audience(draft.audience), *problems(draft.words)):
            detail = "Correct the fields named in `problems`."
            raise Refusal(422, "invalid-broadcast", detail, wrong)
        said = msgspec.json.encode((caller.name, idempotency_key, draft))
        mark, now = hashlib.sha256(said).hexdigest()[:10], clock()
        ids = [f"{now - timedelta(days=n):%Y%m%d}-{mark}" for n in (0, 1)]
        broadcast = await desk.draft(ids, draft, caller, now)
        if broadcast is None:
            raise Refusal(
                409, "too-many-open", f"{OPEN_LIMIT} broadcasts are open: end one of them first."
            )
        where = {"Location": f"/v1/broadcasts/{broadcast.id}"}
        return _as_json(views.whole(broadcast, None), 201, where)


def _add_looking(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/v1/broadcasts",
        summary="What was told to many, the newest first",
        responses=edge.answers(200, views.ListView, 422, example=views.LIST),
    )
    async def broadcasts(
        _: Operator,
        before: Annotated[str, Query(max_length=19, description="`next` of the page before")] = "",
    ) -> Response:
        found, next_ = await desk.rows.before(before)
        seen = await desk.results.latest_of(found)
        listed = [views.short(broadcast, seen.get(broadcast.id)) for broadcast in found]
        return _as_json(views.ListView(broadcasts=listed, next=next_))

    @routes.get(
        "/v1/broadcasts/{broadcast}",
        summary="How a broadcast stands, who did what, and what became of its recipients",
        responses=edge.answers(200, views.OneView, 404, example=views.ONE),
    )
    async def one_broadcast(broadcast: str, _: Operator) -> Response:
        found = await _known(desk, broadcast)
        return _as_json(views.whole(found, await desk.results.latest(found)))

    @routes.get(
        "/v1/broadcasts/{broadcast}/preview",
        summary="How many it reaches, what it costs, and what they will read",
        responses=edge.answers(200, views.PreviewView, 404, example=views.PREVIEW),
    )
    async def preview_broadcast(broadcast: str, _: Operator) -> Response:
        return _as_json(await desk.preview(await _known(desk, broadcast)))

    @routes.get(
        "/v1/broadcasts/{broadcast}/recipients",
        summary="Whom it concerns, and what became of each, a page at a time",
        responses=edge.answers(200, views.RecipientsView, 404, 422, example=views.RECIPIENTS),
    )
    async def broadcast_recipients(
        broadcast: str,
        _: Operator,
        page: Annotated[int, Query(ge=0, le=999_999, description="`next` of the page before")] = 0,
    ) -> Response:
        found = await desk.results.page(await _known(desk, broadcast), page)
        if found is None:
            return _as_json(views.RecipientsView(recipients=[], next=None))
        return _as_json(views.RecipientsView(recipients=list(found), next=page + 1))


def _add_verb(routes: APIRouter, desk: Desk, verb: Doing, means: str) -> None:
    @routes.post(
        f"/v1/broadcasts/{{broadcast}}/{verb}",
        name=f"{verb}_broadcast",
        summary=means,
        responses=edge.answers(200, views.OneView, 404, 409, 422, example=views.ONE),
        openapi_extra=edge.described(Doings, Doings(reason="Looked at it together")),
    )
    async def act(broadcast: str, request: Request, caller: Operator) -> Response:
        doing = await edge.read(request, Doings)
        found = await _known(desk, broadcast)
        if verb == "pause" and len(found.acts) >= ACTS_LIMIT:
            raise Refusal(409, "too-many-acts", "It was paused too often: cancel it, or let it be.")
        after = await desk.do(found, verb, caller, doing.reason)
        if after is None:
            raise _not_now(await _known(desk, broadcast), verb)
        return _as_json(views.whole(after, await desk.results.latest(after)))


async def _known(desk: Desk, id_: str) -> Broadcast:
    found = await desk.rows.get(id_)
    if found is None:
        raise Refusal(404, "unknown-broadcast", "No broadcast has this id: list them.")
    return found


def _not_now(broadcast: Broadcast, verb: Doing) -> Refusal:
    possible = " or ".join(status for status, moves in MOVES.items() if verb in moves)
    detail = f"It is {broadcast.status}; this needs one that is {possible}."
    return Refusal(409, "not-possible-now", detail)


def _of_audience(audience: Audience) -> tuple[Problem, ...]:
    """Say what is wrong with an audience: it names nobody, or two kinds at once."""
    by_facts = bool(audience.procedures or audience.units or audience.partners)
    if by_facts != bool(audience.applications):
        return ()
    return (
        Problem(
            field="/audience",
            code="name-one-kind",
            remedy_vi="Nêu thủ tục, đơn vị hoặc đối tác thanh toán; hoặc chỉ nêu danh sách hồ sơ.",
            remedy_en="Name procedures, units or partners; or else applications alone.",
        ),
    )


def _as_json(found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(found), status, headers, "application/json")
