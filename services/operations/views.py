"""What the edge answers; for the description, as `api` puts the answers together by itself."""

from typing import Any, Literal

import msgspec

from services.operations.domain.clocks import Clock
from services.operations.domain.entries import Entry
from services.operations.domain.explaining import Explanation
from services.operations.domain.findings import Finding
from services.operations.domain.spans import Span
from services.operations.domain.status import State, Status
from services.operations.domain.timeline import Line, instant
from services.operations.domain.waits import Wait
from services.operations.domain.whys import Why
from shared.edge import APPLICATION


class JourneyView(msgspec.Struct, kw_only=True):
    """One application; `why` it is here and what happens next, what matters most first; `clocks`
    that have begun, `routing`: why its units are its units; `is_truncated`: it has more messages
    than are shown.
    """

    application: str
    why: list[Why]
    status: Status
    clocks: list[Clock]
    routing: list[Explanation]
    findings: list[Finding]
    timeline: list[Line]
    is_truncated: bool


class MessageView(msgspec.Struct, kw_only=True):
    """A message as it is kept; what is sealed in `data` stays sealed.  `sequence` is null for what
    is not a numbered event.
    """

    topic: str
    partition: int
    offset: int
    id: str
    source: str
    type: str
    subject: str
    sequence: int | None
    traceparent: str
    causationid: str
    data: msgspec.Raw


class WaitView(Wait, frozen=True, kw_only=True):
    """A wait; `span` is that of the message that ended it."""

    span: str


class WaterfallView(msgspec.Struct, kw_only=True):
    """The spans of one application, and who was waited for."""

    application: str
    spans: list[Span]
    waits: list[WaitView]


class TraceView(msgspec.Struct, kw_only=True, rename="camel"):
    """An OTLP/JSON export request."""

    resource_spans: list[dict[str, Any]]


class StateCount(State, frozen=True, kw_only=True):
    """How many applications are in a state."""

    count: int


class CountsView(msgspec.Struct, kw_only=True):
    """Exact numbers; `is_whole`: everything in the log up to `offsets` is in them.  `scores`: how
    many answers of citizens stand, by event type and score, and how many petitions were answered
    on time.
    """

    totals: dict[str, int]
    states: list[StateCount]
    types: dict[str, int]
    vnd: dict[str, int]
    scores: dict[str, int]
    repeats: int
    forks: int
    dead: int
    parked: int
    offsets: dict[str, int]
    newest_at: str | None
    is_whole: bool


class SetAside(msgspec.Struct, kw_only=True):
    """A notice of what a lane could not read or decide."""

    key: str
    at: str
    service: str
    application: str
    topic: str
    partition: int | None
    offset: int | None
    reason: str
    field: str


class Held(SetAside, kw_only=True):
    """The same of what is held; `released_at`: when it was first released since."""

    released_at: str | None


class ParkedPage(msgspec.Struct, kw_only=True):
    """A page; `next` is the `after` of the one that follows, null at the end."""

    items: list[Held]
    next: str | None


class Releasing(msgspec.Struct, kw_only=True):
    """The release is in the log; `id` is the Idempotency-Key."""

    application: str
    service: Literal["intake", "routing", "payment", "notify"]
    id: str


MESSAGE = MessageView(
    topic="payment.events",
    partition=3,
    offset=1_042,
    id=f"{APPLICATION}/payment/00000004",
    source="/services/payment",
    type="payment.settled",
    subject=APPLICATION,
    sequence=4,
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    causationid="ft-2026-77",
    data=msgspec.Raw(b'{"reference":"DVC1","amount_vnd":50000}'),
)
RELEASE: dict[str, Any] = {
    "application": APPLICATION,
    "service": "routing",
    "reason": "The rule was mended",
}
RELEASING = Releasing(application=APPLICATION, service="routing", id="release-1")


def set_aside(key: str, entry: Entry) -> dict[str, Any]:
    """Return a notice of a lane, as `SetAside` has it."""
    data: dict[str, Any] = msgspec.json.decode(entry.data)
    return {
        "key": key,
        "at": instant(entry.logged_ms),
        "service": data.get("service", ""),
        "application": entry.application,
        "topic": data.get("topic", ""),
        "partition": data.get("partition"),
        "offset": data.get("offset"),
        "reason": data.get("reason", ""),
        "field": data.get("field", ""),
    }
