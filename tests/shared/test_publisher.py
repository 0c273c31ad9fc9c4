"""How an edge appends to the log."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from shared import events
from shared.bus import Message, Partition
from shared.errors import Unknown
from shared.events import Event
from shared.placement import home
from shared.publisher import Publisher
from shared.trace import parent_span, trace_id

LANES = 4
AT = datetime(2026, 11, 20, tzinfo=UTC)


class Log:
    """A producer that remembers, and may not know."""

    def __init__(self) -> None:
        self.appended: list[Mapping[Partition, Sequence[Message]]] = []
        self.doubt = False

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        await asyncio.sleep(0)
        if self.doubt:
            raise Unknown("no answer")
        self.appended.append(batches)


class Told:
    def __init__(self) -> None:
        self.spans: list[tuple[str, Event, str]] = []

    def __call__(self, topic: str, event: Event, parent: str, began: datetime) -> None:
        self.spans.append((topic, event, parent))


def publisher(log: Log, told: Told | None = None) -> Publisher:
    return Publisher(
        log, lane_count=LANES, sample_ratio=1.0, clock=lambda: AT, appended=told or Told()
    )


def event(n: int, traceparent: str = "") -> Event:
    return Event(
        id=f"m{n}",
        source="/portals/p",
        type="withdrawal.requested",
        subject=f"0198c0de-0000-7000-8000-{n:012x}",
        time=AT,
        data=msgspec.Raw(b"{}"),
        traceparent=traceparent,
    )


async def test_what_comes_together_goes_in_one_request_each_to_its_home() -> None:
    log = Log()
    edge = publisher(log)
    await asyncio.gather(*(edge.publish("intake.inbox", event(n)) for n in range(50)))
    [batches] = log.appended
    for (topic, lane), messages in batches.items():
        assert topic == "intake.inbox"
        for message in messages:
            assert message.key is not None
            assert home(message.key.decode(), LANES) == lane
    assert sum(len(m) for m in batches.values()) == 50


async def test_everybody_who_waits_hears_of_a_doubt_and_the_next_goes_through() -> None:
    log = Log()
    edge = publisher(log)
    log.doubt = True
    tries = (edge.publish("intake.inbox", event(n)) for n in range(3))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(o) for o in outcomes] == [Unknown] * 3
    log.doubt = False
    await edge.publish("intake.inbox", event(9))
    assert len(log.appended) == 1


async def test_a_caller_who_goes_away_takes_nobody_with_him() -> None:
    log = Log()
    edge = publisher(log)
    gone = asyncio.create_task(edge.publish("intake.inbox", event(1)))
    stays = asyncio.create_task(edge.publish("intake.inbox", event(2)))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert len(log.appended) == 1


async def test_the_edge_puts_its_own_span_between_the_parent_and_the_message() -> None:
    log, told = Log(), Told()
    parent = f"00-{trace_id(event(1).subject)}-00f067aa0ba902b7-01"
    await publisher(log, told).publish("intake.inbox", event(1, parent))
    [(topic, sent, told_parent)] = told.spans
    assert (topic, told_parent) == ("intake.inbox", parent)
    assert sent.traceparent[3:35] == trace_id(sent.subject)
    assert parent_span(sent.traceparent) != parent_span(parent)
    [[message]] = log.appended[0].values()
    assert events.decode(message.value).traceparent == sent.traceparent
    assert message.headers == (("traceparent", sent.traceparent.encode()),)
