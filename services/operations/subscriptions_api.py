"""Subscriptions to the national form, over HTTP."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.operations.domain.roles import MAY
from services.operations.domain.subscriptions import Attempt, Subscription
from services.operations.subscriptions.desk import (
    OPEN_LIMIT,
    Listed,
    SubscriptionDesk,
    TooManyOpen,
    Unfit,
    Wanted,
)
from shared import edge
from shared.access import Caller, require
from shared.problems import Refusal

Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
Prover = Annotated[Caller, Depends(require(*MAY["prove"]))]


class SubscriptionsView(msgspec.Struct, kw_only=True):
    """All subscriptions, the newest first, and to which targets there may be more."""

    items: list[Listed]
    targets: list[str]


_WANTED = Wanted(unit="79", target="statistics-office", every="monthly", kind="xlsx")
_MADE = Subscription(
    id="20261123021000-1f0c9a3b",
    by="o-1",
    at=datetime(2026, 11, 23, 2, 10, tzinfo=UTC),
    **msgspec.structs.asdict(_WANTED),
)
_SENT = Attempt(period="2026-11-30", number=1, at_ms=1_796_079_600_000, finding="sent")
_LISTED = Listed(subscription=_MADE, ended=None, attempts=[_SENT])


def router(desk: SubscriptionDesk) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/statistics/subscriptions",
        summary="Which forms are sent to whom, and what came of it",
        responses=edge.answers(
            200,
            SubscriptionsView,
            example=SubscriptionsView(items=[_LISTED], targets=[_WANTED.target]),
        ),
    )
    async def subscriptions(_: Reader) -> Response:
        return _json(SubscriptionsView(items=await desk.listed(), targets=sorted(desk.targets)))

    @routes.post(
        "/statistics/subscriptions",
        status_code=201,
        summary="Have a form sent for each period that is over; the same again is the same",
        responses=edge.answers(201, Subscription, 409, 422, example=_MADE),
        openapi_extra=edge.described(Wanted, _WANTED),
    )
    async def subscribe(request: Request, caller: Prover) -> Response:
        return _json(await begun(desk, await edge.read(request, Wanted), caller.name), 201)

    @routes.post(
        "/statistics/subscriptions/{subscription_id}/end",
        summary="Have no more of it sent",
        responses=edge.answers(200, Listed, 404, example=_LISTED),
    )
    async def unsubscribe(subscription_id: str, caller: Prover) -> Response:
        return _json(await ended(desk, subscription_id, caller.name))

    return routes


async def begun(desk: SubscriptionDesk, wanted: Wanted, by: str) -> Subscription:
    """Return a subscription that is begun.  Raises `Refusal` 409, 422, `Unknown`."""
    try:
        return await desk.begin(wanted, by)
    except TooManyOpen:
        detail = f"{OPEN_LIMIT} are open: end some that nobody reads."
        raise Refusal(409, "too-many-subscriptions", detail) from None
    except Unfit as unfit:
        raise Refusal(422, "no-subscription", f"{unfit}") from None


async def ended(desk: SubscriptionDesk, id_: str, by: str) -> Listed:
    """Return a subscription that is ended.  Raises `Refusal` 404, `Unknown`."""
    found = await desk.end(id_, by)
    if found is None:
        raise Refusal(404, "unknown-subscription", "There is no such subscription.")
    return found


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, None, "application/json")
