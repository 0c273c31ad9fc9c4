"""What is appended to a topic of a real broker, and one who reads it."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.bus import Assignment, Message, Record
from shared.kafka import KafkaProducer, KafkaSubscription

LANES = 2
LIMIT_S = 40.0
POLL_S = 4.0


async def append(kafka_url: str, topic: str, *values: bytes, lane: int = 0) -> None:
    producer = KafkaProducer(kafka_url)
    await producer.start()
    await producer.append({(topic, lane): [Message(b"k", v) for v in values]})
    await producer.stop()


class Reading:
    """Serves until it has read so many records, then says so."""

    def __init__(self, count: int) -> None:
        self.records: list[Record] = []
        self.assignments = 0
        self.done = asyncio.Event()
        self._count = count

    async def serve(self, assignment: Assignment) -> None:
        self.assignments += 1
        while True:
            self.records += await assignment.fetch(100, 0.2)
            if len(self.records) >= self._count:
                self.done.set()


async def run_until(
    subscription: KafkaSubscription,
    serve: Callable[[Assignment], Awaitable[None]],
    done: asyncio.Event,
) -> None:
    running = asyncio.create_task(subscription.run(serve))
    waiting = asyncio.create_task(done.wait())
    async with asyncio.timeout(LIMIT_S):
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if running.done():
        running.result()
    running.cancel()
    await asyncio.wait([running])
