"""Counts over all applications: ledgers, kept beside the offsets they speak of.

A ledger is saved before its offsets are committed and its predecessor is deleted after, so one that
reaches at least as far as what is committed always stands.  Read from the table they are exact as
of a second ago, for all processes together.  Each edition of the
read side has its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec

from services.operations.domain.ledger import Ledger, merged
from shared.bus import Partition
from shared.store import Row, Table, prefix

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


def _read(row: Row) -> Ledger:
    return _decoder.decode(row["ledger"])


def _canonical(offsets: Mapping[str, int]) -> bytes:
    pairs: Sequence[tuple[str, int]] = sorted(offsets.items())
    return msgspec.json.encode(pairs)
