"""One application, one trace: from real events and real exported spans."""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

import pytest
import pytest_asyncio

from deploy.audit.evidence import Heard
from deploy.sandbox.portal import Application, Citizens, Portal
from shared.catalogue import load
from shared.store import Row
from shared.trace import is_sampled, parent_span, trace_id
from tests.e2e.collector import Collector, Span, collecting
from tests.e2e.life import paying
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

SERVICES = {"intake", "routing", "payment", "notify"}
RATIO = 0.5
EXPORT_LIMIT_S = 20.0


@dataclass(frozen=True)
class Journey:
    """One application as it was exported, and as it stands on the log and in the journals."""

    application: str
    spans: list[Span]
    log: list[Heard]
    versions: list[Row]


def faults(journey: Journey) -> list[str]:
    """Return what is wrong with a trace; nothing if it is whole."""
    trace = trace_id(journey.application)
    by_id = {span.id: span for span in journey.spans}
    events = {h.event.id: h.event for h in journey.log if h.event}
    found = [f"{s.name} is in trace {s.trace}" for s in journey.spans if s.trace != trace]
    roots = [s.name for s in journey.spans if not s.parent]
    if roots != ["send portal.submissions"]:
        found.append(f"roots: {roots}")
    found += [
        f"{s.name} has an unknown parent"
        for s in journey.spans
        if s.parent and s.parent not in by_id
    ]
    for row in journey.versions:
        span = by_id.get(parent_span(row["traceparent"]))
        if span is None or span.parent != parent_span(row["cause"]["traceparent"]):
            found.append(f"no span below its cause for {row['_id']}")
    for event in events.values():
        span = by_id.get(parent_span(event.traceparent))
        if span is None:
            found.append(f"no span made {event.type}")
            continue
        cause = events.get(event.causationid)
        if cause and span.parent != parent_span(cause.traceparent):
            found.append(f"{event.type} does not hang below {cause.type}")
    return found


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as started:
        yield started


@pytest.fixture(scope="module")
def system(collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    env = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "MOTCUA_SAMPLE_RATIO": str(RATIO),
        "OTEL_BSP_SCHEDULE_DELAY": "500",
    }
    with running(tmp_path_factory.mktemp("trace"), env) as started:
        yield started


def paid_at_submission(sampled: bool) -> Application:
    """Return an application that is paid for and accepted without an officer."""
    today = datetime.now(UTC).date()
    catalogue = load()
    procedure = next(
        p
        for p in catalogue.procedures_in_force(today)
        if p.payment_moment == "at_submission"
        and p.online_level == "full"
        and p.competent_level == "commune"
    )
    unit = next(
        u for u in catalogue.units_in_force(today) if not u.is_province and u.province != "01"
    )
    citizens = Citizens(catalogue, today, random.Random())
    while True:
        application = citizens.of(procedure, unit)
        if is_sampled(application.id, RATIO) is sampled:
            return application


async def journey(system: System, collector: Collector, sampled: bool) -> Journey:
    """Take an application from submission to acceptance, its notices delivered."""
    application = paid_at_submission(sampled)
    async with paying(system), system.client("intake") as intake:
        answer = await Portal(system.clients, system.settings.lanes).post(intake, application)
        assert answer.status_code == 202, answer.text
        await until(lambda: delivered(system, application.id), 40, "the last notice")
        log, versions = await standing(system, application.id)
    end = time.monotonic() + EXPORT_LIMIT_S if sampled else 0.0
    while True:  # spans are exported a little after the fact
        spans = collector.of(trace_id(application.id))
        found = Journey(application.id, spans, log, versions)
        if not faults(found) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.2)


async def delivered(system: System, application: str) -> bool:
    log, _ = await standing(system, application)
    types = [h.event.type for h in log if h.event]
    return types.count("notice.delivered") == 4 and "application.accepted" in types


async def standing(system: System, application: str) -> tuple[list[Heard], list[Row]]:
    evidence = await system.evidence()
    topics = (t for name, t in evidence.log.items() if not name.endswith((".dead", ".parked")))
    log = [h for h in chain(*topics) if h.event and h.event.subject == application]
    rows = [r for r in chain(*evidence.journals.values()) if r["application"] == application]
    return log, rows


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(system: System, collector: Collector) -> Journey:
    return await journey(system, collector, sampled=True)


async def test_a_journey_is_one_trace_with_every_parent_known_and_no_hop_missing(
    whole: Journey,
) -> None:
    assert faults(whole) == []
    assert {s.service for s in whole.spans} >= SERVICES
    assert len(whole.spans) >= 15


async def test_a_hop_that_is_removed_is_missed_whichever_it_is(whole: Journey) -> None:
    for span in whole.spans:
        rest = [s for s in whole.spans if s is not span]
        assert faults(replace(whole, spans=rest)), f"nobody missed {span}"


async def test_a_hop_that_does_not_pass_its_context_on_is_found_whichever_it_is(
    whole: Journey,
) -> None:
    for span in whole.spans:
        if span.parent:
            cut = [replace(s, parent="") if s is span else s for s in whole.spans]
            assert faults(replace(whole, spans=cut)), f"nobody missed the parent of {span}"


async def test_the_spans_drawn_from_the_log_are_those_that_were_exported(
    system: System, whole: Journey
) -> None:
    drawn = await drawn_from_the_log(system, whole.application)
    exported = {s.id: s.parent for s in whole.spans}
    # a decision that emitted nothing left no trace on the log; all others did
    assert {i: exported.get(i) for i in drawn} == drawn
    assert len(drawn) > len(exported) / 2


async def test_the_trace_of_an_unsampled_application_is_drawn_from_the_log(
    system: System, collector: Collector
) -> None:
    unseen = await journey(system, collector, sampled=False)
    assert unseen.spans == []
    made = {parent_span(h.event.traceparent) for h in unseen.log if h.event}

    async def is_drawn() -> bool:  # operations files a little after the fact
        return made <= (await drawn_from_the_log(system, unseen.application)).keys()

    await until(is_drawn, 20, "a span for every event on the log")
    drawn = await drawn_from_the_log(system, unseen.application)
    assert all(parent in drawn for parent in drawn.values() if parent)


async def drawn_from_the_log(system: System, application: str) -> dict[str, str]:
    """Return the parent of each span that operations draws."""
    async with system.client("operations", "operator") as operations:
        answer = await operations.get(f"/v1/journeys/{application}/trace")
    assert answer.status_code == 200, answer.text
    spans = answer.json()["resourceSpans"]
    found = chain(*(s["spans"] for r in spans for s in r["scopeSpans"]))
    return {s["spanId"]: s.get("parentSpanId", "") for s in found}
