"""Which petitions wait for an office: an index over those alone, what is due first before the rest.

Each has a row `<unit>/<due>/<petition>` and one `*/<due>/<petition>`, written beside the journal's,
taken away when it waits no more.  A row says where to look; how it stands is the journal's to say.
"""

from collections.abc import Iterable
from typing import NamedTuple

from services.notify.domain import Dossier
from services.notify.domain.petitions.states import Petition
from shared.journal import Decision
from shared.noted import Changes, Index
from shared.store import Row, prefix

ALL = "*"


class Lying(NamedTuple):
    """Where a petition was found: `place` is what to go on after."""

    place: str
    petition: str


class AtUnits(Index[Dossier]):
    """The index, on a table of its own."""

    def changes(self, decisions: Iterable[Decision[Dossier]]) -> Changes:
        """See `Index`; of what is no petition, nothing."""
        came, over = dict[str, Row](), dict[str, None]()
        for decision in decisions:
            dossier = decision.state
            if dossier is None or dossier.petition is None:
                continue
            stands, stood = _rows(decision.application, dossier.petition)
            for id_ in stood:
                came.pop(id_, None)
                over[id_] = None
            for id_ in stands:
                over.pop(id_, None)
                came[id_] = {"_id": id_}
        return list(came.values()), list(over)

    async def page(self, unit: str, after: str, before: str, limit: int) -> list[Lying]:
        """Return what lies at a unit (`ALL`: at any), by when it is due, after a place.

        `before`: only what is due before this moment, as places write it.
        """
        low, high = prefix(f"{unit}/")
        bounds = f"{unit}/{after}\0" if after else low, f"{unit}/{before}" if before else high
        rows = await self._table.ranges([bounds], limit)
        places = [row["_id"].partition("/")[2] for row in rows]
        return [Lying(place, place.partition("/")[2]) for place in places]

    async def forget(self, gone: Iterable[str], unit: str) -> None:
        """Take places of a unit away at which nothing lies: a crash may have come between."""
        if ids := [f"{unit}/{place}" for place in gone]:
            await self._table.delete(ids)


def lies_at(petition: Petition, lying: Lying, unit: str) -> bool:
    """Whether it lies where a row says."""
    stands, _ = _rows(lying.petition, petition)
    return f"{unit}/{lying.place}" in stands


def stood_at(petition: Petition, lying: Lying, unit: str) -> bool:
    """Whether it lay where a row says, and does no more; else the row may be ahead of us."""
    stands, stood = _rows(lying.petition, petition)
    return f"{unit}/{lying.place}" in stood - stands


def _rows(application: str, petition: Petition) -> tuple[set[str], set[str]]:
    """Return the rows that stand for it, and those that did."""
    here = _both(petition.place, application) if petition.waits_for_office else set()
    before = {row for place in petition.lay_at for row in _both(place, application)}
    return here, before - here


def _both(place: str, application: str) -> set[str]:
    unit, _, due = place.partition("/")
    return {f"{unit}/{due}/{application}", f"{ALL}/{due}/{application}"}
