"""Receipt numbers: counted from 1 in each series, without gaps, each claimed by its owner once.

A row `<unit>/<series>/<number>` says whose a number is.  All that a batch needs is inserted at
once, in order, at the numbers that come next: whatever is cut off, a series has no hole.  Where
another process was first, the insert is refused, the series are read on, and the rest is inserted
behind.  What was claimed and not decided when a process died is found again: a series is read back
to before the message that asks for the number, and from then on no row of it is passed over unseen.
A gap is left only where a claim is never decided after all.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.payment.domain.receipts import DIGITS, Claim, Series
from shared.clock import Clock
from shared.errors import Misconfigured, Refused, Unknown
from shared.store import Bounds, Row, Table

TAIL = 32  # rows read of a series at first
KEPT = 64  # rows remembered of a series
SERIES_LIMIT = 20_000
ROUNDS = 64
SKEW = timedelta(minutes=10)  # between the clock of an edge and that of a lane
LAST = 10**DIGITS - 1
ALWAYS = datetime.min.replace(tzinfo=UTC)

Wanted = Mapping[Claim, datetime]  # and when the message was made that asks for it


@dataclass(slots=True)
class _Book:
    """What is known of a series: its last number, and every row of `since` or later."""

    since: datetime
    last: int = 0
    owners: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)

    def add(self, number: int, owner: str, at: datetime) -> None:
        """Remember the next row."""
        self.last = number
        self.owners[owner] = number, at

    def forget(self) -> None:
        """Stay within the limit: what is left out is read again, should it be asked for."""
        while len(self.owners) > KEPT:
            _, (_, at) = self.owners.popitem(last=False)
            self.since = max(self.since, at)


class ReceiptNumbers:
    """Claims numbers on a table, those of a whole batch with one insert as a rule."""

    def __init__(self, table: Table, clock: Clock, *, remembered: int = SERIES_LIMIT) -> None:
        self._table, self._clock, self._limit = table, clock, remembered
        self._books: OrderedDict[Series, _Book] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def claim(self, wanted: Wanted) -> dict[Claim, int]:
        """Return the number of each claim, the same every time.  Raises `Unknown`."""
        if not wanted:
            return {}
        async with self._one_at_a_time:
            return await self._claim(wanted)

    async def _claim(self, wanted: Wanted) -> dict[Claim, int]:
        found: dict[Claim, int] = {}
        for _ in range(ROUNDS):
            await self._learn({c: at for c, at in wanted.items() if c not in found})
            missing: dict[Series, list[Claim]] = defaultdict(list)
            for claim in wanted:
                book = self._books[claim.series]
                self._books.move_to_end(claim.series)
                if claim.owner in book.owners:
                    found[claim] = book.owners[claim.owner][0]
                elif claim not in found:
                    missing[claim.series].append(claim)
            if not missing:
                self._forget({claim.series for claim in wanted})
                return found
            await self._take(missing)
        raise Unknown("receipt numbers are claimed faster elsewhere: the batch is repeated")

    async def _learn(self, wanted: Wanted) -> None:
        """Read each series back to before the messages that ask for its numbers."""
        back: dict[Series, datetime] = {}
        for claim, at in wanted.items():
            book = self._books.get(claim.series)
            if book is None or at - SKEW < book.since:
                back[claim.series] = min(at - SKEW, back.get(claim.series, at))
        for series, at in back.items():
            await self._read_back(series, at)

    async def _read_back(self, series: Series, at: datetime) -> None:
        limit = TAIL
        while True:
            rows = await self._table.last(_bounds(series), limit)
            is_whole = len(rows) < limit
            if is_whole or _at(rows[0]) <= at:
                break
            limit *= 4
        book = _Book(ALWAYS if is_whole else _at(rows[0]))
        for row in rows:
            book.add(_number(row), row["owner"], _at(row))
        self._books[series] = book

    async def _take(self, missing: Mapping[Series, Sequence[Claim]]) -> None:
        """Insert the next numbers of each series; where one was taken, read on."""
        at, rows = self._clock(), []
        for series, claims in missing.items():
            first = self._books[series].last + 1
            if first + len(claims) - 1 > LAST:
                raise Misconfigured(f"unit {series.unit} has no number left in {series.code}")
            for number, claim in enumerate(claims, first):
                rows.append({"_id": _id(series, number), "owner": claim.owner, "at": at})
        try:
            await self._table.insert(rows)
        except Refused:
            await self._read_on(missing)
        except BaseException:
            for series in missing:  # some may stand: read them before anything is claimed again
                del self._books[series]
            raise
        else:
            self._keep(missing, rows)

    async def _read_on(self, series: Iterable[Series]) -> None:
        """Read what stands by now, one's own and what others have claimed meanwhile."""
        bounds = [_bounds(each, self._books[each].last + 1) for each in series]
        self._keep(series, await self._table.ranges(bounds))

    def _keep(self, series: Iterable[Series], rows: Iterable[Row]) -> None:
        named = {(each.unit, each.code): self._books[each] for each in series}
        for row in rows:
            unit, code, _ = row["_id"].split("/")
            named[unit, code].add(_number(row), row["owner"], _at(row))

    def _forget(self, used: set[Series]) -> None:
        for series in used:
            self._books[series].forget()
        while len(self._books) > self._limit:
            self._books.popitem(last=False)

    async def application(self, unit: str, code: str, number: int) -> str:
        """Return whose application has this receipt, empty if none has.  Raises `Unknown`."""
        rows = await self._table.get([f"{unit}/{code}/{number:0{DIGITS}d}"])
        return str(rows[0]["owner"]).partition("/")[0] if rows else ""


def _id(series: Series, number: int) -> str:
    return f"{series.unit}/{series.code}/{number:0{DIGITS}d}"


def _bounds(series: Series, first: int = 0) -> Bounds:
    return _id(series, first), f"{series.unit}/{series.code}0"  # "0" follows "/"


def _number(row: Row) -> int:
    return int(row["_id"].rpartition("/")[2])


def _at(row: Row) -> datetime:
    at: datetime = row["at"]
    return at
