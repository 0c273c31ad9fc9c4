"""The rows of proofs, inserted and never changed; what is not needed any more is deleted.

    asked/<id>        a period that is to be proven, by whom
    log/<id>          where the log ended when work on it began
    part/<id>/<n>     what was found by the n-th step, with all before it; the last one stays
    report/<id>       the signed report
    ended/<id>        how it ended
    open/<id>         the loop has something to do with it
    turn/<n>          who inserts it does the n-th second's work

The number is the guard: what stands was done by somebody else, and is carried on as it stands.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Self

import msgspec

from services.operations.domain.proof.tally import Proof
from services.operations.turns import takes
from shared.bus import Partition
from shared.store import Row, Table, prefix


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A period that somebody wants proven, from its first instant up to but without the other."""

    id: str
    since: datetime
    until: datetime
    by: str
    at: datetime


class LogEnd(msgspec.Struct, frozen=True):
    """How many messages each topic had, lane by lane; `as_of`: when."""

    ends: dict[str, dict[int, int]]
    as_of: datetime

    @classmethod
    def of(cls, places: Mapping[Partition, int], as_of: datetime) -> Self:
        """Return what is kept of these."""
        ends: dict[str, dict[int, int]] = {}
        for (topic, lane), end in places.items():
            ends.setdefault(topic, {})[lane] = end
        return cls(ends, as_of)

    @property
    def places(self) -> dict[Partition, int]:
        """Return the same by topic and lane."""
        return {(t, lane): end for t, lanes in self.ends.items() for lane, end in lanes.items()}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What was found so far; `after`: where to go on, empty at the end.

    `unread`: how many messages operations had not read when the first step was done.
    """

    n: int
    unread: int
    after: str
    proof: Proof


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a proof ended; `holds` is null where it was aborted, or failed `because` of something."""

    what: Literal["done", "aborted", "failed"]
    at: datetime
    by: str = ""
    because: str = ""
    holds: bool | None = None
    applications: int = 0
    excepted: int = 0


class Proofs:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def begin(self, wanted: Wanted) -> None:
        """Begin one."""
        await self._table.insert_missing(
            [_row(f"asked/{wanted.id}", wanted), {"_id": f"open/{wanted.id}"}]
        )

    async def open_ids(self) -> list[str]:
        """Return the ids of those that are not ended, the oldest first."""
        return [_last(row) for row in await self._table.ranges([prefix("open/")])]

    async def latest(self, limit: int) -> list[Wanted]:
        """Return the newest, the newest first."""
        rows = await self._table.last(prefix("asked/"), limit)
        return [_read(row, Wanted) for row in reversed(rows)]

    async def wanted(self, ids: Sequence[str]) -> dict[str, Wanted]:
        """Return those of these that there are."""
        rows = await self._table.get([f"asked/{id_}" for id_ in ids])
        return {_last(row): _read(row, Wanted) for row in rows}

    async def ended(self, ids: Sequence[str]) -> dict[str, Ended]:
        """Return how those of these ended that did."""
        rows = await self._table.get([f"ended/{id_}" for id_ in ids])
        return {_last(row): _read(row, Ended) for row in rows}

    async def log_end(self, id_: str, found: LogEnd | None = None) -> LogEnd | None:
        """Keep where the log ended, unless that is known; return what is."""
        if found:
            await self._table.insert_missing([_row(f"log/{id_}", found)])
        rows = await self._table.get([f"log/{id_}"])
        return _read(rows[0], LogEnd) if rows else None

    async def part(self, id_: str) -> Part | None:
        """Return what was found so far."""
        rows = await self._table.last(prefix(f"part/{id_}/"), 1)
        return _read(rows[0], Part) if rows else None

    async def add_part(self, id_: str, part: Part) -> None:
        """Keep a part in the place of the one before, unless it is there."""
        own = f"part/{id_}/"
        if not await self._table.insert_missing([_row(f"{own}{part.n:06}", part)]):
            await self._table.delete([f"{own}{part.n - 1:06}"])

    async def end(self, id_: str, ended: Ended, report: bytes = b"") -> bool:
        """End one; False: it had ended."""
        if report:
            packed: Row = {"_id": f"report/{id_}", "text": zlib.compress(report)}
            await self._table.insert_missing([packed])
        stood = await self._table.insert_missing([_row(f"ended/{id_}", ended)])
        await self._table.delete([f"open/{id_}"])
        return not stood

    async def report(self, id_: str) -> bytes | None:
        """Return the signed report as it was written."""
        rows = await self._table.get([f"report/{id_}"])
        return zlib.decompress(rows[0]["text"]) if rows else None

    async def forget(self, ids: Iterable[str]) -> None:
        """Delete all of these."""
        for id_ in ids:
            parts = await self._table.ranges([prefix(f"part/{id_}/")])
            kinds = ("report", "log", "open", "asked", "ended")
            await self._table.delete(
                [*(row["_id"] for row in parts), *(f"{kind}/{id_}" for kind in kinds)]
            )

    async def takes(self, turn: int) -> bool:
        """Tell whether the work of this turn is ours; another process may have it."""
        return await takes(self._table, turn)


def _row(id_: str, value: msgspec.Struct) -> Row:
    return {"_id": id_, "text": zlib.compress(msgspec.json.encode(value))}


def _read(row: Mapping[str, Any], kind: Any) -> Any:
    return msgspec.json.decode(zlib.decompress(row["text"]), type=kind)


def _last(row: Mapping[str, Any]) -> str:
    return str(row["_id"]).rpartition("/")[2]
