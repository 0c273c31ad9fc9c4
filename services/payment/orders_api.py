"""The edge of portals: a citizen chooses with whom to pay, and sees the code to scan."""

from collections.abc import Mapping
from io import BytesIO
from typing import Annotated

import msgspec
import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.payment.domain.state import Payment
from services.payment.gateways import Payer
from services.payment.lookups import application_id, payments_of
from services.payment.paying import QR_PATH, Choice, Till
from services.payment.set_aside import INBOX
from shared import edge, events
from shared.access import Caller, require
from shared.clock import Clock
from shared.events import Event
from shared.events.data import Problem
from shared.events.payment import Chosen
from shared.journal import Decision, Journal
from shared.problems import Refusal
from shared.publisher import Publisher

Portal = Annotated[Caller, Depends(require("portal"))]
Reader = Annotated[Caller, Depends(require("portal", "operator"))]
BODY_LIMIT_BYTES = 4 << 10
SVG = "image/svg+xml"
NOBODY = Payer("127.0.0.1")  # whoever scans a code needs no link signed for him
MODULE_PX, BORDER_MODULES = 4, 4  # a quiet zone narrower than four modules is not read by all


class Choosing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which obligation, by its place in `obligations` from 0, and the partner's name."""

    obligation: Annotated[int, msgspec.Meta(ge=0, le=99)]
    partner: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The choice was taken in: the order shows in `orders` of the payments when it can be paid."""

    application: str
    obligation: int
    partner: str


CHOOSING = Choosing(obligation=0, partner="vnpay")
TAKEN = Taken(application=edge.APPLICATION, obligation=0, partner="vnpay")

# why a choice is not taken: field, status, code, what to do in Vietnamese and in English
REFUSED: Mapping[Choice, tuple[str, int, str, str, str]] = {
    "unknown_partner": (
        "/partner", 422, "unknown-partner",
        "Chọn một nơi có trong `partners` của hồ sơ này.",
        "Choose one of the application's `partners`.",
    ),
    "not_due": (
        "/obligation", 409, "not-due-yet",
        "Chưa đến lúc nộp khoản này: chờ thông báo nộp tiền.",
        "This is not to be paid yet: wait until payment is asked for.",
    ),
    "over": (
        "/obligation", 409, "nothing-to-pay",
        "Khoản này không còn phải nộp: xem trạng thái của nó.",
        "This is not to be paid any more: look at its status.",
    ),
    "not_taken": (
        "/partner", 409, "partner-not-available",
        "Nơi này không nhận số tiền này hoặc tạm thời không kết nối được: chọn nơi khác.",
        "This partner does not take this amount, or cannot be reached just now: choose another.",
    ),
    "too_many": (
        "/obligation", 409, "too-many-orders",
        "Đã mở quá nhiều lệnh: nộp bằng một lệnh trong `orders`, hoặc chờ chúng hết hạn.",
        "Too many orders were opened: pay one of `orders`, or wait until they have expired.",
    ),
}  # fmt: skip


def router(till: Till, journal: Journal[Payment], publisher: Publisher, clock: Clock) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["payment"])
    _add_choice(routes, till, journal, publisher, clock)
    _add_qr(routes, till, journal, clock)
    return routes


def _add_choice(
    routes: APIRouter, till: Till, journal: Journal[Payment], publisher: Publisher, clock: Clock
) -> None:
    @routes.post(
        "/v1/payments/{application}/orders",
        status_code=202,
        summary="Pay with another partner",
        description="Safe to repeat: while its order can be paid, the same choice gives the same"
        " order. Orders that are open stay payable; of what is paid twice one is given back.",
        responses=edge.answers(202, Taken, 404, 409, 422, example=TAKEN),
        openapi_extra=edge.described(Choosing, CHOOSING),
    )
    async def choose(application: str, request: Request, caller: Portal) -> Response:
        known = application_id(application)
        choosing = await edge.read(request, Choosing, BODY_LIMIT_BYTES)
        decision, state = await payments_of(known, journal, caller)
        if choosing.obligation >= len(state.obligations):
            raise _refusal("over")
        choice = till.choice(state, choosing.obligation, choosing.partner, clock())
        if choice in REFUSED:
            raise _refusal(choice)
        if choice == "can_open":
            await publisher.publish(INBOX, _chosen(choosing, caller, decision, state, clock))
        taken = Taken(application=known, obligation=choosing.obligation, partner=choosing.partner)
        where = {"Location": f"/v1/payments/{known}"}
        return Response(msgspec.json.encode(taken), 202, where, "application/json")


def _chosen(
    choosing: Choosing,
    caller: Caller,
    decision: Decision[Payment],
    state: Payment,
    clock: Clock,
) -> Event:
    data = Chosen(obligation=choosing.obligation, partner=choosing.partner)
    opened = len(state.attempts)  # the same choice again, before it is decided, is the same message
    return Event(
        id=f"{decision.application}/chosen/{data.obligation}/{data.partner}/{opened}",
        source=caller.source,
        type=data.TYPE,
        subject=decision.application,
        time=clock(),
        data=msgspec.Raw(events.encode(data)),
        traceparent=decision.traceparent,
        causationid=decision.last_event,
    )


def _refusal(choice: Choice) -> Refusal:
    field, status, code, vi, en = REFUSED[choice]
    problem = Problem(field=field, code=code, remedy_vi=vi, remedy_en=en)
    return Refusal(status, code, en, (problem,))


def _add_qr(routes: APIRouter, till: Till, journal: Journal[Payment], clock: Clock) -> None:
    @routes.get(
        QR_PATH,
        summary="The QR code of an order, as a picture",
        response_class=Response,
        responses={
            200: {
                "content": {SVG: {"schema": {"type": "string"}}},
                "description": "An SVG with its quiet zone",
            },
            **edge.refused(404, 422),
        },
    )
    async def qr(application: str, reference: str, caller: Reader) -> Response:
        known = application_id(application)
        _, state = await payments_of(known, journal, caller)
        attempt = state.attempt(reference)
        offer = till.offer(state, attempt, NOBODY, clock()) if attempt else None
        if offer is None or not offer.qr:
            raise Refusal(
                404, "no-qr", "No order that can be paid by a QR code has this reference."
            )
        # what is behind it never changes while the order stands
        return Response(svg(offer.qr), headers={"Cache-Control": "private"}, media_type=SVG)


def svg(text: str) -> bytes:
    """Return a text as the picture of a QR code."""
    out = BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(out, kind="svg", scale=MODULE_PX, border=BORDER_MODULES, light="#fff", xmldecl=False)
    return out.getvalue()
