"""Topics are read to their end and no further, or followed as they grow; nobody's offsets move."""

from collections.abc import Sequence
from contextlib import aclosing
from uuid import uuid4

import pytest

from deploy.local import topics
from deploy.log.reading import follow, growing, whole
from shared.bus import Message
from shared.kafka import KafkaProducer

pytestmark = pytest.mark.stack

LANES = 2
EVENT = (
    b'{"specversion":"1.0","id":"1","source":"/x","type":"a.b","subject":"s",'
    b'"time":"2026-01-01T00:00:00Z","data":{}}'
)


@pytest.fixture
async def topic(kafka_url: str) -> str:
    name = f"read-{uuid4().hex[:8]}"
    await topics.create(kafka_url, [name], LANES)
    return name


async def append(kafka_url: str, topic: str, values: Sequence[bytes]) -> None:
    producer = KafkaProducer(kafka_url)
    lanes = ((topic, n) for n in range(LANES))
    try:
        await producer.append({lane: [Message(b"key", v) for v in values] for lane in lanes})
    finally:
        await producer.stop()


async def test_a_topic_is_read_to_its_end_in_the_order_of_each_lane(
    kafka_url: str, topic: str
) -> None:
    await append(kafka_url, topic, [b"a", b"b", b"c"])
    found = [m async for messages in whole(kafka_url, [topic], LANES) for m in messages]
    for lane in range(LANES):
        assert [m.value for m in found if m.partition == lane] == [b"a", b"b", b"c"]


async def test_of_each_lane_no_more_is_read_than_is_asked_for(kafka_url: str, topic: str) -> None:
    await append(kafka_url, topic, [b"a", b"b", b"c"])
    found = [m async for messages in whole(kafka_url, [topic], LANES, 2) for m in messages]
    assert sorted(m.value for m in found) == [b"a", b"a", b"b", b"b"]


async def test_an_empty_topic_is_read_at_once(kafka_url: str, topic: str) -> None:
    assert [m async for m in whole(kafka_url, [topic], LANES)] == []


async def test_what_comes_later_is_seen_by_whoever_follows(kafka_url: str, topic: str) -> None:
    async with aclosing(growing(kafka_url, [topic], wait_s=0.05)) as batches:
        assert await anext(batches) == []
        await append(kafka_url, topic, [b"late"])
        found: list[bytes] = []
        async for messages in batches:
            found += [m.value for m in messages]
            if len(found) == LANES:
                break
    assert found == [b"late"] * LANES


async def test_whoever_follows_events_is_told_of_nothing_else(kafka_url: str, topic: str) -> None:
    await append(kafka_url, topic, [b"{", EVENT])
    async with aclosing(follow(kafka_url, [topic])) as events:
        assert [(await anext(events)).id for _ in range(LANES)] == ["1"] * LANES
