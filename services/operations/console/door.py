"""The console's door: signing in and out, and who may see a page.

A session is a cookie that scripts cannot read.  All that is sent has a token in it: of the session,
or before there is one, made from a cookie of the sign-in page.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import quote, urlencode

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from services.operations.console import cookies
from services.operations.console.accounts import Accounts
from services.operations.console.labels import LABELS
from services.operations.console.oidc import Oidc
from services.operations.console.screen import HEADERS, ROOT, Screen, Visit
from services.operations.console.sessions import Session, Sessions
from services.operations.console.uploads import FILES_TYPE, uploaded
from services.operations.domain.citizen.words import Language, Words
from services.operations.status_access import Attempts
from services.operations.status_api import form
from shared import edge
from shared.errors import Unknown
from shared.principals import MARK
from shared.problems import Refusal

PER_ADDRESS, PER_PAIR = 30, 10  # wrong attempts in a window, of one who asks, and for one name
SIGN_IN, SIGN_OUT = f"{ROOT}/sign-in", f"{ROOT}/sign-out"
HOME = f"{ROOT}/find"
SESSION, LANGUAGE = "console", "motcua_lang"
LANGUAGE_S = 365 * 86_400

_log = structlog.get_logger("console")


class SignInFirst(Exception):
    """Nobody is signed in: the browser is sent to the sign-in page."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the door is wired with; `key` makes tokens for who is not signed in."""

    screen: Screen
    accounts: Accounts
    sessions: Sessions
    key: bytes
    by_address: Attempts
    by_pair: Attempts
    one_at_a_time: asyncio.Lock  # a password costs a tenth of a second of a core
    oidc: Oidc | None = None  # an identity provider

    @classmethod
    def made(
        cls,
        screen: Screen,
        accounts: Accounts,
        sessions: Sessions,
        key: bytes,
        ticks: Callable[[], float],
        oidc: Oidc | None = None,
    ) -> "Door":
        """Return a door that nobody has knocked at."""
        own = hmac.digest(key, b"console/sign-in", hashlib.sha256)
        by_address, by_pair = Attempts(PER_ADDRESS, ticks), Attempts(PER_PAIR, ticks)
        lock = asyncio.Lock()
        return cls(screen, accounts, sessions, own, by_address, by_pair, lock, oidc)

    def route(self) -> type[APIRoute]:
        """Return how the console's routes answer what goes wrong: as pages."""
        door = self

        class Page(APIRoute):
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                answer = super().get_route_handler()

                async def shown(request: Request) -> Response:
                    return await door.answered(request, answer)

                return shown

        return Page

    async def answered(
        self, request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Answer a request; who is to sign in first, and what was refused, become pages."""
        try:
            response = await answer(request)
        except SignInFirst:
            return _to_sign_in(request)
        except RequestValidationError:
            response = self.wrong(request, 422, LABELS["not_readable"])
        except Refusal as why:
            words = LABELS.get(f"refused_{why.code}", Words(why.detail, why.detail))
            headers = why.headers or {}
            if "Retry-After" in headers:
                words = LABELS["refused_too-many-calls"].told(seconds=headers["Retry-After"])
            response = self.wrong(request, why.status, words)
            response.headers.update(headers)
        except Unknown:
            response = self.wrong(request, 503, LABELS["unreachable"])
        if language := _asked_language(request):
            cookies.set_plain(response, request, LANGUAGE, language, LANGUAGE_S)
        return response

    def wrong(self, request: Request, status: int, words: Words) -> HTMLResponse:
        """Return a page that says what was refused."""
        visit = visit_of(request, getattr(request.state, "session", None))
        return self.screen.page(visit, "wrong.html", status, words=words)

    async def visit(self, request: Request) -> Visit:
        """Return who looks, signed in or not; it is asked for once.  Raises `Unknown`."""
        if not hasattr(request.state, "session"):
            request.state.session = await self._session(cookies.kept(request, SESSION))
        return visit_of(request, request.state.session)

    async def _session(self, token: str) -> Session | None:
        """Return the session of a token; one whose account or role was taken away is ended."""
        session = await self.sessions.find(token)
        if session is None or self._knows(session):
            return session
        await self.sessions.close(token)
        _log.warning("session ended", account=session.caller.name, role=session.caller.role)
        return None

    def _knows(self, session: Session) -> bool:
        caller = session.caller
        if session.way == "account":
            return self.accounts.knows(caller)
        if self.oidc is None:
            return False
        provider = self.oidc.provider
        is_its_own = caller.principal.startswith(f"{provider.issuer}{MARK}")
        return is_its_own and caller.role in provider.roles.values()

    def seat(self, *roles: str) -> Callable[[Request], Awaitable[Visit]]:
        """Return a dependency that lets these roles in.  It raises `Refusal` 403, `SignInFirst`."""

        async def seated(request: Request) -> Visit:
            visit = await self.visit(request)
            if visit.session is None:
                raise SignInFirst
            if visit.role not in roles:
                raise Refusal(403, "wrong-role", LABELS["refused_wrong-role"].en)
            return visit

        return seated

    async def sent(self, request: Request, visit: Visit) -> dict[str, str]:
        """Return the fields of a form that was made for this session.  Raises `Refusal` 403."""
        fields = await form(request)
        if visit.session is None or not visit.session.is_asked_by(fields.get("token", "")):
            raise Refusal(403, "wrong-form", LABELS["refused_wrong-form"].en)
        return fields

    async def sent_with_files(
        self, request: Request, visit: Visit, limit_bytes: int
    ) -> dict[str, bytes]:
        """Return the same of a form that has files in it.  Raises `Refusal` 403, 413, 415."""
        if edge.media_type(request) != FILES_TYPE:
            raise Refusal(415, "not-a-form", f"Send a form, as `{FILES_TYPE}`.")
        body = await edge.body(request, limit_bytes)
        fields = await asyncio.to_thread(uploaded, request.headers["content-type"], body)
        token = fields.get("token", b"").decode(errors="replace")
        if visit.session is None or not visit.session.is_asked_by(token):
            raise Refusal(403, "wrong-form", LABELS["refused_wrong-form"].en)
        return fields

    def form_token(self, seed: str) -> str:
        """Return the token of a sign-in page whose cookie has this seed."""
        return hmac.digest(self.key, seed.encode(), hashlib.sha256).hex()


def visit_of(request: Request, session: Session | None) -> Visit:
    """Return who looks at what."""
    chosen = _asked_language(request) or request.cookies.get(LANGUAGE)
    language: Language = "en" if chosen == "en" else "vi"
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    address = request.url.path + (f"?{urlencode(kept)}" if kept else "")
    return Visit(language, address, session, _is_part(request))


def _to_sign_in(request: Request) -> Response:
    """Send the browser to the sign-in page, and back to where it was going afterwards."""
    if _is_part(request):  # htmx would put the page into the part
        return Response(status_code=401, headers={**HEADERS, "HX-Redirect": SIGN_IN})
    query = f"?{request.url.query}" if request.url.query else ""
    going = f"{request.url.path}{query}" if request.method == "GET" else HOME
    return RedirectResponse(f"{SIGN_IN}?next={quote(going, safe='')}", 303, HEADERS)


def _is_part(request: Request) -> bool:
    """Tell whether a part of a page is asked for, by htmx."""
    return request.headers.get("hx-request") == "true"


def _asked_language(request: Request) -> Language | None:
    asked = request.query_params.get("lang", "")
    return next((language for language in get_args(Language) if language == asked), None)
