"""How far each consumer group is behind the log, seen from outside: committed and end offsets."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.bus import unread

REST_S = 1.0  # between the two looks that must find nothing moving
PATIENCE_S = 30.0  # nothing moves for so long: what is not done by now is lost


class Sample(NamedTuple):
    """One look: by group, records not committed yet, and records that there are."""

    at_s: float
    lag: Mapping[str, int]
    end: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the lag of all groups together."""
        return sum(self.lag.values())


class Lags:
    """Looks at some groups; `groups` is group → the topics it reads."""

    def __init__(
        self,
        kafka_url: str,
        groups: Mapping[str, Sequence[str]],
        lanes: int,
        security: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._url, self._security = kafka_url, security
        self._places = {
            group: [TopicPartition(t, n) for t in topics for n in range(lanes)]
            for group, topics in groups.items()
        }
        self._all = sorted({p for places in self._places.values() for p in places})

    async def __aenter__(self) -> Self:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._url, **self._security)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._url, enable_auto_commit=False, **self._security
        )
        try:
            await self._admin.start()
            await self._consumer.start()
            self._coordinators = {g: await self._admin.find_coordinator(g) for g in self._places}
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def look(self) -> Sample:
        """Return how far behind each group is now."""
        left, ends = await self._look()
        end = {group: sum(ends[p] for p in places) for group, places in self._places.items()}
        return Sample(time.monotonic(), {g: sum(own.values()) for g, own in left.items()}, end)

    async def where(self, group: str) -> dict[str, int]:
        """Return by how much a group is behind in each place where it is."""
        left, _ = await self._look()
        return {f"{p.topic}[{p.partition}]": n for p, n in left[group].items() if n}

    async def _look(self) -> tuple[dict[str, dict[TopicPartition, int]], dict[TopicPartition, int]]:
        """Return what is left to each group, then where the log ends: first where groups are."""
        at = {
            group: await self._admin.list_consumer_group_offsets(group, coordinator)
            for group, coordinator in self._coordinators.items()
        }
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(self._all)
        done = {
            group: {p: max(0, told.offset) for p, told in own.items()} for group, own in at.items()
        }
        left = {  # who has committed past an end, as after a restore, has nothing left there
            group: {p: max(0, ends[p] - done[group].get(p, 0)) for p in own}
            for group, own in self._places.items()
        }
        return left, ends

    async def until_read(self, patience_s: float = PATIENCE_S) -> int:
        """Wait until the groups have read what is there now; return what of it they have not, once
        none of it was read for so long.
        """
        left, ends = await self._look()
        waited = _unread(left, ends, ends)
        moved_s = time.monotonic()
        while waited and time.monotonic() - moved_s < patience_s:
            await asyncio.sleep(REST_S)
            now = _unread(*await self._look(), ends)
            moved_s = time.monotonic() if now < waited else moved_s
            waited = now
        return waited

    async def until_at_rest(self, patience_s: float = PATIENCE_S) -> Sample:
        """Wait until all is read and nothing is written any more, or nothing moves for long."""
        before = await self.look()
        moved_s = before.at_s
        while True:
            await asyncio.sleep(REST_S)
            now = await self.look()
            if now.lag != before.lag or now.end != before.end:
                moved_s = now.at_s
            elif now.total == 0 or now.at_s - moved_s > patience_s:
                return now
            before = now

    async def come_to_rest(self, limit_s: float) -> list[str]:
        """Wait for that; return what still lags when the time is over."""
        try:
            async with asyncio.timeout(limit_s):
                now = await self.until_at_rest(limit_s)
        except TimeoutError:
            now = await self.look()
            return [g for g, n in now.lag.items() if n] or ["the log still grows"]
        return [g for g, n in now.lag.items() if n]


def _unread(
    left: Mapping[str, Mapping[TopicPartition, int]],
    ends: Mapping[TopicPartition, int],
    until: Mapping[TopicPartition, int],
) -> int:
    """Return how many records before `until` the groups have not read yet."""
    return sum(
        unread({p: until[p] for p in own}, {p: ends[p] - n for p, n in own.items()})
        for own in left.values()
    )
