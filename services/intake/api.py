"""The portals' edge: applications come in, encrypted before they are appended, and can be followed.

What is wrong is said at once; the lane checks again, for portals that write to Kafka themselves.
"""

from collections.abc import Callable, Sequence

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.intake.attachments.checking import Named
from services.intake.corrections_api import corrections_router
from services.intake.desk import (
    Desk,
    Portal,
    answer,
    application_id,
    idempotency_key,
    known,
    publish,
    refuse,
)
from services.intake.domain.dossier import Application, content
from services.intake.domain.findings import examine, unread_problems
from services.intake.domain.remedies import problem
from services.intake.domain.validation import is_uuidv7, normalised, portal_of
from services.intake.follow_ups_api import follow_ups_router
from services.intake.forms import FORM, KEYS, LOOK, TAKEN, VIEW, Form, Keys, Look, Taken, View
from services.intake.views import taken, view
from shared import edge
from shared.access import Caller
from shared.bare import Near
from shared.events.data import Problem
from shared.events.portal import Submitted
from shared.journal import Decision
from shared.jwe import SIZE_LIMIT, encrypt_to, public_part
from shared.placement import canonical
from shared.problems import Refusal
from shared.vault import keyed_hash
from shared.working_time import local_day

APPLICATIONS = "/v1/applications"

_ID = edge.header(
    "Idempotency-Key", "the application id: your UUIDv7", edge.APPLICATION, required=True
)


def router(desk: Desk) -> APIRouter:
    """Return intake's routes."""
    routes = APIRouter(tags=["intake"])

    @routes.post(
        APPLICATIONS,
        status_code=202,
        summary="Submit an application; the same again counts once",
        openapi_extra=edge.described(Form, FORM, _ID),
        responses=edge.answers(202, Taken, 400, 409, 413, 415, 422, example=TAKEN),
    )
    async def submit(request: Request, caller: Portal) -> Response:
        application = _new_id(request)
        form = await edge.read(request, Form, explained=lambda body: _unread(desk, body))
        return answer(await _submit(desk, application, caller, form), 202)

    routes.include_router(follow_ups_router(desk))
    routes.include_router(corrections_router(desk))

    @routes.get(
        f"{APPLICATIONS}/{{application}}",
        summary="How an application stands at the door",
        responses=edge.answers(200, View, 404, example=VIEW),
    )
    async def status(application: str, caller: Portal) -> Response:
        application = application_id(application)
        _, state = await known(desk.shown, application, caller)
        return answer(_shown(desk, application, state))

    @routes.post(
        "/v1/status",
        summary="How the application stands that a citizen's link opens, whoever took it in",
        openapi_extra=edge.described(Look, LOOK),
        responses=edge.answers(200, View, 400, 404, 413, 415, 422, example=VIEW),
    )
    async def look(request: Request, _: Portal) -> Response:
        application = desk.links.application((await edge.read(request, Look)).token)
        latest = await desk.shown.latest(application) if application else None
        if application is None or latest is None or latest.state is None:
            raise Refusal(404, "unknown-link", "Nothing is known under this link: copy all of it.")
        return answer(_shown(desk, application, latest.state))

    @routes.get(
        "/v1/keys",
        summary="The key to encrypt personal fields to, for portals on Kafka",
        responses=edge.answers(200, Keys, example=KEYS),
    )
    async def keys() -> Response:
        return answer(Keys(keys=[public_part(desk.public_key)]))

    return routes


def near(desk: Desk, known: Callable[[str], Decision[Application] | None]) -> Near:
    """Return the same answer to a status look-up, of what this process has decided itself.

    Portals ask so often that the framework would cost six times as much as the answer.
    """

    def at_hand(application: str, caller: Caller) -> bytes | None:
        latest = known(application)
        if latest is None or latest.state is None or caller.role != "portal":
            return None
        if latest.state.portal != portal_of(caller.source):
            return None
        return msgspec.json.encode(_shown(desk, application, latest.state))

    return at_hand


async def _submit(desk: Desk, application: str, caller: Caller, form: Form) -> Taken:
    if not portal_of(caller.source):
        raise Refusal(403, "not-a-portal", "This key's name is no portal's: ask for another.")
    personal, now = normalised(form.personal), desk.clock()
    submitted = Submitted(
        personal="",
        **{f: getattr(form, f) for f in form.__struct_fields__ if f != "personal"},
    )
    hashed = keyed_hash(desk.pepper, content(submitted, personal))
    latest = await desk.shown.latest(application)
    if latest and latest.state:
        return _again(application, caller, latest.state, hashed)
    on = local_day(now)
    problems, warnings = examine(submitted, personal, desk.catalogue, desk.forms, on)
    if submitted.documents:
        portal = portal_of(caller.source)
        named = Named(portal, submitted.procedure, submitted.documents, on)
        problems += await desk.files.problems(named)
    refuse(problems)
    encrypted = encrypt_to(desk.public_key, msgspec.json.encode(personal))
    if len(encrypted) > SIZE_LIMIT:
        refuse((problem("too-long", "/personal"),))
    sent = msgspec.structs.replace(submitted, personal=encrypted)
    message = f"{application}/submitted/{hashed[:16]}"
    await publish(desk, "portal.submissions", caller, message, sent)
    return msgspec.structs.replace(taken(application), warnings=warnings)


def _unread(desk: Desk, body: bytes) -> Sequence[Problem]:
    """Return all that is wrong with a body that is no `Form`."""
    return unread_problems(body, Form, desk.catalogue, desk.forms, local_day(desk.clock()))


def _again(application: str, caller: Caller, state: Application, hashed: str) -> Taken:
    if (state.portal, state.content_hash) != (portal_of(caller.source), hashed):
        detail = "This application id stands with other content: use a new UUIDv7."
        raise Refusal(409, "conflict", detail)
    return taken(application, state)


def _new_id(request: Request) -> str:
    key = idempotency_key(request)
    if not is_uuidv7(key):
        detail = "Send `Idempotency-Key: <application id>`, a new UUIDv7 per application."
        field = "/headers/idempotency-key"
        code = "not-uuidv7" if key else "missing-field"
        raise Refusal(400, "idempotency-key", detail, (problem(code, field),))
    return canonical(key)


def _shown(desk: Desk, application: str, state: Application) -> View:
    return view(application, state, desk.catalogue, desk.contacts, desk.links)
