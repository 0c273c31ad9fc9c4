"""The trace of an application, drawn from the log."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.operations.domain.spans import Span, otlp, spans
from services.operations.domain.waits import NEXT, RULES, waiting_for, waits
from shared.events import CONTRACTS, kernel, payment, portal, routing
from shared.events.data import Strict
from shared.trace import span_id, trace_id


@pytest.fixture
def drawn(story: Any, log: Any) -> list[Span]:
    story.returned()
    return spans(story.application, log.entries(story.application))


def test_a_decision_is_one_span_with_all_its_events(story: Any, drawn: list[Span]) -> None:
    first = span_id(story.application, "payment", "1")
    span = next(s for s in drawn if s.id == first)

    assert span.types == ("fee.assessed", "payment.requested")
    assert span.kind == "decision"
    assert span.name == "process routing.events"


def test_every_parent_is_a_span_of_the_same_application(drawn: list[Span]) -> None:
    known = {s.id for s in drawn}
    roots = [s for s in drawn if not s.parent]

    assert all(s.parent in known for s in drawn if s.parent)
    assert {s.kind for s in roots} == {"message"}  # what came from outside, of its own accord


def test_a_callback_days_later_continues_what_asked_for_it(story: Any, drawn: list[Span]) -> None:
    callback = next(s for s in drawn if s.types == (payment.Notified.TYPE,))
    settled = next(s for s in drawn if payment.Settled.TYPE in s.types)

    assert callback.parent == span_id(story.application, "payment", "1")
    assert settled.parent == callback.id


def test_a_span_begins_when_its_cause_was_logged_and_ends_with_its_last_event(
    story: Any, log: Any
) -> None:
    story.charged()
    entries = log.entries(story.application)
    routed = next(e for e in entries if e.type == routing.Routed.TYPE)
    requested = next(e for e in entries if e.type == payment.Requested.TYPE)

    span = next(s for s in spans(story.application, entries) if requested.id in s.ids)

    assert (span.start_ms, span.end_ms) == (routed.logged_ms, requested.logged_ms)


def test_a_call_to_a_partner_lasts_from_its_request_to_its_outcome(drawn: list[Span]) -> None:
    call = next(s for s in drawn if s.kind == "call")

    assert call.name == "call notice.requested"
    assert call.end_ms - call.start_ms >= 1_000


def test_a_timer_belongs_to_the_decision_that_set_it(story: Any, log: Any) -> None:
    requested = story.charged()
    log.pass_time(days=1)
    fired = story.external(
        "payment.inbox",
        "/services/payment/timers",
        kernel.TimerFired(name="expiry", version=1),
        trace=requested.traceparent,
    )
    story.decide("payment", fired, payment.Expired(reference=story.reference))

    found = spans(story.application, log.entries(story.application))
    set_by = next(s for s in found if payment.Requested.TYPE in s.types)
    expired = next(s for s in found if payment.Expired.TYPE in s.types)

    assert expired.parent == set_by.id
    assert kernel.TimerFired.TYPE not in set_by.types
    assert set_by.end_ms < expired.start_ms


def test_what_a_lane_holds_is_a_span_from_the_record_to_the_notice(story: Any, log: Any) -> None:
    routed = story.routed()
    record = log.records[-1]
    log.append(
        "routing.events.parked",
        story.application.encode(),
        b'{"specversion":"1.0","id":"p1","source":"/services/payment","type":"record.parked",'
        b'"subject":"%b","traceparent":"00-%b-00000000000000ff-01","data":{"service":"payment",'
        b'"topic":"%b","partition":%d,"offset":%d,"reason":"KeyError"}}'
        % (
            story.application.encode(),
            trace_id(story.application).encode(),
            record.topic.encode(),
            record.partition,
            record.offset,
        ),
        story.lane,
    )

    held = spans(story.application, log.entries(story.application))[-1]

    assert held.kind == "hold"
    assert held.cause == routed.id


def test_a_portals_own_trace_becomes_a_link(story: Any, log: Any) -> None:
    theirs = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    story.registered(story.submitted(trace=theirs))

    found = spans(story.application, log.entries(story.application))
    exported = otlp(story.application, found)["resourceSpans"]

    assert [s.is_own for s in found] == [False, True]
    assert len(exported) == 1  # the portal's own span is the portal's to export
    (root,) = exported[0]["scopeSpans"][0]["spans"]
    assert root["parentSpanId"] == ""
    assert root["links"] == [{"traceId": "1" * 32, "spanId": "2" * 16}]


@pytest.mark.parametrize("trace", ["", "junk", "00-zz-yy-01"])
def test_a_submission_without_a_trace_is_drawn_all_the_same(
    story: Any, log: Any, trace: str
) -> None:
    story.registered(story.submitted(trace=trace))
    found = spans(story.application, log.entries(story.application))
    exported = otlp(story.application, found)["resourceSpans"][0]["scopeSpans"][0]["spans"]

    assert found[1].parent == found[0].id
    assert "links" not in exported[0]


def test_the_exported_trace_has_one_trace_id_and_every_own_span(
    story: Any, drawn: list[Span]
) -> None:
    exported = [
        span
        for resource in otlp(story.application, drawn)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]

    assert {s["traceId"] for s in exported} == {trace_id(story.application)}
    assert {s["spanId"] for s in exported} == {s.id for s in drawn}
    assert all(int(s["startTimeUnixNano"]) <= int(s["endTimeUnixNano"]) for s in exported)


def test_an_application_in_flight_is_drawn_at_every_moment(story: Any, log: Any) -> None:
    story.returned()
    entries = log.entries(story.application)
    for n in range(len(entries) + 1):
        for some in (entries[:n], entries[n:]):  # also without what came before
            found = spans(story.application, some)
            waits(some)
            waiting_for(some)
            assert sum(len(s.ids) for s in found) == len(some)


# ---- waits


def test_every_message_from_outside_says_who_was_waited_for() -> None:
    outside = {type_ for type_, contract in CONTRACTS.items() if issubclass(contract, Strict)}
    assert set(RULES) == outside


def test_who_is_waited_for_next_is_said_of_known_events_only() -> None:
    assert set(NEXT) <= set(CONTRACTS)


def test_waits_name_who_was_waited_for_and_how_long(story: Any, log: Any) -> None:
    story.returned()
    found = waits(log.entries(story.application))
    seconds: dict[str, int] = {}
    for wait in found:
        seconds[wait.who] = seconds.get(wait.who, 0) + (wait.end_ms - wait.start_ms) // 1_000

    assert seconds["citizen"] in range(720, 724)
    assert seconds["officer"] in range(4 * 3 * 3_600, 4 * 3 * 3_600 + 10)
    assert seconds["gateway"] in range(3, 5)


def test_a_callback_that_comes_twice_ends_one_wait(story: Any, log: Any) -> None:
    story.paid()
    callback = next(r for r in log.records if r.topic == "payment.inbox")
    log.again(callback)

    found = waits(log.entries(story.application))

    assert [w.who for w in found] == ["citizen"]


@pytest.mark.parametrize(
    ("chapter", "who"),
    [
        ("submitted", "us"),
        ("routed", "officer"),
        ("charged", "citizen"),
        ("paid", "officer"),
        ("returned", None),
    ],
)
def test_who_is_to_act_now(story: Any, log: Any, chapter: str, who: str | None) -> None:
    getattr(story, chapter)()
    assert waiting_for(log.entries(story.application)) == who


def test_nobody_is_waited_for_by_what_a_portal_sends_of_its_own_accord(
    world: SimpleNamespace,
) -> None:
    assert RULES[portal.Submitted.TYPE].who is None
