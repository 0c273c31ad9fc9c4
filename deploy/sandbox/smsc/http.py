"""A look at the handsets, and a hand on the plug.

GET  /sandbox/outbox?counts=true    what the handsets got, and what they got twice
POST /sandbox/drop                  hang up on everybody
POST /sandbox/unbind                ask everybody to go
"""

import hmac
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import Response

from deploy.sandbox.smsc.centre import Centre
from deploy.sandbox.smsc.link import Switchboard


def create_app(centre: Centre, switchboard: Switchboard, key: str) -> FastAPI:
    """Return the page, for callers that present this key."""
    app = FastAPI(title="Sandbox SMSC")
    app.state.centre, app.state.switchboard = centre, switchboard
    app.state.authorization = f"Bearer {key}".encode()
    app.include_router(_router)
    app.add_api_route("/healthz", _healthz)
    return app


def _authorised(request: Request, authorization: Annotated[str, Header()] = "") -> Any:
    if not hmac.compare_digest(authorization.encode(), request.app.state.authorization):
        raise HTTPException(401, "Send `Authorization: Bearer <key>`.")
    return request.app.state


Authorised = Annotated[Any, Depends(_authorised)]
_router = APIRouter(prefix="/sandbox")


@_router.get("/outbox")
async def _outbox(state: Authorised, counts: bool = False) -> Response:
    return _json(state.centre.outbox(counts))


@_router.post("/drop")
async def _drop(state: Authorised) -> Response:
    links = list(state.switchboard.links)
    state.switchboard.drop(links)
    return _json({"dropped": len(links)})


@_router.post("/unbind")
async def _unbind(state: Authorised) -> Response:
    links = list(state.switchboard.links)
    for link in links:
        link.unbind()
    return _json({"asked": len(links)})


async def _healthz() -> Response:
    return _json({"ok": True})


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
