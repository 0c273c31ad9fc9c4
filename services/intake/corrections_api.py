"""The citizen corrects contact data and answers, until a unit accepts the application."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

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
from services.intake.domain.corrections import (
    Judging,
    content,
    correction_id,
    is_repeated,
    judging,
    key_stands,
    obstacle,
    read_correction,
    unread_correction,
)
from services.intake.domain.dossier import Application
from services.intake.domain.remedies import problem
from services.intake.forms import CORRECTION, TAKEN, CorrectionForm, Taken
from services.intake.revisions import short_hash
from services.intake.views import taken
from shared import edge
from shared.access import Caller
from shared.events.portal import Correction, CorrectionSubmitted
from shared.journal import Decision
from shared.jwe import SIZE_LIMIT, encrypt_to
from shared.problems import Refusal
from shared.working_time import local_day

_KEY = edge.header(
    "Idempotency-Key",
    "tells one correction from another; without it, its content does",
    "correction-1",
    required=False,
)


def corrections_router(desk: Desk) -> APIRouter:
    """Return the route of corrections."""
    routes = APIRouter()

    @routes.post(
        "/v1/applications/{application}/corrections",
        status_code=202,
        summary="Correct contact data or answers, before a unit accepts the application",
        openapi_extra=edge.described(CorrectionForm, CORRECTION, _KEY),
        responses=edge.answers(202, Taken, 400, 404, 409, 413, 415, 422, example=TAKEN),
    )
    async def correct(application: str, request: Request, caller: Portal) -> Response:
        application = application_id(application)
        latest, state = await known(desk.journal, application, caller)
        on = local_day(state.decided_at)
        by = judging(state.procedure, on, desk.catalogue, desk.forms)
        sent = await edge.read(
            request, CorrectionForm, explained=lambda body: unread_correction(body, by)
        )
        key = named_key(request)
        return answer(await _correct(desk, caller, latest, state, sent.personal, by, key), 202)

    return routes


async def _correct(
    desk: Desk,
    caller: Caller,
    latest: Decision[Application],
    state: Application,
    said: Correction,
    by: Judging,
    key: str,
) -> Taken:
    """Append a correction, encrypted; the same again is the same message."""
    application = latest.application
    read = read_correction(msgspec.json.encode(said), by)
    wrong = () if isinstance(read, Correction) else read
    hashed = short_hash(desk.pepper, content(read if isinstance(read, Correction) else said))
    message = correction_id(application, state, hashed, key)
    if key_stands(state, message, hashed) or stands_with_other(latest, caller, message):
        raise key_reused()
    if is_repeated(state, message, hashed):
        return taken(application, state)
    if in_the_way := obstacle(state):
        code = state.end or in_the_way.code
        raise Refusal(409, code, in_the_way.remedy_en, (in_the_way, *wrong))
    refuse(wrong)
    encrypted = encrypt_to(desk.public_key, msgspec.json.encode(read))
    if len(encrypted) > SIZE_LIMIT:
        refuse((problem("too-long", "/personal"),))
    data = CorrectionSubmitted(personal=encrypted)
    await publish(desk, "intake.inbox", caller, message, data, latest)
    return taken(application, state)
