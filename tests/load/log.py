"""Reads topics from outside, as they stand, without opening what they hold."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

SAMPLE_RECORDS = 1_000  # of each lane, when sizes are looked at


async def read(
    kafka_url: str, topics: Sequence[str], lanes: int, limit: int = 0
) -> AsyncIterator[list[Any]]:
    """Yield aiokafka's records of these topics as of now, of each lane at most `limit` (0: all)."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka_url,
        enable_auto_commit=False,
        max_partition_fetch_bytes=8 << 20,
        fetch_max_bytes=64 << 20,
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
            for place, messages in (await consumer.getmany(*left, timeout_ms=1_000)).items():
                yield [m for m in messages if m.offset < ends[place]]
            left = {p for p in left if await consumer.position(p) < ends[p]}
    finally:
        await consumer.stop()


class _Typed(msgspec.Struct):
    type: str


async def sizes(kafka_url: str, topics: Sequence[str], lanes: int) -> Mapping[str, int]:
    """Return how many bytes an event of each type has, on the whole."""
    found: dict[str, list[int]] = defaultdict(list)
    decoder = msgspec.json.Decoder(_Typed)
    async for messages in read(kafka_url, topics, lanes, SAMPLE_RECORDS):
        for message in messages:
            found[decoder.decode(message.value).type].append(len(message.value))
    return {type_: sum(bytes_) // len(bytes_) for type_, bytes_ in sorted(found.items())}
