"""What an import expects of a log; the one in memory and Kafka both keep to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.importing.log import KafkaLog, Log, Names, Offsets
from deploy.local import topics
from shared.bus import Message
from shared.errors import Misconfigured, Unknown
from shared.kafka import KafkaProducer
from tests.deploy.importing.memory_log import ANSWERS, MemoryLog

LANES = 2


class World(Protocol):
    """A log, and what intake does there."""

    log: Log

    async def answer(self, lane: int, *texts: bytes) -> None: ...

    async def commit(self, lane: int, offset: int) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.log = MemoryLog(LANES)

    async def answer(self, lane: int, *texts: bytes) -> None:
        for text in texts:
            self.log.write(ANSWERS, lane, b"key", text)
        self.log.now_s += 1.0

    async def commit(self, lane: int, offset: int) -> None:
        self.log.decided[lane] = offset


class OnKafka:
    def __init__(self, url: str, names: Names, log: KafkaLog, producer: KafkaProducer) -> None:
        self.log, self._url, self._names, self._producer = log, url, names, producer

    async def answer(self, lane: int, *texts: bytes) -> None:
        messages = [Message(b"key", text) for text in texts]
        await self._producer.append({(self._names.answers, lane): messages})
        await asyncio.sleep(0.05)  # so that the next have another time

    async def commit(self, lane: int, offset: int) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._url, group_id=self._names.reader, enable_auto_commit=False
        )
        await consumer.start()
        place = TopicPartition(self._names.submissions, lane)
        consumer.assign([place])
        await consumer.commit({place: offset})
        await consumer.stop()


@asynccontextmanager
async def on_kafka(url: str) -> AsyncIterator[World]:
    names = Names(*(f"{uuid4().hex[:8]}.{name}" for name in ("one", "two", "reader")))
    await topics.create(url, names[:2], LANES)
    producer = KafkaProducer(url)
    async with KafkaLog(url, {}, names) as log:
        yield OnKafka(url, names, log, producer)
    await producer.stop()


@asynccontextmanager
async def in_memory() -> AsyncIterator[World]:
    yield InMemory()


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.stack)])
def world(request: pytest.FixtureRequest) -> Callable[[], Any]:
    if request.param == "memory":
        return in_memory
    url = request.getfixturevalue("kafka_url")
    return lambda: on_kafka(url)


async def surely(ask: Callable[[], Awaitable[Offsets]]) -> Offsets:
    """Ask again while there is doubt: a broker that nobody asked yet has to find its groups."""
    while True:
        with suppress(Unknown):
            return await ask()
        await asyncio.sleep(0.2)


async def heard(log: Log, count: int) -> list[bytes | None]:
    """What is fetched, until there are so many."""
    found: list[bytes | None] = []
    while len(found) < count:
        found += [record.value for record in await log.fetch(0.2)]
    return found


async def test_what_is_appended_stands_in_its_lane(world: Callable[[], Any]) -> None:
    async with world() as w:
        before = await w.log.submitted()
        await w.log.append({1: [Message(b"key", b"{}"), Message(b"key", b"{}")]})
        after = await w.log.submitted()
        assert w.log.lanes == LANES
        assert (before, after) == ({0: 0, 1: 0}, {0: 0, 1: 2})


async def test_answers_come_once_and_in_the_order_of_their_lane(world: Callable[[], Any]) -> None:
    async with world() as w:
        await w.answer(0, *(f"{n}".encode() for n in range(20)))
        assert await w.log.answered() == {0: 20, 1: 0}
        w.log.seek({0: 5, 1: 0})
        assert w.log.position() == {0: 5, 1: 0}
        assert await heard(w.log, 15) == [f"{n}".encode() for n in range(5, 20)]
        assert w.log.position() == {0: 20, 1: 0}
        assert await w.log.fetch(0.0) == []
        await w.answer(1, b"later")
        assert await heard(w.log, 1) == [b"later"]


async def test_answers_can_be_heard_again(world: Callable[[], Any]) -> None:
    async with world() as w:
        await w.answer(0, b"a", b"b", b"c")
        for n in (0, 2, 1):
            w.log.seek({0: n, 1: 0})
            assert await heard(w.log, 3 - n) == [b"a", b"b", b"c"][n:]


async def test_how_far_intake_is_is_what_it_committed(world: Callable[[], Any]) -> None:
    async with world() as w:
        assert await surely(w.log.committed) == {0: 0, 1: 0}
        await w.commit(1, 7)
        assert await surely(w.log.committed) == {0: 0, 1: 7}


async def test_no_broker_is_told_in_a_sentence() -> None:
    with pytest.raises(Misconfigured, match=r"127\.0\.0\.1:1 does not answer .* KAFKA_URL"):
        async with KafkaLog("127.0.0.1:1", {}):
            raise AssertionError("there is none")


async def test_a_broker_without_the_topics_is_told(kafka_url: str) -> None:
    with pytest.raises(Misconfigured, match="`motcua bootstrap` makes them"):
        async with KafkaLog(kafka_url, {}, Names("nowhere", "no", "nobody")):
            raise AssertionError("there are none")
