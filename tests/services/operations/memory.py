"""Tables in memory, an assignment of lanes, and operations' readers over them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from services.operations.counts import Counts, Ends, ReadUntil, read_by
from services.operations.facts import Facts
from services.operations.finding import Finder
from services.operations.flow import Flow
from services.operations.journeys import Journeys
from services.operations.letters import Letters
from services.operations.reader import Pace, Reader
from services.operations.seeking import Seeking
from services.operations.situations import Situations
from shared.bus import Message, Partition, Record
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.errors import Fenced, Unknown
from tests.services.operations.story import BEGAN, LANES
from tests.shared import tables


@dataclass
class Trouble:
    """Says before and after each step whether it fails; by default never."""

    fails: Callable[[], bool] = lambda: False

    def maybe(self) -> None:
        if self.fails():
            raise Unknown("planted")


class MemoryTable(tables.MemoryTable):
    """A table of which any call may be in doubt, before it and behind each row."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self.trouble = trouble

    async def begin(self, call: str) -> None:
        self.trouble.maybe()
        await asyncio.sleep(0)  # somebody else may be first

    def landed(self) -> None:
        self.trouble.maybe()


class MemoryProducer:
    def __init__(self, trouble: Trouble) -> None:
        self.appended: list[tuple[Partition, Message]] = []
        self._trouble = trouble

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        self._trouble.maybe()
        for place, messages in batches.items():
            self.appended += [(place, m) for m in messages]
        self._trouble.maybe()


class Over(Exception):
    """Nothing more to read."""


@dataclass
class Group:
    """A consumer group in memory: what is committed."""

    records: Sequence[Record]
    committed: dict[Partition, int] = field(default_factory=dict)

    def assignment(self, trouble: Trouble, batch: int = 7) -> "MemoryAssignment":
        lanes = frozenset(range(LANES))
        places = {(r.topic, n) for r in self.records for n in lanes}
        return MemoryAssignment(
            self, lanes, {p: self.committed.get(p, 0) for p in places}, trouble, batch
        )


class MemoryAssignment:
    def __init__(
        self,
        group: Group,
        lanes: frozenset[int],
        committed: dict[Partition, int],
        trouble: Trouble,
        batch: int,
    ) -> None:
        self.lanes, self.committed = lanes, committed
        self.is_lost = False
        self._group, self._trouble, self._batch = group, trouble, batch
        self._waiting = [r for r in group.records if r.offset >= committed[r.topic, r.partition]]

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        if not self._waiting:
            raise Over
        self._trouble.maybe()
        out, self._waiting = self._waiting[: self._batch], self._waiting[self._batch :]
        return out

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        self._trouble.maybe()
        if self.is_lost:
            raise Fenced("planted")
        self._group.committed.update(offsets)
        self._trouble.maybe()

    async def idle(self, wait_s: float) -> None:
        await asyncio.sleep(0)


class Store:
    """Everything operations keeps, and readers on it."""

    def __init__(self, trouble: Trouble | None = None) -> None:
        self.trouble = trouble or Trouble()
        self.tables = {
            name: MemoryTable(self.trouble)
            for name in (
                *("journeys", "names", "aside", "counts", "situations", "facts", "balances"),
                *("letters", "letter_answers", "indicators", "scores", "readiness"),
                *("breaks", "breaks_open", "statements", "board_counts"),
            )
        }
        self.producer = MemoryProducer(self.trouble)
        self.journeys = self.fresh_journeys()

    def fresh_journeys(self) -> Journeys:
        return Journeys(self.tables["journeys"], self.tables["names"], self.tables["aside"])

    def letters(self, journeys: Journeys | None = None) -> Letters:
        own = (self.tables[name] for name in ("letters", "letter_answers", "situations"))
        return Letters(*own, journeys or self.journeys)

    def finder(self, catalogue: Catalogue, clock: Clock) -> Finder:
        own = (self.tables[name] for name in ("facts", "names", "journeys"))
        return Finder(self.journeys, Seeking(*own), catalogue, clock)

    async def kept(self) -> set[str]:
        """The keys of all messages kept."""
        applications = {id_.partition("/")[0] for id_ in self.tables["journeys"].rows}
        entries = [e for a in applications for e in (await self.journeys.of(a))[0]]
        return {entry.key for entry in entries}

    def counts(self, group: str = "operations") -> Counts:
        return Counts(self.tables["counts"], group)

    def read_until(self, clock: Clock, ends: Ends | None = None) -> ReadUntil:
        """Until when all is read; `ends`: where the log ends, else where it is read to."""
        both = self.counts(), self.counts("operations-aside")
        return ReadUntil(ends or (lambda: read_by(both)), both, clock)

    def reader(
        self, group: str = "operations", full: int = 1_000, batch_limit: int = 1_000
    ) -> Reader:
        ticks, journeys = iter(range(10**9)), self.fresh_journeys()
        return Reader(
            journeys,
            self.counts(group),
            Flow(self.producer, group, LANES),
            Situations(self.tables["situations"], journeys),
            Facts(self.tables["facts"], self.tables["balances"], journeys, lambda: BEGAN),
            self.letters(journeys) if group == "operations-aside" else None,
            monotonic=lambda: float(next(ticks)),
            pace=Pace(
                batch_limit=batch_limit,
                window_s=0.0,
                window_limit_s=0.0,
                window_full_records=full,
                retry_s=0.0,
                retry_limit_s=0.0,
                settle_every_s=3.0,
            ),
        )

    async def read(self, group: Group, batch: int = 7, full: int = 1_000) -> None:
        """Read a group's log to its end, with a new process."""
        with pytest.raises(Over):
            await self.reader(full=full).serve(group.assignment(self.trouble, batch))
