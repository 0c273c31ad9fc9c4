"""The bank's HTTP API.

GET  /paymentv2/vpcpay.html              the pay page of a signed link
POST /merchant_webapi/api/transaction    querydr, refund
POST /sandbox/pay    {"pay_url"} or {"reference", "amount_vnd"}, and a "behaviour"
POST /sandbox/mood/{mood}    up, slow, down
POST /sandbox/refunds/{word}    given, or refused by the payer's bank
GET  /sandbox/statement                  all money moved and given back, and callbacks' answers
GET  /sandbox/statements/20261120.csv    what moved on a day, for reconciling
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from fastapi import FastAPI, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from deploy.sandbox.bank import exported as export
from deploy.sandbox.bank.bank import Bank
from deploy.sandbox.bank.behaviours import Behaviour
from deploy.sandbox.bank.books import Full, Impossible, Order
from deploy.sandbox.bank.page import pay_page, refusal_page
from deploy.sandbox.bank.signing import BadSignature
from deploy.sandbox.till import with_mood

BODY_LIMIT_BYTES = 16 << 10
FORM = "application/x-www-form-urlencoded"

T = TypeVar("T")

REFUSALS: Mapping[type[Exception], int] = {BadSignature: 400, Impossible: 409, Full: 503}


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pay the order of a link; or an order that only its reference and amount are known of."""

    behaviour: Behaviour = "pay"
    pay_url: str = ""
    reference: Annotated[str, msgspec.Meta(max_length=100)] = ""
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)] = 0


def create_app(bank: Bank, slow_s: float = 5.0) -> FastAPI:
    """Return the bank's HTTP API."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await bank.till.posts.stop()

    app = FastAPI(title="Sandbox bank", lifespan=lifespan)
    with_mood(app, slow_s)
    for error in REFUSALS:
        app.add_exception_handler(error, _refused)

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/paymentv2/vpcpay.html")
    async def page(request: Request) -> HTMLResponse:
        try:
            order = bank.order_of(request.url.query)
            bank.books.begin(order)
        except tuple(REFUSALS) as error:
            return HTMLResponse(refusal_page(str(error)), 400)
        return HTMLResponse(pay_page(order, str(request.url)))

    @app.post("/sandbox/pay")
    async def pay(request: Request) -> Response:
        asked = await _paying(request)
        order = _order(bank, asked)
        moved = bank.till.pay(order, asked.behaviour)
        if _is_form(request):
            seen = bank.notice(order, order.settlement())
            return RedirectResponse(f"{order.return_url}?{seen}", 303)
        transactions = [m.transaction for m in moved]
        return _json({"reference": order.reference, "transactions": transactions}, 202)

    @app.post("/merchant_webapi/api/transaction")
    async def transaction(request: Request) -> Response:
        asked = await _read(request, dict[str, str | int | None])
        return _json(bank.answer({n: "" if v is None else str(v) for n, v in asked.items()}))

    @app.post("/sandbox/refunds/{word}")
    async def turn_refunds(word: Literal["given", "refused"]) -> Response:
        bank.refuses_refunds = word == "refused"
        return _json({"refunds": word})

    _add_statements(app, bank)
    return app


def statement(bank: Bank) -> dict[str, Any]:
    """Return all that was moved and given back, and how callbacks were answered."""
    posts = bank.till.posts
    return {
        "payments": [m._asdict() for m in bank.books.movements],
        "refunds": [
            {"reference": r.reference, "transaction": r.transaction, "of": r.paid_by}
            | {"amount_vnd": r.amount_vnd, "at": r.at, "done": bank.books.is_done(r)}
            for r in bank.books.refunds
        ],
        "answers": dict(posts.answers),
        "pending_calls": posts.pending,
        "given_up": posts.given_up,
    }


def _add_statements(app: FastAPI, bank: Bank) -> None:
    @app.get("/sandbox/statement")
    async def whole() -> Response:
        return _json(statement(bank))

    @app.get("/sandbox/statements/{day}.csv")
    async def exported(day: Annotated[str, Path(pattern="^[0-9]{8}$")]) -> Response:
        return Response(export.statement(bank.books, day), media_type="text/csv")


async def _refused(_: Request, error: Exception) -> Response:
    return _json({"detail": str(error)}, REFUSALS[type(error)])


def _order(bank: Bank, asked: Paying) -> Order:
    if asked.pay_url:
        return bank.order_of(urlsplit(asked.pay_url).query)
    if not asked.reference or not asked.amount_vnd:
        raise HTTPException(422, "Send `pay_url`, or `reference` and `amount_vnd`.")
    return bank.books.enter(Order(asked.reference, asked.amount_vnd))


async def _paying(request: Request) -> Paying:
    if not _is_form(request):
        return await _read(request, Paying)
    form = dict(parse_qsl((await _body(request)).decode("utf-8", "replace")))
    try:
        return msgspec.convert(form, Paying)
    except msgspec.ValidationError as error:
        raise HTTPException(422, str(error)) from error


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(FORM)


async def _read(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(await _body(request), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(422, str(error)) from error


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise HTTPException(413, f"Send at most {BODY_LIMIT_BYTES} bytes.")
    return bytes(body)


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
