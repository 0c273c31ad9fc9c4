"""The portals' edge: applications come in, encrypted before they are appended, and can be followed.

What is wrong is said at once; the lane checks again, for portals that write to Kafka themselves.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, NamedTuple, Protocol

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.intake.domain.dossier import NATIONAL_CODE, Application, content
from services.intake.domain.findings import (
    examine,
    unread_problems,
    unread_supplement,
    unread_withdrawal,
)
from services.intake.domain.remedies import problem
from services.intake.domain.validation import (
    is_uuidv7,
    normalised,
    portal_of,
    supplement_problems,
    withdrawal_problems,
)
from services.intake.forms import (
    FORM,
    KEYS,
    SUPPLEMENT,
    TAKEN,
    VIEW,
    WITHDRAWAL,
    Form,
    Keys,
    Taken,
    View,
)
from shared import edge, events
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.errors import DeadLetter
from shared.events import Data, Event
from shared.events.data import Problem
from shared.events.portal import Submitted, SupplementSubmitted, WithdrawalRequested
from shared.journal import Decision
from shared.jwe import SIZE_LIMIT, Key, encrypt_to, public_part
from shared.placement import canonical
from shared.problems import Refusal
from shared.vault import keyed_hash
from shared.working_time import local_day

WITHDRAWAL_NAME = "withdrawal"
_KEY = re.compile(r"[A-Za-z0-9.-]{1,64}")

_ID = edge.header(
    "Idempotency-Key", "the application id: your UUIDv7", edge.APPLICATION, required=True
)
_SUPPLEMENT_KEY = edge.header(
    "Idempotency-Key",
    "tells one supplement from another; without it, its content does",
    "supplement-1",
    required=False,
)

Portal = Annotated[Caller, Depends(require("portal"))]


class Publishes(Protocol):
    """`shared.publisher.Publisher`."""

    async def publish(self, topic: str, event: Event) -> None:
        """Append an event.  Raises `Unknown`."""


class Reads(Protocol):
    """`shared.journal.Journal`."""

    async def latest(self, application: str) -> Decision[Application] | None:
        """Return how an application stands.  Raises `Unknown`."""


class Desk(NamedTuple):
    """What the edge is wired with."""

    publisher: Publishes
    journal: Reads
    catalogue: Catalogue
    public_key: Key
    pepper: bytes
    clock: Clock
    forms: Forms


def router(desk: Desk) -> APIRouter:
    """Return intake's routes."""
    routes = APIRouter(tags=["intake"])

    @routes.post(
        "/v1/applications",
        status_code=202,
        summary="Submit an application; the same again counts once",
        openapi_extra=edge.described(Form, FORM, _ID),
        responses=edge.answers(202, Taken, 400, 409, 413, 415, 422, example=TAKEN),
    )
    async def submit(request: Request, caller: Portal) -> Response:
        application = _idempotency_key(request)
        form = await edge.read(request, Form, explained=lambda body: _unread(desk, body))
        return _json(await _submit(desk, application, caller, form), 202)

    @routes.post(
        "/v1/applications/{application}/supplements",
        status_code=202,
        summary="Bring what was asked for",
        openapi_extra=edge.described(SupplementSubmitted, SUPPLEMENT, _SUPPLEMENT_KEY),
        responses=edge.answers(202, Taken, 400, 404, 409, 413, 415, 422, example=TAKEN),
    )
    async def supplement(application: str, request: Request, caller: Portal) -> Response:
        brought = await edge.read(request, SupplementSubmitted, explained=unread_supplement)
        _refuse(supplement_problems(brought))
        name = _supplement_name(request, brought)
        return _json(await _follow_up(desk, application, caller, brought, name), 202)

    @routes.post(
        "/v1/applications/{application}/withdrawal",
        status_code=202,
        summary="Take an application back",
        openapi_extra=edge.described(WithdrawalRequested, WITHDRAWAL),
        responses=edge.answers(202, Taken, 400, 404, 409, 413, 415, 422, example=TAKEN),
    )
    async def withdraw(application: str, request: Request, caller: Portal) -> Response:
        asked = await edge.read(request, WithdrawalRequested, explained=unread_withdrawal)
        _refuse(withdrawal_problems(asked))
        return _json(await _follow_up(desk, application, caller, asked, WITHDRAWAL_NAME), 202)

    @routes.get(
        "/v1/applications/{application}",
        summary="How an application stands at the door",
        responses=edge.answers(200, View, 404, example=VIEW),
    )
    async def status(application: str, caller: Portal) -> Response:
        _, state = await _known(desk, _canonical(application), caller)
        view = View(
            application_id=_canonical(application),
            status=state.status,
            national_code=NATIONAL_CODE[state.status],
            dossier_code=state.dossier_code,
            decided_at=state.decided_at,
            problems=state.problems,
            warnings=state.warnings,
        )
        return _json(view)

    @routes.get(
        "/v1/keys",
        summary="The key to encrypt personal fields to, for portals on Kafka",
        responses=edge.answers(200, Keys, example=KEYS),
    )
    async def keys() -> Response:
        return _json(Keys(keys=[public_part(desk.public_key)]))

    return routes


