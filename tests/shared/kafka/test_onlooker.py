"""What one who looks at a topic sees, in memory and on a real broker."""

from contextlib import aclosing

import pytest

from shared.bus import Onlooker
from shared.errors import Unknown
from shared.kafka import KafkaOnlooker
from tests.services.payment.replay.look import MemoryLook
from tests.shared.kafka.one_topic import LANES, append


@pytest.fixture
async def seen(kafka_url: str, topic: str):
    look = KafkaOnlooker(kafka_url, topic, LANES)
    yield look, lambda lane, value: append(kafka_url, topic, value, lane=lane)
    await look.close()


async def values(look: Onlooker, starts: dict[int, int], ends: dict[int, int]) -> list[bytes]:
    async with aclosing(look.read(starts, ends)) as batches:
        return [r.value or b"" async for records in batches for r in records]


async def test_a_stretch_of_each_lane_is_read_as_often_as_asked(seen) -> None:
    look, write = seen
    for number in range(4):
        await write(number % LANES, b"%d" % number)
    ends = dict(await look.ends())
    assert ends == {0: 2, 1: 2}
    assert sorted(await values(look, {0: 0, 1: 0}, ends)) == [b"0", b"1", b"2", b"3"]
    assert await values(look, {0: 1, 1: 0}, {0: 2}) == [b"2"]
    assert await values(look, {0: 2, 1: 2}, ends) == []
    assert sorted(await values(look, {0: 0, 1: 0}, ends)) == [b"0", b"1", b"2", b"3"]


async def test_who_stops_early_leaves_nothing_behind(seen) -> None:
    look, write = seen
    for number in range(3):
        await write(0, b"%d" % number)
    async with aclosing(look.read({0: 0}, {0: 3})) as batches:
        await anext(batches)
    assert await values(look, {0: 0}, {0: 3}) == [b"0", b"1", b"2"]


async def test_a_time_is_a_place_in_each_lane(seen) -> None:
    look, write = seen
    await write(0, b"a")
    assert dict(await look.since(0)) == {0: 0, 1: 0}
    assert dict(await look.since(4_000_000_000_000)) == {0: 1, 1: 0}


async def test_a_broker_that_is_not_there_is_unknown() -> None:
    look = KafkaOnlooker("127.0.0.1:1", "nowhere", LANES)
    with pytest.raises(Unknown):
        await look.ends()
    await look.close()


async def test_the_one_in_memory_does_the_same() -> None:
    look = MemoryLook()
    look.write(0, b"a")
    look.write(1, b"b")
    assert dict(await look.ends()) == {0: 1, 1: 1, 2: 0}
    assert await values(look, {0: 0, 1: 0}, {0: 1, 1: 1}) == [b"a", b"b"]
    assert await values(look, {0: 1, 1: 0}, {0: 1}) == []
