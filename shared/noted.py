"""A journal that tells an index of its own what it is told: rows that say where to look, written
beside its versions.  How things stand is the journal's to say.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from shared.journal import Cause, Decision, Journal
from shared.lanes.table import LaneTable
from shared.store import Row, Table

S = TypeVar("S")

Changes = tuple[list[Row], list[str]]  # rows to enter, and ids of those to leave out


class Index(ABC, Generic[S]):
    """Rows on a table of their own; entered or left out again, nothing changes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @abstractmethod
    def changes(self, decisions: Iterable[Decision[S]]) -> Changes:
        """Return what these decisions mean for the rows, whatever was noted of them before."""

    def new(self, decisions: Sequence[Decision[S]]) -> Changes:
        """Return the same of decisions that follow what was noted; what changes no row may be left
        out, so that it costs nothing.
        """
        return self.changes(decisions)

    async def note(self, decisions: Iterable[Decision[S]]) -> None:
        """Write what these decisions mean, whatever was noted before.  Raises `Unknown`."""
        await self.write(self.changes(decisions))

    async def write(self, changes: Changes) -> None:
        """Write what was found.  Raises `Unknown`."""
        rows, over = changes
        if rows:
            await self._table.insert_missing(rows)
        if over:
            await self._table.delete(over)


class NotedJournal(Journal[S]):
    """A journal beside which an index is written.

    Both are written at once, before anything is published.  If the process dies with one of them
    written, what may not be published yet is read again, and told again.
    """

    def __init__(self, table: Table, lane_table: LaneTable[S, Any], index: Index[S]) -> None:
        super().__init__(table, lane_table)
        self._index = index

    async def append(self, decisions: Sequence[Decision[S]]) -> None:
        """See `Journal`."""
        changes = self._index.new(decisions)
        if not any(changes):
            return await super().append(decisions)
        noting = asyncio.create_task(self._index.write(changes))
        try:
            await super().append(decisions)
        finally:
            await noting

    async def recent(
        self, applications: Iterable[str], is_published: Callable[[Cause], bool]
    ) -> dict[str, list[Decision[S]]]:
        """See `Journal`."""
        found = await super().recent(applications, is_published)
        await self._index.note(
            d for some in found.values() for d in some if not is_published(d.cause)
        )
        return found
