"""The trace of an application, drawn from the log: the spans that are exported, and all of them.

A span is named by what it did (`shared.trace`), so the log alone tells it again: the events of a
decision carry its span, their `causationid` names the message that led to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from services.operations.domain.entries import Entry
from services.operations.domain.timeline import type_told
from shared.trace import trace_id

SpanKind = Literal["decision", "hold", "call", "message"]

# OTLP numbers: 3 client, 4 producer, 5 consumer
_OTLP_KIND: Mapping[SpanKind, int] = {"decision": 5, "hold": 5, "call": 3, "message": 4}


class Span(msgspec.Struct, frozen=True):
    """One step: a decision with its events, a call to a partner, or a message from outside.

    From the log's time of what led to it to the log's time of its last event.  `parent` is empty
    for a root; `link` is the header of another trace that led here; a message without a span of
    this trace (`is_own` false) is drawn, not exported.
    """

    id: str
    parent: str
    name: str
    service: str
    kind: SpanKind
    start_ms: int
    end_ms: int
    types: tuple[str, ...]
    ids: tuple[str, ...]
    cause: str
    topic: str
    partition: int
    offset: int
    link: str = ""
    is_own: bool = True


def spans(application: str, entries: Sequence[Entry]) -> list[Span]:
    """Return the spans of one application, from entries in order."""
    trace = trace_id(application)
    groups: dict[str, list[Entry]] = {}
    span_of: dict[str, str] = {}  # message id → its span
    for entry in entries:
        is_ours = entry.traceparent[3:35] == trace and entry.span
        key = entry.span if is_ours else f"-{entry.topic}/{entry.partition}/{entry.offset}"
        groups.setdefault(key, []).append(entry)
        span_of.setdefault(entry.id, key)
    by_id = {e.id: e for e in reversed(entries)}
    found = [_span(key, group, by_id, span_of) for key, group in groups.items()]
    return sorted(found, key=lambda s: (s.start_ms, s.end_ms))


def _span(
    key: str, group: Sequence[Entry], by_id: Mapping[str, Entry], span_of: Mapping[str, str]
) -> Span:
    # a timer fires in the span of the decision that set it: it is a part of that, long after
    own = [e for e in group if e.type != "timer.fired"] or list(group)
    first = own[0]
    cause = by_id.get(first.causationid) or _held_record(first, by_id)
    parent = span_of.get(cause.id, "") if cause else ""
    start = min(first.logged_ms, cause.logged_ms) if cause else first.logged_ms
    is_own = not key.startswith("-")
    kind = _kind(first)
    return Span(
        id=key,
        parent=parent if parent != key else "",
        name=_name(kind, first, cause),
        service=first.service,
        kind=kind,
        start_ms=start,
        end_ms=max(e.logged_ms for e in own),
        types=tuple(map(type_told, own)),
        ids=tuple(e.id for e in own),
        cause=cause.id if cause else first.causationid,
        topic=first.topic,
        partition=first.partition,
        offset=first.offset,
        link="" if is_own else first.traceparent,
        is_own=is_own,
    )


def _kind(entry: Entry) -> SpanKind:
    if entry.is_decided:
        return "decision"
    if entry.is_aside:
        return "hold"
    return "call" if entry.source.endswith("/effects") else "message"


def _name(kind: SpanKind, entry: Entry, cause: Entry | None) -> str:
    """Return the name under which the span is exported as well."""
    if kind == "call":
        return f"call {cause.type if cause else entry.type}"
    if kind == "message":
        return f"send {entry.topic}"
    return f"process {cause.topic if cause else entry.topic}"


def _held_record(entry: Entry, by_id: Mapping[str, Entry]) -> Entry | None:
    """Return the record that a lane's notice is about."""
    if not entry.is_aside:
        return None
    data = msgspec.json.decode(entry.data)
    place = data.get("topic"), data.get("partition"), data.get("offset")
    return next((e for e in by_id.values() if e.place == place), None)


def otlp(application: str, found: Sequence[Span]) -> dict[str, Any]:
    """Return the spans as an OTLP/JSON export request: any collector takes it at `/v1/traces`.

    A root whose cause is a message of another trace has that as a link, as in what is exported.
    """
    foreign = {s.id: s for s in found if not s.is_own}
    services: dict[str, list[dict[str, Any]]] = {}
    for span in found:
        if span.is_own:
            services.setdefault(span.service, []).append(_otlp(application, span, foreign))
    return {
        "resourceSpans": [
            {
                "resource": {
                    "attributes": _attributes(
                        {"service.name": service, "service.namespace": "motcua"}
                    )
                },
                "scopeSpans": [{"scope": {"name": "motcua"}, "spans": services[service]}],
            }
            for service in sorted(services)
        ]
    }


def _otlp(application: str, span: Span, foreign: Mapping[str, Span]) -> dict[str, Any]:
    linked = foreign.get(span.parent)
    out: dict[str, Any] = {
        "traceId": trace_id(application),
        "spanId": span.id,
        "parentSpanId": "" if linked else span.parent,
        "name": span.name,
        "kind": _OTLP_KIND[span.kind],
        "startTimeUnixNano": str(span.start_ms * 1_000_000),
        "endTimeUnixNano": str(span.end_ms * 1_000_000),
        "attributes": _attributes(
            {
                "messaging.system": "kafka",
                "messaging.destination.name": span.topic,
                "messaging.destination.partition.id": str(span.partition),
                "messaging.message.id": span.cause,
                "motcua.application.id": application,
            }
        ),
        "events": [
            {"timeUnixNano": str(span.end_ms * 1_000_000), "name": type_} for type_ in span.types
        ],
    }
    if linked and len(linked.link) >= 55:
        out["links"] = [{"traceId": linked.link[3:35], "spanId": linked.link[36:52]}]
    return out


def _attributes(pairs: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in pairs.items() if value]
