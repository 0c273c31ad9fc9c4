"""The edge of official forms: for who may see the application, and for who has its link."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import HTMLResponse, Response

from services.notify.domain import Dossier
from services.notify.forms.drawing import Forms
from services.notify.forms.filled import FILLED, Never, why_never
from services.notify.forms.refused import HEADERS, refused
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.errors import DeadLetter, Unknown
from shared.events.data import Problem
from shared.journal import Journal
from shared.papers.edge import PAPERS, Glossed, Which, answer, busy, not_yet, prefers, which
from shared.papers.press import Press
from shared.papers.sheet import Language
from shared.placement import canonical
from shared.problems import RETRY_AFTER_S, Refusal
from shared.status_links import StatusLinks
from shared.working_time import local_day

LOOKS_AT_ONCE = 16  # by links: what is above is told to come again
PER_MINUTE = 20  # forms of one application: each of them in each way, and once again
MINUTE_S = 60
BODY_LIMIT_BYTES = 1_024
FORM_TYPE = "application/x-www-form-urlencoded"
TOKEN: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["token"],
                    "properties": {
                        "token": {"type": "string", "description": "of the citizen's link"},
                        "language": {"type": "string", "enum": ["vi", "en"]},
                    },
                },
                "example": {"token": "A" * 43, "language": "vi"},
            }
        },
    }
}
REFUSED = {  # in words of people, too, for a browser
    status: told | {"content": told["content"] | {"text/html": {"schema": {"type": "string"}}}}
    for status, told in edge.refused(404, 409, 413, 415, 429, 503).items()
}

NEVER: Mapping[Never, tuple[str, str, str]] = {
    "interlinked": (
        "has-no-forms",
        "Hồ sơ này không có giấy tờ riêng: hồ sơ liên thông thì hỏi từng hồ sơ con.",
        "It has no forms of its own: of an interlinked one, ask for each child.",
    ),
    "petition": (
        "no-forms-of-petitions",
        "Phản ánh, kiến nghị không có các giấy tờ này: hãy xem câu trả lời của cơ quan.",
        "A petition has none of these forms: read the answer of the unit.",
    ),
    "not_registered": (
        "not-registered",
        "Hồ sơ này chưa được đăng ký nên chưa có giấy tờ nào.",
        "It is not registered, so that it has no forms.",
    ),
    "before_forms": (
        "older-than-forms",
        "Hồ sơ này được đăng ký trước khi hệ thống lập các giấy tờ này: hãy hỏi nơi đã tiếp nhận.",
        "It was registered before forms were drawn here: ask the unit that received it.",
    ),
}

Reader = Annotated[Caller, Depends(require("portal", "officer", "operator"))]


class Asked:
    """Counts forms that are asked for, by application, in each minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._minute = clock, 0
        self._counts: Counter[str] = Counter()

    def take(self, application: str) -> None:
        """Count one.  Raises `Refusal` 429."""
        minute, over_s = divmod(int(self._clock().timestamp()), MINUTE_S)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        if self._counts[application] >= PER_MINUTE:
            detail = f"{PER_MINUTE} forms of an application are drawn in a minute: ask again later."
            headers = {"Retry-After": str(MINUTE_S - over_s)}
            raise Refusal(429, "too-many-forms", detail, headers=headers)
        self._counts[application] += 1


