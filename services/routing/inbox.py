"""What lies at a unit: an index over the dossiers that are open, by the units they have.

A row is `<unit>/<application>`, written beside the journal's, taken away at the end.  It says where
to look, and no more: how a dossier stands, and whether it lies there now, is the journal's to say.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from services.routing.domain.dossier import Dossier
from services.routing.domain.handover import holder
from shared.journal import Cause, Decision, Journal
from shared.lanes.table import LaneTable
from shared.store import Row, Table, prefix

_UNITS = ("receiving_unit", "competent_unit", "returning_unit")


class Inbox:
    """The index, on a table of its own."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def note(self, decisions: Iterable[Decision[Dossier]], *, is_new: bool = True) -> None:
        """Enter what came to a unit, leave out what is over; again is harmless.  Raises `Unknown`.

        What is new and does not touch a dossier's units costs nothing.
        """
        rows, over = self.changes(decisions, is_new=is_new)
        await self.write(rows, over)

    async def write(self, rows: list[Row], over: list[str]) -> None:
        """Write what `changes` found.  Raises `Unknown`."""
        if rows:
            await self._table.insert_missing(rows)
        if over:
            await self._table.delete(over)

    def changes(
        self, decisions: Iterable[Decision[Dossier]], *, is_new: bool
    ) -> tuple[list[Row], list[str]]:
        """Return the rows to enter, and those to leave out."""
        came: dict[str, Row] = {}
        over: dict[str, None] = {}
        for decision in decisions:
            dossier = decision.state
            if dossier is None:
                continue
            if not dossier.is_over and is_new and not _is_moved(decision):
                continue
            ids = [f"{unit}/{decision.application}" for unit in _units(dossier)]
            if dossier.is_over:
                over |= dict.fromkeys(ids)
            else:
                came |= {id_: {"_id": id_} for id_ in ids}
        return [row for id_, row in came.items() if id_ not in over], list(over)

    async def page(self, unit: str, after: str, limit: int) -> list[str]:
        """Return applications that have had this unit, in the order of their ids, after one."""
        low, high = prefix(f"{unit}/")
        rows = await self._table.ranges([(f"{unit}/{after}\0" if after else low, high)], limit)
        return [row["_id"].partition("/")[2] for row in rows]

    async def forget(self, unit: str, applications: Iterable[str]) -> None:
        """Take away what is over: a crash may have come between."""
        ids = [f"{unit}/{application}" for application in applications]
        if ids:
            await self._table.delete(ids)


class NotedJournal(Journal[Dossier]):
    """Routing's journal, which tells the inbox of what it is told.

    Both are written at once, before anything is published.  If the process dies with one of them
    written, what may not be published yet is read again, and told again.
    """

    def __init__(self, table: Table, lane_table: LaneTable[Dossier, None], inbox: Inbox) -> None:
        super().__init__(table, lane_table)
        self._inbox = inbox

    async def append(self, decisions: Sequence[Decision[Dossier]]) -> None:
        """See `Journal`."""
        rows, over = self._inbox.changes(decisions, is_new=True)
        if not rows and not over:
            return await super().append(decisions)
        noting = asyncio.create_task(self._inbox.write(rows, over))
        try:
            await super().append(decisions)
        finally:
            await noting

    async def recent(
        self, applications: Iterable[str], is_published: Callable[[Cause], bool]
    ) -> dict[str, list[Decision[Dossier]]]:
        """See `Journal`."""
        found = await super().recent(applications, is_published)
        versions = [d for some in found.values() for d in some if not is_published(d.cause)]
        await self._inbox.note(versions, is_new=False)
        return found


def lies_at(dossier: Dossier, unit: str) -> bool:
    """Whether it is this unit's turn."""
    return not dossier.is_over and holder(dossier) == unit


def _units(dossier: Dossier) -> set[str]:
    return {getattr(dossier, name) for name in _UNITS} - {""}


def _is_moved(decision: Decision[Dossier]) -> bool:
    """Whether its units may be others than in the version before."""
    return decision.change is None or any(name in decision.change.state for name in _UNITS)
