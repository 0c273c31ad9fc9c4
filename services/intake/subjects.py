"""Whose applications are whose: an index over what was registered, by whom it is for.

A row is `<keyed hash of the personal number>/<application>`, written beside the journal's.  It
stays when the application ends: people ask about what is closed, too.  On the log it does not
stand (docs/adr/0025).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.intake.domain.dossier import Application
from shared.journal import Decision
from shared.noted import Changes, Index
from shared.store import prefix


class Theirs(NamedTuple):
    """Applications of one person, the newest first; `is_cut`: there are older ones."""

    applications: tuple[str, ...]
    is_cut: bool


class Subjects(Index[Application]):
    """The index, on a table of its own."""

    def new(self, decisions: Sequence[Decision[Application]]) -> Changes:
        """See `Index`; whom an application is for never changes, so later versions are left out."""
        return self.changes(
            d for d in decisions if d.change is None or "subject_hash" in d.change.state
        )

    def changes(self, decisions: Iterable[Decision[Application]]) -> Changes:
        """See `Index`."""
        ids = {
            f"{decision.state.subject_hash}/{decision.application}": None
            for decision in decisions
            if decision.state and decision.state.subject_hash
        }
        return [{"_id": id_} for id_ in ids], []

    async def of(self, subject: str, limit: int) -> Theirs:
        """Return the newest applications of a person.  Raises `Unknown`."""
        rows = await self._table.last(prefix(f"{subject}/"), limit + 1)
        found = [row["_id"].partition("/")[2] for row in reversed(rows)]
        return Theirs(tuple(found[:limit]), len(found) > limit)
