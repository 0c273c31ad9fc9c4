"""The database, as the kernel sees it: rows with a string `_id`, inserted, read by range, deleted,
never updated.

`shared.mongo` is the real one, the simulation brings another, tests a third in memory.  All pass
`tests/shared/test_store_contract.py`.
"""

from collections.abc import Sequence
from typing import Any, Protocol

Row = dict[str, Any]
Bounds = tuple[str, str]  # from this id on, up to but without that id


class Table(Protocol):
    """One collection.  Writes are acknowledged by a majority, reads see what a majority has."""

    async def insert(self, rows: Sequence[Row]) -> None:
        """Insert in order; stop at the first id that stands already.

        Raises `Refused` (the rows before it stand, the rows from it on do not) or `Unknown` (any
        number of the first rows may stand).
        """

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        """Insert those whose id does not stand yet; return the ids that stood already.  Raises
        `Unknown`.
        """

    async def get(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows with these ids, in no order.  Raises `Unknown`."""

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        """Return the rows in any of the bounds, ordered by id, at most `limit` (0: all).  Raises
        `Unknown`.
        """

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        """Return the rows with the highest ids within the bounds, at most `limit`, ordered by id.

        Raises `Unknown`.
        """

    async def delete(self, ids: Sequence[str]) -> None:
        """Delete these ids; absent ones are no error.  Raises `Unknown`."""


def prefix(text: str) -> Bounds:
    """Return the bounds of all ids that begin with `text`, which ends in an ASCII character."""
    return text, text[:-1] + chr(ord(text[-1]) + 1)
