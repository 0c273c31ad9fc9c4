"""Reading in the order of the log's time over all partitions, as far as it is known.

Who has much to read would else be far ahead in one topic and far behind in another, and what
belongs together would not come together.
"""

from bisect import bisect_right
from collections.abc import Iterable
from heapq import merge
from typing import Any

from shared.bus import Partition, Record
from shared.kafka.assignment import KafkaAssignment

NEVER_MS = -1
AT_LAST_MS = 1 << 62
PASSED = 1_000  # records that are given out are forgotten by so many


class Held:
    """Records that have come and are not given out yet, of several partitions.  Pure."""

    def __init__(self) -> None:
        self._held: dict[Partition, _Queue] = {}
        self._seen_ms: dict[Partition, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._held.values()))

    def add(self, records: Iterable[Record]) -> None:
        """Hold these, which follow on those of their partitions that came before."""
        for record in records:
            partition = record.topic, record.partition
            seen_ms = max(record.timestamp_ms, self._seen_ms.get(partition, NEVER_MS))
            self._seen_ms[partition] = seen_ms
            self._held.setdefault(partition, _Queue()).put(record, seen_ms)

    def wanting(self, behind: Iterable[Partition]) -> list[Partition]:
        """Return which of these, of which more is to come, keep records of others waiting."""
        seen_ms = {p: self._seen_ms.get(p, NEVER_MS) for p in behind}
        least_ms = min(seen_ms.values(), default=AT_LAST_MS)
        return [p for p, ms in seen_ms.items() if ms == least_ms or not self._held.get(p)]

    def due(self, behind: Iterable[Partition]) -> int:
        """Return how many are no younger than what may still come of these."""
        until_ms = self._until_ms(behind)
        return sum(held.due(until_ms) for held in self._held.values())

    def take(self, limit: int, behind: Iterable[Partition]) -> list[Record]:
        """Give out those, at most `limit`, by their time, and of each partition in its own order.

        Where there are none somebody has not answered, and nobody waits for him any longer.
        """
        return self._take(limit, self._until_ms(behind)) or self._take(limit, AT_LAST_MS)

    def _until_ms(self, behind: Iterable[Partition]) -> int:
        return min((self._seen_ms.get(p, NEVER_MS) for p in behind), default=AT_LAST_MS)

    def _take(self, limit: int, until_ms: int) -> list[Record]:
        due = [held.peek(min(limit, held.due(until_ms))) for held in self._held.values()]
        taken = list(merge(*due, key=lambda record: record.timestamp_ms))[:limit]
        for record in taken:
            self._held[record.topic, record.partition].drop()
        return taken


class _Queue:
    """Records of one partition; `ms`: up to when each and those before it are."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._ms: list[int] = []
        self._at = 0

    def __len__(self) -> int:
        return len(self._records) - self._at

    def put(self, record: Record, ms: int) -> None:
        self._records.append(record)
        self._ms.append(ms)

    def due(self, until_ms: int) -> int:
        return bisect_right(self._ms, until_ms, self._at) - self._at

    def peek(self, count: int) -> list[Record]:
        return self._records[self._at : self._at + count]

    def drop(self) -> None:
        self._at += 1
        if self._at == len(self._records) or (
            self._at >= PASSED and 2 * self._at >= len(self._records)
        ):
            del self._records[: self._at], self._ms[: self._at]
            self._at = 0


class AlignedAssignment(KafkaAssignment):
    """See `shared.bus.Assignment`: what is given out together is of one time, in whatever topic."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self._held = Held()

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        """See `shared.bus.Assignment`."""
        held = self._held
        if not held:
            held.add(await self._come(self._partitions, None, wait_s))
        while held and (behind := self._behind()) and held.due(behind) < max_records:
            came = await self._come(held.wanting(behind), None, wait_s)
            held.add(came)
            if not came:
                break
        return held.take(max_records, self._behind())
