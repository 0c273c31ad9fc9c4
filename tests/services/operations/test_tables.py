"""The live table over a real broker, and what it makes of its messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.topics import create
from services.operations.tables import MINUTES, Crashed, LiveTables, count, flowing
from tests.services.operations import live
from tests.waiting import until

AT = datetime(2026, 6, 9, 1, 2, 3, tzinfo=UTC)
LANES = 4
LIMIT_S = 60


def counted(stage: str = "payment", at: datetime = AT, **types: int) -> bytes:
    return live.counted(stage, at, types or {"paid": 1})


def test_messages_of_a_minute_add_up_by_stage_and_type() -> None:
    table: dict[str, Any] = {}
    for message in (counted(paid=2), counted(paid=1, failed=1), counted("notify", sent=5)):
        count(table, message)

    found = flowing(table, AT + timedelta(seconds=4))

    assert [(m.stage, m.total, m.types) for m in found.minutes] == [
        ("notify", 5, {"sent": 5}),
        ("payment", 4, {"paid": 3, "failed": 1}),
    ]
    assert found.newest_second == AT
    assert found.behind_s == 4


def test_the_table_is_a_ring_of_minutes_for_each_stage() -> None:
    table: dict[str, Any] = {}
    for n in range(3 * MINUTES):
        count(table, counted(at=AT + timedelta(minutes=n)))

    newest = AT + timedelta(minutes=3 * MINUTES - 1)
    found = flowing(table, newest)

    assert len(table) == len(found.minutes) == MINUTES
    assert found.minutes[-1].minute == newest.replace(second=0)


def test_a_minute_older_than_the_ring_changes_nothing() -> None:
    table: dict[str, Any] = {}
    count(table, counted(at=AT + timedelta(minutes=MINUTES)))
    before = dict(table)

    count(table, counted(at=AT))

    assert table == before


def test_minutes_that_have_passed_are_not_shown() -> None:
    table: dict[str, Any] = {}
    count(table, counted())

    assert not flowing(table, AT + timedelta(minutes=MINUTES + 1)).minutes


def test_a_rate_is_what_came_in_the_last_seconds_across_minutes() -> None:
    table: dict[str, Any] = {}
    for n in range(60):
        settled = {"payment.settled": 4}
        count(table, live.counted("payment", AT + timedelta(seconds=n), settled))

    found = flowing(table, AT + timedelta(seconds=60))

    assert {r.stage: r.out_per_s for r in found.rates}["payment"] == 4.0
    assert {r.stage: r.in_per_s for r in found.rates}["notify"] == 4.0
    assert sum(p.gave for p in found.passed) == 240


def test_a_slot_of_before_seconds_were_kept_goes_on() -> None:
    table: dict[str, Any] = {}
    count(table, counted(paid=2))
    (key,) = table
    del table[key]["seconds"]
    count(table, counted(paid=1))

    assert flowing(table, AT).minutes[0].total == 3


@pytest.mark.parametrize("value", [b"", b"{", b"{}", b"\xff", counted().replace(b"second", b"x")])
def test_what_cannot_be_read_is_counted_as_such(value: bytes) -> None:
    table: dict[str, Any] = {}
    count(table, value)
    count(table, counted())

    found = flowing(table, AT)

    assert found.unreadable == 1
    assert len(found.minutes) == 1


# ---- over a real broker


class Broker:
    def __init__(self, kafka_url: str) -> None:
        self.url, self.name = kafka_url, f"flow-{uuid4().hex[:8]}"

    async def begin(self) -> None:
        await create(self.url, [self.name], LANES)

    async def append(self, *messages: bytes) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.url)
        await producer.start()
        try:
            for message in messages:
                await producer.send_and_wait(self.name, message, partition=1)
        finally:
            await producer.stop()

    def tables(self, **changed: Any) -> LiveTables:
        return LiveTables(
            self.url,
            lanes=LANES,
            clock=lambda: AT,
            monotonic=monotonic,
            app_id=f"{self.name}-tables",
            topic=self.name,
            **changed,
        )


@asynccontextmanager
async def running(tables: LiveTables) -> AsyncIterator[None]:
    task = asyncio.create_task(tables.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_total(tables: LiveTables, total: int) -> None:
    await until(lambda: sum(m.total for m in tables.flowing().minutes) >= total)


@pytest.fixture
async def broker(kafka_url: str, stack: object) -> Broker:
    broker = Broker(kafka_url)
    await broker.begin()
    return broker


async def test_the_live_table_counts_what_is_on_the_topic(broker: Broker) -> None:
    tables = broker.tables()
    async with running(tables):
        await broker.append(counted(paid=2), counted(paid=3))
        await until_total(tables, 5)

    assert [(m.stage, m.types) for m in tables.flowing().minutes] == [("payment", {"paid": 5})]


async def test_a_new_process_has_the_table_of_the_old_one(broker: Broker) -> None:
    first = broker.tables()
    async with running(first):
        await broker.append(counted(paid=2))
        await until_total(first, 2)

    second = broker.tables()
    async with running(second):
        await broker.append(counted(paid=1))
        await until_total(second, 3)

    assert second.flowing().minutes[0].total == 3


async def test_an_error_while_counting_ends_the_app_with_that_error(broker: Broker) -> None:
    def fails(table: Any, value: bytes) -> None:
        raise ZeroDivisionError("planted")

    tables = broker.tables(count=fails)
    await broker.append(counted())

    with pytest.raises(Crashed) as caught:
        await asyncio.wait_for(tables.run(), LIMIT_S)

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert not tables.health.is_ready()


async def test_a_crash_inside_faust_ends_the_app_as_well(broker: Broker) -> None:
    tables = broker.tables()
    task = asyncio.create_task(tables.run())
    await until(tables.health.is_ready)

    await tables._app.crash(ConnectionError("planted"))

    with pytest.raises(Crashed) as caught:
        await asyncio.wait_for(task, LIMIT_S)

    assert isinstance(caught.value.__cause__, ConnectionError)


async def test_without_a_broker_the_app_ends_instead_of_hanging() -> None:
    tables = Broker("127.0.0.1:1").tables()

    with pytest.raises(Crashed):
        await asyncio.wait_for(tables.run(), LIMIT_S)

    tables._app.consumer._thread.thread_loop.close()  # of a thread that Faust has not started
