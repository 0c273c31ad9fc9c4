"""The HTTP API of both.

POST /platform                        INIT, QUERY, GET_BILL
POST /keypay/{function}               create, detail, refund, refund-detail
GET  /{partner}/pay/{reference}       the pay page of an order
GET  /platform/bill/{reference}       the receipt that a GET_BILL named
POST /sandbox/pay     {"pay_url"} or {"partner", "reference", "amount_vnd"}, and a "behaviour"
POST /sandbox/mood/{mood}             up, slow, down
GET  /sandbox/statement               all money moved, and what callbacks were answered
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import escape
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from deploy.sandbox.bank.behaviours import Behaviour
from deploy.sandbox.bank.books import Full, Impossible, Order
from deploy.sandbox.platform.keypay import Keypay
from deploy.sandbox.platform.platform import PDF, PREFIX, Platform
from deploy.sandbox.platform.signing import BadChecksum
from deploy.sandbox.till import Till, body_of, with_mood

BODY_LIMIT_BYTES = 64 << 10
REFUSALS: Mapping[type[Exception], int] = {BadChecksum: 401, Impossible: 409, Full: 503}
PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Thanh toán thử nghiệm</title>
<p>{reference} · {amount_vnd:,} ₫</p><p><small>Không có tiền thật. / No real money moves.</small>"""

Name = Literal["platform", "keypay"]


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pay the order of a page; or an order that only its reference and amount are known of."""

    behaviour: Behaviour = "pay"
    pay_url: str = ""
    partner: Name = "platform"
    reference: Annotated[str, msgspec.Meta(max_length=50)] = ""
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)] = 0


def create_app(platform: Platform | None, keypay: Keypay | None, slow_s: float = 5.0) -> FastAPI:
    """Return the HTTP API of both, or of one."""
    tills = {name: p.till for name, p in (("platform", platform), ("keypay", keypay)) if p}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        for till in tills.values():
            await till.posts.stop()

    app = FastAPI(title="Sandbox Payment Platform", lifespan=lifespan)
    for error in REFUSALS:
        app.add_exception_handler(error, _refused)
    with_mood(app, slow_s)
    if platform:
        _add_platform(app, platform)
    if keypay:
        _add_keypay(app, keypay)

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    _add_sandbox(app, tills)
    return app


def _add_sandbox(app: FastAPI, tills: Mapping[str, Till]) -> None:
    @app.get("/{partner}/pay/{reference}")
    async def page(partner: Name, reference: str) -> HTMLResponse:
        order = tills[partner].books.find(reference) if partner in tills else None
        if order is None:
            return HTMLResponse("<p>Không có đơn này. / No such order.</p>", 404)
        shown = {"reference": escape(order.reference), "amount_vnd": order.amount_vnd}
        return HTMLResponse(PAGE.format(**shown))

    @app.post("/sandbox/pay")
    async def pay(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await _body(request), type=Paying)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise HTTPException(422, str(error)) from error
        till, order = _order(tills, asked)
        moved = till.pay(order, asked.behaviour)
        transactions = [m.transaction for m in moved]
        return _json({"reference": order.reference, "transactions": transactions}, 202)

    @app.get("/sandbox/statement")
    async def whole() -> Response:
        return _json({name: statement(name, till) for name, till in tills.items()})


def _add_platform(app: FastAPI, platform: Platform) -> None:
    @app.post("/platform")
    async def asked_of_the_platform(request: Request) -> Response:
        asked = await _message(request)
        said = platform.answer(asked)
        if isinstance(said, bytes):
            return Response(said, media_type="application/pdf")
        if str(asked.get("MaThamChieu", ""))[-1:] in "02468":
            return _json({"error_code": "0", "message": msgspec.json.encode(said).decode()})
        return _json(said)

    @app.get("/platform/bill/{reference}")
    async def bill(reference: str) -> Response:
        order = platform.till.books.find(reference)
        if order is None or order.settlement() is None:
            raise HTTPException(404)
        return Response(PDF, media_type="application/pdf")


def _add_keypay(app: FastAPI, keypay: Keypay) -> None:
    functions = {
        "create": keypay.create,
        "detail": keypay.detail,
        "refund": keypay.refund,
        "refund-detail": keypay.refund_detail,
    }

    @app.post("/keypay/{function}")
    async def asked_of_keypay(function: str, request: Request) -> Response:
        if function not in functions:
            raise HTTPException(404)
        return _json(functions[function](await _message(request)))


def statement(name: str, till: Till) -> dict[str, Any]:
    """Return all that was moved at one of them, and how callbacks were answered."""
    prefix = {"platform": PREFIX, "keypay": "KP"}[name]
    moved = [m._replace(transaction=f"{prefix}{m.transaction}") for m in till.books.statement()]
    return {
        "payments": [m._asdict() for m in moved],
        "answers": dict(till.posts.answers),
        "pending_calls": till.posts.pending,
        "given_up": till.posts.given_up,
    }


def _order(tills: Mapping[str, Till], asked: Paying) -> tuple[Till, Order]:
    if not asked.pay_url:
        if not asked.reference or not asked.amount_vnd or asked.partner not in tills:
            raise HTTPException(422, "Send `pay_url`, or `partner`, `reference` and `amount_vnd`.")
        till = tills[asked.partner]
        return till, till.books.enter(Order(asked.reference, asked.amount_vnd))
    match urlsplit(asked.pay_url).path.split("/"):
        case [*_, partner, "pay", reference] if partner in tills:
            if order := tills[partner].books.find(reference):
                return tills[partner], order
    raise Impossible("no order has this page")


async def _message(request: Request) -> dict[str, Any]:
    try:
        return msgspec.json.decode(await _body(request), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(422, str(error)) from error


async def _body(request: Request) -> bytes:
    body = await body_of(request, BODY_LIMIT_BYTES)
    if body is None:
        raise HTTPException(413, f"Send at most {BODY_LIMIT_BYTES} bytes.")
    return body


async def _refused(_: Request, error: Exception) -> Response:
    return _json({"detail": str(error)}, REFUSALS[type(error)])


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
