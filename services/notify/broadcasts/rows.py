"""The rows of broadcasts, inserted and never changed.

    broadcasts             <id>/<n>             the n-th act; the first with the draft
    broadcast_recipients   <id>/<n>             up to 500 who are told, with what was counted so far
                           <id>/listed          applications that the draft names
    broadcast_places       watched/<id>         the loop has something to do with it
                           cancelled/<id>       what still waits of it is dropped
                           turn/<id>/<n>        who inserts it does the n-th second's work
                           <kind>/<id>/<n>      how far something has come; the last one counts

The number is the guard: what stands was done by somebody else.  Recipients are frozen by the page,
not one by one: so a page is found once, whoever finds it, and counts add up.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

import msgspec

from services.notify.domain.audience import Tally
from services.notify.domain.broadcasts import Act, Broadcast, Draft, fold
from shared.errors import Refused
from shared.store import Row, Table, prefix

PLACES_KEPT = 2
TURNS_KEPT = 10
ROWS_LIMIT = 2_000  # read at once
_PAGES = "{}/{:06}"

T = TypeVar("T")


class Recipients(msgspec.Struct, frozen=True, kw_only=True):
    """A page of applications, and what was counted up to its end; `after`: where the next begins,
    empty where this is the last one.
    """

    applications: tuple[str, ...]
    tally: Tally
    after: str


class Marks(NamedTuple):
    """The ids of broadcasts to work on, and of those that are cancelled."""

    watched: frozenset[str]
    cancelled: frozenset[str]


class Broadcasts:
    """All of them, on three tables.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, acts: Table, recipients: Table, places: Table) -> None:
        self._acts, self._recipients, self._places = acts, recipients, places

    # ---- what was done

    async def begin(self, broadcast: Broadcast, listed: Sequence[str]) -> Broadcast:
        """Insert a draft; one that stands already is returned as it is."""
        await self._places.insert_missing([{"_id": f"watched/{broadcast.id}"}])
        if listed:
            row: Row = {"_id": f"{broadcast.id}/listed", "applications": list(listed)}
            await self._recipients.insert_missing([row])
        first = _row(broadcast) | {
            "draft": msgspec.json.encode(broadcast.draft).decode(),
            "listed": broadcast.listed,
        }
        await self._acts.insert_missing([first])
        return await self.get(broadcast.id) or broadcast

    async def act(self, broadcast: Broadcast) -> bool:
        """Insert the last act of a broadcast; False: somebody else did something first."""
        if broadcast.status == "cancelled":
            await self._places.insert_missing([{"_id": f"watched/{broadcast.id}"}])
        try:
            await self._acts.insert([_row(broadcast)])
        except Refused:
            return False
        if broadcast.status == "cancelled":
            await self.mark_cancelled(broadcast.id)
        return True

    async def get(self, id_: str) -> Broadcast | None:
        """Return one."""
        return (await self.every([id_])).get(id_)

    async def every(self, ids: Iterable[str]) -> dict[str, Broadcast]:
        """Return those of these that there are."""
        return _folded(await self._acts.ranges([prefix(f"{id_}/") for id_ in sorted(ids)]))

    async def before(self, id_: str) -> tuple[list[Broadcast], str]:
        """Return a page of them, the newest first, and where the next begins (empty: nowhere)."""
        rows = await self._acts.last(("", id_ or "~"), ROWS_LIMIT)
        found = list(_folded(rows, is_cut=len(rows) == ROWS_LIMIT).values())
        is_cut = len(rows) == ROWS_LIMIT and bool(found)
        found.sort(key=lambda broadcast: broadcast.at, reverse=True)
        return found, min(b.id for b in found) if is_cut else ""

    # ---- who is told

    async def listed(self, id_: str, low: int, high: int) -> Sequence[str]:
        """Return some of the applications that a draft names."""
        rows = await self._recipients.get([f"{id_}/listed"])
        return [str(a) for row in rows for a in row["applications"][low:high]]

    async def add_page(self, id_: str, number: int, page: Recipients) -> bool:
        """Insert a page of recipients; False: it stands already."""
        text = msgspec.json.encode(page).decode()
        row: Row = {"_id": _PAGES.format(id_, number), "page": text}
        return not await self._recipients.insert_missing([row])

    async def page(self, id_: str, number: int) -> Recipients | None:
        """Return a page, counted from 0."""
        rows = await self._recipients.get([_PAGES.format(id_, number)])
        return _page(rows[0]) if rows else None

    async def last_page(self, id_: str) -> tuple[int, Recipients | None]:
        """Return the last page that was found, and its number; -1: there is none."""
        rows = await self._recipients.last((f"{id_}/0", f"{id_}/:"), 1)
        return (int(rows[0]["_id"].rpartition("/")[2]), _page(rows[0])) if rows else (-1, None)

    # ---- how far it has come

    async def marks(self) -> Marks:
        """Return what the loop has to know, in one look."""
        rows = await self._places.ranges([prefix("cancelled/"), prefix("watched/")])
        ids = [row["_id"].partition("/") for row in rows]
        watched = frozenset(id_ for kind, _, id_ in ids if kind == "watched")
        return Marks(watched, frozenset(id_ for kind, _, id_ in ids if kind == "cancelled"))

    async def mark_cancelled(self, id_: str) -> None:
        """Have what still waits of it dropped."""
        await self._places.insert_missing([{"_id": f"cancelled/{id_}"}])

    async def unwatch(self, id_: str) -> None:
        """Be done with one; what became of it stays."""
        kinds = ("told", "turn", "walked")
        old = await self._places.ranges([prefix(f"{kind}/{id_}/") for kind in kinds])
        await self._places.delete([*(row["_id"] for row in old), f"watched/{id_}"])

    async def takes(self, id_: str, turn: int) -> bool:
        """Tell whether the work of this turn is ours; another process may have it."""
        stood = await self._places.insert_missing([{"_id": f"turn/{id_}/{turn}"}])
        if not stood:
            await self._places.delete([f"turn/{id_}/{turn - TURNS_KEPT}"])
        return not stood

    async def place(self, kind: str, id_: str, type_: type[T]) -> tuple[int, T | None]:
        """Return how far something has come, and the number of that row; 0: nowhere yet."""
        rows = await self._places.last(prefix(f"{kind}/{id_}/"), 1)
        if not rows:
            return 0, None
        number = int(rows[0]["_id"].rpartition("/")[2])
        return number, msgspec.json.decode(rows[0]["place"], type=type_)

    async def places(self, kind: str, ids: Iterable[str], type_: type[T]) -> dict[str, T]:
        """Return how far something has come of each of these, of those where it began."""
        bounds = [prefix(f"{kind}/{id_}/") for id_ in sorted(ids)]
        rows = await self._places.ranges(bounds) if bounds else []  # in order: the last one counts
        return {
            str(row["_id"]).split("/")[1]: msgspec.json.decode(row["place"], type=type_)
            for row in rows
        }

    async def move(self, kind: str, id_: str, number: int, place: msgspec.Struct) -> None:
        """Insert how far something has come after that; what somebody else inserted stays."""
        text = msgspec.json.encode(place).decode()
        row: Row = {"_id": _place(kind, id_, number + 1), "place": text}
        await self._places.insert_missing([row])
        await self._places.delete([_place(kind, id_, number + 1 - PLACES_KEPT)])


def _row(broadcast: Broadcast) -> Row:
    act = msgspec.json.encode(broadcast.acts[-1]).decode()
    return {"_id": f"{broadcast.id}/{len(broadcast.acts):04}", "act": act}


def _place(kind: str, id_: str, number: int) -> str:
    return f"{kind}/{id_}/{number:08}"


def _page(row: Row) -> Recipients:
    return msgspec.json.decode(row["page"], type=Recipients)


def _folded(rows: Sequence[Row], *, is_cut: bool = False) -> dict[str, Broadcast]:
    """Return broadcasts from rows in order; of a cut page the first may lack its beginning."""
    found = {}
    for id_, group in groupby(rows, key=lambda row: str(row["_id"]).partition("/")[0]):
        first, *others = group
        if is_cut and "draft" not in first:
            continue
        draft = msgspec.json.decode(first["draft"], type=Draft)
        acts = [msgspec.json.decode(row["act"], type=Act) for row in (first, *others)]
        found[id_] = fold(id_, draft, int(first["listed"]), acts)
    return found
