"""Likely duplicates: an index over all applications that are open, by what they are about.

A mark is a keyed hash of person, procedure and object; the first open application of a mark owns
its row, and at its end leaves it to the next one.  Those that wait for that have a row each,
`<mark>/<application>`, and `<mark>+` says that there are some: as a rule there are none.
The index advises: what it misses is registered all the same.
"""

from collections.abc import Mapping, Sequence

from shared.store import Table, prefix


class Likeness:
    """Tells which open application another one is like, for a whole batch with one insert."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def claim(self, marks: Mapping[str, str]) -> dict[str, str]:
        """Return, of applications with these marks, the open one that each repeats, if any does.

        The same when the batch is repeated.  Raises `Unknown`: ask again.
        """
        owners: dict[str, str] = {}
        for application, mark in marks.items():
            owners.setdefault(mark, application)
        stood = await self._table.insert_missing(
            [{"_id": mark, "application": owner} for mark, owner in owners.items()]
        )
        if stood:
            rows = await self._table.get(list(stood))
            owners |= {row["_id"]: row["application"] for row in rows}
        return {a: owners[mark] for a, mark in marks.items() if owners[mark] != a}

    async def wait(self, marks: Mapping[str, str]) -> None:
        """Remember applications that repeat another, to be pointed at when that has ended.

        Raises `Unknown`.
        """
        if marks:
            rows = [{"_id": f"{mark}/{a}", "application": a} for a, mark in marks.items()]
            await self._table.insert_missing(
                [*rows, *({"_id": f"{mark}+"} for mark in {*marks.values()})]
            )

    async def release(self, marks: Mapping[str, str]) -> None:
        """Forget applications that are at their end.  Raises `Unknown`."""
        if not marks:
            return
        ids = [each for mark in {*marks.values()} for each in (mark, f"{mark}+")]
        rows = {row["_id"]: row.get("application", "") for row in await self._table.get(ids)}
        shared = [mark for mark in {*marks.values()} if f"{mark}+" in rows]
        owned = [mark for a, mark in marks.items() if rows.get(mark) == a]
        waited = [
            f"{mark}/{a}" for a, mark in marks.items() if f"{mark}+" in rows or rows.get(mark) != a
        ]
        await self._table.delete([*owned, *waited])
        if shared:
            await self._leave(shared)

    async def _leave(self, marks: Sequence[str]) -> None:
        """Give each mark to the first that waits for it; again is no harm."""
        heirs: dict[str, str] = {}
        for row in await self._table.ranges([prefix(f"{mark}/") for mark in marks]):
            heirs.setdefault(row["_id"].partition("/")[0], row["application"])
        await self._table.insert_missing(
            [{"_id": mark, "application": heir} for mark, heir in heirs.items()]
        )
        await self._table.delete([f"{mark}+" for mark in marks if mark not in heirs])
