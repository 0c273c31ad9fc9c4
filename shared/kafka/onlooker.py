"""Reading a topic without a group: any stretch of it, as often as somebody asks; nothing is kept.

One consumer serves all who ask of this process, one after another, and is made when first asked.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.bus import Record
from shared.errors import Unknown
from shared.kafka.records import record

BATCH_LIMIT = 500  # records handed out at once: a few milliseconds of work
POLL_MS = 500
ANSWER_LIMIT_MS = 10_000


class KafkaOnlooker:
    """A topic's lanes: see `shared.bus.Onlooker`."""

    def __init__(
        self,
        url: str,
        topic: str,
        lanes: int,
        *,
        security: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._places = [TopicPartition(topic, lane) for lane in range(lanes)]
        self._settings: dict[str, Any] = {
            "bootstrap_servers": url,
            "group_id": None,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "request_timeout_ms": ANSWER_LIMIT_MS,
            **security,
        }
        self._consumer: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()

    async def ends(self) -> Mapping[int, int]:
        """See `Onlooker`."""
        async with self._mine() as consumer:
            found = await consumer.end_offsets(self._places)
            return {place.partition: offset for place, offset in found.items()}

    async def since(self, at_ms: int) -> Mapping[int, int]:
        """See `Onlooker`."""
        async with self._mine() as consumer:
            ends = await consumer.end_offsets(self._places)
            found = await consumer.offsets_for_times(dict.fromkeys(self._places, at_ms))
            return {p.partition: found[p].offset if found[p] else ends[p] for p in self._places}

    async def read(
        self, starts: Mapping[int, int], ends: Mapping[int, int]
    ) -> AsyncGenerator[Sequence[Record], None]:
        """See `Onlooker`."""
        async with self._mine() as consumer:
            left = {
                p for p in self._places if starts.get(p.partition, 0) < ends.get(p.partition, 0)
            }
            if not left:
                return
            consumer.assign(sorted(left))
            try:
                for place in left:
                    consumer.seek(place, starts.get(place.partition, 0))
                while left:
                    found = await consumer.getmany(
                        *left, timeout_ms=POLL_MS, max_records=BATCH_LIMIT
                    )
                    for place, got in found.items():
                        yield [record(m) for m in got if m.offset < ends[place.partition]]
                    left = {p for p in left if await consumer.position(p) < ends[p.partition]}
            finally:
                consumer.pause(*consumer.assignment())

    async def close(self) -> None:
        """Let go of the consumer."""
        consumer, self._consumer = self._consumer, None
        if consumer:
            await consumer.stop()

    @asynccontextmanager
    async def _mine(self) -> AsyncGenerator[AIOKafkaConsumer, None]:
        """Wait for our turn; give the consumer.  Raises `Unknown`, and begins another then."""
        async with self._turn:
            try:
                if self._consumer is None:
                    self._consumer = await self._started()
                yield self._consumer
            except (KafkaError, OSError, ValueError) as error:
                with suppress(KafkaError, OSError):
                    await self.close()
                raise Unknown(f"the log cannot be read: {error!r}") from error

    async def _started(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(**self._settings)
        try:
            await consumer.start()
            consumer.assign(self._places)
            consumer.pause(*self._places)  # what nobody asks for is not fetched
        except BaseException:
            await consumer.stop()
            raise
        return consumer
