"""Whether the log is at rest: every group has read and committed all of it, and nothing comes."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.topics import groups

LOOK_AGAIN_S = 0.7


async def come_to_rest(kafka_url: str, lanes: int, limit_s: float) -> list[str]:
    """Wait until nothing moves any more; return what still lags when the time is over."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka_url, enable_auto_commit=False)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url)
    await consumer.start()
    await admin.start()
    until = time.monotonic() + limit_s
    before: dict[TopicPartition, int] = {}
    try:
        while True:
            ends = await _ends(consumer, lanes)
            lagging = [name for name in groups() if await _lags(admin, name, ends)]
            if not lagging and ends == before:
                return []
            if time.monotonic() > until:
                return lagging or ["the log still grows"]
            before = ends
            await asyncio.sleep(LOOK_AGAIN_S)
    finally:
        await admin.close()
        await consumer.stop()


async def _ends(consumer: AIOKafkaConsumer, lanes: int) -> dict[TopicPartition, int]:
    names = sorted({name for read in groups().values() for name in read})
    places = [TopicPartition(name, lane) for name in names for lane in range(lanes)]
    found: dict[TopicPartition, int] = await consumer.end_offsets(places)
    return found


async def _lags(admin: AIOKafkaAdminClient, group: str, ends: dict[TopicPartition, int]) -> bool:
    read = set(groups()[group])
    committed = await admin.list_consumer_group_offsets(group)
    done = {place: at.offset for place, at in committed.items()}
    return any(done.get(p, 0) < end for p, end in ends.items() if p.topic in read)
