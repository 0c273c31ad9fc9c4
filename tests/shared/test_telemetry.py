"""Spans and metrics made from what was decided."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Raw
from msgspec.structs import replace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import telemetry
from shared.events import Event
from shared.journal import Cause, Decision
from shared.telemetry import ATTRIBUTES, METRICS, Telemetry
from shared.trace import span_id, traceparent

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, tzinfo=UTC)
PARENT = traceparent(APPLICATION, "00f067aa0ba902b7", True)


def decision(cause_trace: str = PARENT, sampled: bool = True) -> Decision[None]:
    return Decision(
        application=APPLICATION,
        version=3,
        at=AT,
        cause=Cause("intake.events", 1, 42, "m1", cause_trace),
        state=None,
        state_json=b"null",
        traceparent=traceparent(APPLICATION, span_id(APPLICATION, "routing", "3"), sampled),
    )


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def told(spans: InMemorySpanExporter, *decisions: Decision[None]) -> Telemetry:
    made = Telemetry("routing", 1.0, SimpleSpanProcessor(spans))
    made.batch_done(decisions, AT, AT + timedelta(milliseconds=20))
    return made


def test_a_decision_is_a_span_of_its_application_below_what_caused_it(
    spans: InMemorySpanExporter,
) -> None:
    told(spans, decision())
    [span] = spans.get_finished_spans()
    assert span.context is not None
    assert span.parent is not None
    assert format(span.context.trace_id, "032x") == APPLICATION.replace("-", "")
    assert format(span.context.span_id, "016x") == span_id(APPLICATION, "routing", "3")
    assert format(span.parent.span_id, "016x") == "00f067aa0ba902b7"
    assert span.end_time is not None
    assert span.start_time is not None
    assert span.end_time - span.start_time == 20_000_000


def outcome(key: str, finding: str, sampled: bool = True) -> tuple[Event, Event]:
    request = Event(
        id=f"{APPLICATION}/notify/000001",
        source="/services/notify",
        type="notice.requested",
        subject=APPLICATION,
        time=AT,
        data=Raw(b"{}"),
        traceparent=PARENT,
    )
    own = traceparent(APPLICATION, span_id(APPLICATION, "notify", "effect", key), sampled)
    return request, replace(request, id=f"{key}/{finding}", traceparent=own)


def test_a_call_is_counted_by_what_came_of_it_and_a_span_where_sampled(
    spans: InMemorySpanExporter,
) -> None:
    made = Telemetry("notify", 1.0, SimpleSpanProcessor(spans))
    events = [outcome("k/1", "handed"), outcome("k/2", "handed"), outcome("k/3", "unknown", False)]
    made.called(events, AT, AT + timedelta(seconds=1))
    assert 'motcua_effects_total{finding="handed"} 2.0' in made.metrics().decode()
    assert 'motcua_effects_total{finding="unknown"} 1.0' in made.metrics().decode()
    found = [
        dict(span.attributes or {})["motcua.effect.key"] for span in spans.get_finished_spans()
    ]
    assert found == ["k/1", "k/2"]
    assert {span.name for span in spans.get_finished_spans()} == {"call notice.requested"}


def test_an_answer_that_was_not_taken_is_counted_by_partner_and_reason() -> None:
    made = Telemetry("payment", 0.0)
    for reason in ("signature", "signature", "form"):
        made.answer_refused("vnpay", reason)
    told = made.metrics().decode()
    assert 'motcua_refused_answers_total{partner="vnpay",reason="signature"} 2.0' in told
    assert 'motcua_refused_answers_total{partner="vnpay",reason="form"} 1.0' in told


def test_mails_without_their_form_are_counted_by_reason() -> None:
    made = Telemetry("notify", 0.0)
    made.mails_without_form("busy", 2)
    told = made.metrics().decode()
    assert 'motcua_mails_without_form_total{reason="busy"} 2.0' in told


def test_a_cause_in_a_portals_own_trace_is_linked_and_no_parent(
    spans: InMemorySpanExporter,
) -> None:
    told(spans, decision("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
    [span] = spans.get_finished_spans()
    assert span.parent is None
    [link] = span.links
    assert format(link.context.trace_id, "032x") == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("cause", ["zz" * 28, PARENT.upper().replace("00-", "0x-"), "00-"])
def test_a_malformed_cause_makes_a_span_without_a_parent(
    spans: InMemorySpanExporter, cause: str
) -> None:
    told(spans, decision(cause))
    [span] = spans.get_finished_spans()
    assert (span.parent, tuple(span.links)) == (None, ())


def test_an_unsampled_decision_makes_no_span_but_counts(spans: InMemorySpanExporter) -> None:
    made = told(spans, decision(sampled=False))
    assert spans.get_finished_spans() == ()
    assert b"motcua_decisions_total 1.0" in made.metrics()


def test_attributes_and_metrics_are_those_of_the_closed_lists(spans: InMemorySpanExporter) -> None:
    made = told(spans, decision())
    [span] = spans.get_finished_spans()
    assert set(span.attributes or ()) <= ATTRIBUTES
    named = [line.split()[2] for line in made.metrics().decode().splitlines() if "# HELP" in line]
    assert {n.removesuffix("_total").removesuffix("_created") for n in named} == METRICS


def test_without_an_endpoint_nothing_is_exported() -> None:
    assert telemetry.exporter("") is None