async def _submit(desk: Desk, application: str, caller: Caller, form: Form) -> Taken:
    if not portal_of(caller.source):
        raise Refusal(403, "not-a-portal", "This key's name is no portal's: ask for another.")
    personal, now = normalised(form.personal), desk.clock()
    submitted = Submitted(
        personal="",
        **{f: getattr(form, f) for f in form.__struct_fields__ if f != "personal"},
    )
    content_hash = keyed_hash(desk.pepper, content(submitted, personal))
    latest = await desk.journal.latest(application)
    if latest and latest.state:
        return _again(application, caller, latest.state, content_hash)
    problems, warnings = examine(submitted, personal, desk.catalogue, desk.forms, local_day(now))
    _refuse(problems)
    encrypted = encrypt_to(desk.public_key, msgspec.json.encode(personal))
    if len(encrypted) > SIZE_LIMIT:
        _refuse((problem("too-long", "/personal"),))
    sent = msgspec.structs.replace(submitted, personal=encrypted)
    message = f"{application}/submitted/{content_hash[:16]}"
    await _publish(desk, "portal.submissions", caller, message, sent)
    return msgspec.structs.replace(_taken(application), warnings=warnings)


def _unread(desk: Desk, body: bytes) -> Sequence[Problem]:
    """Return all that is wrong with a body that is no `Form`."""
    return unread_problems(body, Form, desk.catalogue, desk.forms, local_day(desk.clock()))


def _again(application: str, caller: Caller, state: Application, content_hash: str) -> Taken:
    if (state.portal, state.content_hash) != (portal_of(caller.source), content_hash):
        detail = "This application id stands with other content: use a new UUIDv7."
        raise Refusal(409, "conflict", detail)
    return _taken(application, state)


async def _follow_up(desk: Desk, application: str, caller: Caller, data: Data, name: str) -> Taken:
    """Append what follows on an application; `name` tells it from what else follows."""
    application = _canonical(application)
    known, state = await _known(desk, application, caller)
    if state.status == "withdrawn" and name == WITHDRAWAL_NAME:
        return _taken(application, state)
    if state.status != "registered":
        detail = f"This application was {state.status}: nothing more can be done with it."
        raise Refusal(409, state.status, detail)
    await _publish(desk, "intake.inbox", caller, f"{application}/{name}", data, known)
    return _taken(application, state)


async def _publish(
    desk: Desk,
    topic: str,
    caller: Caller,
    message: str,
    data: Data,
    follows: Decision[Application] | None = None,
) -> None:
    event = Event(
        id=message,
        source=caller.source,
        type=data.TYPE,
        subject=message.partition("/")[0],
        time=desk.clock(),
        data=msgspec.Raw(events.encode(data)),
        traceparent=follows.traceparent if follows else "",
        causationid=follows.last_event if follows else "",
    )
    await desk.publisher.publish(topic, event)


async def _known(
    desk: Desk, application: str, caller: Caller
) -> tuple[Decision[Application], Application]:
    """Return an application of this portal's; that of another is as unknown as none."""
    latest = await desk.journal.latest(application)
    state = latest.state if latest else None
    if latest is None or state is None or state.portal != portal_of(caller.source):
        detail = "No application of yours has this id; if you have just submitted it, try again."
        raise Refusal(404, "unknown-application", detail)
    return latest, state


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "").strip('"')
    if not is_uuidv7(key):
        detail = "Send `Idempotency-Key: <application id>`, a new UUIDv7 per application."
        field = "/headers/idempotency-key"
        code = "not-uuidv7" if key else "missing-field"
        raise Refusal(400, "idempotency-key", detail, (problem(code, field),))
    return canonical(key)


def _canonical(application: str) -> str:
    try:
        return canonical(application)
    except DeadLetter:
        raise Refusal(404, "unknown-application", "An application id is a UUIDv7.") from None


def _supplement_name(request: Request, brought: SupplementSubmitted) -> str:
    """Tell one supplement from another: by the caller's key or, without one, by its content."""
    key = request.headers.get("idempotency-key", "").strip('"')
    if key and not _KEY.fullmatch(key):
        detail = "An `Idempotency-Key` has at most 64 letters, digits, points, hyphens."
        field = "/headers/idempotency-key"
        raise Refusal(400, "idempotency-key", detail, (problem("invalid-value", field),))
    return f"supplement/{key or sha256(events.encode(brought)).hexdigest()[:16]}"


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        detail = "Correct the fields named in `problems` and send again."
        raise Refusal(422, "invalid-application", detail, tuple(problems))


def _taken(application: str, state: Application | None = None) -> Taken:
    return Taken(
        application_id=application,
        status_url=f"/v1/applications/{application}",
        dossier_code=state.dossier_code if state else "",
        warnings=state.warnings if state else (),
    )


def _json(value: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
