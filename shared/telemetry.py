"""Spans and metrics, made once per batch from what was decided; the names are a closed list.

A decision's span is named by what it did (`shared.trace`), so the journal alone can draw it again:
what is exported here and what operations draws from the log are the same spans.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client import Counter as Metric
from prometheus_client.registry import Collector

from shared.events import Event
from shared.journal import Decision
from shared.trace import parent_span

# OpenTelemetry semantic conventions for messaging, and ours under `motcua.`
ATTRIBUTES = frozenset(
    {
        "messaging.system",
        "messaging.operation.type",
        "messaging.destination.name",
        "messaging.destination.partition.id",
        "messaging.kafka.offset",
        "messaging.message.id",
        "motcua.application.id",
        "motcua.decision.version",
        "motcua.decision.held",
        "motcua.effect.key",
        "motcua.effect.finding",
    }
)
METRICS = frozenset(
    {
        "motcua_decisions",
        "motcua_held",
        "motcua_batches",
        "motcua_batch_seconds",
        "motcua_effects",
        "motcua_refused_answers",
        "motcua_appended",
        "motcua_mails_without_form",
    }
)
QUEUE_LIMIT = 20_000  # spans waiting for export; more are dropped, the journal still has them


class Telemetry:
    """What one process says of itself."""

    def __init__(
        self, service: str, sample_ratio: float, processor: SpanProcessor | None = None
    ) -> None:
        self._service, self._ratio, self._processor = service, sample_ratio, processor
        self._resource = Resource.create({"service.name": service, "service.namespace": "motcua"})
        self._registry = CollectorRegistry()
        to = self._registry
        self._decisions = Metric("motcua_decisions", "Decisions journalled", registry=to)
        self._held = Metric("motcua_held", "Records held for an operator", registry=to)
        self._batches = Metric("motcua_batches", "Batches through the lane", registry=to)
        self._seconds = Histogram("motcua_batch_seconds", "From read to published", registry=to)
        self._effects = Metric("motcua_effects", "Outcomes of calls", ["finding"], registry=to)
        refused = "Answers of partners that are not theirs, or cannot be read"
        names = ["partner", "reason"]
        self._refused = Metric("motcua_refused_answers", refused, names, registry=to)
        self._appended = Metric("motcua_appended", "Messages appended by the edge", registry=to)
        without = "Official forms that did not go with their mails"
        self._without = Metric("motcua_mails_without_form", without, ["reason"], registry=to)

    def metrics(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        return generate_latest(self._registry)

    def also(self, metrics: Collector) -> None:
        """Tell of these as well, read when they are asked for."""
        self._registry.register(metrics)

    def close(self) -> None:
        """Export what is left."""
        if self._processor:
            self._processor.shutdown()

    def batch_done(
        self, decisions: Sequence[Decision[Any]], began: datetime, ended: datetime
    ) -> None:
        """Tell of a batch: every sampled decision becomes a span."""
        self._batches.inc()
        self._decisions.inc(len(decisions))
        self._seconds.observe((ended - began).total_seconds())
        for decision in decisions:
            if decision.held_because:
                self._held.inc()
            if self._processor and decision.traceparent.endswith("01"):
                self._processor.on_end(self._decided(decision, began, ended))

    def called(
        self, events: Sequence[tuple[Event, Event]], began: datetime, ended: datetime
    ) -> None:
        """Tell of a call: a span between each request and its outcome."""
        found = Counter(outcome.id.rpartition("/")[2] for _, outcome in events)
        for finding, count in found.items():
            self._effects.labels(finding).inc(count)
        for request, outcome in events if self._processor else ():
            if outcome.traceparent.endswith("01"):
                key, _, finding = outcome.id.rpartition("/")
                attributes = {
                    "motcua.application.id": outcome.subject,
                    "motcua.effect.key": key,
                    "motcua.effect.finding": finding,
                }
                self._end(
                    f"call {request.type}",
                    outcome,
                    request.traceparent,
                    SpanKind.CLIENT,
                    attributes,
                    (began, ended),
                )

    def answer_refused(self, partner: str, reason: str) -> None:
        """Tell of an answer that was not taken; the call's outcome is unknown."""
        self._refused.labels(partner, reason).inc()

    def mails_without_form(self, reason: str, count: int) -> None:
        """Tell of mails that went without an official form."""
        self._without.labels(reason).inc(count)

    def appended(self, topic: str, event: Event, parent: str, began: datetime) -> None:
        """Tell of what an edge appended."""
        self._appended.inc()
        if self._processor and event.traceparent.endswith("01"):
            attributes = {
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.destination.name": topic,
                "messaging.message.id": event.id,
                "motcua.application.id": event.subject,
            }
            self._end(
                f"send {topic}", event, parent, SpanKind.PRODUCER, attributes, (began, event.time)
            )

    def _decided(self, decision: Decision[Any], began: datetime, ended: datetime) -> ReadableSpan:
        cause = decision.cause
        attributes: dict[str, Any] = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": cause.topic,
            "messaging.destination.partition.id": str(cause.partition),
            "messaging.kafka.offset": cause.offset,
            "messaging.message.id": cause.id,
            "motcua.application.id": decision.application,
            "motcua.decision.version": decision.version,
            "motcua.decision.held": bool(decision.held_because),
        }
        own = decision.traceparent
        name = f"process {cause.topic}"
        return self._span(
            name, own, cause.traceparent, SpanKind.CONSUMER, attributes, (began, ended)
        )

    def _end(
        self,
        name: str,
        event: Event,
        parent: str,
        kind: SpanKind,
        attributes: Mapping[str, Any],
        period: tuple[datetime, datetime],
    ) -> None:
        assert self._processor is not None
        self._processor.on_end(
            self._span(name, event.traceparent, parent, kind, attributes, period)
        )

    def _span(
        self,
        name: str,
        own: str,
        parent: str,
        kind: SpanKind,
        attributes: Mapping[str, Any],
        period: tuple[datetime, datetime],
    ) -> ReadableSpan:
        """Make a span; a parent of another trace (a portal's own) becomes a link."""
        inside = parent_span(parent) and parent[3:35] == own[3:35]
        return ReadableSpan(
            name,
            context=_context(own),
            parent=_context(parent) if inside else None,
            links=() if inside or not parent_span(parent) else (Link(_context(parent)),),
            resource=self._resource,
            attributes=attributes,
            kind=kind,
            start_time=_nanoseconds(period[0]),
            end_time=_nanoseconds(max(period)),
        )


def exporter(endpoint: str) -> SpanProcessor | None:
    """Return where spans go: OTLP over HTTP, or nowhere (operations draws them from the log)."""
    if not endpoint:
        return None
    otlp = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
    return BatchSpanProcessor(otlp, max_queue_size=QUEUE_LIMIT, max_export_batch_size=512)


def _context(header: str) -> SpanContext:
    return SpanContext(
        int(header[3:35], 16), int(header[36:52], 16), True, TraceFlags(int(header[53:55], 16))
    )


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000) * 1_000_000
