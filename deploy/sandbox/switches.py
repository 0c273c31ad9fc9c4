"""What can be made to go wrong in a sandbox program while it runs, and the door for that.

    GET /faults   {"down": false, "silent": true}
    PUT /faults   {"silent": false}   turns those that are named; answered as above

The door stays open whatever is on, and has no key: these programs listen on this machine alone.
"""

import asyncio
from collections.abc import Mapping

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.sandbox.till import body_of

PATH = "/faults"
BODY_LIMIT_BYTES = 4 << 10


class Switches:
    """The switches of a program, by name; all of them are off at its start."""

    def __init__(self, *names: str) -> None:
        self._on = dict.fromkeys(names, False)

    def is_on(self, name: str) -> bool:
        """Tell whether this goes wrong now."""
        return self._on[name]

    def turn(self, wanted: Mapping[str, bool]) -> None:
        """Turn those that are named, or none.  Raises `KeyError`."""
        if unknown := sorted(wanted.keys() - self._on.keys()):
            raise KeyError(f"{', '.join(unknown)}: one of {', '.join(self._on)}")
        self._on.update(wanted)

    def shown(self) -> dict[str, bool]:
        """Return how each is turned."""
        return dict(self._on)


def router(switches: Switches) -> APIRouter:
    """Return the door of these switches."""
    routes = APIRouter()

    def said() -> Response:
        return Response(msgspec.json.encode(switches.shown()), media_type="application/json")

    @routes.get(PATH)
    async def shown() -> Response:
        return said()

    @routes.put(PATH)
    async def turned(request: Request) -> Response:
        body = await body_of(request, BODY_LIMIT_BYTES)
        if body is None:
            raise HTTPException(413, f"Send at most {BODY_LIMIT_BYTES} bytes.")
        try:
            switches.turn(msgspec.json.decode(body, type=dict[str, bool]))
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError) as error:
            raise HTTPException(422, str(error.args[0])) from error
        return said()

    return routes


class Faulty:
    """Lets the calls of others meet with what is on: `down` is refused at once, `silent` hears
    nothing in `silent_s`, `slow` is answered so much later.  What is the sandbox's own stays open.
    """

    def __init__(
        self, app: ASGIApp, switches: Switches, slow_s: float = 0.0, silent_s: float = 0.0
    ) -> None:
        self._app, self._switches = app, switches
        self._slow_s, self._silent_s = slow_s, silent_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the program answer."""
        is_ours = scope["type"] != "http" or _is_ours(scope.get("path", ""))
        on = {} if is_ours else self._switches.shown()
        if on.get("silent"):
            await asyncio.sleep(self._silent_s)
        if on.get("down") or on.get("silent"):
            await Response(status_code=503)(scope, receive, send)
            return
        if on.get("slow"):
            await asyncio.sleep(self._slow_s)
        await self._app(scope, receive, send)


def _is_ours(path: str) -> bool:
    """Tell whether this is the sandbox's own: a page, its health, what a citizen does there."""
    return path in ("/", PATH, "/healthz") or "/sandbox/" in path or path.startswith("/devices/")
