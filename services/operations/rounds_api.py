"""The edge of operators: one action on many, which is previewed first and can be stopped."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple, get_args

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from services.operations.domain.acting.shape import Takes
from services.operations.domain.actions import Action, possible
from services.operations.domain.causes import CAUSES
from services.operations.domain.roles import MAY
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
from services.operations.rounds.desk import Desk, TooManyOpen, TooOld
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

PAGE_LIMIT = 200
KEY_MIN, KEY_LIMIT = 8, 200  # characters

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Key = Annotated[str, Header(min_length=KEY_MIN, max_length=KEY_LIMIT)]
After = Annotated[int, Query(ge=0, le=99_999, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Only = Annotated[views.Outcome | None, Query(description="those of which this came")]


class Doings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is done; empty: the reason of the round says it."""

    reason: Reason | None = None


class Checking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why another agrees, or does not."""

    reason: Reason


class Verb(NamedTuple):
    """What somebody does to a round: what that means, who may, and what is to be said."""

    means: str
    roles: tuple[str, ...] = MAY["operate"]
    takes: type[Doings | Checking] = Doings


VERBS: Mapping[Doing, Verb] = {
    "start": Verb("Do it: the commands are sent, so many in a second; or ask another to agree"),
    "approve": Verb("Agree to a round that another asked for: it starts", MAY["agree"], Checking),
    "reject": Verb("Turn down a round that another asked for", MAY["agree"], Checking),
    "pause": Verb("Send no more for the time being"),
    "resume": Verb("Go on sending"),
    "abort": Verb("Send no more, for good; what was sent stays sent"),
}


def router(desk: Desk, clock: Clock) -> APIRouter:
    """Return the routes: operators act, and a checker looks and agrees."""
    routes = APIRouter(prefix="/v1", tags=["rounds"])
    _add_preview(routes, desk, clock)
    _add_looking(routes, desk)
    for name, verb in VERBS.items():
        _add_verb(routes, desk, name, verb)
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
        found = await begun(desk, choice, caller, idempotency_key, clock())
        where = {"Location": f"/v1/rounds/{found.id}"}
        return _as_json(await whole(desk, found), 201, where)


def _add_looking(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/rounds",
        summary="What was done to many, the newest first",
        responses=edge.answers(200, views.ListView, 422, example=views.LIST),
    )
    async def rounds(
        _: Reader,
        before: Annotated[str, Query(max_length=19, description="`next` of the page before")] = "",
    ) -> Response:
        found, next_ = await desk.rows.before(before)
        return _as_json(views.ListView(rounds=[views.short(r) for r in found], next=next_))

    @routes.get(
        "/rounds/{round_id}",
        summary="How a round stands, who did what, and what came of it",
        responses=edge.answers(200, views.OneView, 404, example=views.ONE),
    )
    async def one_round(round_id: str, _: Reader) -> Response:
        return _as_json(await whole(desk, await known(desk, round_id)))

    @routes.get(
        "/rounds/{round_id}/items",
        summary="What is done to each, or why not, and what came of it, a page at a time",
        responses=edge.answers(200, views.ItemsView, 404, 422, example=views.ITEMS),
    )
    async def round_items(
        round_id: str, _: Reader, after: After = 0, limit: Limit = 50, only: Only = None
    ) -> Response:
        return _as_json(await items_of(desk, await known(desk, round_id), after, limit, only))


def _add_verb(routes: APIRouter, desk: Desk, name: Doing, verb: Verb) -> None:
    @routes.post(
        f"/rounds/{{round_id}}/{name}",
        name=f"{name}_round",
        summary=verb.means,
        responses=edge.answers(200, views.OneView, 404, 409, 422, example=views.ONE),
        openapi_extra=edge.described(verb.takes, verb.takes(reason="Looked at ten of them")),
    )
    async def act(
        round_id: str, request: Request, caller: Annotated[Caller, Depends(require(*verb.roles))]
    ) -> Response:
        doing = await edge.read(request, verb.takes)
        after = await done(desk, round_id, name, caller, doing.reason or "")
        return _as_json(await whole(desk, after))


async def begun(desk: Desk, choice: Choice, by: Caller, key: str, now: datetime) -> Round:
    """Return the round that a human chose under this key, on this day or the day before, by
    whatever name: a new one, unless it stands.  Raises `Refusal` 404, 422, `Unknown`.
    """
    if not KEY_MIN <= len(key) <= KEY_LIMIT:
        detail = f"The key of a form has {KEY_MIN} to {KEY_LIMIT} characters: open it anew."
        raise Refusal(422, "no-form-key", detail)
    _check(choice, desk.actions)
    _check_unit(choice, desk.catalogue, now)
    whose = (by.principal, "") if by.principal else ("", by.name)
    said = msgspec.json.encode((*whose, key, choice))
    mark = hashlib.sha256(said).hexdigest()[:10]
    ids = [f"{now - timedelta(days=n):%Y%m%d}-{mark}" for n in (0, 1)]
    return await desk.preview(ids, choice, by, now)


async def done(desk: Desk, id_: str, what: Doing, by: Caller, reason: str) -> Round:
    """Return a round after somebody acted on it.  Raises `Refusal` 404, 409, `Unknown`."""
    found = await known(desk, id_)
    if what == "pause" and len(found.acts) >= ACTS_LIMIT:
        raise Refusal(409, "too-many-acts", "It was paused too often: abort it, or let it be.")
    try:
        after = await desk.do(found, what, by, reason)
    except TooManyOpen:
        detail = f"{OPEN_LIMIT} rounds are under way: wait for one of them, or abort one."
        raise Refusal(409, "too-many-open", detail) from None
    except TooOld:
        detail = "It was previewed too long ago, and much may have changed: preview it anew."
        raise Refusal(409, "preview-too-old", detail) from None
    if after is None:
        raise _not_now(await known(desk, id_), what)
    return after


async def known(desk: Desk, id_: str) -> Round:
    """Return a round.  Raises `Refusal` 404, `Unknown`."""
    found = await desk.rows.get(id_)
    if found is None:
        raise Refusal(404, "unknown-round", "No round has this id: list them.")
    return found


async def whole(desk: Desk, round_: Round) -> views.OneView:
    """Return all that is said of a round.  Raises `Unknown`."""
    sent = await desk.rows.last_step(round_.id, "sent")
    checked = await desk.rows.last_step(round_.id, "checked")
    return views.whole(round_, desk.actions[round_.choice.action], sent, checked)


async def items_of(
    desk: Desk, round_: Round, after: int, limit: int, only: views.Outcome | None = None
) -> views.ItemsView:
    """Return a page of a round's items, those after this number; `only` those of which this came.
    Raises `Unknown`.
    """
    if only:
        return await _only(desk, round_, after, limit, only)
    first = after + 1
    items = await desk.rows.items(round_, first, limit)  # none where they were deleted
    end = first + len(items)
    sent = await desk.rows.steps(round_.id, "sent", first, end)
    checked = await desk.rows.steps(round_.id, "checked", first, end)
    is_more = bool(items) and end <= round_.found.items + round_.found.refused
    listed = views.seen(round_, enumerate(items, first), sent, checked)
    return views.ItemsView(items=listed, next=end - 1 if is_more else None)


async def _only(
    desk: Desk, round_: Round, after: int, limit: int, only: views.Outcome
) -> views.ItemsView:
    """Look through all steps; of 10,000 items they are 500 rows."""
    sent = await desk.rows.steps(round_.id, "sent", 1, round_.found.items + 1)
    checked = await desk.rows.steps(round_.id, "checked", 1, round_.found.items + 1)
    numbers = [n for n in views.those(round_, only, sent, checked) if n > after]
    page = numbers[:limit]
    items = await desk.rows.numbered(round_, page)
    if len(items) < len(page):  # they were deleted
        return views.ItemsView(items=[], next=None)
    listed = views.seen(round_, zip(page, items, strict=True), sent, checked)
    return views.ItemsView(items=listed, next=page[-1] if len(numbers) > limit else None)


def _check(choice: Choice, actions: Mapping[str, Action]) -> None:
    """Refuse what no table knows.  Raises `Refusal` 404, 422."""
    if choice.cause not in CAUSES:
        raise Refusal(404, "unknown-cause", f"One of {', '.join(sorted(CAUSES))}.")
    names = possible(choice.cause, actions)
    if choice.action not in names:
        can = f"can be {' or '.join(names)}" if names else "has none yet"
        raise Refusal(422, "no-such-action", f"The action for {choice.cause} {can}.")
    if choice.since and choice.until and choice.since >= choice.until:
        raise Refusal(422, "no-time", "`since` is before `until`: give another, or leave one out.")
    takes, given = actions[choice.action].takes, _given(choice)
    if given != ({takes} - {""}):
        detail = f"{choice.action} takes {takes or 'none of to_unit, working_days'}."
        raise Refusal(422, "not-what-it-takes", detail)


def _given(choice: Choice) -> set[str]:
    """Return what is given with a choice that an action may take."""
    return {name for name in get_args(Takes) if name and getattr(choice, name)}


def _check_unit(choice: Choice, catalogue: Catalogue, now: datetime) -> None:
    """Refuse a unit that nobody knows.  Raises `Refusal` 422."""
    if choice.to_unit and catalogue.unit(choice.to_unit, local_day(now)) is None:
        detail = f"No unit has the code {choice.to_unit} today: name one of the catalogue."
        raise Refusal(422, "unknown-unit", detail)


def _not_now(round_: Round, verb: Doing) -> Refusal:
    possible = " or ".join(status for status, moves in MOVES.items() if verb in moves)
    detail = f"It is {round_.status}; this needs one that is {possible}."
    return Refusal(409, "not-possible-now", detail)


def _as_json(found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(found), status, headers, "application/json")
