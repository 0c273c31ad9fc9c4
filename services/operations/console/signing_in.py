"""The console's door: signing in and out, by a local account or an identity provider.

A session is a cookie that scripts cannot read.  All that is sent has a token in it: of the session,
or before there is one, made from a cookie of the sign-in page.
"""

import asyncio
import hmac
import re
import secrets
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.operations.console import cookies
from services.operations.console.accounts import NAME_LIMIT
from services.operations.console.door import HOME, SESSION, SIGN_IN, Door, visit_of
from services.operations.console.labels import LABELS
from services.operations.console.oidc import Oidc, Unwelcome
from services.operations.console.screen import HEADERS, ROOT, home_of
from services.operations.console.sessions import Way
from services.operations.domain.citizen.words import Words
from services.operations.status_access import network
from services.operations.status_api import caller_address, form, form_body
from shared.access import Caller
from shared.problems import Refusal

FORM, GOING = "form", "going"  # cookies
GOING_S = 600
_NEXT = re.compile(rf"{ROOT}/[A-Za-z0-9._~/?=&%+-]{{0,500}}")
_EXAMPLE = {"name": "viewer", "password": "…", "token": "…", "next": HOME}

_log = structlog.get_logger("console")


def router(door: Door) -> APIRouter:
    """Return the routes of signing in and out, and of the files that pages have."""
    routes = APIRouter(prefix=ROOT, tags=["console"], route_class=door.route())

    @routes.get("/sign-in", summary="The console: asks who you are", response_class=HTMLResponse)
    async def ask_who(request: Request) -> Response:
        return _sign_in_page(door, request)

    @routes.post(
        "/sign-in",
        summary="The console: signs somebody in",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def sign_in(request: Request) -> Response:
        return await _sign_in(door, request)

    @routes.post(
        "/sign-out",
        summary="The console: signs out who is signed in",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…"}),
    )
    async def sign_out(request: Request) -> Response:
        visit = await door.visit(request)
        if visit.session:
            await door.sent(request, visit)
            await door.sessions.close(cookies.kept(request, SESSION))
            _log.info("signed out", account=visit.session.caller.name)
        response = RedirectResponse(SIGN_IN, 303, HEADERS)
        cookies.drop(response, request, SESSION)
        return response

    if door.oidc:
        _add_provider(routes, door, door.oidc)

    @routes.get(
        "/static/{name}", summary="The console: a file of its pages", response_class=Response
    )
    async def static_file(name: str) -> Response:
        found = door.screen.file(name)
        if found is None:
            raise Refusal(404, "not-found", LABELS["refused_not-found"].en)
        return found

    return routes


def _add_provider(routes: APIRouter, door: Door, oidc: Oidc) -> None:
    @routes.get(
        "/oidc", summary="The console: leads to the identity provider", response_class=HTMLResponse
    )
    async def leave(request: Request) -> Response:
        seed = secrets.token_urlsafe(32)
        response = RedirectResponse(await oidc.leave(seed), 303, HEADERS)
        where = _following(request.query_params.get("next", ""))
        cookies.keep(response, request, GOING, f"{seed}|{where}", GOING_S)
        return response

    @routes.get(
        "/oidc/back",
        summary="The console: who comes back from there signs in",
        response_class=HTMLResponse,
    )
    async def come_back(request: Request) -> Response:
        who = network(caller_address(request))
        if wait_s := door.by_address.take(who):
            return _too_many(door, request, wait_s)
        seed, _, where = cookies.kept(request, GOING).partition("|")
        try:
            caller = await oidc.come_back(seed, request.query_params)
        except Unwelcome as why:
            _log.warning("sign-in refused", address=who, because=str(why))
            return _sign_in_page(door, request, 403, wrong=LABELS[why.label])
        door.by_address.give_back(who)
        response = await _let_in(door, request, caller, "provider", where)
        cookies.drop(response, request, GOING)
        return response


def _sign_in_page(
    door: Door, request: Request, status: int = 200, name: str = "", wrong: Words | None = None
) -> Response:
    """Return the page, with a cookie that its form belongs to."""
    seed = cookies.kept(request, FORM) or secrets.token_urlsafe(32)
    where = _following(request.query_params.get("next", ""))
    said = {
        "name": name,
        "wrong": wrong,
        "next": where,
        "token": door.form_token(seed),
        "has_accounts": bool(len(door.accounts)) or door.oidc is None,
        "provider": f"{ROOT}/oidc?next={quote(where, safe='')}" if door.oidc else "",
    }
    visit = visit_of(request, None)
    response = door.screen.page(visit, "sign_in.html", status, **said)
    cookies.keep(response, request, FORM, seed)
    return response


async def _sign_in(door: Door, request: Request) -> Response:
    fields, seed = await form(request), cookies.kept(request, FORM)
    name = fields.get("name", "")[:NAME_LIMIT]
    if not seed or not hmac.compare_digest(
        door.form_token(seed).encode(), fields.get("token", "").encode()
    ):
        return _sign_in_page(door, request, 403, name, LABELS["form_old"])
    who = network(caller_address(request))
    counted = [(door.by_address, who), (door.by_pair, f"{name} {who}")]
    for attempts, key in counted:
        if wait_s := attempts.take(key):
            return _too_many(door, request, wait_s, name)
    async with door.one_at_a_time:
        caller = await asyncio.to_thread(door.accounts.caller, name, fields.get("password", ""))
    if caller is None:
        _log.warning("sign-in refused", address=who)
        return _sign_in_page(door, request, 422, name, LABELS["wrong_account"])
    for attempts, key in counted:
        attempts.give_back(key)
    return await _let_in(door, request, caller, "account", fields.get("next", ""))


async def _let_in(door: Door, request: Request, caller: Caller, way: Way, where: str) -> Response:
    token = await door.sessions.open(caller, way, before=cookies.kept(request, SESSION))
    _log.info("signed in", account=caller.name, role=caller.role)
    going = _following(where)
    response = RedirectResponse(home_of(caller.role) if going == HOME else going, 303, HEADERS)
    cookies.keep(response, request, SESSION, token)
    return response


def _too_many(door: Door, request: Request, wait_s: float, name: str = "") -> Response:
    words = LABELS["too_many"].told(minutes=str(max(1, -int(-wait_s // 60))))
    response = _sign_in_page(door, request, 429, name, words)
    response.headers["retry-after"] = str(max(1, -int(-wait_s // 1)))
    return response


def _following(path: str) -> str:
    """Return where to go after signing in: a page of the console, nowhere else."""
    return path if _NEXT.fullmatch(path) else HOME
