"""How far groups are, lane by lane, on a real Kafka."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local import topics
from shared.bus import Message
from shared.errors import Unknown
from shared.kafka import KafkaLags, KafkaProducer
from shared.kafka.lags import Lag

pytestmark = pytest.mark.stack

LANES = 2


class Read:
    """Two topics with five records on each lane, and a group that reads them."""

    def __init__(self, kafka_url: str) -> None:
        mark = uuid4().hex[:8]
        self.url, self.group = kafka_url, f"g-{mark}"
        self.topics = [f"t-{mark}-{n}" for n in range(2)]
        self.lags = KafkaLags(kafka_url, {self.group: self.topics, f"none-{mark}": []}, LANES)

    async def begin(self) -> None:
        await topics.create(self.url, self.topics, LANES)
        producer = KafkaProducer(self.url)
        batch = [Message(b"key", b"value")] * 5
        await producer.append({(t, n): batch for t in self.topics for n in range(LANES)})
        await producer.stop()

    async def look(self) -> Lag:
        """Look until there is a coordinator: a broker that has just begun makes one."""
        for _ in range(100):
            with suppress(Unknown):
                return (await self.lags.look())[self.group]
            await asyncio.sleep(0.1)
        raise AssertionError("no coordinator")

    async def commit(self, topic: str, *offsets: int) -> None:
        places = {TopicPartition(topic, n): offset for n, offset in enumerate(offsets)}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.url, group_id=self.group, enable_auto_commit=False
        )
        await consumer.start()
        try:
            consumer.assign(list(places))
            await consumer.commit(places)
        finally:
            await consumer.stop()


@pytest.fixture
async def read(kafka_url: str) -> AsyncIterator[Read]:
    made = Read(kafka_url)
    await made.begin()
    yield made
    await made.lags.close()


async def test_what_is_done_is_told_beside_what_there_is_of_each_topic(
    read: Read,
) -> None:
    assert await read.look() == Lag({}, {})
    for topic in read.topics:
        await read.commit(topic, 2, 5)
    done = {(topic, lane): offset for topic in read.topics for lane, offset in ((0, 2), (1, 5))}
    assert await read.look() == Lag(done, dict.fromkeys(done, 5))


async def test_who_has_committed_past_the_end_has_nothing_left(read: Read) -> None:
    await read.commit(read.topics[0], 9, 5)
    both = dict.fromkeys([(read.topics[0], 0), (read.topics[0], 1)], 5)
    assert await read.look() == Lag(both, both)


async def test_where_each_lane_of_each_topic_ends_is_told_to_two_that_ask_at_once(
    read: Read,
) -> None:
    one, two = await asyncio.gather(read.lags.ends(), read.lags.ends())
    assert one == two == {(topic, n): 5 for topic in read.topics for n in range(LANES)}


async def test_where_nobody_answers_it_is_not_known_and_asked_anew() -> None:
    lags = KafkaLags("127.0.0.1:9", {"g": ["t"]}, LANES)
    for _ in range(2):
        with pytest.raises(Unknown):
            await lags.look()
        with pytest.raises(Unknown):
            await lags.ends()
