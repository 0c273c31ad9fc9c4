"""Dossier numbers: unique per unit and day, with gaps, however many processes give them out.

A block of a hundred is claimed by one row, `<unit>/<yyyymmdd>/<block>`; whoever inserts it owns its
numbers.  What a process has not given out when it stops stays a gap.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from shared.errors import Misconfigured
from shared.store import Table

BLOCK = 100
BLOCKS_LIMIT = 99_998  # blocks of a unit and day: seven digits in all
REMEMBERED = 20_000


class Place(NamedTuple):
    """Where a number is unique."""

    unit: str
    day: date

    def row(self, block: int) -> str:
        """Return the id of the row that claims a block."""
        return f"{self.unit}/{self.day:%Y%m%d}/{block:05d}"

    @classmethod
    def of_row(cls, row: str) -> tuple["Place", int]:
        """Return the place and the block that a row claims."""
        unit, day, block = row.split("/")
        return cls(unit, date.fromisoformat(day)), int(block)


@dataclass(slots=True)
class _Stock:
    """The numbers claimed for a place and not given out yet, and the block to try next."""

    numbers: deque[int] = field(default_factory=deque)
    next_block: int = 0


class Numbers:
    """Gives out numbers, those of a whole batch with one insert as a rule."""

    def __init__(self, table: Table, *, remembered: int = REMEMBERED) -> None:
        self._table, self._limit = table, remembered
        self._given: OrderedDict[tuple[str, Place], int] = OrderedDict()
        self._stocks: OrderedDict[Place, _Stock] = OrderedDict()

    async def give(self, wanted: Mapping[str, Place]) -> dict[str, int]:
        """Return a number for each application, the same when the batch is repeated.

        Raises `Unknown`: ask again.
        """
        while lacking := self._lacking(wanted):
            await self._claim(lacking)
        found = {}
        for application, place in wanted.items():
            asked = application, place
            if asked not in self._given:
                self._given[asked] = self._stocks[place].numbers.popleft()
            found[application] = self._given[asked]
        self._forget()
        return found

    def _lacking(self, wanted: Mapping[str, Place]) -> dict[Place, int]:
        """Return how many blocks must be claimed for each place."""
        needed = Counter(p for a, p in wanted.items() if (a, p) not in self._given)
        lacking = {}
        for place, count in needed.items():
            stock = self._stock(place)
            if count > len(stock.numbers):
                lacking[place] = -(-(count - len(stock.numbers)) // BLOCK)
        return lacking

    async def _claim(self, lacking: Mapping[Place, int]) -> None:
        """Try the next blocks of each place; where one is taken already, find the last taken."""
        tried = {
            place.row(block): (place, block)
            for place, count in lacking.items()
            for block in range(self._next(place), self._next(place) + count)
        }
        taken = await self._table.insert_missing([{"_id": row} for row in tried])
        for row, (place, block) in tried.items():
            stock = self._stock(place)
            stock.next_block = max(stock.next_block, block + 1)
            if row not in taken:
                stock.numbers.extend(range(block * BLOCK + 1, (block + 1) * BLOCK + 1))
        behind = {tried[row][0] for row in taken}
        if behind:
            bounds = [(p.row(self._next(p)), p.row(BLOCKS_LIMIT + 1)) for p in behind]
            for found in await self._table.ranges(bounds):
                place, block = Place.of_row(found["_id"])
                stock = self._stock(place)
                stock.next_block = max(stock.next_block, block + 1)

    def _next(self, place: Place) -> int:
        block = self._stock(place).next_block
        if block > BLOCKS_LIMIT:
            raise Misconfigured(f"unit {place.unit} has no number left on {place.day}")
        return block

    def _stock(self, place: Place) -> _Stock:
        """Return the stock of a place: a new one if another batch made it forgotten."""
        stock = self._stocks.setdefault(place, _Stock())
        self._stocks.move_to_end(place)
        return stock

    def _forget(self) -> None:
        """Stay within the limit; the rest of a forgotten block stays a gap."""
        while len(self._given) > self._limit:
            self._given.popitem(last=False)
        while len(self._stocks) > self._limit:
            self._stocks.popitem(last=False)
