"""How far each consumer group is behind the log, seen from outside: committed and end offsets."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

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

    def __init__(self, kafka_url: str, groups: Mapping[str, Sequence[str]], lanes: int) -> None:
        self._url = kafka_url
        self._places = {
            group: [TopicPartition(t, n) for t in topics for n in range(lanes)]
            for group, topics in groups.items()
        }
        self._all = sorted({p for places in self._places.values() for p in places})

    async def __aenter__(self) -> Self:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._url)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._url, enable_auto_commit=False)
        await self._admin.start()
        await self._consumer.start()
        self._coordinators = {g: await self._admin.find_coordinator(g) for g in self._places}
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def look(self) -> Sample:
        """Return how far behind each group is now; first where they are, then where the end is."""
        at = {
            group: await self._admin.list_consumer_group_offsets(group, coordinator)
            for group, coordinator in self._coordinators.items()
        }
        ends = await self._consumer.end_offsets(self._all)
        lag, end = {}, {}
        for group, places in self._places.items():
            end[group] = sum(ends[p] for p in places)
            committed = (at[group][p].offset if p in at[group] else 0 for p in places)
            lag[group] = end[group] - sum(max(0, offset) for offset in committed)
        return Sample(time.monotonic(), lag, end)

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


def behind_s(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """Return each group's lag at each sample, as seconds of what came in over the whole time."""
    first, last = samples[0], samples[-1]
    spent_s = max(last.at_s - first.at_s, 1e-9)
    found = {}
    for group in last.lag:
        per_s = (last.end[group] - first.end[group]) / spent_s
        found[group] = [s.lag[group] / per_s if per_s else 0.0 for s in samples]
    return found


def growth_s(samples: Sequence[Sample]) -> dict[str, float]:
    """Return by how much each group fell behind from the middle third to the last, in seconds.

    A group commits about once a second, so a look finds up to a second's records although none
    waits: between two means of a few looks a difference below a second says nothing.
    """
    third = len(samples) // 3
    if not third:
        return {}
    return {
        group: _mean(lags[-third:]) - _mean(lags[-2 * third : -third])
        for group, lags in behind_s(samples).items()
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
