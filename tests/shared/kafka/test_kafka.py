"""What only a real broker can show of the adapter."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

from deploy.local import ports, stack, topics
from deploy.local.children import Children
from deploy.local.settings import Settings
from shared.bus import Assignment
from shared.errors import Misconfigured, Unknown
from shared.kafka import KafkaSubscription
from tests.shared.kafka.one_topic import LANES, LIMIT_S, POLL_S, Reading, append, run_until


@pytest.mark.parametrize("is_aligned", [False, True])
@pytest.mark.parametrize("lane", range(LANES))  # also behind a quiet one
async def test_a_record_that_the_client_cannot_read_comes_without_content_and_stops_nobody(
    kafka_url: str, topic: str, lane: int, is_aligned: bool
) -> None:
    await append(kafka_url, topic, b"before", lane=lane)
    await append_with_broken_header(kafka_url, topic, lane)
    await append(kafka_url, topic, b"after", lane=lane)
    reading = Reading(3)
    subscription = KafkaSubscription(kafka_url, topic, [topic], is_aligned=is_aligned)
    await run_until(subscription, reading.serve, reading.done)
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


@pytest.mark.parametrize("is_aligned", [False, True])
async def test_what_came_during_a_rest_is_in_the_next_poll_while_other_partitions_are_quiet(
    kafka_url: str, topic: str, is_aligned: bool
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
    subscription = KafkaSubscription(
        kafka_url, topic, [topic], fetch_wait_s=quiet_s, is_aligned=is_aligned
    )
    await run_until(subscription, serve, done)
    assert values == [b"first", b"second", b"third"]


async def test_another_number_of_lanes_than_the_topics_have_is_refused_with_a_remedy(
    kafka_url: str, topic: str
) -> None:
    subscription = KafkaSubscription(kafka_url, topic, [topic], lanes=LANES + 1)
    reading = Reading(1)
    with pytest.raises(Misconfigured, match="MOTCUA_LANES"):
        await run_until(subscription, reading.serve, reading.done)


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
