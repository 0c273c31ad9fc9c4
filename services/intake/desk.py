"""What the portals' edge is wired with, and what its routes share: find, append, refuse, answer."""

import re
from collections.abc import Sequence
from typing import Annotated, NamedTuple, Protocol

import msgspec
from fastapi import Depends, Request
from fastapi.responses import Response

from services.intake.attachments.named import NamedFiles
from services.intake.domain.dossier import Application
from services.intake.domain.message_ids import first_under, taken_apart
from services.intake.domain.receipt import Contacts
from services.intake.domain.remedies import problem
from services.intake.domain.validation import portal_of
from shared import events
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.errors import DeadLetter
from shared.events import Data, Event
from shared.events.data import Problem
from shared.journal import Decision
from shared.jwe import Key
from shared.placement import canonical
from shared.problems import Refusal
from shared.status_links import StatusLinks

_KEY = re.compile(r"[A-Za-z0-9.-]{1,64}")

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
    """What the edge is wired with.

    `shown` may be behind what was published just now, `journal` is not.
    """

    publisher: Publishes
    shown: Reads
    journal: Reads
    catalogue: Catalogue
    public_key: Key
    pepper: bytes
    clock: Clock
    forms: Forms
    links: StatusLinks
    contacts: Contacts
    files: NamedFiles


async def publish(
    desk: Desk,
    topic: str,
    caller: Caller,
    message: str,
    data: Data,
    follows: Decision[Application] | None = None,
) -> None:
    """Append what a portal sent, as a message with this id.  Raises `Unknown`."""
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


async def known(
    reads: Reads, application: str, caller: Caller
) -> tuple[Decision[Application], Application]:
    """Return an application of this portal's; that of another is as unknown as none.

    What follows on it is named by how it stands in the journal: by what was rejected there.
    """
    latest = await reads.latest(application)
    state = latest.state if latest else None
    if latest is None or state is None or state.portal != portal_of(caller.source):
        detail = "No application of yours has this id; if you have just submitted it, try again."
        raise Refusal(404, "unknown-application", detail)
    return latest, state


def application_id(written: str) -> str:
    """Return an application's id in the one form that is kept.  Raises `Refusal` 404."""
    try:
        return canonical(written)
    except DeadLetter:
        raise Refusal(404, "unknown-application", "An application id is a UUIDv7.") from None


def idempotency_key(request: Request) -> str:
    """Return the key that a request names itself by, empty if by none."""
    return request.headers.get("idempotency-key", "").strip('"')


def named_key(request: Request) -> str:
    """Return the key that a message may be named by.  Raises `Refusal` 400."""
    key = idempotency_key(request)
    if key and not _KEY.fullmatch(key):
        detail = "An `Idempotency-Key` has at most 64 letters, digits, points, hyphens."
        field = "/headers/idempotency-key"
        raise Refusal(400, "idempotency-key", detail, (problem("invalid-value", field),))
    return key


def stands_with_other(latest: Decision[Application], caller: Caller, message: str) -> bool:
    """Whether the key in a message's id stands with other content, though it was rejected."""
    made = taken_apart(message)
    first = first_under(latest.handled, caller.source, message)
    return bool(made and first and first != made.content_hash)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise `Refusal` 422 with these problems, if there are any."""
    if problems:
        detail = "Correct the fields named in `problems` and send again."
        raise Refusal(422, "invalid-application", detail, tuple(problems))


def answer(value: msgspec.Struct, status: int = 200) -> Response:
    """Return a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def key_reused() -> Refusal:
    """Return why nothing came of it: the caller's key stands with other content."""
    reused = problem("key-reused", "/headers/idempotency-key")
    return Refusal(409, "conflict", reused.remedy_en, (reused,))
