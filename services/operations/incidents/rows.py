"""The rows of incidents, inserted and never changed.

    incident_acts     <id>/<n>          the n-th act; the first with title and scope
    incident_items    <id>/<set>/<n>    the n-th application that was frozen under this name
    incident_places   open/<id>         it is open, or about to be
                      alarm/<alarm>     which incident an alarm is part of

The number is the guard: what stands was done by somebody else first.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec

from services.operations.domain.incidents import APPLICATIONS_LIMIT, Act, Incident
from shared.errors import Refused
from shared.store import Row, Table, prefix

ROWS_LIMIT = 2_000  # read at once
INSERTED_AT_ONCE = READ_AT_ONCE = 1_000
OPEN_LIMIT = 200  # incidents that are looked at as open ones, the newest


class Item(msgspec.Struct, frozen=True):
    """An application that an incident concerns, with what hung on it when it was frozen.

    `since_ms` 0: it does not wait, something is wrong in its log.
    """

    application: str
    dossier: str
    unit: str
    partner: str
    since_ms: int
    vnd: int


class Tables(NamedTuple):
    """Where incidents are kept."""

    acts: Table
    items: Table
    places: Table


class Incidents:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, tables: Tables) -> None:
        self._acts, self._items, self._places = tables

    async def keep(self, id_: str, set_: str, items: Sequence[Item]) -> None:
        """Keep whom it concerns under a name; again is harmless."""
        rows: list[Row] = [
            {"_id": f"{id_}/{set_}/{n:05}", "item": _text(item)} for n, item in enumerate(items, 1)
        ]
        for at in range(0, len(rows), INSERTED_AT_ONCE):
            await self._items.insert_missing(rows[at : at + INSERTED_AT_ONCE])

    async def begin(self, incident: Incident) -> Incident:
        """Insert one; one that stands already is returned as it is."""
        await self._places.insert_missing([{"_id": f"open/{incident.id}"}])
        first = _row(incident) | {"incident": _text(msgspec.structs.replace(incident, acts=()))}
        await self._acts.insert_missing([first])
        return await self.get(incident.id) or incident

    async def act(self, incident: Incident) -> bool:
        """Insert the last act of one; False: somebody else did something first."""
        try:
            await self._acts.insert([_row(incident)])
        except Refused:
            return False
        return True

    async def get(self, id_: str) -> Incident | None:
        """Return one."""
        return (await self.every([id_])).get(id_)

    async def every(self, ids: Iterable[str]) -> dict[str, Incident]:
        """Return those of these that there are."""
        bounds = [prefix(f"{id_}/") for id_ in sorted(ids)]
        return _folded(await self._acts.ranges(bounds)) if bounds else {}

    async def before(self, id_: str) -> tuple[list[Incident], str]:
        """Return a page of them, the newest first, and where the next begins (empty: nowhere)."""
        rows = await self._acts.last(("", id_ or "~"), ROWS_LIMIT)
        is_cut = len(rows) == ROWS_LIMIT
        found = sorted(_folded(rows).values(), key=_id, reverse=True)
        return found, found[-1].id if is_cut and found else ""

    async def items(
        self, incident: Incident, first: int = 1, limit: int = APPLICATIONS_LIMIT
    ) -> list[Item]:
        """Return whom it concerned when that was last frozen, from the n-th on."""
        own = f"{incident.id}/{incident.frozen.set}/"
        rows = await self._items.ranges([(f"{own}{first:05}", f"{own}:")], limit)
        return [msgspec.json.decode(row["item"], type=Item) for row in rows]

    async def numbered(self, incident: Incident, numbers: Sequence[int]) -> list[Item]:
        """Return those of these numbers of whom it concerned when that was last frozen."""
        own = f"{incident.id}/{incident.frozen.set}/"
        rows = await self._items.get([f"{own}{number:05}" for number in numbers])
        return [msgspec.json.decode(row["item"], type=Item) for row in rows]

    async def every_item(
        self, incident: Incident, at_once: int = READ_AT_ONCE
    ) -> AsyncIterator[list[Item]]:
        """Yield all of them, some at a time: at most `APPLICATIONS_LIMIT` were kept."""
        for first in range(1, APPLICATIONS_LIMIT + 1, at_once):
            items = await self.items(incident, first, at_once)
            if items:
                yield items
            if len(items) < at_once:
                return

    # ---- what is open, and for which alarms

    async def open_ones(self) -> list[Incident]:
        """Return the newest that are open, the newest first."""
        places = await self._places.last(prefix("open/"), OPEN_LIMIT)
        found = await self.every(_name(row) for row in places)
        closed = [one for one in found.values() if one.status == "closed"]
        await self._places.delete([f"open/{one.id}" for one in closed])  # who closed it died
        return sorted((i for i in found.values() if i.status == "open"), key=_id, reverse=True)

    async def shut(self, id_: str) -> None:
        """Be done with one that is closed."""
        await self._places.delete([f"open/{id_}"])

    async def recall(self) -> None:
        """Find the open ones of before there were places."""
        found, _ = await self.before("")
        rows: list[Row] = [{"_id": f"open/{i.id}"} for i in found if i.status == "open"]
        await self._places.insert_missing(rows)

    async def join(self, alarm: str, id_: str) -> None:
        """Say that an alarm is part of one; again is harmless."""
        await self._places.insert_missing([{"_id": f"alarm/{alarm}", "incident": id_}])

    async def of_alarms(self, alarms: Sequence[str]) -> dict[str, str]:
        """Return which incidents these alarms are part of, by alarm."""
        rows = await self._places.get([f"alarm/{alarm}" for alarm in alarms])
        return {_name(row): str(row["incident"]) for row in rows}


def _name(row: Row) -> str:
    return str(row["_id"]).partition("/")[2]


def _id(incident: Incident) -> str:
    return incident.id


def _row(incident: Incident) -> Row:
    return {"_id": f"{incident.id}/{len(incident.acts):04}", "act": _text(incident.acts[-1])}


def _text(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()


def _folded(rows: Sequence[Row]) -> dict[str, Incident]:
    """Return incidents from rows in order; of a cut page the first may lack its beginning."""
    found = {}
    for id_, group in groupby(rows, key=lambda row: str(row["_id"]).partition("/")[0]):
        each = list(group)
        if "incident" in each[0]:
            incident = msgspec.json.decode(each[0]["incident"], type=Incident)
            acts = tuple(msgspec.json.decode(row["act"], type=Act) for row in each)
            found[id_] = msgspec.structs.replace(incident, acts=acts)
    return found
