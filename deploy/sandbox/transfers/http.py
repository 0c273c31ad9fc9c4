"""The bank's HTTP API.

POST /v2/payment-requests            PayOS: an order, signed
GET  /v2/payment-requests/{order}    PayOS: how it stands, by our number or its link
POST /confirm-webhook                PayOS: tries the merchant's own address with a sample
GET  /web/{link}                     PayOS: the page of an order
POST /sandbox/pay        {"pay_url"} of an order of PayOS, and a "behaviour"
POST /sandbox/transfer   {"qr"} or {"partner", "amount_vnd", "text"}, and a "behaviour"
POST /sandbox/mood/{mood}    up, slow, down
GET  /sandbox/statement              all money that came, and what calls were answered
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import escape
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from deploy.sandbox.till import with_mood
from deploy.sandbox.transfers import signing
from deploy.sandbox.transfers.behaviours import Behaviour
from deploy.sandbox.transfers.forms import Merchant, Movement
from deploy.sandbox.transfers.house import Full, House, Impossible, Order
from deploy.sandbox.transfers.qr import NoCode

T = TypeVar("T")

BODY_LIMIT_BYTES = 16 << 10
REFUSALS: Mapping[type[Exception], int] = {NoCode: 422, Impossible: 409, Full: 503}
MISSING = ("101", "Mã thanh toán không tồn tại")
EXISTS, WRONG, NOBODY = ("231", "Đơn thanh toán đã tồn tại"), ("20", ""), ("401", "Unauthorized")

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Ngân hàng thử nghiệm</title>
<h1>Chuyển khoản · bank transfer</h1><p>{amount_vnd} ₫ · {text}</p><pre>{qr}</pre>
<p><small>Không có tiền thật. / No real money moves.</small></p></html>"""


class Transferring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transfer by a code, or by hand to a merchant's account."""

    behaviour: Behaviour = "pay"
    qr: Annotated[str, msgspec.Meta(max_length=512)] = ""
    partner: str = ""
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=10**13)] = 0
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transfer by the code on a page."""

    pay_url: str
    behaviour: Behaviour = "pay"


class Unreadable(Exception):
    """The body is too long, or not what it should be."""


def create_app(house: House, page_url: str = "", slow_s: float = 5.0) -> FastAPI:
    """Return the bank's HTTP API; its pages are at `page_url`, or where it is asked."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await house.posts.stop()

    app = FastAPI(title="Sandbox bank of transfers", lifespan=lifespan)
    with_mood(app, slow_s)
    for error in (*REFUSALS, Unreadable):
        app.add_exception_handler(error, _refused)
    _add_payos(app, house, page_url)

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/sandbox/transfer")
    async def transfer(request: Request) -> Response:
        asked = _decoded(await _body(request), Transferring)
        if asked.qr:
            moved = house.transfer(asked.qr, asked.behaviour)
        elif asked.partner in house.merchants and asked.amount_vnd:
            merchant = house.merchants[asked.partner]
            moved = house.pay(merchant, asked.amount_vnd, asked.text, asked.behaviour)
        else:
            raise Unreadable("send `qr`, or `partner` and `amount_vnd`")
        return _json({"transfers": [m._asdict() for m in moved]}, 202)

    @app.post("/sandbox/pay")
    async def pay(request: Request) -> Response:
        asked = _decoded(await _body(request), Paying)
        order = house.of_link(asked.pay_url.rpartition("/web/")[2])
        if order is None:
            raise Impossible("no order has this page")
        moved = house.pay(order.merchant, order.amount_vnd, order.text, asked.behaviour)
        return _json({"transfers": [m._asdict() for m in moved]}, 202)

    @app.get("/sandbox/statement")
    async def whole() -> Response:
        return _json(statement(house))

    return app


def statement(house: House) -> dict[str, Any]:
    """Return all money that came, by the names it is told of with, and how calls were answered."""
    return {
        "payments": [
            {**m._asdict(), "reference": m.text, "transaction": _told_as(house, m)}
            for m in house.movements
        ],
        "answers": dict(house.posts.answers),
        "pending_calls": house.posts.pending,
        "given_up": house.posts.given_up,
    }


def _told_as(house: House, moved: Movement) -> str:
    merchant = house.merchants[moved.merchant]
    names = {
        "payos": moved.reference,
        "casso": f"{moved.account or merchant.account}/{moved.reference}",
        "sepay": f"{moved.number}",
    }
    return names[merchant.form]


def _add_payos(app: FastAPI, house: House, page_url: str) -> None:
    @app.exception_handler(signing.BadSignature)
    async def nobody(_: Request, error: Exception) -> Response:
        return _payos(None, None, (NOBODY[0], str(error)))

    @app.post("/v2/payment-requests")
    async def create(request: Request) -> Response:
        merchant = _merchant(house, request)
        asked = _object(await _body(request))
        return _made(house, merchant, asked, page_url or str(request.base_url).rstrip("/"))

    @app.get("/v2/payment-requests/{order}")
    async def standing(order: str, request: Request) -> Response:
        merchant = _merchant(house, request)
        number = int(order) if order.isdecimal() and len(order) < 17 else -1
        found = house.find(merchant.name, number) or house.of_link(order)
        if found is None or found.merchant != merchant:
            return _payos(None, None, MISSING)
        return _payos(found, house.standing(found))

    @app.post("/confirm-webhook")
    async def confirm(request: Request) -> Response:
        merchant = _merchant(house, request)
        url = _object(await _body(request)).get("webhookUrl")
        if url != merchant.callback_url or not await house.try_address(merchant):
            return _payos(None, None, (WRONG[0], "the address does not take a sample"))
        said = {"webhookUrl": url, "accountName": "", "accountNumber": merchant.account}
        return _json({"code": "00", "desc": "success", "data": said})

    @app.get("/web/{link}")
    async def page(link: str) -> HTMLResponse:
        return _page(house, house.of_link(link))


def _page(house: House, order: Order | None) -> HTMLResponse:
    if order is None:
        return HTMLResponse("<p>Không có đơn này. / No such order.</p>", 404)
    payload = house.offered(order, "")["qrCode"]
    said = {"amount_vnd": f"{order.amount_vnd:,}", "text": order.text, "qr": payload}
    return HTMLResponse(PAGE.format(**{n: escape(v) for n, v in said.items()}))


def _made(house: House, merchant: Merchant, asked: Mapping[str, Any], page_url: str) -> Response:
    if isinstance(number := asked.get("orderCode"), int) and house.find(merchant.name, number):
        return _payos(None, None, EXISTS)
    try:
        order = house.order(merchant, asked)
    except Impossible as error:
        return _payos(None, None, (WRONG[0], str(error)))
    return _payos(order, house.offered(order, page_url))


def _merchant(house: House, request: Request) -> Merchant:
    headers = request.headers
    return house.merchant_of(headers.get("x-client-id", ""), headers.get("x-api-key", ""))


def _payos(
    order: Order | None, data: Mapping[str, Any] | None, said: tuple[str, str] = ("00", "success")
) -> Response:
    signature = signing.payos_data(order.merchant.secret, data) if order and data else None
    code, desc = said
    return _json({"code": code, "desc": desc, "data": data, "signature": signature})


def _object(body: bytes) -> dict[str, Any]:
    return _decoded(body, dict[str, Any])


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error


async def _refused(_: Request, error: Exception) -> Response:
    return _json({"detail": str(error)}, REFUSALS.get(type(error), 422))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise Unreadable(f"more than {BODY_LIMIT_BYTES} bytes")
    return bytes(body)


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