class Office(NamedTuple):
    """What forms are looked up and drawn with."""

    forms: Forms
    press: Press
    journal: Journal[Dossier]
    catalogue: Catalogue
    links: StatusLinks
    clock: Clock
    asked: Asked

    async def known(self, application: str, caller: Caller) -> tuple[str, Dossier]:
        """Return what a caller may see.  Raises `Refusal` 403, 404, 422, 429."""
        try:
            decision = await self.journal.latest(id_ := canonical(application))
        except DeadLetter:
            raise Refusal(422, "invalid-id", "An application id is a UUID.") from None
        dossier = decision.state if decision else None
        if dossier is None or (caller.role == "portal" and caller.name != dossier.portal):
            raise Refusal(404, "unknown-application", "No application of yours has this id.")
        if caller.units and not self._reach(dossier) & set(caller.units):
            detail = "Ask with a key of a unit that it is at, or of its province."
            raise Refusal(403, "not-your-unit", detail)
        self.asked.take(id_)
        return id_, dossier

    async def linked(self, token: str) -> tuple[str, Dossier]:
        """Return what a link opens.  Raises `Refusal` 404, 429."""
        if application := self.links.application(token):
            self.asked.take(application)
            decision = await self.journal.latest(application)
            if decision and decision.state:
                return application, decision.state
        raise Refusal(404, "unknown-link", "No application has this link.")

    async def drawn(
        self, application: str, dossier: Dossier, wanted: Which, language: Language | None
    ) -> Response:
        """Return a form.  Raises `Refusal` 404, 409, 503."""
        facts = await self.forms.facts(application, dossier, wanted.form)
        if facts is None:
            raise self._none(wanted.form, dossier)
        asked: Language = language or ("en" if dossier.language == "en" else "vi")
        return await answer(self.press, facts, wanted.kind, asked)

    def _none(self, name: str, dossier: Dossier) -> Refusal:
        """Return why there is no such form: not yet, or never."""
        if dossier.papers is not None and dossier.papers.filing is not None:
            return not_yet(name, local_day(self.clock()))
        code, remedy_vi, remedy_en = NEVER[why_never(dossier)]
        problem = Problem(
            field="/path/application", code=code, remedy_vi=remedy_vi, remedy_en=remedy_en
        )
        return Refusal(409, code, remedy_en, (problem,))

    def _reach(self, dossier: Dossier) -> set[str]:
        """Return the units that it is at, and their provinces."""
        if dossier.papers is None or dossier.papers.filing is None:
            return set()
        units = {dossier.papers.filing.unit, dossier.papers.filing.competent} - {""}
        on = local_day(self.clock())
        provinces = (self.catalogue.province_of(unit, on) for unit in units)
        return units | {province.code for province in provinces if province}


def router(office: Office) -> APIRouter:
    """Return the routes of forms."""
    routes = APIRouter(tags=["notify"])
    slots = asyncio.Semaphore(LOOKS_AT_ONCE)

    @routes.get(
        "/v1/applications/{application}/forms/{form}",
        summary="An official form, as PDF or as a page",
        response_class=Response,
        responses={**PAPERS, **edge.refused(403, 404, 409, 422, 429, 503)},
    )
    async def official_form(
        application: str,
        form: str,
        caller: Reader,
        language: Glossed = None,
        accept: Annotated[str, Header()] = "",
    ) -> Response:
        wanted = which(form, accept, FILLED)
        return await office.drawn(*await office.known(application, caller), wanted, language)

    @routes.post(
        "/v1/forms/{form}",
        summary="An official form, for who has the citizen's link",
        openapi_extra=TOKEN,
        response_class=Response,
        responses={**PAPERS, **REFUSED},
    )
    async def form_by_link(
        form: str, request: Request, accept: Annotated[str, Header()] = ""
    ) -> Response:
        try:
            wanted = which(form, accept, FILLED)
            token, language = await _asked(request)
            if slots.locked():
                raise busy()
            async with slots:
                return await office.drawn(*await office.linked(token), wanted, language)
        except (Refusal, Unknown) as why:
            if not prefers(accept, "text/html", "json"):
                raise
            return _page(why, office.links.page)

    return routes


def _page(why: Refusal | Unknown, status_page: str) -> Response:
    """Return a refusal as the citizen's browser is told it."""
    if isinstance(why, Unknown):
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        why = Refusal(503, "outcome-unknown", "Ask again.", headers=headers)
    return HTMLResponse(refused(why, status_page), why.status, HEADERS | (why.headers or {}))


async def _asked(request: Request) -> tuple[str, Language | None]:
    if edge.media_type(request) != FORM_TYPE:
        raise Refusal(415, "not-a-form", f"Send `token` as {FORM_TYPE}.")
    body = await edge.body(request, BODY_LIMIT_BYTES)
    fields = parse_qs(body.decode("ascii", "replace"))
    said = fields.get("language", [""])[0]
    language: Language | None = "en" if said == "en" else "vi" if said == "vi" else None
    return fields.get("token", [""])[0], language
