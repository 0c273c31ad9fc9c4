"""What operators ask of the stuck board, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.board import Board, Group, Place, Situation
from services.operations.domain.causes import CAUSES, over_ms
from services.operations.domain.roles import MAY
from services.operations.domain.situations import NEVER_MS
from services.operations.trends import Trends
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal

PAGE_LIMIT = 200

Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
Which = Annotated[Literal["stuck", "waiting", "all"], Query(description="of the group")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]


class StuckView(msgspec.Struct, kw_only=True):
    """The board: what is stuck, beside how many it was, and what waits as it should, each as of
    now or of a little before; the oldest first.
    """

    as_of_ms: int
    stuck: list[Group]
    waiting_as_of_ms: int
    waiting: list[Group]


class SituationPage(msgspec.Struct, kw_only=True):
    """A page; `next` is the `after` of the one that follows, null at the end."""

    items: list[Situation]
    next: str | None


def router(board: Board, trends: Trends, clock: Clock) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/stuck",
        summary="What waits, by stage and cause, what is stuck apart from what should wait",
        responses=edge.answers(200, StuckView),
    )
    async def stuck(_: Reader) -> Response:
        now_ms = int(clock().timestamp() * 1_000)
        found, waiting = await trends.stuck(now_ms), await board.waiting(now_ms)
        return _json(
            StuckView(
                as_of_ms=found.as_of_ms,
                stuck=found.groups,
                waiting_as_of_ms=waiting.as_of_ms,
                waiting=waiting.groups,
            )
        )

    @routes.get(
        "/stuck/{stage}/{cause}",
        summary="The applications of a group, what is stuck for longest first",
        responses=edge.answers(200, SituationPage, 404, 422),
    )
    async def group(
        stage: str,
        cause: str,
        _: Reader,
        which: Which = "stuck",
        after: After = "",
        limit: Limit = 50,
    ) -> Response:
        if cause not in CAUSES:
            raise Refusal(404, "unknown-cause", f"One of {', '.join(sorted(CAUSES))}.")
        page = await page_of(board, (stage, cause), which, after, limit, clock())
        return _json(page)

    return routes


async def page_of(
    board: Board, group: tuple[str, str], which: Which, after: str, limit: int, now: datetime
) -> SituationPage:
    """Return a page of a group by stage and cause.  Raises `Refusal` 422, `Unknown`."""
    now_ms = int(now.timestamp() * 1_000)
    first_ms = now_ms + 1 if which == "waiting" else over_ms(group[1], now_ms) + 1
    begin = _place(after) if after else Place(first_ms)
    until_ms = now_ms if which == "stuck" else NEVER_MS
    items = await board.situations(*group, begin, until_ms, limit)
    return SituationPage(items=items, next=_next(items[-1]) if len(items) == limit else None)


def _place(after: str) -> Place:
    stuck_ms, _, key = after.partition(" ")
    if not (stuck_ms.isascii() and stuck_ms.isdecimal() and key):
        raise Refusal(422, "unknown-place", "Send `next` of the page before as `after`.")
    return Place(min(int(stuck_ms), NEVER_MS), key)


def _next(last: Situation) -> str:
    stuck_ms = NEVER_MS if last.stuck_ms is None else last.stuck_ms
    return f"{stuck_ms} {last.key}"


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
