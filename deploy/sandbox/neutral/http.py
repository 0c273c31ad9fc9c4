"""The bank's HTTP API.

POST /v1/{function}          the functions of docs/contracts/bank.yaml, signed
GET  /pay/{reference}        the pay page of an order
GET  /receipt/{transaction}  the receipt of a payment
POST /sandbox/pay            {"pay_url"} or {"reference", "amount_vnd"}, and a "behaviour"
POST /sandbox/mood/{mood}    up, slow, down
GET  /sandbox/statement      all money moved, and what calls were answered
GET  /sandbox/file/{day}     the file of a day, as it is
"""

import hashlib
from base64 import b64decode
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import escape
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from deploy.sandbox.bank.behaviours import Behaviour
from deploy.sandbox.bank.books import Full, Impossible, Order
from deploy.sandbox.neutral.bank import Bank, Problem, Said
from deploy.sandbox.neutral.signing import NotGenuine, headers, require
from deploy.sandbox.till import body_of, with_mood

BODY_LIMIT_BYTES = 4 << 20  # a file of what differs may be long
REQUESTS_LIMIT = 100_000  # requests whose answers are remembered
REFUSALS: Mapping[type[Exception], int] = {Impossible: 409, Full: 503}
PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Ngân hàng thử nghiệm</title>
<p>{reference} · {amount_vnd:,} ₫</p><p><small>Không có tiền thật. / No real money moves.</small>"""

Answered = tuple[int, Said]


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pay the order of a page; or an order that only its reference and amount are known of."""

    behaviour: Behaviour = "pay"
    pay_url: str = ""
    reference: Annotated[str, msgspec.Meta(max_length=64)] = ""
    amount_vnd: Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)] = 0


class Desk:
    """Takes each request once: the same id and body hear the same answer."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._heard: OrderedDict[str, tuple[bytes, Answered]] = OrderedDict()

    def take(self, function: str, given: Mapping[str, str], body: bytes) -> Answered:
        """Return the answer to a request.  Raises `NotGenuine`, `Problem`."""
        require(self._bank.shared.theirs, given, body, self._bank.now_s())
        asked = _object(body)
        request_id = given.get("x-request-id", "")
        if (asked.get("function"), asked.get("request_id")) != (function, request_id):
            raise NotGenuine("signed for another function or request")
        if asked.get("merchant") != self._bank.shared.merchant:
            raise NotGenuine("signed for another merchant")
        digest = hashlib.sha256(body).digest()
        before, answered = self._heard.get(request_id, (digest, None))
        if before != digest:
            raise Problem(409, "request_differs")
        if answered is None or answered[0] == 503:
            answered = self._done(function, asked)
            self._heard[request_id] = digest, answered
            if len(self._heard) > REQUESTS_LIMIT:
                self._heard.popitem(last=False)
        return answered

    def _done(self, function: str, asked: Mapping[str, Any]) -> Answered:
        try:
            return 200, self._bank.functions[function](asked)
        except Problem as problem:
            return problem.status, _problem(problem)
        except Full as full:
            return 503, _problem(Problem(503, "not_now", str(full)))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return 422, _problem(Problem(422, "unreadable", repr(error)))


def create_app(bank: Bank, slow_s: float = 5.0) -> FastAPI:
    """Return the bank's HTTP API."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await bank.till.posts.stop()

    app = FastAPI(title="Sandbox bank of motcua's own protocol", lifespan=lifespan)
    for error in REFUSALS:
        app.add_exception_handler(error, _refused)
    with_mood(app, slow_s)
    _add_functions(app, bank)
    _add_pages(app, bank)

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/sandbox/pay")
    async def pay(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await _body(request), type=Paying)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise HTTPException(422, str(error)) from error
        order = _order(bank, asked)
        transactions = [m.transaction for m in bank.till.pay(order, asked.behaviour)]
        return _json({"reference": order.reference, "transactions": transactions}, 202)

    @app.get("/sandbox/statement")
    async def whole() -> Response:
        return _json(statement(bank))

    @app.get("/sandbox/file/{day}")
    async def file(day: str) -> Response:
        said = bank.functions["statement"]({"day": day})
        return Response(b64decode(said["file"]), media_type="text/plain")

    return app


def statement(bank: Bank) -> dict[str, Any]:
    """Return all that was moved, given back and paid out, and how calls were answered."""
    posts = bank.till.posts
    return {
        "payments": [m._asdict() for m in bank.till.books.statement()],
        "refunds": [{**r._asdict(), "of": r.of} for r in bank.left("refund")],
        "disbursements": [d._asdict() for d in bank.left("disbursement")],
        "answers": dict(posts.answers),
        "pending_calls": posts.pending,
        "given_up": posts.given_up,
    }


def _add_pages(app: FastAPI, bank: Bank) -> None:
    @app.get("/pay/{reference}")
    async def page(reference: str) -> HTMLResponse:
        order = bank.till.books.find(reference)
        if order is None:
            return HTMLResponse("<p>Không có đơn này. / No such order.</p>", 404)
        shown = {"reference": escape(order.reference), "amount_vnd": order.amount_vnd}
        return HTMLResponse(PAGE.format(**shown))

    @app.get("/receipt/{transaction}")
    async def receipt(transaction: str) -> HTMLResponse:
        moved = bank.till.books.statement()
        found = next((m for m in moved if m.transaction == transaction), None)
        if found is None:
            return HTMLResponse("<p>Không có biên lai này. / No such receipt.</p>", 404)
        shown = {"reference": escape(found.reference), "amount_vnd": found.amount_vnd}
        return HTMLResponse(PAGE.format(**shown))


def _add_functions(app: FastAPI, bank: Bank) -> None:
    desk, shared = Desk(bank), bank.shared

    @app.post("/v1/{function}")
    async def asked(function: str, request: Request) -> Response:
        if function not in bank.functions:
            raise HTTPException(404)
        body = await _body(request)
        try:
            status, said = desk.take(function, request.headers, body)
        except NotGenuine as error:
            status, said = 401, _problem(Problem(401, "not_genuine", str(error)))
        except Problem as problem:
            status, said = problem.status, _problem(problem)
        request_id = request.headers.get("x-request-id", "")[:64]
        head = {"function": function, "request_id": request_id, "merchant": shared.merchant}
        answer = msgspec.json.encode({**head, **said})
        kind = "application/json" if status == 200 else "application/problem+json"
        proof = headers(shared.ours, request_id, answer, bank.now_s())
        return Response(answer, status, headers=proof, media_type=kind)


def _problem(problem: Problem) -> Said:
    said = {"type": "about:blank", "title": problem.code, "status": problem.status}
    return {**said, "code": problem.code, "detail": problem.detail}


def _order(bank: Bank, asked: Paying) -> Order:
    if asked.pay_url:
        if order := bank.till.books.find(asked.pay_url.rpartition("/pay/")[2]):
            return order
        raise Impossible("no order has this page")
    if not asked.reference or not asked.amount_vnd:
        raise HTTPException(422, "Send `pay_url`, or `reference` and `amount_vnd`.")
    return bank.till.books.enter(Order(asked.reference, asked.amount_vnd))


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, "unreadable", str(error)) from error


async def _body(request: Request) -> bytes:
    body = await body_of(request, BODY_LIMIT_BYTES)
    if body is None:
        raise HTTPException(413, f"Send at most {BODY_LIMIT_BYTES} bytes.")
    return body


async def _refused(_: Request, error: Exception) -> Response:
    return _json({"detail": str(error)}, REFUSALS[type(error)])


def _json(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
