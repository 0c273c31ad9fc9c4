"""What follows on an application: a portal brings what was asked for, or asks to take it back."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.intake.attachments.checking import Named
from services.intake.desk import (
    Desk,
    Portal,
    answer,
    application_id,
    key_reused,
    known,
    named_key,
    publish,
    refuse,
    stands_with_other,
)
from services.intake.domain.findings import unread_supplement, unread_withdrawal
from services.intake.domain.follow_ups import (
    FollowUp,
    content_hash,
    form_problems,
    is_repeated,
    key_stands,
    obstacle,
    supplement_id,
)
from services.intake.forms import SUPPLEMENT, TAKEN, WITHDRAWAL, Taken
from services.intake.views import taken
from shared import edge
from shared.access import Caller
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.problems import Refusal
from shared.working_time import local_day

_KEY = edge.header(
    "Idempotency-Key",
    "tells one supplement from another; without it, its content does",
    "supplement-1",
    required=False,
)


def follow_ups_router(desk: Desk) -> APIRouter:
    """Return the routes of what follows on an application."""
    routes = APIRouter()

    @routes.post(
        "/v1/applications/{application}/supplements",
        status_code=202,
        summary="Bring what was asked for",
        openapi_extra=edge.described(SupplementSubmitted, SUPPLEMENT, _KEY),
        responses=edge.answers(202, Taken, 400, 404, 409, 413, 415, 422, example=TAKEN),
    )
    async def supplement(application: str, request: Request, caller: Portal) -> Response:
        brought = await edge.read(request, SupplementSubmitted, explained=unread_supplement)
        key = named_key(request)
        return answer(await _follow_up(desk, application, caller, brought, key), 202)

    @routes.post(
        "/v1/applications/{application}/withdrawal",
        status_code=202,
        summary="Take an application back",
        openapi_extra=edge.described(WithdrawalRequested, WITHDRAWAL),
        responses=edge.answers(202, Taken, 400, 404, 409, 413, 415, 422, example=TAKEN),
    )
    async def withdraw(application: str, request: Request, caller: Portal) -> Response:
        asked = await edge.read(request, WithdrawalRequested, explained=unread_withdrawal)
        return answer(await _follow_up(desk, application, caller, asked), 202)

    return routes


async def _follow_up(
    desk: Desk, application: str, caller: Caller, data: FollowUp, key: str = ""
) -> Taken:
    """Append what follows on an application; the same again is the same message."""
    application = application_id(application)
    latest, state = await known(desk.journal, application, caller)
    # what the lane rejects of withdrawals is final; what routing does may be asked again
    name = f"{application}/withdrawal/{state.withdrawals_rejected}"
    if isinstance(data, SupplementSubmitted):
        name = supplement_id(application, state, content_hash(data), key)
    if key_stands(state, name, data) or stands_with_other(latest, caller, name):
        raise key_reused()
    if is_repeated(state, name, data):
        return taken(application, state)
    wrong = form_problems(data)
    if isinstance(data, SupplementSubmitted) and data.documents:
        on = local_day(desk.clock())
        wrong += await desk.files.problems(Named(state.portal, state.procedure, data.documents, on))
    if in_the_way := obstacle(state, data):
        code = state.end or in_the_way.code
        raise Refusal(409, code, in_the_way.remedy_en, (in_the_way, *wrong))
    refuse(wrong)
    await publish(desk, "intake.inbox", caller, name, data, latest)
    return taken(application, state)
