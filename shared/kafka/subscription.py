"""Reading: a member of a consumer group over whole lanes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    ConsumerRebalanceListener,
    TopicPartition,
)
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError

from shared.bus import Assignment, Partition
from shared.errors import Fenced, Misconfigured, Unknown
from shared.kafka.aligned import AlignedAssignment
from shared.kafka.assignment import COMMIT_LIMIT_S, KafkaAssignment
from shared.kafka.consumer import SILENCE_LIMIT_S, Broken, Watch, build, end

ANSWER_LIMIT_S = 10.0
RETRY_S = 0.5
ANEW_S = 1.0
FETCHED_BYTES = 4 << 20  # at once of a partition
ALIGNED_BYTES = 512 << 10  # the same, where as much of each is held until all others have come
_NOWHERE = TopicPartition("", 0)  # polling for it returns nothing, and counts as polling

_log = structlog.get_logger("kafka")


class KafkaSubscription:
    """A member of a group over whole lanes."""

    def __init__(
        self,
        url: str,
        group: str,
        topics: Sequence[str],
        *,
        session_s: float = 10.0,
        poll_limit_s: float = 120.0,
        fetch_wait_s: float = 0.5,
        silence_limit_s: float = SILENCE_LIMIT_S,
        lanes: int = 0,
        is_aligned: bool = False,
        security: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._topics, self._group, self._lanes = tuple(topics), group, lanes
        self._silence_limit_s, self._has_joined = silence_limit_s, False
        self._kind = AlignedAssignment if is_aligned else KafkaAssignment
        self._serving: asyncio.Task[None] | None = None
        self._assigned: asyncio.Queue[frozenset[int]] = asyncio.Queue()
        self._settings: dict[str, Any] = {
            "bootstrap_servers": url,
            "group_id": group,
            # no silent jump to an end: offsets are bootstrapped by a command, a missing one is said
            "auto_offset_reset": "none",
            "enable_auto_commit": False,
            # the same partition number of every topic goes to the same member
            "partition_assignment_strategy": [RangePartitionAssignor],
            "session_timeout_ms": int(session_s * 1000),
            "heartbeat_interval_ms": int(session_s * 1000 / 4),
            "max_poll_interval_ms": int(poll_limit_s * 1000),
            "fetch_max_wait_ms": int(fetch_wait_s * 1000),
            "max_partition_fetch_bytes": ALIGNED_BYTES if is_aligned else FETCHED_BYTES,
            # joining may take a session; an answer that takes longer does not come
            "request_timeout_ms": int((session_s + ANSWER_LIMIT_S) * 1000),
            **security,
        }

    async def run(self, serve: Callable[[Assignment], Awaitable[None]]) -> None:
        """See `shared.bus.Subscription`.  Where a member breaks, another begins after its end.

        Raises `Unknown` when already the first cannot join: whoever starts us should hear of it.
        """
        while True:
            try:
                await self._belong(serve)
            except Broken as because:
                if not self._has_joined:
                    raise Unknown(str(because)) from because
                _log.warning("joining anew", group=self._group, because=str(because))
                await asyncio.sleep(ANEW_S)

    async def _belong(self, serve: Callable[[Assignment], Awaitable[None]]) -> None:
        """Be a member for as long as that is possible.  Raises `Broken`."""
        self._assigned = asyncio.Queue()
        consumer = build(self._settings)
        consumer.subscribe(list(self._topics), listener=_Listener(self._revoke, self._assign))
        watch = Watch(consumer, self._silence_limit_s)
        try:
            await _start(consumer, watch)
            self._has_joined = True
            _check_lanes(consumer, self._topics, self._lanes)
            while True:
                lanes = await self._next_assignment(consumer, watch)
                if not self._assigned.empty() or not lanes:
                    continue  # superseded already, or nothing to serve
                await self._serve(consumer, watch, lanes, serve)
        finally:
            await self._revoke()
            await end(consumer)

    async def _next_assignment(self, consumer: AIOKafkaConsumer, watch: Watch) -> frozenset[int]:
        """Wait for lanes, polling meanwhile: a member that does not poll never joins again."""
        waiting = asyncio.create_task(self._assigned.get())
        try:
            while not waiting.done():
                watch.require()
                polling = asyncio.create_task(consumer.getmany(_NOWHERE, timeout_ms=1_000))
                await asyncio.wait([waiting, polling], return_when=asyncio.FIRST_COMPLETED)
                polling.cancel()
                await asyncio.wait([polling])
                error = None if polling.cancelled() else polling.exception()
                if error and not waiting.done():
                    _log.warning("waiting for lanes", group=self._group, because=repr(error))
                    await asyncio.sleep(RETRY_S)
            return waiting.result()
        finally:
            waiting.cancel()

    async def _serve(
        self,
        consumer: AIOKafkaConsumer,
        watch: Watch,
        lanes: frozenset[int],
        serve: Callable[[Assignment], Awaitable[None]],
    ) -> None:
        async def guarded() -> None:
            committed = await _committed(consumer, self._topics, lanes, self._group)
            try:
                await serve(self._kind(consumer, self._topics, lanes, committed))
            except Fenced as lost:
                _log.info("lanes lost", group=self._group, lanes=sorted(lanes), because=str(lost))

        serving = self._serving = asyncio.create_task(guarded())
        try:
            await watch.over(serving)
        except Broken:
            await self._revoke()
            await asyncio.wait([serving])  # the group may have been about to revoke it
            raise
        if self._serving and not serving.cancelled():
            serving.result()  # what ended it, ends us

    async def _revoke(self) -> None:
        serving, self._serving = self._serving, None
        if serving:
            serving.cancel()
            _log.info("lanes let go", group=self._group)
            await asyncio.wait([serving])

    async def _assign(self, partitions: Iterable[TopicPartition]) -> None:
        """Take the lanes of which every topic's partition has come."""
        numbers: dict[int, set[str]] = {}
        for partition in partitions:
            numbers.setdefault(partition.partition, set()).add(partition.topic)
        complete = frozenset(n for n, t in numbers.items() if t == set(self._topics))
        self._assigned.put_nowait(complete)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    def __init__(
        self,
        revoked: Callable[[], Awaitable[None]],
        assigned: Callable[[Iterable[TopicPartition]], Awaitable[None]],
    ) -> None:
        self._revoked, self._assigned = revoked, assigned

    async def on_partitions_revoked(self, _: Iterable[TopicPartition]) -> None:
        await self._revoked()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        await self._assigned(assigned)


