"""A table in memory.  It passes the test of all tables; a test that wants trouble subclasses it."""

from collections.abc import Sequence
from typing import Any

import bson
from bson.codec_options import CodecOptions

from shared.errors import Refused
from shared.store import Bounds, Row

WRITES = frozenset({"insert", "insert_missing", "delete"})
READS = frozenset({"get", "ranges", "last"})

_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class MemoryTable:
    """See `shared.store.Table`; `rows`: what stands, by id."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    async def begin(self, call: str) -> None:
        """A call begins, of this name: a subclass counts it, waits, or raises."""

    def landed(self) -> None:
        """A row was written or deleted: a subclass may raise before the next one is."""

    async def insert(self, rows: Sequence[Row]) -> None:
        if rows:
            await self.begin("insert")
        for row in rows:
            if self._stood(row):
                raise Refused(row["_id"])

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        if rows:
            await self.begin("insert_missing")
        return {row["_id"] for row in rows if self._stood(row)}

    async def get(self, ids: Sequence[str]) -> list[Row]:
        if ids:
            await self.begin("get")
        return self._found([i for i in dict.fromkeys(ids) if i in self.rows])

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        if bounds:
            await self.begin("ranges")
        ids = sorted(i for i in self.rows if any(low <= i < high for low, high in bounds))
        return self._found(ids[: limit or None])

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        await self.begin("last")
        return self._found(sorted(i for i in self.rows if bounds[0] <= i < bounds[1])[-limit:])

    async def delete(self, ids: Sequence[str]) -> None:
        if ids:
            await self.begin("delete")
        for id_ in ids:
            self.rows.pop(id_, None)
            self.landed()

    def _stood(self, row: Row) -> bool:
        """Insert a row unless its id stands; tell whether it did."""
        assert isinstance(row["_id"], str)
        if stood := row["_id"] in self.rows:
            return stood
        self.rows[row["_id"]] = _through_bson(row)
        self.landed()
        return stood

    def _found(self, ids: Sequence[str]) -> list[Row]:
        """Return copies: what is done to them changes nothing that stands."""
        return [_through_bson(self.rows[i]) for i in ids]


def _through_bson(row: Row) -> Row:
    return bson.decode(bson.encode(row), _AWARE)
