"""A member of a group that is stuck or hurt loses its lanes, and another comes in its place."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvloop
from aiokafka.errors import KafkaError

from shared import failpoints
from shared.bus import Assignment
from shared.errors import Unknown
from shared.kafka import KafkaSubscription
from tests.shared.kafka.one_topic import LIMIT_S, Reading, append, run_until


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
