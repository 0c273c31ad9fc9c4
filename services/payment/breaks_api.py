"""The edge of the break queue: what does not match, and a person's word that it is settled."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request

from services.payment.breaks import Breaks, Standing, messages, said
from services.payment.closings import Closings
from shared import edge
from shared.access import Caller, require
from shared.bus import Message, Partition
from shared.clock import Clock
from shared.events.data import Text
from shared.events.reconciliation import BreakCause, BreakKind, Cure
from shared.problems import Refusal

PAGE_LIMIT = 500
REASON_LIMIT = 500
ID = "^[a-z0-9-]{1,63}[.][0-9]{4}-[0-9]{2}-[0-9]{2}[.][a-z_]{4,20}[.][0-9a-f]{16}$"

Operator = Annotated[Caller, Depends(require("operator"))]
Partner = Annotated[str, Query(pattern="^([a-z0-9-]{1,63})?$")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
After = Annotated[str, Query(pattern=f"^$|{ID}", description="`next` of the page before")]
Append = Callable[[Partition, Message], Awaitable[None]]


@dataclass(frozen=True)
class BreakView:
    """A break.  `amount_vnd` is the statement's, `expected_vnd` ours; `age_h`: since it was booked;
    `line` is its place in the file, 0 where no line names it.
    """

    id: str
    partner: str
    day: date
    kind: BreakKind
    cause: BreakCause
    cure: Cure
    amount_vnd: int
    expected_vnd: int
    application: str
    reference: str
    transaction: str
    line: int
    booked_at: datetime
    age_h: int
    is_open: bool
    closed_because: str
    closed_reason: str
    closed_by: str


@dataclass(frozen=True)
class BreakPage:
    """Open breaks, by partner and day.  `next` is empty at the end."""

    breaks: list[BreakView]
    next: str


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's word: what was found, and what was done."""

    reason: Text


EXAMPLE = BreakView(
    id="vnpay.2026-11-20.amount.0f5a2c9be1d04477",
    partner="vnpay",
    day=date(2026, 11, 20),
    kind="amount",
    cause="order_amount",
    cure="person",
    amount_vnd=15_000,
    expected_vnd=16_000,
    application=edge.APPLICATION,
    reference="DVC027819000000",
    transaction="14700001",
    line=17,
    booked_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
    age_h=22,
    is_open=True,
    closed_because="",
    closed_reason="",
    closed_by="",
)


def router(
    breaks: Breaks, closings: Closings, append: Append, lane_count: int, clock: Clock
) -> APIRouter:
    """Return the routes of the break queue."""
    routes = APIRouter(tags=["reconciliation"])

    @routes.get(
        "/v1/reconciliation/breaks",
        summary="What does not match between partners' statements and payment, and is open",
        responses=edge.shown(200, BreakPage([EXAMPLE], ""), 422),
    )
    async def listed(
        _: Operator,
        partner: Partner = "",
        day: date | None = None,
        kind: BreakKind | None = None,
        after: After = "",
        limit: Limit = 100,
    ) -> BreakPage:
        kinds = (kind,) if kind else ()
        page = await breaks.page(partner, f"{day}" if day else "", kinds, after, limit)
        return BreakPage([_view(each, clock()) for each in page.found], page.next)

    @routes.post(
        "/v1/reconciliation/breaks/{break_id}/close",
        summary="Say that a break is settled, and how; again is harmless",
        responses=edge.shown(200, EXAMPLE, 400, 404, 409, 413, 415, 422),
        openapi_extra=edge.described(Closing, {"reason": "Ngân hàng đã trả lại 1.000 đồng."}),
    )
    async def close(break_id: str, request: Request, caller: Operator) -> BreakView:
        reason = (await edge.read(request, Closing)).reason.strip()
        if not 0 < len(reason) <= REASON_LIMIT or not reason.isprintable():
            raise Refusal(
                422,
                "invalid-reason",
                f"Send as `reason`, in 1 to {REASON_LIMIT} letters, what was found and done.",
            )
        standing = await breaks.get(break_id)
        if standing is None:
            raise Refusal(
                404, "unknown-break", "No break has this id: GET /v1/reconciliation/breaks."
            )
        if standing.closed is None:
            if closings.needs_two(standing):
                raise Refusal(
                    409,
                    "second-person",
                    "Another has to agree to so much: POST /v1/money/breaks/{id}/close of"
                    " operations, or its console, asks them.",
                )
            standing = await closings.close(standing, caller.name, reason)
        for place, some in messages(said(standing), lane_count).items():
            for message in some:
                await append(place, message)
        return _view(standing, clock())

    return routes


def _view(standing: Standing, at: datetime) -> BreakView:
    opened, over = standing.opened, standing.closed
    return BreakView(
        id=opened.break_id,
        partner=opened.partner,
        day=opened.day,
        kind=opened.kind,
        cause=opened.cause,
        cure=opened.cure,
        amount_vnd=opened.amount_vnd,
        expected_vnd=opened.expected_vnd,
        application=opened.application,
        reference=opened.reference,
        transaction=opened.transaction,
        line=opened.line,
        booked_at=opened.booked_at,
        age_h=max(0, int((at - opened.booked_at).total_seconds() // 3600)),
        is_open=over is None,
        closed_because=over.because if over else "",
        closed_reason=over.reason if over else "",
        closed_by=over.by if over else "",
    )
