"""How far consumer groups are behind: what each has committed, and where the log ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.bus import Partition
from shared.errors import Unknown

ANSWER_LIMIT_MS = 10_000

_Clients = tuple[AIOKafkaAdminClient, AIOKafkaConsumer]


class Lag(NamedTuple):
    """By lane of each topic that a group reads: records it has done with, and those there are.

    A lane that it has committed nothing of is in neither.
    """

    done: Mapping[Partition, int]
    ends: Mapping[Partition, int]


class KafkaLags:
    """Looks at groups; `groups` is group → the topics it reads."""

    def __init__(
        self,
        url: str,
        groups: Mapping[str, Sequence[str]],
        lanes: int,
        *,
        security: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._groups = {group: frozenset(topics) for group, topics in groups.items()}
        every = sorted(frozenset().union(*self._groups.values()))
        self._places = [TopicPartition(topic, lane) for topic in every for lane in range(lanes)]
        self._settings: dict[str, Any] = {
            "bootstrap_servers": url,
            "request_timeout_ms": ANSWER_LIMIT_MS,
            **security,
        }
        self._clients: _Clients | None = None
        self._starting = asyncio.Lock()  # two that ask at once share what is started

    async def look(self) -> dict[str, Lag]:
        """Return how far each group is; first what is done, then the ends.  Raises `Unknown`, and
        begins anew then.
        """
        async with self._there() as (admin, consumer):
            done = {g: await admin.list_consumer_group_offsets(g) for g in self._groups}
            ends = await consumer.end_offsets(self._places)
        return {group: self._lag(group, own, ends) for group, own in done.items()}

    async def ends(self) -> dict[Partition, int]:
        """Return where each lane of each topic ends.  Raises `Unknown`, and begins anew then."""
        async with self._there() as (_, consumer):
            found = await consumer.end_offsets(self._places)
        return {(place.topic, place.partition): end for place, end in found.items()}

    @asynccontextmanager
    async def _there(self) -> AsyncIterator[_Clients]:
        try:
            async with self._starting:
                self._clients = self._clients or await self._started()
            yield self._clients
        except (KafkaError, OSError, ValueError) as error:
            await self.close()
            raise Unknown(f"how far groups are cannot be seen: {error!r}") from error

    def _lag(
        self, group: str, done: Mapping[TopicPartition, Any], ends: Mapping[TopicPartition, int]
    ) -> Lag:
        read: dict[Partition, int] = {}
        there: dict[Partition, int] = {}
        for place, told in done.items():
            if place.topic in self._groups[group] and told.offset >= 0 and place in ends:
                lane = place.topic, place.partition
                # who has committed past an end, as after a restore, has nothing left there
                read[lane] = min(told.offset, ends[place])
                there[lane] = ends[place]
        return Lag(read, there)

    async def close(self) -> None:
        """Let go of the clients."""
        clients, self._clients = self._clients, None
        if clients:
            admin, consumer = clients
            with suppress(KafkaError, OSError):
                await consumer.stop()
            with suppress(KafkaError, OSError):
                await admin.close()

    async def _started(self) -> _Clients:
        admin = AIOKafkaAdminClient(**self._settings)
        consumer = AIOKafkaConsumer(**self._settings, group_id=None, enable_auto_commit=False)
        try:
            await admin.start()
            await consumer.start()
        except BaseException:
            await consumer.stop()
            await admin.close()
            raise
        return admin, consumer
