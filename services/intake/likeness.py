"""Likely duplicates: an index over all applications that are open, by what they are about.

A mark is a keyed hash of person, procedure and object; the first open application of a mark owns
its row, and gives it up at its end.  The index advises: what it misses is registered all the same.
"""

from collections.abc import Mapping

from shared.store import Table


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

    async def release(self, marks: Mapping[str, str]) -> None:
        """Forget applications that are at their end.  Raises `Unknown`."""
        if marks:
            rows = await self._table.get(list(marks.values()))
            owned = {(row["application"], row["_id"]) for row in rows}
            await self._table.delete([mark for a, mark in marks.items() if (a, mark) in owned])
