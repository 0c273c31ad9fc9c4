"""How far a group is behind is told from outside, place by place, and whether the log rests."""

import asyncio
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local import topics
from deploy.log.lag import Lags
from shared.bus import Message
from shared.kafka import KafkaProducer

pytestmark = pytest.mark.stack

LANES = 2


class Read:
    """A topic with five records on each lane, and a group that reads it."""

    def __init__(self, kafka_url: str) -> None:
        self.url, self.topic, self.group = kafka_url, f"t-{uuid4().hex[:8]}", f"g-{uuid4().hex[:8]}"

    async def begin(self) -> None:
        await topics.create(self.url, [self.topic], LANES)
        await topics.begin(self.url, self.group, [self.topic], LANES)
        producer = KafkaProducer(self.url)
        batch = [Message(b"key", b"value")] * 5
        await producer.append({(self.topic, n): batch for n in range(LANES)})
        await producer.stop()

    async def commit(self, *offsets: int) -> None:
        places = {TopicPartition(self.topic, n): offset for n, offset in enumerate(offsets)}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.url, group_id=self.group, enable_auto_commit=False
        )
        await consumer.start()
        try:
            consumer.assign(list(places))
            await consumer.commit(places)
        finally:
            await consumer.stop()

    def lags(self) -> Lags:
        return Lags(self.url, {self.group: [self.topic]}, LANES)


@pytest.fixture
async def read(kafka_url: str) -> Read:
    made = Read(kafka_url)
    await made.begin()
    return made


async def test_a_group_that_has_only_begun_has_all_before_it(read: Read) -> None:
    async with read.lags() as lags:
        sample = await lags.look()
    assert (sample.lag, sample.end, sample.total) == ({read.group: 10}, {read.group: 10}, 10)


async def test_only_the_places_where_a_group_is_behind_are_told(read: Read) -> None:
    await read.commit(5, 2)
    async with read.lags() as lags:
        assert await lags.where(read.group) == {f"{read.topic}[1]": 3}


async def test_a_log_that_is_read_to_its_end_rests(read: Read) -> None:
    await read.commit(5, 5)
    async with read.lags() as lags:
        assert await lags.come_to_rest(60) == []


async def test_who_committed_past_an_end_is_not_behind_and_makes_up_for_nobody(read: Read) -> None:
    await read.commit(9, 3)
    async with read.lags() as lags:
        assert (await lags.look()).lag == {read.group: 2}


async def test_who_lags_when_nothing_moves_any_more_is_told(read: Read) -> None:
    await read.commit(5, 4)
    async with read.lags() as lags:
        assert await lags.come_to_rest(3) == [read.group]


async def test_what_is_there_now_is_waited_for_until_it_is_read(read: Read) -> None:
    await read.commit(5, 2)
    async with read.lags() as lags:
        waiting = asyncio.create_task(lags.until_read(60))
        await asyncio.sleep(0)
        await read.commit(5, 5)
        assert await waiting == 0


async def test_what_nobody_reads_is_told_after_a_while(read: Read) -> None:
    await read.commit(5, 2)
    async with read.lags() as lags:
        assert await lags.until_read(1) == 3
