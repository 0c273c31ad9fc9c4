"""Which offsets may be committed when records are done in any order."""

from collections import deque

from shared.bus import Assignment, Partition, Record


class Progress:
    """All before the first that is not done may be committed."""

    def __init__(self) -> None:
        self._order: dict[Partition, deque[int]] = {}
        self._done: dict[Partition, set[int]] = {}
        self._next: dict[Partition, int] = {}
        self.in_flight = 0

    def began(self, record: Record) -> None:
        """Take note of a record, in offset order of its partition."""
        place = record.topic, record.partition
        self._order.setdefault(place, deque()).append(record.offset)
        self.in_flight += 1

    def done(self, record: Record) -> None:
        """Take note that nothing more is to be done for a record."""
        place = record.topic, record.partition
        done = self._done.setdefault(place, set())
        done.add(record.offset)
        self.in_flight -= 1
        order = self._order[place]
        while order and order[0] in done:
            done.discard(order[0])
            self._next[place] = order.popleft() + 1

    async def commit(self, assignment: Assignment) -> None:
        """Commit what may be.  Raises `Fenced`, `Unknown` (then it is tried again)."""
        offsets = dict(self._next)
        if offsets:
            await assignment.commit(offsets)
            self._next = {p: o for p, o in self._next.items() if offsets.get(p) != o}
