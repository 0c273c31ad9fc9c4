"""The bare journey's processes: what the journey costs when nothing is decided.

The same hops, records and rows as the real one, but a row for each message where operations packs
them: one consumer per process over all its topics, one insert per batch, one `send_batch` per
partition, a second's commits; no rules, no look-ups, no timers, no spans, no care for errors.
Events are padded to the size of the real ones.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from services.operations.reader import Pace as OperationsPace
from shared import partners
from shared.lanes.pace import PACE, PATIENT
from shared.mongo import MongoTable, connect
from tests.load.floor_edge import Edge
from tests.load.floor_events import Appender, Writer
from tests.load.floor_roles import (
    EFFECTS,
    LANE_ROLES,
    OPERATIONS,
    READS,
    Effects,
    Lane,
    Operations,
    Records,
)
from tests.load.workers import orders

DATABASE = "floor"
PREFIX = "floor."
FETCH_BYTES = 4 << 20  # as the real one; when it polls is the window's affair, as there
PACES = {"notify": PATIENT, OPERATIONS: OperationsPace()}


class Job(msgspec.Struct, frozen=True):
    """Which role to play, and with what.  `sizes`: bytes of an event of each type."""

    role: str
    kafka_url: str
    mongo_url: str
    lanes: int
    sizes: dict[str, int]
    port: int  # of payment's edge


def window_s(role: str, records: int) -> float:
    """Return how long a batch may take to gather: as long as the real service's."""
    if role == EFFECTS:
        return partners.PATIENT.window_s
    pace = PACES.get(role, PACE)
    if records >= pace.batch_limit:
        return 0.0
    share = min(1.0, records / pace.window_full_records)
    return pace.window_s + share * (pace.window_limit_s - pace.window_s)


async def pump(
    consumer: AIOKafkaConsumer, role: str, batch: Callable[[Records], Awaitable[None]]
) -> None:
    """Read, work, commit, wait for the rest of the window; until cancelled."""
    limit = PACES.get(role, PACE).batch_limit
    committed_s, is_behind = time.monotonic(), False
    while True:
        began_s = time.monotonic()
        lanes = consumer.assignment()
        consumer.resume(*lanes)  # paused while it rests, as the real ones
        got = await consumer.getmany(timeout_ms=1_000, max_records=limit)
        consumer.pause(*lanes)
        records = [m for messages in got.values() for m in messages]
        if records:
            is_behind = True
            await batch(records)
        if is_behind and time.monotonic() - committed_s >= PACE.commit_every_s:
            await consumer.commit()
            committed_s, is_behind = time.monotonic(), False
        await asyncio.sleep(max(0.0, window_s(role, len(records)) - time.monotonic() + began_s))


async def main(job: Job) -> None:
    """Play a role until the input ends."""
    table = MongoTable(connect(job.mongo_url, DATABASE)[f"{job.role}.rows"])
    writer, appender = Writer(job.role, job.sizes), Appender(job.kafka_url, PREFIX)
    await appender.start()
    batch: Callable[[Records], Awaitable[None]]
    if job.role == EFFECTS:
        batch = Effects(table, writer, appender).batch
    elif job.role == OPERATIONS:
        batch = Operations(table).batch
    else:
        batch = Lane(LANE_ROLES[job.role], table, writer, appender).batch
    consumer = AIOKafkaConsumer(
        *(PREFIX + topic for topic in READS[job.role]),
        bootstrap_servers=job.kafka_url,
        group_id=PREFIX + job.role,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
        partition_assignment_strategy=[RangePartitionAssignor],
    )
    await consumer.start()
    edge = Edge(writer, appender, job.lanes, job.port) if job.role == "payment" else None
    tasks = [asyncio.create_task(pump(consumer, job.role, batch))]
    tasks += [asyncio.create_task(edge.serve())] if edge else []
    async for _ in orders():
        pass
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await consumer.stop()
    await appender.stop()


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
