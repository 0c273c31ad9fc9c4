"""Statistics of any units and period: counted by the database, from the rows of `facts`.

What was open at the end of a month is worked out when it is first asked for, and kept: a month that
is over changes only by what is read late, which leaves a mark.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import msgspec

from services.operations.domain.facts import BOTH, IN_PROCESS, OPEN, VIEWS, View
from services.operations.domain.statistics import (
    Change,
    Form,
    Period,
    column,
    form,
    month_of,
    months,
)
from services.operations.facts import LATE
from shared.store import Bounds, Row, Table, prefix

KEPT = "kept"  # `kept/<view>/<units>/<month>/<marks>`
EVERYTHING: Bounds = ("0", ":")  # rows begin with a year
Stocks = Mapping[str, Mapping[tuple[str, str], int]]
Match = Mapping[str, Any]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, str, str, int]]).decode


class Scope(NamedTuple):
    """Units to be counted, none: all there are.  `runs` are the bounds of codes that lie beside
    each other in the whole list of units, so that few ranges have all of them.
    """

    units: tuple[str, ...] = ()
    runs: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """A short name: the same units have the same."""
        return blake2b(" ".join(self.units).encode(), digest_size=8).hexdigest()


def scope(units: Iterable[str], known: Iterable[str]) -> Scope:
    """Return these units as a scope, among all that are known."""
    wanted = frozenset(units)
    runs = []
    for is_wanted, run in groupby(sorted(wanted | set(known)), key=wanted.__contains__):
        if is_wanted:
            codes = list(run)
            runs.append((codes[0], codes[-1]))
    return Scope(tuple(sorted(wanted)), tuple(runs))


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        """See `shared.store.Table`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""


class Counting:
    """Answers from the rows of `facts`, and keeps what was open in `balances`."""

    def __init__(self, facts: Rows, balances: Table) -> None:
        self._facts, self._balances = facts, balances

    async def forms(self, of: Scope, period: Period, view: View) -> dict[str, Form]:
        """Return the form of each unit that has anything to count; the period is over.

        Raises `Unknown`.
        """
        stocks = await self._stocks(of, period.month, view)
        changes: dict[str, Counter[Change]] = defaultdict(Counter)
        until = {"day": {"$lte": period.last.isoformat()}}
        found = _found(of, period.months, view, until)
        for row in await self._counted(found, _changes(period)):
            key = row["_id"]
            changes[key.pop("unit")][Change(**key)] += row["number"]
        return {
            unit: form(stocks.get(unit, {}), changes.get(unit, {}), period)
            for unit in sorted(stocks.keys() | changes.keys())
        }

    async def standing(self, unit: str, period: Period, view: View) -> dict[str, str]:
        """Return the applications that a unit's form counts at its end, each with its column.

        Raises `Unknown`.
        """
        of, until = Scope((unit,), ((unit, unit),)), {"day": {"$lte": period.last.isoformat()}}
        earliest = await self._facts.ranges([EVERYTHING], 1)
        wanted = months(earliest[0]["day"][:7], month_of(period.last)) if earliest else []
        stand: dict[str, tuple[str, str]] = {}
        for match in _found(of, wanted, view, until) if wanted else ():
            for row in await self._facts.aggregate([{"$match": match}, *_LAST]):
                stand[row["_id"]] = row["now"], row["now_day"]
        found = {application: column(*now, period) for application, now in stand.items()}
        return {application: name for application, name in found.items() if name}

    async def filed(self, unit: str, period: Period, view: View) -> dict[str, str]:
        """Return the applications that came to a unit in a period, each with its channel.

        Raises `Unknown`.
        """
        of, days = Scope((unit,), ((unit, unit),)), (period.first, period.last)
        between = dict(zip(("$gte", "$lte"), (day.isoformat() for day in days), strict=True))
        came = {"day": between, "was": {"$exists": False}, "channel": {"$exists": True}}
        found: dict[str, str] = {}
        for match in _found(of, period.months, view, came):
            for row in await self._facts.aggregate([{"$match": match}, *_CAME]):
                found[row["_id"]] = row["channel"]
        return found

    async def late(self, last: date) -> str:
        """Return a word for what was read late of the months up to this day's: another when there
        is more of it.  Raises `Unknown`.
        """
        return _seen(await self._marks(month_of(last)), month_of(last))

    async def _stocks(self, of: Scope, month: str, view: View) -> Stocks:
        """Return what was open in each unit when this month began, by kind and day."""
        earliest = await self._facts.ranges([EVERYTHING], 1)
        past = months(earliest[0]["day"][:7], month)[:-1] if earliest else []
        if not past:
            return {}
        names = await self._names(of, past, view)
        kept = {row["_id"]: row for row in await self._balances.get(list(names.values()))}
        known = [m for m in past if names[m] in kept]
        stocks: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        if known:
            for unit, kind, day, number in _decode(kept[names[known[-1]]]["stock"]):
                stocks[unit][kind, day] = number
        missing = past[past.index(known[-1]) + 1 :] if known else past
        # all units of many months take longer than a question may: each month is kept
        pieces = [missing] if of.units else [[month] for month in missing]
        for piece in filter(None, pieces):
            for row in await self._counted(_found(of, piece, view), _OPENED):
                key = row["_id"]
                stocks[key["unit"]][key["kind"], key["day"]] += row["number"]
            await self._keep(of, piece[-1], view, names[piece[-1]], stocks)
        return stocks

    async def _counted(self, found: Sequence[Match], stages: Sequence[Match]) -> list[Row]:
        """Return what the database counts, range by range: of one it reads no more than that."""
        rows: list[Row] = []
        for match in found:
            rows += await self._facts.aggregate([{"$match": match}, *stages])
        return rows

    async def _names(self, of: Scope, past: Sequence[str], view: View) -> dict[str, str]:
        """Return what would be kept under, by month; with the marks of that month and before."""
        marks = await self._marks(past[-1])
        return {month: f"{_place(of, month, view)}{_seen(marks, month)}" for month in past}

    async def _marks(self, month: str) -> list[str]:
        """Return what says that something of these months was read late."""
        rows = await self._balances.ranges([(f"{LATE}/", f"{LATE}/{month}~")])
        return [row["_id"] for row in rows]

    async def _keep(self, of: Scope, month: str, view: View, name: str, stocks: Stocks) -> None:
        stock = [(u, *key, n) for u, found in stocks.items() for key, n in found.items() if n]
        before = await self._balances.ranges([prefix(_place(of, month, view))])
        await self._balances.insert_missing([{"_id": name, "stock": _encode(stock)}])
        await self._balances.delete([row["_id"] for row in before if row["_id"] != name])


