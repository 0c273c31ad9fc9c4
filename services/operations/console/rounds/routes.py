"""The routes of rounds: a form, its preview, and what is done and seen of each."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.operations.board import Board, Place
from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.rounds.listing import rows
from services.operations.console.rounds.offers import TIMES, Wrong, form_page, instant_of, mistake
from services.operations.console.rounds.page import round_page
from services.operations.console.screen import ALL_UNITS, HEADERS, ROOT, Visit, lead_to
from services.operations.console.stuck.page import STAGES
from services.operations.domain.actions import possible
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from services.operations.domain.roles import MAY
from services.operations.domain.rounds import ITSELF, Choice, Doing, Reason
from services.operations.domain.situations import NEVER_MS
from services.operations.rounds import views
from services.operations.rounds.desk import Desk
from services.operations.rounds_api import (
    VERBS,
    Checking,
    Only,
    begun,
    done,
    items_of,
    known,
)
from services.operations.rounds_api import whole as whole_of
from services.operations.status_api import form_body
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

PAGE = 50
LOOKED_AT = 500  # of a group, for what the form suggests
CHOICE = (
    *("stage", "cause", "action", "which", "unit", "partner", "group", "reason"),
    *("since", "until", "to_unit", "working_days"),
)
_EXAMPLE = {**dict.fromkeys(("token", "key", "applications"), "…"), **dict.fromkeys(CHOICE, "…")}

Of = Annotated[str, Query(pattern="^(all|chosen)$", description="of the group, or those named")]
Which = Annotated[str, Query(pattern="^(stuck|all)$")]
Named = Annotated[tuple[str, ...], Query(max_length=PAGE)]


@dataclass(frozen=True, slots=True)
class Releasing:
    """What these pages are wired with."""

    door: Door
    desk: Desk
    board: Board
    catalogue: Catalogue
    clock: Clock

    def units(self) -> Units:
        """Return units as they are called today."""
        return Units(self.catalogue, local_day(self.clock()))


def router(releasing: Releasing) -> APIRouter:
    """Return the routes: who sees all units looks, and operators act."""
    door = releasing.door
    routes = APIRouter(prefix=f"{ROOT}/rounds", tags=["console"], route_class=door.route())
    _add_asking(routes, releasing)
    _add_looking(routes, releasing)
    for verb in VERBS:
        _add_verb(routes, releasing, verb)
    return routes


def _add_asking(routes: APIRouter, releasing: Releasing) -> None:
    operators = Depends(releasing.door.seat(*MAY["operate"]))

    @routes.get(
        "/new/{action}",
        summary="The console: asks which and why, for something to be done to many",
        response_class=HTMLResponse,
    )
    async def round_asked(
        action: str,
        visit: Annotated[Visit, operators],
        stage: Annotated[str, Query()],
        cause: Annotated[str, Query()],
        of: Of = "all",
        which: Which = "stuck",
        group: Annotated[str, Query(max_length=100)] = "",
        applications: Named = (),
    ) -> Response:
        if of == "chosen" and not applications:
            raise Refusal(422, "none-chosen", LABELS["refused_none-chosen"].en)
        typed = {"stage": stage, "cause": cause, "action": action, "which": which}
        typed = dict.fromkeys(CHOICE, "") | typed | {"group": group}
        chosen = applications if of == "chosen" else ()
        return await _form(releasing, visit, typed, chosen, secrets.token_urlsafe(16))

    @routes.post(
        "",
        summary="The console: finds what would be done, and does nothing yet",
        response_class=HTMLResponse,
        openapi_extra=form_body(_EXAMPLE),
    )
    async def round_previewed(request: Request, visit: Annotated[Visit, operators]) -> Response:
        caller, fields = visit.caller, await releasing.door.sent(request, visit)
        typed = {name: fields.get(name, "") for name in CHOICE}
        applications = tuple(fields.get("applications", "").split())
        key = fields.get("key", "")
        action = releasing.desk.actions.get(typed["action"])
        if wrong := mistake(typed, action.takes if action else ""):
            return await _form(releasing, visit, typed, applications, key, wrong)
        try:
            choice = _chosen(typed, applications)
            found = await begun(releasing.desk, choice, caller, key, releasing.clock())
        except msgspec.ValidationError as error:
            raise Refusal(422, "invalid-body", LABELS["not_readable"].en) from error
        except Refusal as why:
            if why.code != "unknown-unit":
                raise
            wrong = Wrong("to_unit", LABELS["new_no_unit"])
            return await _form(releasing, visit, typed, applications, key, wrong)
        return _to(found.id)


def _add_looking(routes: APIRouter, releasing: Releasing) -> None:
    screen, desk = releasing.door.screen, releasing.desk
    onlookers = Depends(releasing.door.seat(*ALL_UNITS))

    @routes.get("", summary="The console: rounds, the newest first", response_class=HTMLResponse)
    async def rounds_shown(
        visit: Annotated[Visit, onlookers], before: Annotated[str, Query(max_length=19)] = ""
    ) -> Response:
        found, following = await desk.rows.before(before)
        listed = rows(map(views.short, found), desk.actions)
        return screen.page(visit, "rounds.html", rows=listed, following=following)

    @routes.get("/{round_id}", summary="The console: one round", response_class=HTMLResponse)
    async def round_shown(
        round_id: str,
        visit: Annotated[Visit, onlookers],
        after: Annotated[int, Query(ge=0, le=99_999)] = 0,
        only: Only = None,
        seen: Annotated[str, Query(max_length=16)] = "",
        was: Annotated[str, Query(max_length=20)] = "",
        late: Annotated[bool, Query()] = False,
    ) -> Response:
        found = await known(desk, round_id)
        items = await items_of(desk, found, after, PAGE, only)
        view, units = await whole_of(desk, found), releasing.units()
        place, caller = (after, only or ""), visit.caller
        page = round_page(view, items, place, caller, units, is_late=late)
        if visit.is_part and page.seen == seen:
            return Response(status_code=204, headers=HEADERS)
        template = "round_live.html" if visit.is_part else "round.html"
        is_turned = visit.is_part and was != page.status
        return screen.page(visit, template, page=page, is_turned=is_turned)


def _add_verb(routes: APIRouter, releasing: Releasing, verb: Doing) -> None:
    how = VERBS[verb]

    @routes.post(
        f"/{{round_id}}/{verb}",
        name=f"{verb}_round_shown",
        summary=f"The console: {how.means[0].lower()}{how.means[1:]}",
        response_class=HTMLResponse,
        openapi_extra=form_body({"token": "…", "reason": "…"}),
    )
    async def act(
        round_id: str,
        request: Request,
        visit: Annotated[Visit, Depends(releasing.door.seat(*how.roles))],
    ) -> Response:
        caller, fields = visit.caller, await releasing.door.sent(request, visit)
        reason = fields.get("reason", "")
        if how.takes is Checking and not _is_reason(reason):
            raise Refusal(422, "no-reason", LABELS["refused_no-reason"].en)
        try:
            await done(releasing.desk, round_id, verb, caller, reason)
        except Refusal as why:
            if why.code != "not-possible-now":
                raise
            return _to(round_id, is_late=not await _was_done(releasing, round_id, verb, caller))
        return _to(round_id)


async def _form(
    releasing: Releasing,
    visit: Visit,
    typed: Mapping[str, str],
    applications: tuple[str, ...],
    key: str,
    wrong: Wrong | None = None,
) -> Response:
    """Return the form as it was typed so far.  Raises `Refusal` 404, 422, `Unknown`."""
    stage, cause, name = typed["stage"], typed["cause"], typed["action"]
    if cause not in CAUSES or stage not in STAGES:
        raise Refusal(404, "not-found", LABELS["refused_not-found"].en)
    actions = releasing.desk.actions
    if name not in possible(cause, actions):
        raise Refusal(422, "no-such-action", LABELS["refused_no-such-action"].en)
    group = await releasing.board.situations(stage, cause, Place(), NEVER_MS, LOOKED_AT)
    page = form_page(typed, applications, actions[name], group, releasing.units())
    page = page._replace(wrong=wrong)
    status = 422 if wrong else 200
    return releasing.door.screen.page(visit, "round_new.html", status, page=page, key=key)


def _chosen(typed: Mapping[str, str], applications: tuple[str, ...]) -> Choice:
    """Return what was typed as a choice.  Raises `msgspec.ValidationError`."""
    days = typed["working_days"].strip()
    times = {name: instant_of(typed[name]) for name in TIMES}
    given = {"applications": applications, "working_days": days or 0, **times}
    cleaned = {"to_unit": typed["to_unit"].strip()}
    return msgspec.convert({**typed, **cleaned, **given}, Choice, strict=False)


async def _was_done(releasing: Releasing, id_: str, verb: Doing, caller: Caller) -> bool:
    """Tell whether this is what a person did last: the button was pressed twice."""
    acts = [act for act in (await known(releasing.desk, id_)).acts if act.by != ITSELF]
    last = "start" if acts[-1].what == "ask" else acts[-1].what
    return (last, acts[-1].by, acts[-1].principal) == (verb, caller.name, caller.principal)


def _is_reason(text: str) -> bool:
    try:
        msgspec.convert(text, Reason)
    except msgspec.ValidationError:
        return False
    return True


def _to(id_: str, *, is_late: bool = False) -> Response:
    """Lead the browser to a round."""
    query = f"?{urlencode({'late': 'true'})}" if is_late else ""
    return lead_to(f"{ROOT}/rounds/{id_}{query}")
