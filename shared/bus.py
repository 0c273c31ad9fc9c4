"""The log, as the kernel sees it: `shared.kafka` is the real one, the simulation brings another.

Both pass the same tests (`tests/shared/test_bus_contract.py`).
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

Headers = tuple[tuple[str, bytes], ...]
Partition = tuple[str, int]  # topic, partition number
Reached = Mapping[Partition, int]


class Message(NamedTuple):
    """What is to be appended."""

    key: bytes | None
    value: bytes
    headers: Headers = ()


class Record(NamedTuple):
    """What stands in the log."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


def unread(ends: Mapping[Partition, int], read: Mapping[Partition, int]) -> int:
    """Return how many records before these ends are not read.

    Each lane is asked by itself: what one has read beyond its end makes up for no other.
    """
    return sum(max(0, end - read.get(place, 0)) for place, end in ends.items())


class Producer(Protocol):
    """Appends; one per process."""

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        """Append each sequence, in its order, and return when all are acknowledged by all replicas.

        A sequence may stand in part, or twice, after an error.  Raises `Unknown`.
        """


class Assignment(Protocol):
    """The lanes of this process, until they are revoked."""

    lanes: frozenset[int]
    committed: Mapping[Partition, int]  # at assignment; next offset to read

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        """Return what has come, offset order within a partition, after at most `wait_s`."""

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Say that all before these offsets is done.  Raises `Fenced`, `Unknown`."""

    async def idle(self, wait_s: float) -> None:
        """Wait without reading and without being thrown out of the group."""


class Subscription(Protocol):
    """A member of a consumer group over whole lanes: the same partition number of all its
    topics.
    """

    async def run(self, serve: Callable[[Assignment], Awaitable[None]]) -> None:
        """Call `serve` for each assignment; cancel it and await it when the lanes are revoked.

        `serve` may end with `Fenced`: the next assignment follows.  Any other error of `serve` is
        raised.
        """


class Onlooker(Protocol):
    """Reads a topic without a group: any stretch of its lanes, as often as somebody asks."""

    async def ends(self) -> Mapping[int, int]:
        """Return the next offset of each lane.  Raises `Unknown`."""

    async def since(self, at_ms: int) -> Mapping[int, int]:
        """Return the first offset of each lane that came at this time or later, else its end.

        Raises `Unknown`.
        """

    def read(
        self, starts: Mapping[int, int], ends: Mapping[int, int]
    ) -> AsyncGenerator[Sequence[Record], None]:
        """Yield what stands from `starts` up to but without `ends`, a lane without an end not at
        all; offset order within a lane.  To be closed by who stops early.  Raises `Unknown`.
        """
