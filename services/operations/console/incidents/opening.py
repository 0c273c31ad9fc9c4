"""The form that opens an incident: first whom it would concern, then that it is opened."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.console.incidents.page import preview
from services.operations.console.incidents.scopes import TYPED, choices, scope_of, title_for
from services.operations.console.incidents.wired import Gathering, said, to_it
from services.operations.console.labels import LABELS
from services.operations.console.screen import Visit
from services.operations.domain.citizen.words import Words
from services.operations.domain.incidents import Scope, Text, Title
from services.operations.domain.roles import MAY
from services.operations.incidents import answers
from services.operations.incidents.answers import Opening
from services.operations.status_api import form_body

TYPED_LIMIT = 200  # characters of a part of the scope
KEY_LIMIT = 40
_SCOPE = {**dict.fromkeys(TYPED, ""), "kind": "payment/partner_silent", "which": "stuck"}


def add_opening(routes: APIRouter, gathering: Gathering) -> None:
    """Add the form, and what takes it."""
    seat = Depends(gathering.door.seat(*MAY["operate"]))

    @routes.get(
        "/new",
        summary="The console: the form that opens an incident, and how many it would concern",
        response_class=HTMLResponse,
    )
    async def opening_shown(
        request: Request,
        visit: Annotated[Visit, seat],
        look: Annotated[Literal["", "yes"], Query()] = "",
    ) -> Response:
        typed = _typed(request.query_params)
        return await _form(gathering, visit, typed, {}, is_looked=look == "yes")

    @routes.post(
        "",
        summary="The console: opens an incident, and keeps whom it concerns",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…", **_SCOPE, "key": "…", "title": "…", "text": ""}),
    )
    async def opening_sent(request: Request, visit: Annotated[Visit, seat]) -> Response:
        by, fields = visit.caller.name, await gathering.door.sent(request, visit)
        typed = _typed(fields)
        scope, title = _scope(typed), said(fields, "title", Title)
        text = fields.get("text", "").strip()
        wrong = "scope" if scope is None else "title" if title is None else ""
        if text and said(fields, "text", Text) is None:
            wrong = wrong or "text"
        if wrong or scope is None or title is None:
            return await _form(gathering, visit, typed, fields, is_looked=True, wrong=wrong)
        what, key = Opening(title=title, scope=scope, text=text or None), fields.get("key", "")
        found = await answers.opened(gathering.desk, what, by, key[:KEY_LIMIT], gathering.clock())
        return to_it(found.id)


async def _form(
    gathering: Gathering,
    visit: Visit,
    typed: Mapping[str, str],
    fields: Mapping[str, str],
    *,
    is_looked: bool,
    wrong: str = "",
) -> Response:
    """Return the form as it was typed so far, with how many it would concern.  Raises `Unknown`."""
    scope, units = _scope(typed), gathering.units
    if is_looked and scope is None:
        wrong = "scope"
    looked = None
    if is_looked and scope is not None:
        looked = preview(await answers.previewed(gathering.desk, scope), units)
    title = title_for(scope or Scope(), units)
    return gathering.door.screen.page(
        visit,
        "incident_new.html",
        422 if wrong else 200,
        typed=typed,
        choices=choices(typed["kind"]),
        looked=looked,
        title=fields.get("title") or (title.en if visit.lang == "en" else title.vi),
        text=fields.get("text", ""),
        key=fields.get("key") or secrets.token_urlsafe(12),
        wrong=wrong,
        wrong_words=_WRONG.get(wrong),
    )


_WRONG: Mapping[str, Words] = {
    name: LABELS[f"wrong_incident_{name}"] for name in ("scope", "title", "text")
}


def _typed(fields: Mapping[str, str]) -> dict[str, str]:
    typed = {name: fields.get(name, "")[:TYPED_LIMIT] for name in TYPED}
    return {**typed, "which": typed["which"] or "stuck"}


def _scope(typed: Mapping[str, str]) -> Scope | None:
    """Return what was typed; None: it cannot be read, or concerns nobody ever."""
    try:
        scope = scope_of(typed)
    except (ValueError, msgspec.ValidationError):
        return None
    return scope if scope.is_known else None
