"""The simulated bus and a real broker behind one face, and a member that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Protocol
from uuid import uuid4

from deploy.local import topics
from deploy.simulation.faults import Faults
from deploy.simulation.log import Log
from deploy.simulation.loop import Loop
from shared.bus import Assignment, Message, Partition, Producer, Record, Subscription
from shared.kafka import KafkaProducer, KafkaSubscription

LANES = 4
WAIT_LIMIT_S = 40.0


class Bus(Protocol):
    """A log with two topics of its own."""

    topics: Sequence[str]

    async def producer(self) -> Producer: ...

    async def subscription(self, group: str) -> Subscription: ...


Check = Callable[[Bus], Awaitable[None]]
Backend = Callable[[Check], None]


class SimulatedBus:
    def __init__(self, loop: Loop) -> None:
        self.topics = ("one", "two")
        rng = Random(1)
        self.log = Log(loop, rng, Faults(rng), lambda: int(loop.time() * 1000), LANES)
        for topic in self.topics:
            self.log.create(topic)

    async def producer(self) -> Producer:
        return self.log.producer()

    async def subscription(self, group: str) -> Subscription:
        if group not in self.log.groups:
            self.log.begin(group, self.topics)
        return self.log.subscription(group)


class RealBus:
    def __init__(self, url: str, *, is_aligned: bool = False) -> None:
        self.url, self.is_aligned, name = url, is_aligned, uuid4().hex[:8]
        self.topics = (f"{name}.one", f"{name}.two")
        self.producers: list[KafkaProducer] = []

    async def producer(self) -> Producer:
        producer = KafkaProducer(self.url)
        await producer.start()
        self.producers.append(producer)
        return producer

    async def subscription(self, group: str) -> Subscription:
        name = f"{self.topics[0]}-{group}"
        with suppress(Exception):  # a group with members refuses: it has begun
            await topics.begin(self.url, name, self.topics, LANES)
        return KafkaSubscription(
            self.url, name, self.topics, session_s=6.0, is_aligned=self.is_aligned
        )

    async def stop(self) -> None:
        for producer in self.producers:
            await producer.stop()


def kafka(url: str, *, is_aligned: bool = False) -> Iterator[Backend]:
    def run(check: Check) -> None:
        async def main() -> None:
            bus = RealBus(url, is_aligned=is_aligned)
            await topics.create(url, bus.topics, LANES)
            try:
                await check(bus)
            finally:
                await bus.stop()

        asyncio.run(main())

    yield run


def simulated() -> Iterator[Backend]:
    loop = Loop(Random(1))
    yield lambda check: loop.run_until_complete(check(SimulatedBus(loop)))
    loop.close()


class Member:
    """A member of a group that does as it is told while it has lanes."""

    def __init__(self, work: Callable[[Assignment], Awaitable[None]] | None = None) -> None:
        self.work = work
        self.assignments: list[Assignment] = []
        self.current: Assignment | None = None
        self.said: list[str] = []

    async def serve(self, assignment: Assignment) -> None:
        self.assignments.append(assignment)
        self.current = assignment
        try:
            if self.work:
                await self.work(assignment)
            await asyncio.Event().wait()
        finally:
            self.said.append("let go")
            await asyncio.sleep(0.05)
            self.said.append("has let go")
            self.current = None

    @property
    def lanes(self) -> frozenset[int]:
        return self.current.lanes if self.current else frozenset()


@asynccontextmanager
async def running(subscription: Subscription, member: Member) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(subscription.run(member.serve))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def fetched(assignment: Assignment, count: int) -> list[Record]:
    records: list[Record] = []
    async with asyncio.timeout(WAIT_LIMIT_S):
        while len(records) < count:
            records += await assignment.fetch(100, 0.5)
    return records


def messages(*texts: str) -> list[Message]:
    return [Message(b"key", t.encode(), (("traceparent", b"00"),)) for t in texts]


def values(records: Sequence[Record], place: Partition) -> list[str]:
    return [(r.value or b"").decode() for r in records if (r.topic, r.partition) == place]
