"""A warm broker: its compiler has seen the work before anything is counted.

A fresh JVM interprets, then compiles what it does often: in its first minutes the same load costs
less and less, and whoever is measured second would win.  So the broker first appends, hands out
and commits as fast as it can, far more often than a load asks it to.
"""

import asyncio
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local import topics
from tests.load.floor_events import Appender

PREFIX = "warm."
PAIRS = 6  # topics, each with one who appends and one who reads
RECORDS = 10  # of a batch
VALUE = b"x" * 700


async def broker(kafka_url: str, lanes: int, seconds: float) -> None:
    """Keep the broker busy for so long, and leave nothing on it."""
    names = [f"{PREFIX}{n}" for n in range(PAIRS)]
    await topics.create(kafka_url, names, lanes)
    async with AsyncExitStack() as stack:
        appender = Appender(kafka_url, "")
        await appender.start()
        stack.push_async_callback(appender.stop)
        tasks = []
        for name in names:
            consumer = AIOKafkaConsumer(
                name,
                bootstrap_servers=kafka_url,
                group_id=name,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
            )
            await consumer.start()
            stack.push_async_callback(consumer.stop)
            tasks.append(asyncio.create_task(_append(appender, name, lanes)))
            tasks.append(asyncio.create_task(_read(consumer)))
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url)
    await admin.start()
    try:
        await admin.delete_topics(names)
    finally:
        await admin.close()


async def _append(appender: Appender, topic: str, lanes: int) -> None:
    while True:
        await appender.append(topic, dict.fromkeys(range(lanes), [(b"key", VALUE)] * RECORDS))


async def _read(consumer: AIOKafkaConsumer) -> None:
    while True:
        if await consumer.getmany(timeout_ms=1_000):
            await consumer.commit()
