"""The edge of officers and provincial systems: act on a dossier, look at it, preview a route.

An action is appended and answered with 202: whether it was possible shows when the lane has
decided, in `GET …/actions/{key}` and as `routing.action_rejected`.  Who says with `If-Match` which
version he looked at is told at once that it has changed (412), or that the move is not possible
(409); and should the dossier move before the lane decides, the action is rejected.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from services.routing import answers
from services.routing.actions import ActionRequest, command, contract, described, move
from services.routing.answers import known
from services.routing.domain.dossier import Dossier
from services.routing.domain.keys import not_theirs
from services.routing.domain.moves import apply
from services.routing.domain.rules import Rules, explain
from services.routing.domain.states import Move
from services.routing.lane import asked_by_officer, digest
from services.routing.views import (
    ACTION,
    DOSSIER,
    ROUTE,
    ActionView,
    DossierView,
    RouteView,
    dossier_view,
    outcome_view,
    route_view,
)
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.events import Data
from shared.events.data import Problem
from shared.events.routing import ActionRejected, OfficerAction
from shared.journal import Decision, Journal
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.working_time import local_day

BODY_LIMIT_BYTES = 16 << 10
KEY_LIMIT = 64
CODE_LIMIT = 32
VERSION_LIMIT = 9  # digits

Officer = Annotated[Caller, Depends(require("officer"))]
Reader = Annotated[Caller, Depends(require("officer", "operator"))]
Anyone = Annotated[Caller, Depends(require("officer", "operator", "portal"))]
Code = Annotated[str, Query(max_length=CODE_LIMIT)]


@dataclass(frozen=True)
class Taken:
    """The action is on its way; what came of it stands at `outcome`."""

    application: str
    key: str
    outcome: str


TAKEN = Taken(edge.APPLICATION, "act-1", f"/v1/applications/{edge.APPLICATION}/actions/act-1")


def router(
    publisher: Publisher,
    journal: Journal[Dossier],
    catalogue: Catalogue,
    rules: Rules,
    clock: Clock,
) -> APIRouter:
    """Return routing's routes."""
    routes = APIRouter(tags=["routing"])

    @routes.post(
        "/v1/applications/{application}/actions",
        status_code=202,
        summary="Act on a dossier; once per Idempotency-Key",
        openapi_extra=described(),
        responses=edge.shown(202, TAKEN, 400, 404, 409, 412, 413, 415, 422),
    )
    async def act(
        application: str,
        request: Request,
        caller: Officer,
        idempotency_key: Annotated[str, Header()] = "",
        if_match: Annotated[str, Header()] = "",
    ) -> Taken:
        key = _key(idempotency_key)
        asked = await edge.read(request, ActionRequest, BODY_LIMIT_BYTES)
        decision, dossier = await known(journal, application)
        data = contract(asked, caller)
        is_new = _is_new(decision, f"{caller.source} {key}", data)
        if is_new:  # told again, it is what it was: the dossier may be another unit's by now
            _refuse_what_is_not_theirs(dossier, move(asked), data, catalogue, clock())
        if if_match and is_new:
            _same_version(if_match, decision)
            data = msgspec.structs.replace(data, moves_seen=dossier.moves)
            outcome = apply(dossier, asked_by_officer(move(asked), data), catalogue, clock())
            _refuse_what_is_rejected(outcome.events)
        await publisher.publish("routing.inbox", command(decision, caller, key, data, clock))
        path = f"/v1/applications/{decision.application}/actions/{quote(key, safe='')}"
        return Taken(decision.application, key, path)

    @routes.get(
        "/v1/applications/{application}/actions/{key:path}",
        summary="What came of one's own action",
        responses=edge.shown(200, ACTION, 404, 409, 410, 422),
    )
    async def outcome(application: str, key: str, caller: Officer) -> ActionView:
        decision, _ = await known(journal, application)
        versions = await journal.history(decision.application)
        message = f"{caller.source} {_key(key)}"
        if versions[0].is_archived and message in versions[0].handled:
            detail = "The dossier is archived: ask an operator for what came of this action."
            raise Refusal(410, "archived", detail)
        return outcome_view(versions, message)

    @routes.get(
        "/v1/applications/{application}",
        summary="How things stand with a dossier",
        responses=edge.shown(200, DOSSIER, 403, 404, 409, 422),
    )
    async def application(application: str, response: Response, caller: Reader) -> DossierView:
        decision, dossier = await known(journal, application)
        answers.refuse_anothers(dossier, caller, catalogue, clock())
        response.headers["ETag"] = f'"{decision.version}"'
        return dossier_view(decision, catalogue, clock())

    @routes.get(
        "/v1/routing/preview",
        summary="Where a dossier would go, and why",
        responses=edge.shown(200, ROUTE, 422),
    )
    async def preview(
        _: Anyone,
        procedure: Code,
        receiving_unit: Code,
        residence_unit: Code = "",
        object_unit: Code = "",
        on: date | None = None,
        residence_unit_on: date | None = None,
        object_unit_on: date | None = None,
    ) -> RouteView:
        day = on or local_day(clock())
        places = {"residence_unit": residence_unit, "object_unit": object_unit}
        answers.refuse_a_filing(procedure, receiving_unit, places, catalogue, day)
        route = explain(
            catalogue,
            rules,
            procedure,
            residence_unit,
            receiving_unit,
            day,
            object_unit,
            residence_on=residence_unit_on,
            object_on=object_unit_on,
        )
        return route_view(route)

    return routes


