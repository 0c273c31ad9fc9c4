"""How an application stands, for its citizen: a page for anybody who has the codes, and the same as
JSON for portals.

What opens an application comes in bodies alone: no address, no log and no span has it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.domain.citizen.view import CitizenStatus, view
from services.operations.domain.citizen.words import Language
from services.operations.domain.entries import in_order
from services.operations.domain.roles import MAY
from services.operations.example import LOOK, STATUS
from services.operations.journeys import Journeys
from services.operations.pages import NOT_ANSWERED, Answered, Mistake, Pages, Typed
from services.operations.pages.labels import LABELS
from services.operations.status_access import Asked, StatusAccess, wait_words
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.dossier_codes import read_code
from shared.errors import Unknown
from shared.problems import Refusal
from shared.status_links import CODE_CHARACTERS

FORM_LIMIT_BYTES = 32 << 10
FIELDS_LIMIT = 24
_FORM_TYPE = "application/x-www-form-urlencoded"
_APART = re.compile(r"[\W_]+")

Portal = Annotated[Caller, Depends(require(*MAY["answer_citizens"]))]


def _language(
    lang: Annotated[str, Query(max_length=10, description="`en` for English")] = "vi",
) -> Language:
    """Return the language of the page: Vietnamese, unless English is asked for."""
    return "en" if lang == "en" else "vi"


Lang = Annotated[Language, Depends(_language)]


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a citizen brings: the token of the link, or the dossier code and the lookup code."""

    token: str = ""
    dossier_code: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class StatusDesk:
    """What the page and its twin are wired with."""

    access: StatusAccess
    journeys: Journeys
    catalogue: Catalogue
    pages: Pages
    clock: Clock


def router(desk: StatusDesk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["status"])
    _page(routes, desk)
    _twin(routes, desk)
    return routes


def _twin(routes: APIRouter, desk: StatusDesk) -> None:
    @routes.post(
        "/v1/status",
        summary="How an application stands for its citizen: all that the page shows",
        openapi_extra=edge.described(Look, LOOK),
        responses=edge.answers(200, CitizenStatus, 400, 404, 413, 415, 422, 429, example=STATUS),
    )
    async def stands(request: Request, caller: Portal) -> Response:
        look = await edge.read(request, Look, FORM_LIMIT_BYTES)
        application = await desk.access.by_portal(
            Asked(**msgspec.structs.asdict(look)), caller.name
        )
        told = await told_of(desk, application)
        headers = {"cache-control": "no-store"}
        return Response(msgspec.json.encode(told), 200, headers, "application/json")


def _page(routes: APIRouter, desk: StatusDesk) -> None:
    @routes.get(
        "/status",
        summary="The citizens' page: asks for a dossier code and its lookup code",
        response_class=HTMLResponse,
    )
    async def ask(lang: Lang) -> Response:
        return html(desk, desk.pages.form(lang))

    @routes.post(
        "/status",
        summary="The citizens' page: how the application stands that these codes open",
        response_class=HTMLResponse,
        openapi_extra=form_body({"dossier_code": LOOK["dossier_code"], "code": LOOK["code"]}),
    )
    async def show(request: Request, lang: Lang) -> Response:
        fields = await form(request)
        asked = Asked(*(fields.get(name, "") for name in Asked._fields))
        typed = Typed(asked.dossier_code, asked.code)
        if mistakes := () if asked.token else missing(asked):
            return html(desk, desk.pages.form(lang, typed, mistakes), 422)
        try:
            application = await desk.access.by_citizen(asked, caller_address(request))
            told = await told_of(desk, application)
        except (Refusal, Unknown) as why:
            status, mistake, headers = refused(why)
            return html(desk, desk.pages.form(lang, typed, (mistake,)), status, headers)
        return html(desk, status_page(desk, lang, application, told))


async def told_of(desk: StatusDesk, application: str) -> CitizenStatus:
    """Return what is known of an application.  Raises `Refusal` 404, `Unknown`."""
    entries, _forks = await desk.journeys.of(application)
    told = view(in_order(entries), desk.catalogue, desk.clock())
    if told is None:
        raise Refusal(404, "unknown-pair", LABELS["wrong"].en)
    return told


def status_page(
    desk: StatusDesk,
    lang: Language,
    application: str,
    told: CitizenStatus,
    answered: Answered = NOT_ANSWERED,
    mistakes: tuple[Mistake, ...] = (),
) -> str:
    """Return the page of an application; its forms carry what opens it and its parts."""
    parts = {part.application: part.application for part in told.parts if part.dossier_code}
    links = desk.access.links
    tokens = {name: links.token(each) for name, each in ({"": application} | parts).items()}
    return desk.pages.status(lang, told, tokens, answered, mistakes)


def html(
    desk: StatusDesk, text: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return a page that nobody keeps, frames or adds anything to."""
    return HTMLResponse(text, status, {**desk.pages.headers, **(headers or {})})


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a form as a browser sends it.  Raises `Refusal` 413, 415, 422."""
    if edge.media_type(request) != _FORM_TYPE:
        raise Refusal(415, "not-a-form", f"Send a form, as `{_FORM_TYPE}`.")
    body = await edge.body(request, FORM_LIMIT_BYTES)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_LIMIT)
    except ValueError:
        raise Refusal(422, "invalid-body", "Send the form as the page has it.") from None
    return {name: value.strip() for name, value in pairs}


def form_body(example: Mapping[str, str]) -> dict[str, Any]:
    """Return OpenAPI's description of a form with these fields."""
    properties = {name: {"type": "string"} for name in example}
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {_FORM_TYPE: {"schema": schema, "example": dict(example)}}}}


def missing(asked: Asked) -> tuple[Mistake, ...]:
    """Return what is wrong with what was typed before anything is looked up."""
    found = []
    if not read_code(asked.dossier_code):
        which = "dossier_form" if asked.dossier_code else "dossier_missing"
        found.append(Mistake(LABELS[which], "dossier_code"))
    if len(_APART.sub("", asked.code)) != CODE_CHARACTERS:
        which = "code_form" if asked.code else "code_missing"
        found.append(Mistake(LABELS[which], "code"))
    return tuple(found)


def refused(why: Refusal | Unknown) -> tuple[int, Mistake, Mapping[str, str]]:
    """Return how a page says why it shows nothing."""
    if isinstance(why, Unknown):
        return 503, Mistake(LABELS["unreachable"]), {"Retry-After": "60"}
    headers = why.headers or {}
    if why.status == 429:
        return 429, Mistake(wait_words(why.code, float(headers["Retry-After"]))), headers
    return why.status, Mistake(LABELS["wrong"]), headers


def caller_address(request: Request) -> str:
    """Return where a call comes from: a proxy of ours says it, and nobody else is believed."""
    return request.client.host if request.client else ""
