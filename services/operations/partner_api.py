"""What a bank partner asks about itself, over HTTP: its days, breaks, calls, and how it fares.

The key says which partner it is; nothing that is sent names one.
"""

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.operations.domain.roles import MAY
from services.operations.money import partner_examples as examples
from services.operations.money import partner_views as own
from services.operations.money.partner import PartnerDesk, partner_of
from services.operations.money_api import After, Limit, OnDay, State
from shared import edge
from shared.access import Caller, require
from shared.events.reconciliation import BreakKind

ASKED_LIMIT = 100
REFUSED_AFTER = "[0-9]{15}/[a-z.]{1,60}/[0-9]{1,4}/[0-9]{1,18}"

Partner = Annotated[Caller, Depends(require(*MAY["read_of_partner"]))]
Asked = Annotated[
    str,
    Query(
        min_length=2,
        max_length=ASKED_LIMIT,
        description="our order reference, or your transaction number",
    ),
]
AfterRefused = Annotated[
    str, Query(pattern=f"^({REFUSED_AFTER})?$", description="`next` of the page before")
]


def router(desk: PartnerDesk) -> APIRouter:
    """Return the routes; all of them need the role partner."""
    routes = APIRouter(prefix="/v1", tags=["partners"])

    @routes.get(
        "/partner",
        summary="Your open breaks by kind and age, how you fare as we see it, and your last days",
        responses=edge.answers(200, own.OwnView, example=examples.OVERVIEW),
    )
    async def partner_overview(caller: Partner) -> Response:
        return _json(await desk.overview(partner_of(caller)))

    @routes.get(
        "/partner/breaks",
        summary="Your breaks, or those of one of your days",
        responses=edge.answers(200, own.OwnBreakPage, 422, example=examples.BREAKS),
    )
    async def partner_breaks(
        caller: Partner,
        day: OnDay = None,
        kind: BreakKind | None = None,
        state: State = "open",
        after: After = "",
        limit: Limit = 50,
    ) -> Response:
        is_open = state == "open"
        return _json(
            await desk.breaks(
                partner_of(caller), day, kind, is_open=is_open, after=after, limit=limit
            )
        )

    @routes.get(
        "/partner/days/{day}",
        summary="What became of your statements of a day; each corrects the one before",
        responses=edge.answers(200, own.DayOfOneView, 422, example=examples.DAY),
    )
    async def partner_day(day: date, caller: Partner) -> Response:
        return _json(await desk.day(partner_of(caller), day))

    @routes.get(
        "/partner/calls",
        summary="What was said of an order: your calls with our answers, our questions with yours",
        responses=edge.answers(200, own.CallsView, 422, example=examples.CALLS),
    )
    async def partner_calls(caller: Partner, of: Asked) -> Response:
        return _json(await desk.calls(partner_of(caller), of))

    @routes.get(
        "/partner/refused",
        summary="Your calls that we could not take, and why; the newest first",
        responses=edge.answers(200, own.RefusedPage, 422, example=examples.REFUSED),
    )
    async def partner_refused(
        caller: Partner, after: AfterRefused = "", limit: Limit = 50
    ) -> Response:
        return _json(await desk.refused(partner_of(caller), after, limit))

    return routes


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
