"""Following the log as an onlooker: every event of some topics, from the first on, as it comes."""

from collections.abc import AsyncGenerator, Sequence

import msgspec
from aiokafka import AIOKafkaConsumer

from shared import events
from shared.events import Event

WAIT_MS = 200


async def follow(kafka_url: str, topics: Sequence[str]) -> AsyncGenerator[Event, None]:
    """Yield what stands in these topics and what comes; what is no event is passed over."""
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=kafka_url,
        group_id=None,  # an onlooker: all partitions, and no offsets kept
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        while True:
            got = await consumer.getmany(timeout_ms=WAIT_MS)
            for messages in got.values():
                for message in messages:
                    if event := _read(message.value):
                        yield event
    finally:
        await consumer.stop()


def _read(value: bytes | None) -> Event | None:
    try:
        return events.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
