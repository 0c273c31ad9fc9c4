"""What operators ask of the stuck board, over HTTP."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.board import Board, Group, Situation
from services.operations.domain.causes import CAUSES
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal

PAGE_LIMIT = 200

Operator = Annotated[Caller, Depends(require("operator"))]
After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]


class StuckView(msgspec.Struct, kw_only=True):
    """The board: groups that are stuck first, the oldest of them first, then what waits."""

    as_of_ms: int
    groups: list[Group]


class SituationPage(msgspec.Struct, kw_only=True):
    """A page; `next` is the `after` of the one that follows, null at the end."""

    items: list[Situation]
    next: str | None


def router(board: Board, clock: Clock) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(prefix="/v1/stuck", tags=["operations"])

    @routes.get(
        "",
        summary="What waits, by stage and cause, what is stuck apart from what should wait",
        responses=edge.answers(200, StuckView),
    )
    async def stuck(_: Operator) -> Response:
        now_ms = int(clock().timestamp() * 1_000)
        return _json(StuckView(as_of_ms=now_ms, groups=await board.groups(now_ms)))

    @routes.get(
        "/{stage}/{cause}",
        summary="The applications of a group",
        responses=edge.answers(200, SituationPage, 404),
    )
    async def group(
        stage: str, cause: str, _: Operator, after: After = "", limit: Limit = 50
    ) -> Response:
        if cause not in CAUSES:
            raise Refusal(404, "unknown-cause", f"One of {', '.join(sorted(CAUSES))}.")
        items = await board.situations(stage, cause, after, limit)
        return _json(
            SituationPage(items=items, next=items[-1].key if len(items) == limit else None)
        )

    return routes


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
