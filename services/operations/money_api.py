"""What operators ask of money between partners and us, over HTTP."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from services.operations.money import health, views
from services.operations.money.desk import MoneyDesk
from shared import edge
from shared.access import Caller, require
from shared.events.reconciliation import BreakKind
from shared.problems import Refusal

PAGE_LIMIT = 200
BREAK_ID = "[a-z0-9-]{1,63}[.][0-9]{4}-[0-9]{2}-[0-9]{2}[.][a-z_]{4,20}[.][0-9a-f]{16}"
PARTNER = "[a-z0-9-]{1,63}"

Operator = Annotated[Caller, Depends(require("operator"))]
Of = Annotated[str, Query(pattern=f"^({PARTNER})?$", description="of one partner alone")]
OnDay = Annotated[date | None, Query(description="of one of its days; with `partner`")]
State = Annotated[Literal["open", "closed"], Query(description="how they stand")]
After = Annotated[str, Query(pattern=f"^({BREAK_ID})?$", description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
BreakId = Annotated[str, Path(pattern=f"^{BREAK_ID}$")]
Partner = Annotated[str, Path(pattern=f"^{PARTNER}$")]


def router(desk: MoneyDesk) -> APIRouter:
    """Return the routes; all of them need the role operator."""
    routes = APIRouter(prefix="/v1", tags=["money"])

    @routes.get(
        "/money",
        summary="What of partners' statements does not match, by kind and age, and their last days",
        responses=edge.answers(200, views.MoneyView, example=views.MONEY),
    )
    async def money(_: Operator) -> Response:
        return _json(await desk.overview())

    @routes.get(
        "/money/breaks",
        summary="The breaks of all partners, of one, or of one of its days",
        responses=edge.answers(
            200, views.BreakPage, 422, example=views.BreakPage(items=[views.BREAK], next=None)
        ),
    )
    async def breaks(
        _: Operator,
        partner: Of = "",
        day: OnDay = None,
        kind: BreakKind | None = None,
        state: State = "open",
        after: After = "",
        limit: Limit = 50,
    ) -> Response:
        if day and not partner:
            raise Refusal(422, "no-partner", "Name the partner whose day it is as `partner`.")
        is_open = state == "open"
        return _json(
            await desk.breaks(partner, day, kind, is_open=is_open, after=after, limit=limit)
        )

    @routes.get(
        "/money/breaks/{break_id}",
        summary="A break, and what was done about it",
        responses=edge.answers(200, views.OneBreakView, 404, 422, example=views.ONE),
    )
    async def one_break(break_id: BreakId, _: Operator) -> Response:
        return _json(await known(desk, break_id))

    @routes.get(
        "/money/partners",
        summary="How partners fare: what the last hour and day brought, and which orders stand",
        responses=edge.answers(200, health.PartnersView, example=health.PARTNERS),
    )
    async def partners(_: Operator) -> Response:
        return _json(await desk.health.partners())

    @routes.get(
        "/money/statements/{partner}/{day}",
        summary="What became of a partner's statements of a day; each corrects the one before",
        responses=edge.answers(
            200,
            views.StatementsView,
            422,
            example=views.StatementsView(items=[views.STATEMENT]),
        ),
    )
    async def statements(partner: Partner, day: date, _: Operator) -> Response:
        return _json(await desk.statements(partner, day))

    return routes


async def known(desk: MoneyDesk, break_id: str) -> views.OneBreakView:
    """Return a break.  Raises `Refusal` 404, `Unknown`."""
    found = await desk.one(break_id)
    if found is None:
        raise Refusal(404, "unknown-break", "No break has this id: GET /v1/money/breaks has all.")
    return found


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
