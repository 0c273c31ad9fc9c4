"""What stands around every route of operations, of the API as of the console.

Before it: who calls, and whether it may just now.  Behind it: whom the answer named is written down
before it leaves, a long one part by part; what cannot be written down is not shown.
"""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from markupsafe import escape
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.operations.console.door import Door, visit_of
from services.operations.console.labels import LABELS
from services.operations.console.screen import ROOT
from services.operations.limits import OWN, Limits, kind_of
from services.operations.reads.naming import OPEN, SEARCHES, TOLD, kept, named, takes
from services.operations.reads.rows import Read, Reads
from services.operations.status_access import network
from services.operations.status_api import caller_address
from shared import problems
from shared.access import Access, Caller
from shared.clock import Clock
from shared.errors import Unknown
from shared.problems import Refusal

ASKED_LIMIT = 500  # characters of what was asked that are kept
PART_LIMIT = 256 * 1_024  # bytes of an answer that are held back
TAIL = 64  # and no name is as long
NOBODY = Caller("", "")


@dataclass(frozen=True, slots=True)
class Guard:
    """What is seen to is wired with this."""

    door: Door
    reads: Reads
    limits: Limits
    clock: Clock

    async def enter(self, request: Request) -> None:
        """Find out who calls, and count it; a dependency of all routes.

        Raises `Refusal` 429, `Unknown`.
        """
        route = _route(request.scope)
        if route in OWN:
            return
        is_open = route in OPEN and route not in TOLD
        caller = NOBODY if is_open else await self._caller(request)
        request.state.caller = caller
        is_known, asked = bool(caller.name), request.query_params
        kind = kind_of(request.method, route, asked, is_known=is_known, is_open=is_open)
        self.limits.take(kind, caller.name or network(caller_address(request)))

    async def _caller(self, request: Request) -> Caller:
        """Return who is signed in, or whose key it is; nobody: the route says so."""
        if _is_page(request.url.path):
            visit = await self.door.visit(request)
            return visit.session.caller if visit.session else NOBODY
        access: Access = request.app.state.access
        try:
            return access.caller(request.headers.get("authorization", ""))
        except Refusal:
            return NOBODY

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return an app whose answers are written down."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                scope.setdefault("state", {})
                await _Answer(self, scope, receive, send).pass_on(app)
            else:
                await app(scope, receive, send)

        return watched

    async def note(
        self, scope: Scope, body: bytes, part: int = 1, *, is_refused: bool = False
    ) -> None:
        """Write down whom a part of an answer named; of a refusal, if it names somebody of its own.

        Raises `Unknown`.
        """
        request = Request(scope)
        asked, told = _asked(request), body.decode(errors="replace")
        if is_refused and not named((_beyond_address(request, told),)):
            return
        names = named((asked, told))
        is_search = (request.method, _route(scope)) in SEARCHES
        if not (names or is_search or takes(request.path_params, request.query_params)):
            return
        caller: Caller = getattr(request.state, "caller", NOBODY)
        read = Read(
            at=self.clock(),
            by=caller.name,
            role=caller.role,
            address=network(caller_address(request)),
            what=f"{request.method} {_route(scope)}",
            asked=kept(asked)[:ASKED_LIMIT] + (f" ({part})" if part > 1 else ""),
            count=len(names),
            reason=getattr(request.state, "reason", ""),
        )
        await self.reads.note(read, names)

    def unreachable(self, request: Request) -> Response:
        """Return what is answered in the place of what could not be written down."""
        if _is_page(request.url.path):
            return self.door.wrong(request, 503, LABELS["unreachable"])
        return problems.unknown()


class _Answer:
    """One answer: each part is held back until it is written down, if it is to be."""

    def __init__(self, guard: Guard, scope: Scope, receive: Receive, send: Send) -> None:
        self._guard, self._scope, self._receive, self._send = guard, scope, receive, send
        self._held: list[Message] = []
        self._is_held = self._is_refused = self._is_unwritten = False
        self._part, self._size, self._tail = 1, 0, b""

    async def pass_on(self, app: ASGIApp) -> None:
        """Let the app answer."""
        await app(self._scope, self._receive, self._hold)

    async def _hold(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._is_refused = not 200 <= message["status"] < 300
            self._is_held = _route(self._scope) not in OPEN
        if not self._is_held:
            await self._send(message)
            return
        self._held.append(message)
        self._size += len(message.get("body", b""))
        is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_last or self._size > PART_LIMIT:
            await self._let_go()

    async def _let_go(self) -> None:
        if self._is_unwritten:
            self._held.clear()
            return
        told = b"".join(message.get("body", b"") for message in self._held)
        body = self._tail + told
        try:
            if told or self._part == 1:
                is_refused = self._is_refused
                await self._guard.note(self._scope, body, self._part, is_refused=is_refused)
        except Unknown:
            if self._part > 1:  # the caller sees that it broke off
                raise
            self._is_unwritten = True
            response = self._guard.unreachable(Request(self._scope))
            await response(self._scope, self._receive, self._send)
            return
        for message in self._held:
            await self._send(message)
        self._held.clear()
        self._part, self._size, self._tail = self._part + 1, 0, body[-TAIL:]


def _route(scope: Scope) -> str:
    """Return a route as it is described, or the address where there is none."""
    return str(getattr(scope.get("route"), "path", scope["path"]))


def _beyond_address(request: Request, told: str) -> str:
    """Return an answer without the link that every page has to itself in the other language."""
    address = visit_of(request, None).address
    link = f"{address}{'&' if '?' in address else '?'}lang="
    return told.replace(str(escape(link)), " ")


def _is_page(path: str) -> bool:
    return path == ROOT or path.startswith(f"{ROOT}/")


def _asked(request: Request) -> str:
    """Return what was asked as people write it."""
    said = " ".join(f"{name}={value}" for name, value in request.query_params.multi_items())
    return f"{request.url.path} {said}".strip()
