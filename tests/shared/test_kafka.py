"""What only a real broker can show of the adapter."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvloop
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.record.util import calc_crc32c

from deploy.local import ports, stack, topics
from deploy.local.children import Children
from deploy.local.settings import Settings
from shared import failpoints
from shared.bus import Assignment, Message, Record
from shared.errors import Misconfigured, Unknown
from shared.kafka import KafkaProducer, KafkaSubscription

LANES = 2
LIMIT_S = 40.0
POLL_S = 4.0


@pytest.fixture
async def topic(kafka_url: str) -> str:
    name = f"kafka-{uuid4().hex}"
    await topics.create(kafka_url, [name], LANES)
    await topics.begin(kafka_url, name, [name], LANES)
    return name


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


@pytest.mark.parametrize("lane", range(LANES))  # also behind a quiet one
async def test_a_record_that_the_client_cannot_read_comes_without_content_and_stops_nobody(
    kafka_url: str, topic: str, lane: int
) -> None:
    await append(kafka_url, topic, b"before", lane=lane)
    await append_with_broken_header(kafka_url, topic, lane)
    await append(kafka_url, topic, b"after", lane=lane)
    reading = Reading(3)
    await run_until(KafkaSubscription(kafka_url, topic, [topic]), reading.serve, reading.done)
    assert [(r.offset, r.value) for r in reading.records] == [
        (0, b"before"),
        (1, None),
        (2, b"after"),
    ]


async def append_with_broken_header(kafka_url: str, topic: str, lane: int) -> None:
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
    await (await producer.send_batch(batch, topic, partition=lane))
    await producer.stop()


async def test_what_came_during_a_rest_is_in_the_next_poll_while_other_partitions_are_quiet(
    kafka_url: str, topic: str
) -> None:
    done, values = asyncio.Event(), []

    async def serve(assignment: Assignment) -> None:
        for value, wait_s in ((b"second", LIMIT_S), (b"third", LIMIT_S), (b"", POLL_S)):
            values.extend(r.value for r in await assignment.fetch(100, wait_s))
            await append(kafka_url, topic, value)
            await asyncio.sleep(1)  # long enough for a client to fetch ahead
        done.set()
        await asyncio.Event().wait()

    await append(kafka_url, topic, b"first")
    quiet_s = 4 * POLL_S  # how long a fetch of the quiet partition alone would take
    subscription = KafkaSubscription(kafka_url, topic, [topic], fetch_wait_s=quiet_s)
    await run_until(subscription, serve, done)
    assert values == [b"first", b"second", b"third"]


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


async def cut_short(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    await asyncio.wait([task])


async def without_coordinator(consumer: Any) -> None:
    """Let the search for it wait for ever."""
    await consumer._coordinator._coordinator_lookup_lock.acquire()
    consumer._coordinator.coordinator_dead()


async def with_a_failing_heart(consumer: Any) -> None:
    async def fails() -> bool:
        raise KafkaError("an answer that nobody expects")

    consumer._coordinator._do_heartbeat = fails


@pytest.mark.parametrize(
    "wound",
    [
        lambda consumer: cut_short(consumer._client._sync_task),
        lambda consumer: cut_short(consumer._fetcher._fetch_task),
        lambda consumer: cut_short(consumer._coordinator._coordination_task),
        with_a_failing_heart,
        without_coordinator,
    ],
    ids=["metadata", "fetching", "coordination", "heartbeat", "silence"],
)
async def test_after_a_member_that_broke_comes_another(
    kafka_url: str, topic: str, wound: Callable[[Any], Awaitable[None]]
) -> None:
    await append(kafka_url, topic, b"one")
    reading = Reading(1)
    course: list[object] = []

    async def is_wounded_at_first(assignment: Any) -> None:
        course.append(assignment.lanes)
        if len(course) > 1:
            await reading.serve(assignment)
        await wound(assignment._consumer)
        try:
            while True:
                with suppress(Unknown):
                    await assignment.fetch(100, 0.2)
                await asyncio.sleep(0.05)
        finally:
            course.append("ended")

    subscription = KafkaSubscription(kafka_url, topic, [topic], session_s=3.0, silence_limit_s=1.0)
    await run_until(subscription, is_wounded_at_first, reading.done)
    assert course == [{0, 1}, "ended", {0, 1}]
    assert [r.value for r in reading.records] == [b"one"]


@pytest.fixture
def armed() -> Iterator[None]:
    failpoints.arm(f"{failpoints.FETCHING}:1")
    yield
    failpoints.disarm()


@pytest.mark.usefixtures("armed")
async def test_a_member_whose_fetching_is_ended_by_a_failpoint_joins_anew(
    kafka_url: str, topic: str
) -> None:
    await append(kafka_url, topic, b"one")
    reading = Reading(3)
    lanes: list[object] = []

    async def serve(assignment: Any) -> None:
        lanes.append(assignment.lanes)
        if len(lanes) > 1:
            await append(kafka_url, topic, b"two")
        await reading.serve(assignment)

    subscription = KafkaSubscription(kafka_url, topic, [topic], session_s=3.0)
    await run_until(subscription, serve, reading.done)
    assert lanes == [{0, 1}, {0, 1}]
    assert [r.value for r in reading.records] == [b"one", b"one", b"two"]


async def test_who_was_a_member_once_waits_for_a_broker(kafka_url: str, topic: str) -> None:
    await append(kafka_url, topic, b"one")
    reading = Reading(1)
    asked = 0

    async def closes(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        subscription._settings["bootstrap_servers"] = kafka_url
        writer.close()

    async with await asyncio.start_server(closes, "127.0.0.1", 0) as nobody:

        async def breaks_at_first(assignment: Any) -> None:
            if not asked:
                port = nobody.sockets[0].getsockname()[1]
                subscription._settings["bootstrap_servers"] = f"127.0.0.1:{port}"
                await cut_short(assignment._consumer._client._sync_task)
                await asyncio.sleep(2 * LIMIT_S)
            await reading.serve(assignment)

        subscription = KafkaSubscription(kafka_url, topic, [topic])
        await run_until(subscription, breaks_at_first, reading.done)
    assert asked == 1
    assert [r.value for r in reading.records] == [b"one"]


def test_a_connection_that_was_reset_ends_no_task_of_a_member(kafka_url: str, topic: str) -> None:
    async def resets(assignment: Any) -> None:
        client = assignment._consumer._client
        await assignment.fetch(100, 0.2)
        for connection in client._conns.values():
            await cut_short(connection._read_task)  # it would see the end, a moment later
            connection._reader = asyncio.StreamReader()
            connection._writer.transport.abort()
        await asyncio.sleep(0)
        await client.force_metadata_update()
        assert not client._sync_task.done()
        is_done.set()

    async def main() -> None:
        await run_until(KafkaSubscription(kafka_url, topic, [topic]), resets, is_done)

    is_done = asyncio.Event()
    uvloop.run(main())  # as services do: it raises where another loop only warns


async def test_a_log_that_has_gone_is_no_empty_log_and_is_waited_for(tmp_path: Path) -> None:
    broker, controller = ports.free(2)
    settings = Settings(
        home=tmp_path,
        kafka_url="",
        mongo_url="mongodb://nobody",
        kafka_port=broker,
        controller_port=controller,
    )
    fetched: list[list[object]] = []
    is_back = asyncio.Event()
    with Children(tmp_path) as children:
        url = (await asyncio.to_thread(stack.start, children, settings)).kafka_url
        await topics.create(url, ["t"], LANES)
        await topics.begin(url, "g", ["t"], LANES)

        async def looks(assignment: Assignment) -> None:
            fetched.append([])
            try:
                while True:
                    try:
                        fetched[-1].append(await assignment.fetch(100, 0.2))
                    except Unknown as doubt:
                        fetched[-1].append(doubt)
                    if len(fetched) == 2:
                        is_back.set()
                    elif len(fetched[0]) == 1:
                        await asyncio.to_thread(children.stop, ["kafka"])
                    await asyncio.sleep(0.05)
            finally:
                if len(fetched) == 1:
                    await asyncio.to_thread(stack.start, children, settings)

        subscription = KafkaSubscription(url, "g", ["t"], session_s=3.0, silence_limit_s=2.0)
        await run_until(subscription, looks, is_back)
    assert fetched[0][0] == []
    assert isinstance(fetched[0][-1], Unknown)
    assert fetched[1][0] == []
