"""The wallet's HTTP API.

POST /v2/gateway/api/{create,query,refund}     MoMo
POST /v2/{create,query,refund,query_refund}    ZaloPay
GET  /pay/{token}                              the pay page of an order
POST /sandbox/pay    {"pay_url"} (or a QR's text in it), and a "behaviour"
POST /sandbox/mood/{mood}    up, slow, down
GET  /sandbox/statement                        all money moved, and how callbacks were answered
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from deploy.sandbox.bank.books import Order as Shown
from deploy.sandbox.bank.page import pay_page, refusal_page
from deploy.sandbox.till import with_mood
from deploy.sandbox.wallets.behaviours import Behaviour
from deploy.sandbox.wallets.books import Full, Impossible, Order
from deploy.sandbox.wallets.wallet import Wallet

BODY_LIMIT_BYTES = 16 << 10
FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r"[0-9a-f]{32}")

T = TypeVar("T")


class Unreadable(Exception):
    """The body is too long, or not what it should be."""


REFUSALS: Mapping[type[Exception], int] = {Unreadable: 422, Impossible: 409, Full: 503}


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pay the order of a page, a link or a QR."""

    pay_url: Annotated[str, msgspec.Meta(max_length=2_000)]
    behaviour: Behaviour = "pay"


def create_app(wallet: Wallet, page_url: str = "", slow_s: float = 5.0) -> FastAPI:
    """Return the wallet's HTTP API; its pages are at `page_url`, or where it is asked."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await wallet.stop()

    app = FastAPI(title="Sandbox wallet", lifespan=lifespan)
    with_mood(app, slow_s)
    for error in REFUSALS:
        app.add_exception_handler(error, _refused)

    _add_protocols(app, wallet, page_url)

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/pay/{token}")
    async def page(token: str, request: Request) -> HTMLResponse:
        try:
            order = _order(wallet, token)
            wallet.books.begin(order)
        except Impossible as error:
            return HTMLResponse(refusal_page(str(error)), 409)
        shown = Shown(order.number, order.amount_vnd, order.info)
        return HTMLResponse(pay_page(shown, str(request.url)))

    @app.post("/sandbox/pay")
    async def pay(request: Request) -> Response:
        is_form = request.headers.get("content-type", "").startswith(FORM)
        asked = await (_form(request) if is_form else _read(request, Paying))
        order = _order(wallet, asked.pay_url)
        moved = wallet.pay(order, asked.behaviour)
        if is_form:
            return RedirectResponse(wallet.way_back(order), 303)
        transactions = [m.transaction for m in moved]
        return _json({"reference": order.number, "transactions": transactions}, 202)

    @app.get("/sandbox/statement")
    async def statement() -> Response:
        return _json(wallet.statement())

    return app


def _add_protocols(app: FastAPI, wallet: Wallet, page_url: str) -> None:
    @app.post("/v2/gateway/api/{what}")
    async def momo(what: str, request: Request) -> Response:
        asked = await _read(request, dict[str, Any])
        return _json(wallet.momo(what, asked, page_url or _here(request)))

    @app.post("/v2/{what}")
    async def zalopay(what: str, request: Request) -> Response:
        asked = await _read(request, dict[str, Any])
        return _json(wallet.zalopay(what, asked, page_url or _here(request)))


async def _refused(_: Request, error: Exception) -> Response:
    return _json({"detail": str(error)}, REFUSALS[type(error)])


def _here(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _order(wallet: Wallet, text: str) -> Order:
    token = TOKEN.search(text)
    order = wallet.books.of_token(token[0]) if token else None
    if order is None:
        raise Impossible("there is no such order here")
    return order


async def _form(request: Request) -> Paying:
    fields = dict(parse_qsl((await _body(request)).decode("utf-8", "replace")))
    try:
        return msgspec.convert(fields, Paying)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from error


async def _read(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(await _body(request), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise Unreadable(f"more than {BODY_LIMIT_BYTES} bytes")
    return bytes(body)


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
