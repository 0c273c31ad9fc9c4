"""The gateway's HTTP API.

    POST /v1/messages   {"messages": [{"reference", "to", "text"}]}, at most 500
    POST /v1/queries    {"references": [...]}, at most 500;  GET /v1/queries?reference=...
    GET  /sandbox/outbox?counts=true
    GET, PUT /faults   `switches`: `slow`, everybody who calls is heard late
    GET  /   what citizens see, handset by handset

Whatever answers 4xx took nothing; after 5xx or silence only a query tells.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import Response

from deploy.sandbox import switches as doors
from deploy.sandbox.devices import http
from deploy.sandbox.sms.behaviour import BULK_LIMIT, Asking, Gateway, Sending, Standing
from deploy.sandbox.switches import Faulty, Switches

BODY_LIMIT_BYTES = 1 << 20
TICK_S = 0.1
SLOW_S = 25.0

T = TypeVar("T")


def create_app(gateway: Gateway, key: str, slow_s: float = SLOW_S) -> FastAPI:
    """Return the gateway's HTTP API, for callers that present this key; `slow_s`: how late it hears
    them when it is slow.
    """
    on = Switches("slow")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_keep_pushing(gateway))
        yield
        task.cancel()

    app = FastAPI(title="Sandbox SMS gateway", lifespan=lifespan)
    app.state.gateway, app.state.authorization = gateway, f"Bearer {key}".encode()
    app.add_middleware(Faulty, switches=on, slow_s=slow_s)
    app.include_router(doors.router(on))
    app.include_router(_router)
    app.include_router(http.router(lambda: gateway.shown))
    app.add_api_route("/healthz", _healthz)
    return app


async def _keep_pushing(gateway: Gateway) -> None:
    while True:
        pushed = await gateway.push()
        await asyncio.sleep(0 if pushed else TICK_S)


def _gateway(request: Request, authorization: Annotated[str, Header()] = "") -> Gateway:
    gateway: Gateway = request.app.state.gateway
    if not hmac.compare_digest(authorization.encode(), request.app.state.authorization):
        raise HTTPException(401, "Send `Authorization: Bearer <key>`.")
    return gateway


Authorised = Annotated[Gateway, Depends(_gateway)]
_router = APIRouter()


@_router.post("/v1/messages")
async def _messages(request: Request, gateway: Authorised) -> Response:
    standings = await gateway.send((await _read(request, Sending)).messages)
    return _json({"error": "internal"}, 500) if standings is None else _results(standings)


@_router.post("/v1/queries")
async def _queries(request: Request, gateway: Authorised) -> Response:
    return _results(gateway.ask((await _read(request, Asking)).references))


@_router.get("/v1/queries")
async def _query(
    reference: Annotated[list[str], Query(max_length=BULK_LIMIT)], gateway: Authorised
) -> Response:
    return _results(gateway.ask(reference))


@_router.get("/sandbox/outbox")
async def _outbox(gateway: Authorised, counts: bool = False) -> Response:
    return _json(gateway.outbox(counts))


async def _healthz() -> Response:
    return _json({"ok": True})


async def _read(request: Request, type_: type[T]) -> T:
    body = await request.body()
    if len(body) > BODY_LIMIT_BYTES:
        raise HTTPException(413, f"At most {BODY_LIMIT_BYTES} bytes.")
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.DecodeError as error:
        raise HTTPException(422, str(error)) from None


def _results(standings: Sequence[Standing]) -> Response:
    return _json({"results": standings})


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
