"""The bank's HTTP API.

POST /v1/requests     pain.013            POST /v1/transfers    pain.001
POST /v1/reports      {"account", "reference", "from"}: camt.052
GET  /pay/{reference} where a citizen agrees
POST /sandbox/pay     {"pay_url"} or {"reference", "amount_vnd"}, and a "behaviour"
POST /sandbox/mood/{mood}    up, slow, down
GET  /sandbox/statement                   all money moved, and what messages were answered
GET  /sandbox/statement.xml               the same as camt.053
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import escape
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from deploy.sandbox.iso_bank.bank import BACK, Behaviour, Impossible, IsoBank
from deploy.sandbox.iso_bank.messages import Booked, NotUnderstood
from deploy.sandbox.iso_bank.signing import is_genuine, proof
from deploy.sandbox.till import with_mood

T = TypeVar("T")

BODY_LIMIT_BYTES = 64 << 10
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
REFUSALS: Mapping[type[Exception], int] = {NotUnderstood: 400, Impossible: 409}
PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Ngân hàng thử nghiệm</title>
<h1>{amount} ₫</h1><p>{reference}</p><form method="post" action="../sandbox/pay">
<input type="hidden" name="reference" value="{reference}">
<button name="behaviour" value="pay">Thanh toán</button>
<button name="behaviour" value="decline">Huỷ</button></form>
<p>Không có tiền thật. / No real money moves.</p></html>"""


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pay a request, or that of a page; or, with an amount, one that nobody made yet."""

    reference: Annotated[str, msgspec.Meta(max_length=35)] = ""
    pay_url: str = ""
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)] = 0
    behaviour: Behaviour = "pay"


class Asked(msgspec.Struct, frozen=True):
    """What was booked with a reference, since a day."""

    account: str
    reference: str
    since: str = msgspec.field(name="from", default="")


def create_app(bank: IsoBank, slow_s: float = 5.0) -> FastAPI:
    """Return the bank's HTTP API."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await bank.posts.stop()

    app = FastAPI(title="Sandbox bank of ISO 20022", lifespan=lifespan)
    with_mood(app, slow_s)
    for error in REFUSALS:
        app.add_exception_handler(error, _refused)

    async def genuine(request: Request) -> bytes:
        body = await _body(request)
        given = [request.headers.get(f"x-request-{n}", "") for n in ("time", "signature")]
        if not is_genuine(bank.merchant.theirs, given[0], given[1], body, bank.now()):
            raise HTTPException(401, "Not signed by the merchant, now.")
        return body

    def signed(status: int, body: bytes) -> Response:
        return Response(body, status, proof(bank.merchant.ours, body, bank.now()), XML)

    @app.post("/v1/requests")
    async def requests(request: Request) -> Response:
        return signed(*bank.request(await genuine(request)))

    @app.post("/v1/transfers")
    async def transfers(request: Request) -> Response:
        return signed(*bank.transfer(await genuine(request)))

    @app.post("/v1/reports")
    async def reports(request: Request) -> Response:
        asked = _decoded(await genuine(request), Asked)
        return signed(200, bank.reported(asked.account, asked.reference, asked.since))

    _add_sandbox(app, bank)
    return app


def _add_sandbox(app: FastAPI, bank: IsoBank) -> None:
    @app.get("/pay/{reference}")
    async def page(reference: str) -> HTMLResponse:
        order = bank.order(reference)
        amount = f"{order.amount_vnd:,}".replace(",", ".")
        return HTMLResponse(PAGE.format(amount=amount, reference=escape(order.reference)))

    @app.post("/sandbox/pay")
    async def pay(request: Request) -> Response:
        body = await _body(request)
        if request.headers.get("content-type", "").startswith(FORM):
            body = msgspec.json.encode(dict(parse_qsl(body.decode("utf-8", "replace"))))
        asked = _decoded(body, Paying)
        reference = asked.reference or asked.pay_url.rpartition("/pay/")[2]
        moved = bank.pay(reference, asked.amount_vnd, asked.behaviour)
        return _json({"reference": reference, "transactions": [b.number for b in moved]}, 202)

    @app.get("/sandbox/statement")
    async def whole() -> Response:
        return _json(statement(bank))

    @app.get("/sandbox/statement.xml")
    async def statement_xml() -> Response:
        return Response(bank.statement(), media_type=XML)


def statement(bank: IsoBank) -> dict[str, Any]:
    """Return all that was moved, given back and paid out, and how messages were answered."""
    left = [b for b in bank.booked if b.amount_vnd < 0]
    back = [b for b in left if b.text.startswith(BACK)]
    return {
        "payments": [_shown(b) for b in bank.booked if b.amount_vnd > 0],
        "refunds": [{**_shown(b), "of": b.text.removeprefix(BACK)} for b in back],
        "disbursements": [_shown(b) for b in left if b not in back],
        "answers": dict(bank.posts.answers),
        "pending_calls": bank.posts.pending,
        "given_up": bank.posts.given_up,
    }


def _shown(booked: Booked) -> dict[str, Any]:
    return {
        "reference": booked.reference or booked.text,
        "transaction": booked.number,
        "amount_vnd": abs(booked.amount_vnd),
        "at": booked.day,
    }


async def _refused(_: Request, error: Exception) -> Response:
    return _json({"detail": str(error)}, REFUSALS[type(error)])


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
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
