"""Endpoints that are called so often that the framework would cost more than the answer."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.access import Access, Caller
from shared.problems import Refusal

NO_CONTENT = 204  # may carry no length

Headers = Sequence[tuple[bytes, bytes]]  # names in lower case
# status, body, its media type, which an empty body has not, and headers besides
Answered = tuple[int, bytes, str, Headers]
Answer = Callable[[bytes, Headers, bytes], Awaitable[Answered]]  # of query, headers and body
# the last part of a path, who asks → JSON; None: not known here, or not theirs
Near = Callable[[str, Caller], bytes | None]


class Bare:
    """An endpoint for one method that looks at the bytes alone, and at no more than a limit.

    A longer body is answered 413 and not read to its end.
    """

    def __init__(self, answer: Answer, method: str = "GET", body_limit_bytes: int = 0) -> None:
        self.answer, self.method, self.body_limit_bytes = answer, method, body_limit_bytes

    async def __call__(self, request: Request) -> Response:
        """Answer through the framework: what tests and descriptions see."""
        answered = await self.answered(request.scope, request.receive)
        status, body, media_type, headers = answered
        response = Response(body, status, media_type=media_type if body else None)
        response.raw_headers.extend(headers)
        return response

    async def answered(self, scope: Scope, receive: Receive) -> Answered:
        """Read a request and answer it."""
        body = b"" if self.method == "GET" else await _read(receive, self.body_limit_bytes)
        if body is None:
            return 413, b"", "", ()
        return await self.answer(scope["query_string"], scope["headers"], body)


def in_front(app: ASGIApp, routers: Sequence[APIRouter]) -> ASGIApp:
    """Return an app that answers the bare endpoints of these routers itself."""
    endpoints = {
        (route.endpoint.method, route.path): route.endpoint
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and isinstance(route.endpoint, Bare)
    }
    if not endpoints:
        return app

    async def edge(scope: Scope, receive: Receive, send: Send) -> None:
        is_http = scope["type"] == "http"
        endpoint = endpoints.get((scope["method"], scope["path"])) if is_http else None
        if endpoint is None:
            await app(scope, receive, send)
        else:
            await _send(send, *await endpoint.answered(scope, receive))

    return edge


def near_in_front(app: ASGIApp, access: Access, near: Mapping[str, Near]) -> ASGIApp:
    """Return an app that answers by itself what the process has at hand, by what a GET's path is
    before its last part.

    That is good answers alone: of all else `app` says what is wrong, or finds it elsewhere.
    """
    if not near:
        return app

    async def edge(scope: Scope, receive: Receive, send: Send) -> None:
        body = None
        if scope["type"] == "http" and scope["method"] == "GET":
            of, _, name = scope["path"].rpartition("/")
            if at_hand := near.get(of):
                caller = _caller(access, scope["headers"])
                body = at_hand(name, caller) if caller else None
        if body is None:
            await app(scope, receive, send)
        else:
            await _send(send, 200, body, "application/json", ())

    return edge


def _caller(access: Access, headers: Headers) -> Caller | None:
    shown = next((value for name, value in headers if name == b"authorization"), b"")
    try:
        return access.caller(shown.decode("latin-1"))
    except Refusal:
        return None


async def _read(receive: Receive, limit_bytes: int) -> bytes | None:
    """Return a whole body; None: it is longer than the limit."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit_bytes:
            return None
    return body


async def _send(
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    status: int,
    body: bytes,
    media_type: str,
    besides: Headers,
) -> None:
    headers = [(b"content-type", media_type.encode())] if body else []
    if status != NO_CONTENT:
        headers.append((b"content-length", str(len(body)).encode()))
    headers.extend(besides)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
