"""The edge of partners' own receipts: asked of the partner at that moment, kept nowhere.

A link is handed on and never followed here: whoever answers us could send us anywhere.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.payment.asking import Asking
from services.payment.domain.reassessing import speaks_for
from services.payment.domain.state import Attempt, Payment
from services.payment.gateways import Order, Partner, Refused
from services.payment.gateways.asked import Receipts, TheirReceipt
from services.payment.lookups import application_id, payments_of
from services.payment.partners import Registry
from services.payment.paying import PARTNER_RECEIPT_PATH
from services.payment.unanswered import Sentence, refusal, told
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.journal import Journal

Reader = Annotated[Caller, Depends(require("portal", "officer", "operator"))]

PDF_LIMIT_BYTES = 2 << 20
PDF = "application/pdf"
BEGIN, END, END_WITHIN_BYTES = re.compile(rb"%PDF-[12]\.[0-9]"), b"%%EOF", 1024


class PartnerReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """Where the partner has its receipt; `number` is the partner's, if it says one."""

    partner: str
    reference: str
    transaction: str
    url: str
    number: str
    is_valid: bool


RECEIPT = PartnerReceipt(
    partner="song-hong",
    reference="DVC041212345678908",
    transaction="FT26306000123",
    url="https://bienlai.example.vn/BLFT26306000123",
    number="BLFT26306000123",
    is_valid=True,
)

NOT_YOURS = Sentence(
    403, "not-yours",
    "Hồ sơ do đơn vị khác tiếp nhận: đề nghị đơn vị đó hỏi.",
    "The application was received by a unit that you do not speak for: let that unit ask.",
)  # fmt: skip
UNKNOWN = Sentence(
    404, "unknown-order",
    "Hồ sơ này không có lệnh nào mang mã này: xem `orders` và các biên lai của hồ sơ.",
    "No order of this application has this reference: look at its payments.",
)  # fmt: skip
UNPAID = Sentence(
    409, "not-settled",
    "Lệnh này chưa được nộp: chờ khi nó được ghi nhận là đã nộp.",
    "This order has not settled anything: ask again once it has.",
)  # fmt: skip
NONE = Sentence(
    404, "no-partner-receipt",
    "Nơi thanh toán này không cấp biên lai riêng: dùng biên lai của hồ sơ.",
    "This partner gives no receipt of its own: use those of the application.",
)  # fmt: skip
NOT_THERE = Sentence(
    404, "partner-has-none",
    "Nơi thanh toán trả lời rằng chưa có biên lai: thử lại sau, hoặc dùng biên lai của hồ sơ.",
    "The partner says that it has no receipt: ask later, or use those of the application.",
)  # fmt: skip


def router(
    registry: Registry,
    journal: Journal[Payment],
    asking: Asking,
    catalogue: Catalogue,
    clock: Clock,
) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["payment"])
    described: dict[int | str, dict[str, Any]] = edge.answers(
        200, PartnerReceipt, 403, 404, 409, 422, 502, 503, example=RECEIPT
    )
    described[200]["content"][PDF] = {"schema": {"type": "string", "format": "binary"}}

    @routes.get(
        PARTNER_RECEIPT_PATH,
        summary="The receipt that the partner itself gives of a settled order",
        description="Asked of the partner at this moment: a link, or the PDF itself.",
        responses=described,
        response_class=Response,
    )
    async def partner_receipt(application: str, reference: str, caller: Reader) -> Response:
        _, state = await payments_of(application_id(application), journal, caller)
        if caller.units and not (state.basis and speaks_for(caller.units, state.basis, catalogue)):
            raise refusal(NOT_YOURS, "/application")
        attempt = _settled(state, reference)
        gateway = registry.get(attempt.partner)
        if not isinstance(gateway, Receipts):
            raise refusal(NONE, "/reference")
        order = Order(reference, attempt.amount_vnd, attempt.opened_at, attempt.expires_at)
        of = attempt.transaction
        with told("/reference", NOT_THERE):
            sending = gateway.ask_receipt(order, of, clock())
            answer = await asking.ask(attempt.partner, sending, PDF_LIMIT_BYTES)
            found = gateway.read_receipt(answer, order, of, clock())
            return _shown(checked(found, gateway.partner), attempt)

    return routes


def checked(found: TheirReceipt, partner: Partner) -> TheirReceipt:
    """Return a receipt that may be handed on.  Raises `Refused`."""
    if found.pdf:
        if not BEGIN.match(found.pdf) or END not in found.pdf[-END_WITHIN_BYTES:]:
            raise Refused("unreadable", "the receipt is no whole PDF")
    elif not _may_be_opened(found.url, partner.page_url):
        raise Refused("unreadable", "the receipt is no PDF, and no link over https")
    return found


def _may_be_opened(url: str, page_url: str) -> bool:
    """Tell whether a browser may be sent there: by https, or to the sandbox on this machine."""
    try:
        to, sandbox = urlsplit(url), urlsplit(page_url)
        if not to.hostname or "@" in to.netloc or "\\" in url or to.port == 0:
            return False
    except ValueError:
        return False
    if to.scheme == "https":
        return True
    return to.scheme == "http" and _is_loopback(to.hostname) and _is_loopback(sandbox.hostname)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _settled(state: Payment, reference: str) -> Attempt:
    attempt = state.attempt(reference)
    if attempt is None:
        raise refusal(UNKNOWN, "/reference")
    if attempt.status != "paid":
        raise refusal(UNPAID, "/reference")
    return attempt


def _shown(receipt: TheirReceipt, attempt: Attempt) -> Response:
    kept: Mapping[str, str] = {"Cache-Control": "private, no-store"}
    if receipt.pdf:
        name = f'attachment; filename="{attempt.reference}.pdf"'
        safe = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
        return Response(receipt.pdf, 200, {**kept, **safe}, PDF)
    body = PartnerReceipt(
        partner=attempt.partner,
        reference=attempt.reference,
        transaction=attempt.transaction,
        url=receipt.url,
        number=receipt.number,
        is_valid=receipt.is_valid,
    )
    return Response(msgspec.json.encode(body), 200, dict(kept), "application/json")
