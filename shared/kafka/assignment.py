"""An assignment: what is read and committed while the lanes are ours."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.bus import Partition, Record
from shared.errors import Fenced, Unknown
from shared.kafka.consumer import may_stop_fetching, require_coordinator
from shared.kafka.records import record

COMMIT_LIMIT_S = 5.0
ONE_WAIT_S = 0.2

_log = structlog.get_logger("kafka")


class KafkaAssignment:
    """The lanes of this process, until they are revoked: see `shared.bus.Assignment`."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        topics: Sequence[str],
        lanes: frozenset[int],
        committed: dict[Partition, int],
    ) -> None:
        self.lanes = lanes
        self.committed: Mapping[Partition, int] = committed
        self._consumer = consumer
        self._partitions = [TopicPartition(t, n) for t in topics for n in sorted(lanes)]
        self._next = {p: committed[p.topic, p.partition] for p in self._partitions}

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        """See `shared.bus.Assignment`."""
        return await self._come(self._partitions, max_records, wait_s)

    async def _come(
        self, partitions: Sequence[TopicPartition], max_records: int | None, wait_s: float
    ) -> list[Record]:
        """Return what has come of these.  Raises `Unknown`."""
        try:
            found = await self._poll(partitions, max_records, wait_s)
            if found:
                may_stop_fetching(self._consumer)
            else:
                require_coordinator(self._consumer)
            return self._taken(found)
        except (KafkaError, OSError) as error:
            self._rewind()
            raise Unknown(f"the log cannot be read: {error!r}") from error
        except ValueError as error:  # UnicodeDecodeError, in the name of a header
            _log.error("a record cannot be read", because=repr(error))
            self._rewind()
            return await self._one_of_each()

    async def _poll(
        self,
        partitions: Sequence[TopicPartition],
        max_records: int | None,
        wait_s: float,
        beside: Sequence[TopicPartition] = (),
    ) -> Mapping[TopicPartition, Sequence[Any]]:
        """Poll these.  All are paused but for that: what is fetched ahead is old when it is taken,
        and all else waits until a fetch of the quiet partitions is over.  `beside`: fetched along.
        """
        timeout_ms = int(wait_s * 1000)
        self._consumer.resume(*partitions, *beside)
        try:
            found: Mapping[TopicPartition, Sequence[Any]] = await self._consumer.getmany(
                *partitions, timeout_ms=timeout_ms, max_records=max_records
            )
        finally:
            with suppress(IllegalStateError):
                self._consumer.pause(*self._partitions)
        return found

    def _taken(self, found: Mapping[TopicPartition, Sequence[Any]]) -> list[Record]:
        for partition, messages in found.items():
            if messages:
                self._next[partition] = messages[-1].offset + 1
        return [record(m) for messages in found.values() for m in messages]

    def _behind(self) -> list[TopicPartition]:
        """Return of which partitions there was more when they were looked at."""
        ends = ((p, self._consumer.highwater(p)) for p in self._partitions)
        return [p for p, end in ends if end is not None and self._next[p] < end]

    def _rewind(self) -> None:
        """Go back to what was handed out: a failed poll has passed over what it had drained."""
        try:
            for partition, offset in self._next.items():
                self._consumer.seek(partition, offset)
        except IllegalStateError as error:
            raise Fenced(str(error)) from error

    async def _one_of_each(self) -> list[Record]:
        """Read past a record that the client itself cannot read: it comes without content."""
        found: list[Record] = []
        for partition in self._partitions:
            try:
                # a fetch of one quiet partition alone would hold up the rest
                polled = await self._poll([partition], 1, ONE_WAIT_S, self._partitions)
                found += self._taken(polled)
            except (KafkaError, OSError) as error:
                self._rewind()
                raise Unknown(f"the log cannot be read: {error!r}") from error
            except ValueError:
                offset = self._next[partition]
                found.append(Record(partition.topic, partition.partition, offset, 0, None, None))
                self._next[partition] = offset + 1
                self._rewind()
        return found

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `shared.bus.Assignment`."""
        try:
            async with asyncio.timeout(COMMIT_LIMIT_S):
                await self._consumer.commit({TopicPartition(*p): o for p, o in offsets.items()})
        except (CommitFailedError, IllegalStateError) as error:
            raise Fenced(str(error)) from error
        except (KafkaError, OSError, TimeoutError) as error:
            raise Unknown(f"the offsets may not be committed: {error!r}") from error

    async def idle(self, wait_s: float) -> None:
        """Wait; long waits keep polling paused partitions, or the group would throw us out."""
        if wait_s < 1.0:
            await asyncio.sleep(wait_s)
            return
        try:
            self._consumer.pause(*self._partitions)
        except IllegalStateError as error:
            raise Fenced(str(error)) from error
        try:
            await self._consumer.getmany(*self._partitions, timeout_ms=int(wait_s * 1000))
        except (KafkaError, OSError):
            await asyncio.sleep(wait_s)