def _seen(marks: Sequence[str], month: str) -> str:
    seen = "\n".join(mark for mark in marks if mark < f"{LATE}/{month}~")
    return blake2b(seen.encode(), digest_size=8).hexdigest()


def _place(of: Scope, month: str, view: View) -> str:
    return f"{KEPT}/{view}/{of.name}/{month}/"


def _found(
    of: Scope, wanted: Sequence[str], view: View, more: Match = MappingProxyType({})
) -> list[Match]:
    """Return what rows of these months, units and view are found by, each a range of ids."""
    narrowed = {"views": {"$in": [VIEWS[view], BOTH]}, **more}
    if of.units:
        bounds = [(f"{m}/{low}/", f"{m}/{high}0") for m in wanted for low, high in of.runs]
        narrowed["unit"] = {"$in": list(of.units)}
    else:
        bounds = [(f"{wanted[0]}/", f"{wanted[-1]}0")]
    return [{"_id": {"$gte": low, "$lt": high}, **narrowed} for low, high in bounds]


def _changes(period: Period) -> list[Match]:
    """Count the changes of a period, and those of its month before it, by unit and `Change`."""
    first, last = period.first.isoformat(), period.last.isoformat()
    by = {
        "unit": "$unit",
        "is_before": {"$lt": ["$day", first]},
        "channel": {"$ifNull": ["$channel", ""]},
    }
    for side in ("was", "now"):
        kind, day = {"$ifNull": [f"${side}", ""]}, {"$ifNull": [f"${side}_day", ""]}
        is_due, is_ended_since = {"$lte": [day, last]}, {"$gte": [day, first]}
        then = {"$cond": [{"$eq": [kind, IN_PROCESS]}, is_due, is_ended_since]}
        by |= {side: kind, f"{side}_then": then}
    return [{"$group": {"_id": by, "number": {"$sum": 1}}}]


_APPLICATION = {"$arrayElemAt": [{"$split": ["$_id", "/"]}, 3]}
# as what each application counts last; ids of a unit and month are in the order of days
_LAST: list[Match] = [
    {"$sort": {"_id": 1}},
    {
        "$group": {
            "_id": _APPLICATION,
            "now": {"$last": {"$ifNull": ["$now", ""]}},
            "now_day": {"$last": {"$ifNull": ["$now_day", ""]}},
        }
    },
]
_CAME: list[Match] = [{"$project": {"_id": _APPLICATION, "channel": 1}}]
# what opened less what did so no more, by unit, kind and day
_SIDES = [
    {"kind": f"${side}", "day": {"$ifNull": [f"${side}_day", ""]}, "number": number}
    for side, number in (("was", -1), ("now", 1))
]
_OPENED: list[Match] = [
    {"$project": {"unit": 1, "side": _SIDES}},
    {"$unwind": "$side"},
    {"$match": {"side.kind": {"$in": list(OPEN)}}},
    {
        "$group": {
            "_id": {"unit": "$unit", "kind": "$side.kind", "day": "$side.day"},
            "number": {"$sum": "$side.number"},
        }
    },
    {"$match": {"number": {"$ne": 0}}},
]
