"""The rows of rounds, inserted and never changed.

    round_acts     <id>/<n>                the n-th act; the first with the choice and what it found
    round_items    <id>/<set>/<n>          the n-th item
    round_steps    <id>/decided/<n>        what is done to the items from the n-th on
                   <id>/sent/<n>           the same, done
                   <id>/checked/<n>        what came of them
    round_places   watched/<id>            the loop has something to do with it
                   until/<ms>/<id>         the loop has to see then whether it was begun
                   turn/<n>                who inserts it does the n-th second's work

The number is the guard: what stands was done by somebody else, and is carried on as it stands.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.rounds import BEGINS, Act, Choice, Found, Item, Round, Step, fold
from services.operations.turns import takes
from shared.errors import Refused
from shared.store import Row, Table, prefix

ROWS_LIMIT = 2_000  # read at once
INSERTED_AT_ONCE = 1_000
Kind = Literal["decided", "sent", "checked"]


class Tables(NamedTuple):
    """Where rounds are kept."""

    acts: Table
    items: Table
    steps: Table
    places: Table


class Due(NamedTuple):
    """When the loop was to see to a round, in milliseconds of a fixed width, and to which."""

    ms: str
    id: str


class Rounds:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, tables: Tables) -> None:
        self._acts, self._items, self._steps, self._places = tables

    # ---- what was done

    async def begin(self, round_: Round, items: Sequence[Item]) -> Round:
        """Insert a round with its items; one that stands already is returned as it is."""
        await self.see_to(round_.id, round_.until)
        own = f"{round_.id}/{round_.found.set}/"
        rows = [{"_id": f"{own}{n:05}", "item": _text(item)} for n, item in enumerate(items, 1)]
        for at in range(0, len(rows), INSERTED_AT_ONCE):
            await self._items.insert_missing(rows[at : at + INSERTED_AT_ONCE])
        first = _row(round_) | {"choice": _text(round_.choice), "found": _text(round_.found)}
        await self._acts.insert_missing([first])
        return await self.get(round_.id) or round_

    async def act(self, round_: Round) -> bool:
        """Insert the last act of a round; False: somebody else did something first."""
        if round_.acts[-1].what in BEGINS:
            await self._places.insert_missing([{"_id": f"watched/{round_.id}"}])
        try:
            await self._acts.insert([_row(round_)])
        except Refused:
            return False
        return True

    async def get(self, id_: str) -> Round | None:
        """Return one."""
        return (await self.every([id_])).get(id_)

    async def every(self, ids: Iterable[str]) -> dict[str, Round]:
        """Return those of these that there are."""
        bounds = [prefix(f"{id_}/") for id_ in sorted(ids)]
        return _folded(await self._acts.ranges(bounds)) if bounds else {}

    async def before(self, id_: str) -> tuple[list[Round], str]:
        """Return a page of them, the newest first, and where the next begins (empty: nowhere)."""
        rows = await self._acts.last(("", id_ or "~"), ROWS_LIMIT)
        is_cut = len(rows) == ROWS_LIMIT
        found = sorted(_folded(rows, is_cut=is_cut).values(), key=lambda r: r.at, reverse=True)
        return found, min(r.id for r in found) if is_cut and found else ""

    # ---- what it is about

    async def items(self, round_: Round, first: int, limit: int) -> list[Item]:
        """Return items from a number on."""
        if not limit:
            return []
        own = f"{round_.id}/{round_.found.set}/"
        rows = await self._items.ranges([(f"{own}{first:05}", f"{own}:")], limit)
        return [msgspec.json.decode(row["item"], type=Item) for row in rows]

    async def numbered(self, round_: Round, numbers: Sequence[int]) -> list[Item]:
        """Return the items with these numbers, which are in order."""
        own = f"{round_.id}/{round_.found.set}/"
        rows = await self._items.get([f"{own}{number:05}" for number in numbers])
        rows = sorted(rows, key=lambda row: str(row["_id"]))
        return [msgspec.json.decode(row["item"], type=Item) for row in rows]

    async def step(self, id_: str, kind: Kind, first: int) -> Step | None:
        """Return the step that begins with this item."""
        rows = await self._steps.get([f"{id_}/{kind}/{first:05}"])
        return _step(rows[0]) if rows else None

    async def last_step(self, id_: str, kind: Kind, before: int = 99_999) -> Step | None:
        """Return the last step that begins before this item."""
        own = f"{id_}/{kind}/"
        rows = await self._steps.last((own, f"{own}{before:05}"), 1)
        return _step(rows[0]) if rows else None

    async def steps(self, id_: str, kind: Kind, first: int, end: int) -> list[Step]:
        """Return the steps that have some of the items from `first` up to but without `end`."""
        own = f"{id_}/{kind}/"
        rows = await self._steps.ranges([(f"{own}{first:05}", f"{own}{end:05}")])
        begun = await self.last_step(id_, kind, first)
        return [*([begun] if begun else []), *map(_step, rows)]

    async def add_step(self, id_: str, kind: Kind, step: Step) -> Step:
        """Insert a step; return the one that stands, which may be somebody else's."""
        row: Row = {"_id": f"{id_}/{kind}/{step.first:05}", "step": _text(step)}
        if await self._steps.insert_missing([row]):
            return await self.step(id_, kind, step.first) or step
        return step

    # ---- the loop's

    async def watched(self) -> list[str]:
        """Return the ids of rounds to work on."""
        rows = await self._places.ranges([prefix("watched/")])
        return [str(row["_id"]).partition("/")[2] for row in rows]

    async def unwatch(self, id_: str) -> None:
        """Be done with one."""
        await self._places.delete([f"watched/{id_}"])

    async def due(self, now: datetime, limit: int) -> list[Due]:
        """Return the first of those whose time has come."""
        rows = await self._places.ranges([("until/", f"until/{_ms(now)}~")], limit)
        return [Due(*str(row["_id"]).split("/")[1:]) for row in rows]

    async def see_to(self, id_: str, at: datetime | None, instead: Due | None = None) -> None:
        """Have the loop see to one then, `instead` of when it was to; None: no more."""
        if at is not None:
            await self._places.insert_missing([{"_id": f"until/{_ms(at)}/{id_}"}])
        if instead is not None:
            await self._places.delete([f"until/{instead.ms}/{instead.id}"])

    async def drop(self, id_: str, limit: int, but: str = "") -> int:
        """Delete so many items of one, but those of one set; return how many there were."""
        low, high = prefix(f"{id_}/")
        kept = prefix(f"{id_}/{but}/") if but else (low, low)
        rows = await self._items.ranges([(low, kept[0]), (kept[1], high)], limit)
        await self._items.delete([str(row["_id"]) for row in rows])
        return len(rows)

    async def takes(self, turn: int) -> bool:
        """Tell whether the work of this turn is ours; another process may have it."""
        return await takes(self._places, turn)


def _ms(at: datetime) -> str:
    return f"{int(at.timestamp() * 1_000):015d}"


def _row(round_: Round) -> Row:
    return {"_id": f"{round_.id}/{len(round_.acts):04}", "act": _text(round_.acts[-1])}


def _text(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()


def _step(row: Row) -> Step:
    return msgspec.json.decode(row["step"], type=Step)


def _folded(rows: Sequence[Row], *, is_cut: bool = False) -> dict[str, Round]:
    """Return rounds from rows in order; of a cut page the first may lack its beginning."""
    found = {}
    for id_, group in groupby(rows, key=lambda row: str(row["_id"]).partition("/")[0]):
        first, *others = group
        if is_cut and "choice" not in first:
            continue
        choice = msgspec.json.decode(first["choice"], type=Choice)
        what = msgspec.json.decode(first["found"], type=Found)
        acts = [msgspec.json.decode(row["act"], type=Act) for row in (first, *others)]
        found[id_] = fold(id_, choice, what, acts)
    return found
