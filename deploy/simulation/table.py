"""A database in memory: `shared.store.Table` with writes that land in part, late, or unanswered."""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import bson
from bson.codec_options import CodecOptions

from deploy.simulation.faults import Faults
from deploy.simulation.loop import WORLDS, Loop, current
from shared.errors import Refused, Unknown
from shared.store import Bounds, Row

T = TypeVar("T")

_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class Collection:
    """What stands in the database under one name, as BSON."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.under_way = 0  # writes that have yet to land
        self.rows: dict[str, bytes] = {}
        self._ids: list[str] = []

    def add(self, id_: str, row: bytes) -> bool:
        """Insert unless the id stands."""
        if id_ in self.rows:
            return False
        self.rows[id_] = row
        insort(self._ids, id_)
        return True

    def remove(self, id_: str) -> None:
        """Delete if there."""
        if self.rows.pop(id_, None) is not None:
            del self._ids[bisect_left(self._ids, id_)]

    def between(self, bounds: Bounds) -> list[str]:
        """Return the ids within the bounds, in order."""
        low, high = bounds
        return self._ids[bisect_left(self._ids, low) : bisect_left(self._ids, high)]

    def all(self) -> list[Row]:
        """Return every row, in the order of the ids: for checks."""
        return [decode(self.rows[i]) for i in self._ids]


def decode(row: bytes) -> Row:
    """Return a row as the driver gives it."""
    return bson.decode(row, _AWARE)


class SimulatedTable:
    """A client's view of a collection."""

    def __init__(self, loop: Loop, faults: Faults, collection: Collection) -> None:
        self._loop, self._faults, self._rows = loop, faults, collection

    async def insert(self, rows: Sequence[Row]) -> None:
        """See `Table`."""
        encoded, sender = [(row["_id"], bson.encode(row)) for row in rows], current()

        def insert(share: float) -> list[str]:
            for id_, row in encoded[: round(len(encoded) * share)]:
                if not self._rows.add(id_, row):
                    self._loop.note(sender, "is refused", self._rows.name, id_)
                    return [id_]
                self._loop.note(sender, "inserts", self._rows.name, id_)
            return []

        refused = await self._write(insert) if rows else []
        if refused:
            raise Refused(refused[0])

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        """See `Table`."""
        encoded, sender = [(row["_id"], bson.encode(row)) for row in rows], current()

        def insert(share: float) -> set[str]:
            some = encoded[: round(len(encoded) * share)]
            stood = {id_ for id_, row in some if not self._rows.add(id_, row)}
            ids = [f"{id_} (stands)" if id_ in stood else id_ for id_, _ in some]
            self._loop.note(sender, "inserts what is missing", self._rows.name, ids)
            return stood

        return await self._write(insert) if rows else set()

    async def delete(self, ids: Sequence[str]) -> None:
        """See `Table`."""
        some = list(ids)

        def delete(share: float) -> None:
            for id_ in some[: round(len(some) * share)]:
                self._rows.remove(id_)

        if some:
            await self._write(delete)

    async def get(self, ids: Sequence[str]) -> list[Row]:
        """See `Table`."""
        if not ids:
            return []
        await self._read()
        return [decode(self._rows.rows[i]) for i in dict.fromkeys(ids) if i in self._rows.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        """See `Table`."""
        if not bounds:
            return []
        await self._read()
        found = sorted({i for some in bounds for i in self._rows.between(some)})
        return [decode(self._rows.rows[i]) for i in (found[:limit] if limit else found)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        """See `Table`."""
        await self._read()
        return [decode(self._rows.rows[i]) for i in self._rows.between(bounds)[-limit:]]

    async def _write(self, carry_out: Callable[[float], T]) -> T:
        fate = self._faults.write("database", self._loop.time())
        answer = self._loop.create_future()

        def land_late() -> None:
            self._rows.under_way -= 1
            carry_out(1.0)

        def land() -> None:
            self._rows.under_way -= 1
            result = carry_out(fate.share)
            if fate.late_s:
                self._rows.under_way += 1
                self._loop.call_later(fate.late_s, land_late, context=WORLDS)
            if answer.done():
                return  # the sender gave up
            if fate.answered:
                answer.set_result(result)
            else:
                answer.set_exception(Unknown("the database did not answer"))

        self._rows.under_way += 1
        self._loop.call_later(fate.delay_s, land, context=WORLDS)
        result: T = await answer
        return result

    async def _read(self) -> None:
        fate = self._faults.read("database", self._loop.time())
        answer = self._loop.create_future()

        def land() -> None:
            if answer.done():
                return
            if fate.answered:
                answer.set_result(None)
            else:
                answer.set_exception(Unknown("the database did not answer"))

        self._loop.call_later(fate.delay_s, land, context=WORLDS)
        await answer


class Database:
    """Collections by name."""

    def __init__(self, loop: Loop, faults: Faults) -> None:
        self._loop, self._faults = loop, faults
        self.collections: dict[str, Collection] = {}

    def table(self, name: str) -> SimulatedTable:
        """Return a client of a collection."""
        collection = self.collections.setdefault(name, Collection(name))
        return SimulatedTable(self._loop, self._faults, collection)
