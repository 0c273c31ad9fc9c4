"""The edge of operators: what waits for one of them, refunds and disabled webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.payment.refunds_waiting import (
    STATUSES,
    WaitingRefunds,
    WaitingStatus,
    Waits,
)
from services.payment.webhooks.desk import Desk
from services.payment.webhooks.endpoints import Endpoint, Standing
from services.payment.webhooks.views import ID, URL
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock

PAGE_LIMIT = 200
ROW = f"^$|^({'|'.join(STATUSES)})/[0-9a-f-]{{36}}[.]refund[.][0-9]{{1,6}}$"

Operator = Annotated[Caller, Depends(require("operator"))]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
After = Annotated[str, Query(pattern=ROW, description="`next` of the page before")]


@dataclass(frozen=True)
class WaitingView:
    """A refund that waits: for a second operator (never the one who asked, `by`), or for a person
    who makes it.  `age_h`: since it is wanted.
    """

    key: str
    state: WaitingStatus
    application: str
    dossier: str
    amount_vnd: int
    partner: str
    reference: str
    transaction: str
    reason: str
    by: str
    asked_at: datetime
    age_h: int


@dataclass(frozen=True)
class WaitingPage:
    """Refunds that wait, by state and age of the application.  `next` is empty at the end."""

    refunds: Sequence[WaitingView]
    next: str


@dataclass(frozen=True)
class WebhookView:
    """An endpoint of a partner's, and why it is disabled, if it is."""

    partner: str
    id: str
    url: str
    standing: Standing
    reason: str
    changed_at: datetime


@dataclass(frozen=True)
class WebhooksView:
    """Endpoints of all partners, by partner: each has ten at most."""

    items: Sequence[WebhookView]


_AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
WAITING = WaitingView(
    key=f"{edge.APPLICATION}.refund.1",
    state="waiting_for_check",
    application=edge.APPLICATION,
    dossier="H29.1-20261120-0000001",
    amount_vnd=2_000_000,
    partner="sen-vang",
    reference="DVC041212345678908",
    transaction="14700001",
    reason="withdrawn",
    by="",
    asked_at=_AT,
    age_h=3,
)
WEBHOOK = WebhookView("sen-vang", ID, URL, "disabled", "the tenth attempt failed", _AT)


def router(waiting: WaitingRefunds, desk: Desk, clock: Clock) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get(
        "/v1/refunds",
        tags=["refunds"],
        summary="Refunds that wait for a second person, or for one who makes them",
        responses=edge.shown(200, WaitingPage([WAITING], ""), 422),
    )
    async def waiting_refunds(
        _: Operator, state: WaitingStatus | None = None, after: After = "", limit: Limit = 50
    ) -> WaitingPage:
        page = await waiting.page(state, after, limit)
        return WaitingPage([_waiting(one, clock()) for one in page.found], page.next)

    @routes.get(
        "/v1/webhooks",
        tags=["webhooks"],
        summary="Partners' endpoints, and which of them are told nothing",
        responses=edge.shown(200, WebhooksView([WEBHOOK]), 422),
    )
    async def all_webhooks(_: Operator, disabled: bool | None = None) -> WebhooksView:
        found = (e for e in await desk.every() if e.standing != "removed")
        wanted = (e for e in found if disabled in (None, e.standing == "disabled"))
        return WebhooksView([_webhook(e) for e in wanted])

    return routes


def _waiting(waits: Waits, at: datetime) -> WaitingView:
    refund, basis = waits.refund, waits.payment.basis
    (state,) = (status for status in STATUSES if status == refund.status)
    return WaitingView(
        key=waits.key,
        state=state,
        application=waits.application,
        dossier=basis.dossier_code if basis else "",
        amount_vnd=refund.amount_vnd,
        partner=refund.partner,
        reference=refund.reference,
        transaction=refund.transaction,
        reason=refund.reason,
        by=refund.by,
        asked_at=refund.asked_at,
        age_h=max(0, int((at - refund.asked_at).total_seconds() // 3600)),
    )


def _webhook(endpoint: Endpoint) -> WebhookView:
    return WebhookView(
        endpoint.partner,
        endpoint.id,
        endpoint.url,
        endpoint.standing,
        endpoint.reason,
        endpoint.changed_at,
    )
