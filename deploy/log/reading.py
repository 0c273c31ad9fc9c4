"""Reads topics as an onlooker: what stands there to its end, or also what comes."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import events
from shared.events import Event

WAIT_S = 0.2
ENDS_LIMIT_MS = 1_000  # for a look that brings nothing
PARTITION_BYTES, FETCH_BYTES = 8 << 20, 64 << 20  # a whole topic comes in large pieces


async def whole(
    kafka_url: str, topics: Sequence[str], lanes: int, limit: int = 0
) -> AsyncGenerator[list[Any], None]:
    """Yield aiokafka's records of these topics as of now, of each lane at most `limit` (0: all)."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka_url,
        enable_auto_commit=False,
        max_partition_fetch_bytes=PARTITION_BYTES,
        fetch_max_bytes=FETCH_BYTES,
    )
    await consumer.start()
    try:
        places = [TopicPartition(t, n) for t in topics for n in range(lanes)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        if limit:
            ends = {p: min(end, limit) for p, end in ends.items()}
        left = {p for p in places if ends[p] > 0}
        while left:
            for place, got in (await consumer.getmany(*left, timeout_ms=ENDS_LIMIT_MS)).items():
                yield [m for m in got if m.offset < ends[place]]
            left = {p for p in left if await consumer.position(p) < ends[p]}
    finally:
        await consumer.stop()


async def growing(
    kafka_url: str, topics: Sequence[str], wait_s: float = WAIT_S, **settings: Any
) -> AsyncGenerator[list[Any], None]:
    """Yield aiokafka's records of these topics from the first on, for ever; an empty list where
    nothing came for `wait_s`.  `settings` are the consumer's.
    """
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=kafka_url,
        group_id=None,  # an onlooker: all partitions, and no offsets kept
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        **settings,
    )
    await consumer.start()
    try:
        while True:
            got = await consumer.getmany(timeout_ms=int(wait_s * 1000))
            yield [message for messages in got.values() for message in messages]
    finally:
        await consumer.stop()


async def follow(kafka_url: str, topics: Sequence[str]) -> AsyncGenerator[Event, None]:
    """Yield what stands in these topics and what comes; what is no event is passed over."""
    async with aclosing(growing(kafka_url, topics)) as batches:
        async for messages in batches:
            for message in messages:
                if event := decoded(message.value):
                    yield event


def decoded(value: bytes | None) -> Event | None:
    """Return the envelope of a record's value, None if it has none that can be read."""
    try:
        return events.decode(value or b"")
    except events.UNREADABLE:
        return None
