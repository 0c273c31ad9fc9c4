"""Who is signed in at the console, and ended sessions, over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.operations.console.sessions import Held, Open, Sessions, person_of
from services.operations.domain.roles import MAY
from services.operations.domain.rounds import Reason
from services.operations.reads.rows import Read, Reads
from services.operations.status_access import network
from services.operations.status_api import caller_address
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal

LISTED = 500  # sessions: more people than one console has at once
PERSON_LIMIT = 600  # characters: a provider's address and its name for somebody

Admin = Annotated[Caller, Depends(require(*MAY["end_sessions"]))]
Anyone = Annotated[Caller, Depends(require(*MAY["own_sessions"]))]
Person = Annotated[str, msgspec.Meta(min_length=1, max_length=PERSON_LIMIT)]


class Act(NamedTuple):
    """Who ends sessions, from where, by which route, and why."""

    by: Caller
    address: str
    what: str
    reason: str = ""

    @classmethod
    def of(cls, request: Request, by: Caller, reason: str = "") -> "Act":
        """Return what a call says of itself."""
        what = f"{request.method} {request.scope['route'].path}"
        return cls(by, network(caller_address(request)), what, reason)


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """What is told of sessions, and how they end: what cannot be written down is not done."""

    sessions: Sessions
    reads: Reads
    clock: Clock

    async def listed(self) -> "SessionsView":
        """Return everybody's.  Raises `Unknown`."""
        held, is_cut = await self.sessions.all(LISTED)
        return SessionsView(items=[each.told for each in held], is_cut=is_cut)

    async def end(self, person: str, act: Act, spared: str = "") -> "Ended":
        """End all of somebody's, but the one with the key that is spared.

        Raises `Refusal` 404, `Unknown`.
        """
        held = [each for each in await self.sessions.of(person) if each.key != spared]
        if not held:
            detail = "Nobody has such a session: `GET /v1/sessions` says whose there are."
            raise Refusal(404, "nobody-signed-in", detail)
        read = Read(
            at=self.clock(),
            by=act.by.name,
            role=act.by.role,
            address=act.address,
            what=act.what,
            asked=_asked(person, held),
            count=0,
            reason=act.reason,
        )
        await self.reads.note(read, ())
        await self.sessions.end(held)
        return Ended(person=person, ended=len(held))

    async def own(self, caller: Caller) -> "SessionsView":
        """Return those of who calls with a key.  Raises `Refusal` 409, `Unknown`."""
        held = await self.sessions.of(_known(caller))
        return SessionsView(items=[each.told for each in held], is_cut=False)

    async def end_own(self, act: Act) -> "Ended":
        """End all of who calls with a key; none is no error.  Raises `Refusal` 409, `Unknown`."""
        person = _known(act.by)
        try:
            return await self.end(person, act)
        except Refusal:
            return Ended(person=person, ended=0)


class SessionsView(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions, the newest first; `is_cut`: there may be older ones."""

    items: list[Open]
    is_cut: bool


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose sessions are to end, as the list names it, and why."""

    person: Person
    reason: Reason


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions of whom were ended."""

    person: str
    ended: int


_AN = "local#an.nguyen"
_AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
_OPEN = Open(person=_AN, name="an", role="operator", units=(), way="account", since=_AT, seen=_AT)
_VIEW = SessionsView(items=[_OPEN], is_cut=False)
_ENDING = Ending(person=_AN, reason="The notebook was lost")
_ENDED = Ended(person=_AN, ended=1)


def router(desk: SessionDesk) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/sessions",
        summary="Who is signed in at the console: the open sessions, the newest first",
        responses=edge.answers(200, SessionsView, example=_VIEW),
    )
    async def sessions_open(_: Admin) -> Response:
        return _json(await desk.listed())

    @routes.post(
        "/sessions/end",
        summary="End all sessions of a person, in every process at once; it is written down",
        responses=edge.answers(200, Ended, 404, 422, example=_ENDED),
        openapi_extra=edge.described(Ending, _ENDING),
    )
    async def sessions_end(request: Request, caller: Admin) -> Response:
        asked = await edge.read(request, Ending)
        return _json(await desk.end(asked.person, Act.of(request, caller, asked.reason)))

    @routes.get(
        "/sessions/own",
        summary="The open sessions of the person whose key this is",
        responses=edge.answers(200, SessionsView, 409, example=_VIEW),
    )
    async def sessions_own(caller: Anyone) -> Response:
        return _json(await desk.own(caller))

    @routes.post(
        "/sessions/own/end",
        summary="End all sessions of the person whose key this is; it is written down",
        responses=edge.answers(200, Ended, 409, example=_ENDED),
    )
    async def sessions_own_end(request: Request, caller: Anyone) -> Response:
        return _json(await desk.end_own(Act.of(request, caller)))

    return routes


def _asked(person: str, held: Sequence[Held]) -> str:
    """Return what is written down: whose, and which, told by how many and since when the newest."""
    return f"person={person} sessions={len(held)} since={held[0].told.since.isoformat()}"


def _known(caller: Caller) -> str:
    """Return whose a key is.  Raises `Refusal` 409."""
    if not caller.principal:
        detail = "Nobody knows whose this key is: name its `person` in the secrets file."
        raise Refusal(409, "no-person", detail)
    return person_of(caller)


def _json(value: object) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(value), 200, headers, "application/json")