def _check_lanes(consumer: AIOKafkaConsumer, topics: Sequence[str], lanes: int) -> None:
    """Compare the topics with the number of lanes, which is for ever.  Raises `Misconfigured`."""
    for topic in topics if lanes else ():
        found = len(consumer.partitions_for_topic(topic) or ())
        if found != lanes:
            raise Misconfigured(
                f"topic {topic} has {found} partitions and MOTCUA_LANES says {lanes}: "
                "set it to what the topics have, it can never change"
            )


async def _start(consumer: AIOKafkaConsumer, watch: Watch) -> None:
    """Join the group.  That takes as long as its members take."""
    starting = asyncio.create_task(consumer.start())
    try:
        await watch.over(starting)
        starting.result()
    except (KafkaError, OSError) as error:
        raise Broken(f"cannot join its group: {error!r}") from error
    finally:
        starting.cancel()


async def _committed(
    consumer: AIOKafkaConsumer, topics: Sequence[str], lanes: frozenset[int], group: str
) -> dict[Partition, int]:
    partitions = [TopicPartition(t, n) for t in topics for n in sorted(lanes)]
    found: dict[Partition, int] = {}
    for partition in partitions:
        offset = await _ask_until_answered(consumer, partition)
        if offset is None:
            raise Misconfigured(
                f"group {group} has no offset for {partition.topic}[{partition.partition}]: "
                "run `motcua bootstrap` while the group is empty"
            )
        found[partition.topic, partition.partition] = offset
    return found


async def _ask_until_answered(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int | None:
    while True:
        try:
            async with asyncio.timeout(COMMIT_LIMIT_S):
                offset: int | None = await consumer.committed(partition)
                return offset
        except (KafkaError, OSError, TimeoutError) as error:
            _log.warning("waiting for the broker", because=repr(error))
            await asyncio.sleep(RETRY_S)
