"""The edge of operators: one action on many, which is previewed first and can be stopped."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from services.operations.domain.actions import ACTIONS
from services.operations.domain.causes import CAUSES
from services.operations.domain.rounds import (
    ACTS_LIMIT,
    MOVES,
    OPEN_LIMIT,
    Choice,
    Doing,
    Reason,
    Round,
)
from services.operations.rounds import views
from services.operations.rounds.desk import Desk, TooManyOpen
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal

PAGE_LIMIT = 200

Operator = Annotated[Caller, Depends(require("operator"))]
Key = Annotated[str, Header(min_length=8, max_length=200)]
After = Annotated[int, Query(ge=0, le=99_999, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]

# what operators do, and what that means
VERBS: Mapping[Doing, str] = {
    "start": "Do it: the commands are sent, so many in a second",
    "pause": "Send no more for the time being",
    "resume": "Go on sending",
    "abort": "Send no more, for good; what was sent stays sent",
}


class Doings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is done; empty: the reason of the round says it."""

    reason: Reason | None = None


def router(desk: Desk, clock: Clock) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(prefix="/v1", tags=["rounds"])
    _add_preview(routes, desk, clock)
    _add_looking(routes, desk)
    for verb, means in VERBS.items():
        _add_verb(routes, desk, verb, means)
    return routes


def _add_preview(routes: APIRouter, desk: Desk, clock: Clock) -> None:
    @routes.post(
        "/rounds",
        status_code=201,
        summary="Find what an action would be done to, and what is refused; nothing is done yet",
        description="What is found is kept as it stands. The same request with the same"
        " `Idempotency-Key`, on the day or the next, is the same round.",
        responses=edge.answers(201, views.OneView, 404, 422, example=views.ONE),
        openapi_extra=edge.described(Choice, views.CHOICE),
    )
    async def preview_round(request: Request, caller: Operator, idempotency_key: Key) -> Response:
        choice = await edge.read(request, Choice)
        _check(choice)
        said = msgspec.json.encode((caller.name, idempotency_key, choice))
        mark, now = hashlib.sha256(said).hexdigest()[:10], clock()
        ids = [f"{now - timedelta(days=n):%Y%m%d}-{mark}" for n in (0, 1)]
        found = await desk.preview(ids, choice, caller.name, now)
        where = {"Location": f"/v1/rounds/{found.id}"}
        return _as_json(await _whole(desk, found), 201, where)


def _add_looking(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/rounds",
        summary="What was done to many, the newest first",
        responses=edge.answers(200, views.ListView, 422, example=views.LIST),
    )
    async def rounds(
        _: Operator,
        before: Annotated[str, Query(max_length=19, description="`next` of the page before")] = "",
    ) -> Response:
        found, next_ = await desk.rows.before(before)
        return _as_json(views.ListView(rounds=[views.short(r) for r in found], next=next_))

    @routes.get(
        "/rounds/{round_id}",
        summary="How a round stands, who did what, and what came of it",
        responses=edge.answers(200, views.OneView, 404, example=views.ONE),
    )
    async def one_round(round_id: str, _: Operator) -> Response:
        return _as_json(await _whole(desk, await _known(desk, round_id)))

    @routes.get(
        "/rounds/{round_id}/items",
        summary="What is done to each, or why not, and what came of it, a page at a time",
        responses=edge.answers(200, views.ItemsView, 404, 422, example=views.ITEMS),
    )
    async def round_items(
        round_id: str, _: Operator, after: After = 0, limit: Limit = 50
    ) -> Response:
        found, first = await _known(desk, round_id), after + 1
        items = await desk.rows.items(found, first, limit)
        end = first + len(items)
        sent = await desk.rows.steps(found.id, "sent", first, end)
        checked = await desk.rows.steps(found.id, "checked", first, end)
        listed = views.seen(found, first, items, sent, checked)
        is_more = end <= found.found.items + found.found.refused
        return _as_json(views.ItemsView(items=listed, next=end - 1 if is_more else None))


def _add_verb(routes: APIRouter, desk: Desk, verb: Doing, means: str) -> None:
    @routes.post(
        f"/rounds/{{round_id}}/{verb}",
        name=f"{verb}_round",
        summary=means,
        responses=edge.answers(200, views.OneView, 404, 409, 422, example=views.ONE),
        openapi_extra=edge.described(Doings, Doings(reason="Looked at ten of them by hand")),
    )
    async def act(round_id: str, request: Request, caller: Operator) -> Response:
        doing = await edge.read(request, Doings)
        found = await _known(desk, round_id)
        if verb == "pause" and len(found.acts) >= ACTS_LIMIT:
            raise Refusal(409, "too-many-acts", "It was paused too often: abort it, or let it be.")
        try:
            after = await desk.do(found, verb, caller.name, doing.reason or "")
        except TooManyOpen:
            detail = f"{OPEN_LIMIT} rounds are under way: wait for one of them, or abort one."
            raise Refusal(409, "too-many-open", detail) from None
        if after is None:
            raise _not_now(await _known(desk, round_id), verb)
        return _as_json(await _whole(desk, after))


def _check(choice: Choice) -> None:
    """Refuse what no table knows.  Raises `Refusal` 404, 422."""
    if choice.cause not in CAUSES:
        raise Refusal(404, "unknown-cause", f"One of {', '.join(sorted(CAUSES))}.")
    possible = sorted(name for name, action in ACTIONS.items() if choice.cause in action.causes)
    if choice.action not in possible:
        can = f"can be {' or '.join(possible)}" if possible else "has none yet"
        raise Refusal(422, "no-such-action", f"The action for {choice.cause} {can}.")


async def _whole(desk: Desk, round_: Round) -> views.OneView:
    sent = await desk.rows.last_step(round_.id, "sent")
    return views.whole(round_, sent, await desk.rows.last_step(round_.id, "checked"))


async def _known(desk: Desk, id_: str) -> Round:
    found = await desk.rows.get(id_)
    if found is None:
        raise Refusal(404, "unknown-round", "No round has this id: list them.")
    return found


def _not_now(round_: Round, verb: Doing) -> Refusal:
    possible = " or ".join(status for status, moves in MOVES.items() if verb in moves)
    detail = f"It is {round_.status}; this needs one that is {possible}."
    return Refusal(409, "not-possible-now", detail)


def _as_json(found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(found), status, headers, "application/json")
