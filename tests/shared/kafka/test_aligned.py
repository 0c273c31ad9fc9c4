"""Reading by the log's time: what is given out, in which order, and that nothing stays behind."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from deploy.local import topics
from shared.bus import Assignment, Message, Partition, Record
from shared.kafka import KafkaProducer, KafkaSubscription
from shared.kafka.aligned import PASSED, Held
from tests.shared.kafka.one_topic import LANES, LIMIT_S, run_until

LOGS = st.lists(
    st.lists(st.integers(0, 50), max_size=12).map(sorted), min_size=1, max_size=4
)  # the times of what stands in each partition


def partition(n: int) -> Partition:
    return f"topic{n}", 0


def records(n: int, times_ms: Sequence[int], first: int = 0) -> list[Record]:
    return [Record(*partition(n), first + i, ms, None, b"") for i, ms in enumerate(times_ms)]


@given(logs=LOGS, chance=st.randoms(use_true_random=False))
def test_whatever_comes_first_all_is_given_out_once_and_by_its_time(logs, chance) -> None:
    left = {n: records(n, times_ms) for n, times_ms in enumerate(logs)}
    held, out = Held(), []

    def behind() -> list[Partition]:
        return [partition(n) for n, some in left.items() if some]

    while behind() or held:
        for wanted in held.wanting(behind()):
            some, count = left[int(wanted[0][5:])], chance.randint(1, 4)
            held.add(some[:count])
            del some[:count]
        if held.due(behind()):
            out += held.take(chance.randint(1, 9), behind())

    assert [r.timestamp_ms for r in out] == sorted(ms for log in logs for ms in log)
    for n, times_ms in enumerate(logs):
        assert [r for r in out if (r.topic, r.partition) == partition(n)] == records(n, times_ms)


def test_nobody_waits_for_a_partition_that_does_not_answer() -> None:
    held = Held()
    held.add(records(0, [1, 2]))
    assert held.due([partition(1)]) == 0
    assert held.take(10, [partition(1)]) == records(0, [1, 2])


def test_a_partition_keeps_its_own_order_though_its_times_do_not() -> None:
    held = Held()
    held.add(records(0, [5, 3, 9]))
    assert [r.offset for r in held.take(10, [])] == [0, 1, 2]


def test_what_a_partition_gave_out_is_forgotten_though_more_is_always_held() -> None:
    held = Held()
    for n in range(10):
        held.add(records(0, [n] * PASSED, n * PASSED))
        held.take(PASSED - 1, [])
    (queue,) = held._held.values()
    assert len(held) == 10 < len(queue._records) < 3 * PASSED


def test_a_partition_is_known_however_it_is_named() -> None:
    held = Held()
    held.add(records(0, [7]))
    assert held.wanting([TopicPartition(*partition(0)), TopicPartition(*partition(1))]) == [
        partition(1)
    ]


@pytest.mark.stack
@pytest.mark.parametrize("is_aligned", [True, False])
async def test_topics_of_unlike_size_are_read_at_the_same_pace(
    kafka_url: str, topic: str, is_aligned: bool
) -> None:
    many, rounds = 200, 30
    other = f"{topic}.few"
    await topics.create(kafka_url, [other], LANES)
    producer, read = KafkaProducer(kafka_url), list[Record]()
    await producer.start()
    for n in range(rounds):
        large = [Message(b"k", bytes([n]) * 6_000)] * many
        await producer.append({(other, 0): [Message(b"k", bytes([n]))], (topic, 0): large})
    await producer.stop()
    done = asyncio.Event()

    async def serve(assignment: Assignment) -> None:
        while len(read) < rounds * (many + 1):
            read.extend(await assignment.fetch(500, 1.0))
        done.set()
        await asyncio.Event().wait()

    group = f"{topic}-both"
    await topics.begin(kafka_url, group, [topic, other], LANES)
    subscription = KafkaSubscription(kafka_url, group, [topic, other], is_aligned=is_aligned)
    async with asyncio.timeout(LIMIT_S):
        await run_until(subscription, serve, done)
    times_ms = [record.timestamp_ms for record in read]
    assert (times_ms == sorted(times_ms)) is is_aligned
