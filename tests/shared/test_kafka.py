"""What only a real broker can show of the adapter."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

from deploy.local import ports, stack, topics
from deploy.local.children import Children
from deploy.local.settings import Settings
from shared.bus import Assignment, Message, Record
from shared.errors import Misconfigured, Unknown
from shared.kafka import KafkaProducer, KafkaSubscription

LANES = 2
LIMIT_S = 40.0


@pytest.fixture
async def topic(kafka_url: str) -> str:
    name = f"kafka-{uuid4().hex}"
    await topics.create(kafka_url, [name], LANES)
    await topics.begin(kafka_url, name, [name], LANES)
    return name


async def append(kafka_url: str, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(kafka_url)
    await producer.start()
    await producer.append({(topic, 0): [Message(b"k", v) for v in values]})
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


async def test_a_record_that_the_client_cannot_read_comes_without_content_and_stops_nobody(
    kafka_url: str, topic: str
) -> None:
    await append(kafka_url, topic, b"before")
    await append_with_broken_header(kafka_url, topic)
    await append(kafka_url, topic, b"after")
    reading = Reading(3)
    await run_until(KafkaSubscription(kafka_url, topic, [topic]), reading.serve, reading.done)
    assert [(r.offset, r.value) for r in reading.records] == [
        (0, b"before"),
        (1, None),
        (2, b"after"),
    ]


async def append_with_broken_header(kafka_url: str, topic: str) -> None:
    """Append a record whose header's name is no UTF-8, as a client in another language may."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka_url)
    await producer.start()
    batch = producer.create_batch()
    batch.append(key=b"k", value=b"poison", timestamp=None, headers=[("na!e", b"v")])
    batch.close()
    build = batch._build

    def broken() -> bytes:
        built = bytearray(build())
        at = bytes(built).index(b"na!e")
        built[at : at + 4] = b"na\xffe"
        built[17:21] = calc_crc32c(bytes(built[21:])).to_bytes(4, "big")
        return bytes(built)

    batch._build = broken
    await (await producer.send_batch(batch, topic, partition=0))
    await producer.stop()


async def test_another_number_of_lanes_than_the_topics_have_is_refused_with_a_remedy(
    kafka_url: str, topic: str
) -> None:
    subscription = KafkaSubscription(kafka_url, topic, [topic], lanes=LANES + 1)
    reading = Reading(1)
    with pytest.raises(Misconfigured, match="MOTCUA_LANES"):
        await run_until(subscription, reading.serve, reading.done)


async def test_a_member_that_did_not_poll_for_too_long_loses_its_lanes_and_comes_back(
    kafka_url: str, topic: str
) -> None:
    await append(kafka_url, topic, b"one")
    reading = Reading(1)

    async def hangs_at_first(assignment: Assignment) -> None:
        if not reading.assignments:
            reading.assignments += 1
            await assignment.fetch(100, 2.0)
            await asyncio.sleep(2 * LIMIT_S)  # the heart beats on, nothing is read
        await reading.serve(assignment)

    subscription = KafkaSubscription(kafka_url, topic, [topic], session_s=6.0, poll_limit_s=2.0)
    await run_until(subscription, hangs_at_first, reading.done)
    assert reading.assignments == 2
    assert [r.value for r in reading.records] == [b"one"]


async def test_a_member_that_cannot_come_back_ends_with_a_word(kafka_url: str, topic: str) -> None:
    async def loses_its_coordination(assignment: Any) -> None:
        assignment._consumer._coordinator._coordination_task.cancel()
        while True:
            await assignment.fetch(100, 0.2)

    subscription = KafkaSubscription(kafka_url, topic, [topic])
    with pytest.raises(Unknown, match="come back"):
        await run_until(subscription, loses_its_coordination, asyncio.Event())


async def test_a_log_that_has_gone_is_no_empty_log(tmp_path: Path) -> None:
    broker, controller = ports.free(2)
    settings = Settings(
        home=tmp_path,
        kafka_url="",
        mongo_url="mongodb://nobody",
        kafka_port=broker,
        controller_port=controller,
    )
    fetched: list[object] = []
    is_gone = asyncio.Event()
    with Children(tmp_path) as children:
        url = (await asyncio.to_thread(stack.start, children, settings)).kafka_url
        await topics.create(url, ["t"], LANES)
        await topics.begin(url, "g", ["t"], LANES)

        async def looks(assignment: Assignment) -> None:
            while True:
                try:
                    fetched.append(await assignment.fetch(100, 0.2))
                except Unknown as doubt:
                    fetched.append(doubt)
                    is_gone.set()
                if len(fetched) == 1:
                    await asyncio.to_thread(children.stop, ["kafka"])
                await asyncio.sleep(0.05)

        await run_until(KafkaSubscription(url, "g", ["t"]), looks, is_gone)
    assert fetched[0] == []
    assert isinstance(fetched[-1], Unknown)
