"""Following the log as an onlooker: every event of some topics, from the first on, as it comes."""

from collections.abc import AsyncGenerator, Sequence

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import events
from shared.errors import Misconfigured
from shared.events import Event

WAIT_MS = 200


async def follow(kafka_url: str, topics: Sequence[str]) -> AsyncGenerator[Event, None]:
    """Yield what stands in these topics and what comes; what is no event is passed over."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka_url, enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer.topics()  # asks the broker, or the next lines know nothing
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        if missing := set(topics) - {place.topic for place in places}:
            raise Misconfigured(f"{kafka_url} has no topic {min(missing)}: `motcua up` makes it.")
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
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