def _is_new(decision: Decision[Dossier], message: str, data: OfficerAction) -> bool:
    """Whether nothing was decided under this key.  Raises `Refusal` if something else was."""
    assert decision.state is not None
    if decision.state.told_by.get(message, said := digest(data)) != said:
        problem = Problem(
            field="/header/idempotency-key",
            code="conflict",
            remedy_vi="Khóa này đã dùng cho một thao tác khác: hãy dùng khóa mới.",
            remedy_en="This key stands with another action: use a new one.",
        )
        raise Refusal(409, "conflict", f"{problem.remedy_en} Nothing was done.", (problem,))
    return message not in decision.handled


def _key(text: str) -> str:
    if not text or len(text) > KEY_LIMIT or not text.isascii() or not text.isprintable():
        detail = (
            "Send `Idempotency-Key: <1 to 64 printable ASCII characters>`, a new one for each"
            " action and the same one when you repeat it."
        )
        raise Refusal(422, "invalid-idempotency-key", detail)
    return text


def _same_version(if_match: str, decision: Decision[Dossier]) -> None:
    text, now = if_match.strip().strip('"'), decision.version
    if not text.isdecimal() or len(text) > VERSION_LIMIT:
        detail = 'Send `If-Match: "<version>"` with the version you looked at, or leave it out.'
        raise Refusal(422, "invalid-if-match", detail)
    if int(text) == now:
        return
    problem = Problem(
        field="/header/if-match",
        code="version-conflict",
        remedy_vi=f"Hồ sơ đã thay đổi, nay ở phiên bản {now}: xem lại rồi quyết định.",
        remedy_en=f"The dossier has changed and is at version {now}: look again, then decide.",
    )
    detail = f"It is at version {now}, not {text}; nothing was done."
    raise Refusal(412, "version-conflict", detail, (problem,), {"ETag": f'"{now}"'})


def _refuse_what_is_not_theirs(
    dossier: Dossier, asked: Move, data: OfficerAction, catalogue: Catalogue, at: datetime
) -> None:
    if reason := not_theirs(dossier, asked_by_officer(asked, data), catalogue, at):
        raise answers.not_theirs(reason.vi, reason)


def _refuse_what_is_rejected(outcome: tuple[Data, ...]) -> None:
    for event in outcome:
        if isinstance(event, ActionRejected):
            possible = ", ".join(event.possible) or "–"
            problem = Problem(
                field="/action",
                code="not-possible",
                remedy_vi=f"{answers.sentence(event.reason_vi)} Hiện có thể: {possible}.",
                remedy_en=f"{answers.sentence(event.reason)} Possible now: {possible}.",
            )
            raise Refusal(409, "not-possible", event.reason, (problem,))
