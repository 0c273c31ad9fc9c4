"""Counts over all applications: ledgers, kept beside the offsets they speak of.

A ledger is saved before its offsets are committed and its predecessor is deleted after, so one that
reaches at least as far as what is committed always stands.  Read from the table they are exact as
of a second ago, for all processes together.  Each edition of the
read side has its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b

import msgspec

from services.operations.domain.ledger import Ledger, merged
from shared.bus import Partition, unread
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table, prefix

LOOK_EVERY_S = 5.0
Ends = Callable[[], Awaitable[Mapping[Partition, int]]]

_decoder = msgspec.json.Decoder(Ledger)


class Counts:
    """The ledgers of one consumer group; `_id` is `<group>/<lane>/<records>/<hash of offsets>`."""

    def __init__(self, table: Table, group: str) -> None:
        self._table, self._group = table, group
        self._saved: dict[int, list[str]] = {}  # ids that stand, by lane

    async def load(
        self, lanes: Iterable[int], committed: Mapping[Partition, int]
    ) -> dict[int, Ledger]:
        """Return the ledger of each lane that reaches what is committed.  Raises `Unknown`.

        Without one, counting begins at what is committed; that is the whole log only from 0.
        """
        out: dict[int, Ledger] = {}
        for lane in sorted(lanes):
            rows = await self._table.ranges([prefix(self._of(lane))])
            self._saved[lane] = [row["_id"] for row in rows]
            offsets = {topic: o for (topic, number), o in committed.items() if number == lane}
            reaching = [found for row in rows if (found := _read(row)).reaches(offsets)]
            begun = Ledger(offsets, is_whole=not any(offsets.values()))
            out[lane] = reaching[-1] if reaching else begun
        return out

    async def save(self, ledgers: Mapping[int, Ledger]) -> None:
        """Keep these beside those that stand; again is harmless.  Raises `Unknown`."""
        rows = [self._row(lane, ledger) for lane, ledger in ledgers.items()]
        await self._table.insert_missing(rows)

    async def forget_older(self, ledgers: Mapping[int, Ledger]) -> None:
        """Delete all but these, whose offsets are committed now.  Raises `Unknown`."""
        kept = {lane: self._row(lane, ledger)["_id"] for lane, ledger in ledgers.items()}
        old = [i for lane in kept for i in self._saved.get(lane, []) if i != kept[lane]]
        if old:
            await self._table.delete(old)
        self._saved |= {lane: [id_] for lane, id_ in kept.items()}

    async def total(self) -> Ledger:
        """Return the sum over all lanes, as last saved.  Raises `Unknown`."""
        return merged((await self._by_lane()).values())

    async def read(self) -> dict[Partition, int]:
        """Return the next offset of each topic in each lane, as last saved.  Raises `Unknown`."""
        ledgers = await self._by_lane()
        return {(t, lane): o for lane, ledger in ledgers.items() for t, o in ledger.offsets.items()}

    async def _by_lane(self) -> dict[int, Ledger]:
        latest: dict[int, Row] = {}
        for row in await self._table.ranges([prefix(f"{self._group}/")]):
            latest[int(row["_id"].split("/")[1])] = row  # ordered: a lane's last is the furthest
        return {lane: _read(row) for lane, row in latest.items()}

    def _of(self, lane: int) -> str:
        return f"{self._group}/{lane:04d}/"

    def _row(self, lane: int, ledger: Ledger) -> Row:
        records = sum(ledger.offsets.values())
        digest = blake2b(_canonical(ledger.offsets), digest_size=8).hexdigest()
        text = msgspec.json.encode(ledger).decode()
        return {"_id": f"{self._of(lane)}{records:016d}/{digest}", "ledger": text}


async def read_by(every: Iterable[Counts]) -> dict[Partition, int]:
    """Return the next offset of each topic in each lane of some groups.  Raises `Unknown`."""
    read: dict[Partition, int] = {}
    for counts in every:
        read |= await counts.read()
    return read


class ReadUntil:
    """Until when the log is read, in every lane.

    The newest message that was read says nothing of lanes that are behind: there an application
    stands half-way, and looks as if the rest of it were lost.  So it is looked where the log ends,
    and later whether all before that is read.
    """

    def __init__(self, ends: Ends, every: Sequence[Counts], clock: Clock) -> None:
        self._ends, self._every, self._clock = ends, every, clock
        self._as_of: datetime | None = None
        self._waits: tuple[datetime, Mapping[Partition, int]] | None = None  # for this to be read

    async def as_of(self) -> datetime:
        """Return an instant before which nothing on the log is unread; while a lane is behind, the
        one that stood before.  Raises `Unknown`, also where there was none yet.
        """
        await self._look()
        if self._as_of is None:
            raise Unknown("operations has not read all that is on the log: ask again in a moment")
        return self._as_of

    async def run(self) -> None:
        """Look every few seconds, so that whoever asks is told of a moment ago."""
        while True:
            with suppress(Unknown):
                await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        if self._waits is None:
            now = self._clock()  # before the ends: what comes in between is waited for as well
            self._waits = now, await self._ends()
        at, ends = self._waits
        if not unread(ends, await read_by(self._every)):
            self._as_of = max(at, self._as_of or at)
            self._waits = None


def _read(row: Row) -> Ledger:
    return _decoder.decode(row["ledger"])


def _canonical(offsets: Mapping[str, int]) -> bytes:
    pairs: Sequence[tuple[str, int]] = sorted(offsets.items())
    return msgspec.json.encode(pairs)
