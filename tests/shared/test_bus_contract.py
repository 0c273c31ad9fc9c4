"""What the kernel expects of a log; the simulated one and Kafka both keep to it."""

import asyncio
from collections.abc import Iterator

import pytest

from deploy.local import topics
from shared.bus import Assignment, Message, Record
from shared.errors import Fenced, Misconfigured, Unknown
from shared.kafka import KafkaProducer, KafkaSubscription
from tests.shared.two_buses import (
    LANES,
    WAIT_LIMIT_S,
    Backend,
    Bus,
    Member,
    RealBus,
    fetched,
    kafka,
    messages,
    running,
    simulated,
    values,
)
from tests.waiting import until

KINDS = [
    "simulated",
    pytest.param("kafka", marks=pytest.mark.stack),
    pytest.param("kafka, aligned", marks=pytest.mark.stack),
]


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    if request.param == "simulated":
        yield from simulated()
    else:
        is_aligned = request.param == "kafka, aligned"
        yield from kafka(request.getfixturevalue("kafka_url"), is_aligned=is_aligned)


def test_what_is_appended_comes_back_in_order_and_whole(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        one, two = bus.topics
        producer, member = await bus.producer(), Member()
        await producer.append({(one, 0): messages("a", "b"), (two, 3): messages("x")})
        await producer.append({(one, 0): messages("c"), (one, 1): []})
        async with running(await bus.subscription("reader"), member):
            await until(lambda: len(member.lanes) == LANES)
            records = await fetched(member.assignments[-1], 4)
        assert values(records, (one, 0)) == ["a", "b", "c"]
        assert values(records, (two, 3)) == ["x"]
        assert [r.offset for r in records if r.topic == one] == [0, 1, 2]
        assert {(r.key, r.headers) for r in records} == {(b"key", (("traceparent", b"00"),))}
        assert all(r.timestamp_ms >= 0 for r in records)

    backend(check)


def test_a_record_may_be_without_key_and_headers(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        producer, member = await bus.producer(), Member()
        await producer.append({(bus.topics[0], 0): [Message(None, b"")]})
        async with running(await bus.subscription("reader"), member):
            await until(lambda: len(member.lanes) == LANES)
            (record,) = await fetched(member.assignments[-1], 1)
        assert (record.key, record.value, record.headers) == (None, b"", ())

    backend(check)


def test_a_fetch_waits_for_records_but_not_for_ever(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        producer, member = await bus.producer(), Member()
        async with running(await bus.subscription("reader"), member):
            await until(lambda: len(member.lanes) == LANES)
            assignment = member.assignments[-1]
            assert await assignment.fetch(10, 0.2) == []
            await assignment.idle(0.1)
            await assignment.idle(1.1)
            coming = asyncio.create_task(fetched(assignment, 1))
            await asyncio.sleep(0.1)
            await producer.append({(bus.topics[1], 2): messages("late")})
            assert values(await coming, (bus.topics[1], 2)) == ["late"]

    backend(check)


def test_a_fetch_brings_no_more_than_asked_and_the_rest_later(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        place, member = (bus.topics[0], 1), Member()
        texts = [f"{n:02d}" for n in range(30)]
        await (await bus.producer()).append({place: messages(*texts)})
        async with running(await bus.subscription("reader"), member):
            await until(lambda: len(member.lanes) == LANES)
            records: list[Record] = []
            while len(records) < 30:
                some = await member.assignments[-1].fetch(7, 0.5)
                assert len(some) <= 7
                records += some
        assert values(records, place) == texts

    backend(check)


def test_what_was_committed_is_where_the_next_one_begins(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        place, first, second = (bus.topics[0], 1), Member(), Member()
        await (await bus.producer()).append({place: messages("a", "b", "c")})
        async with running(await bus.subscription("reader"), first):
            await until(lambda: len(first.lanes) == LANES)
            assert set(first.assignments[-1].committed.values()) == {0}
            assert len(first.assignments[-1].committed) == LANES * len(bus.topics)
            await fetched(first.assignments[-1], 3)
            await first.assignments[-1].commit({place: 2})
        async with running(await bus.subscription("reader"), second):
            await until(lambda: len(second.lanes) == LANES)
            assert second.assignments[-1].committed[place] == 2
            assert values(await fetched(second.assignments[-1], 1), place) == ["c"]

    backend(check)


def test_members_share_whole_lanes(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        first, second = Member(), Member()
        async with (
            running(await bus.subscription("reader"), first),
            running(await bus.subscription("reader"), second),
        ):
            await until(lambda: first.lanes | second.lanes == frozenset(range(LANES)))
            assert not first.lanes & second.lanes
            for member in (m for m in (first, second) if m.current):
                places = {(t, n) for t in bus.topics for n in member.lanes}
                assert set(member.assignments[-1].committed) == places

    backend(check)


def test_lanes_are_let_go_of_before_others_have_them(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        first = Member()

        async def look(_: Assignment) -> None:
            assert first.said[-1:] != ["let go"]

        second = Member(look)
        async with running(await bus.subscription("reader"), first):
            await until(lambda: len(first.lanes) == LANES)
            async with running(await bus.subscription("reader"), second) as task:
                await until(lambda: len(first.assignments) + len(second.assignments) >= 2)
                assert first.said[:2] == ["let go", "has let go"]
                assert not task.done()

    backend(check)


def test_a_commit_while_letting_go_is_taken(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        place = bus.topics[0], 2

        async def commit_at_the_end(assignment: Assignment) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await assignment.commit({place: 1})

        first, second = Member(commit_at_the_end), Member()
        await (await bus.producer()).append({place: messages("a")})
        async with running(await bus.subscription("reader"), first):
            await until(lambda: len(first.lanes) == LANES)
            async with running(await bus.subscription("reader"), second):
                await until(lambda: len(first.assignments) + len(second.assignments) >= 2)
                found = [m.assignments[-1] for m in (second, first) if 2 in m.lanes]
                if found:
                    assert found[0].committed[place] == 1

    backend(check)


def test_a_commit_for_lanes_of_others_is_fenced(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        first, second = Member(), Member()
        async with running(await bus.subscription("reader"), first):
            await until(lambda: len(first.lanes) == LANES)
            old = first.assignments[0]
            async with running(await bus.subscription("reader"), second):
                await until(lambda: first.lanes | second.lanes == frozenset(range(LANES)))
                lost = next(iter(frozenset(range(LANES)) - first.lanes), None)
                if lost is not None:
                    with pytest.raises(Fenced):
                        await old.commit({(bus.topics[0], lost): 0})

    backend(check)


def test_a_server_that_found_itself_fenced_gets_the_next_assignment(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        first = Member()

        async def is_fenced_at_first(_: Assignment) -> None:
            if len(first.assignments) == 1:
                raise Fenced("so it seems")

        first.work = is_fenced_at_first
        async with running(await bus.subscription("reader"), first) as task:
            await until(lambda: "has let go" in first.said)
            async with running(await bus.subscription("reader"), Member()):
                await asyncio.sleep(0.5)
            await until(lambda: len(first.lanes) == LANES)
            assert not task.done()

    backend(check)


def test_an_error_of_the_server_ends_the_subscription(backend: Backend) -> None:
    async def check(bus: Bus) -> None:
        async def fails(_: Assignment) -> None:
            raise ValueError("a mistake of ours")

        async with running(await bus.subscription("reader"), Member(fails)) as task:
            await asyncio.wait([task], timeout=WAIT_LIMIT_S)
            assert isinstance(task.exception(), ValueError)

    backend(check)


def test_a_group_without_first_offsets_says_what_to_do(kafka_url: str) -> None:
    async def check() -> None:
        bus = RealBus(kafka_url)
        await topics.create(kafka_url, bus.topics, LANES)
        subscription = KafkaSubscription(kafka_url, "never-begun", bus.topics)
        with pytest.raises(Misconfigured, match="bootstrap"):
            await asyncio.wait_for(subscription.run(Member().serve), WAIT_LIMIT_S)

    asyncio.run(check())


def test_a_log_that_does_not_answer_is_unknown() -> None:
    async def check() -> None:
        with pytest.raises(Unknown):
            await KafkaProducer("127.0.0.1:1", limit_s=0.5).append({("one", 0): messages("a")})
        with pytest.raises(Unknown):
            await KafkaSubscription("127.0.0.1:1", "reader", ("one",)).run(Member().serve)

    asyncio.run(check())
