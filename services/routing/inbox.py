"""What lies at a unit: an index over the dossiers that are open, by the units they have.

A row is `<unit>/<application>`, written beside the journal's, taken away at the end.  It says where
to look, and no more: how a dossier stands, and whether it lies there now, is the journal's to say.
"""

from collections.abc import Iterable, Sequence

from services.routing.domain.dossier import Dossier
from services.routing.domain.handover import holder
from shared.journal import Decision
from shared.noted import Changes, Index
from shared.store import Row, prefix

_UNITS = ("receiving_unit", "competent_unit", "returning_unit")


class Inbox(Index[Dossier]):
    """The index, on a table of its own."""

    def new(self, decisions: Sequence[Decision[Dossier]]) -> Changes:
        """See `Index`; what does not touch a dossier's units is left out."""
        return self.changes(d for d in decisions if d.state and (d.state.is_over or _is_moved(d)))

    def changes(self, decisions: Iterable[Decision[Dossier]]) -> Changes:
        """See `Index`."""
        came: dict[str, Row] = {}
        over: dict[str, None] = {}
        for decision in decisions:
            dossier = decision.state
            if dossier is None:
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


def lies_at(dossier: Dossier, unit: str) -> bool:
    """Whether it is this unit's turn."""
    return not dossier.is_over and holder(dossier) == unit


def _units(dossier: Dossier) -> set[str]:
    return {getattr(dossier, name) for name in _UNITS} - {""}


def _is_moved(decision: Decision[Dossier]) -> bool:
    """Whether its units may be others than in the version before."""
    return decision.change is None or any(name in decision.change.state for name in _UNITS)
