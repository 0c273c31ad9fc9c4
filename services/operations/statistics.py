"""Statistics of any units and period: counted by the database, from the rows of `facts`.

What was open at the end of a month is worked out when it is first asked for, and kept: a month that
is over changes only by what is read late, which leaves a mark.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from hashlib import blake2b
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import msgspec

from services.operations.domain.facts import BOTH, IN_PROCESS, OPEN, VIEWS, View
from services.operations.domain.statistics import (
    ENDS,
    Change,
    Form,
    Period,
    column,
    form,
    likes_of,
    month_of,
    months,
)
from services.operations.facts import LATE
from shared.store import Bounds, Row, Table, prefix

YEAR = timedelta(days=334)  # from the first of a month back to that of the eleventh before it
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


class Page(NamedTuple):
    """Of a list of applications in some columns, or by some channels: so many after one of them."""

    columns: frozenset[str]
    after: str
    limit: int


class Rows(Protocol):
    """`shared.mongo.MongoTable`."""

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        """See `shared.store.Table`."""

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return what the database makes of the rows.  Raises `Unknown`."""

    async def aggregate_any(
        self, matches: Sequence[Mapping[str, Any]], stages: Sequence[Mapping[str, Any]]
    ) -> list[Row]:
        """Return what the database makes of those that fit any of these.  Raises `Unknown`."""


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

    async def standing(self, unit: str, period: Period, view: View, page: Page) -> dict[str, str]:
        """Return applications that a unit's form counts at its end, each with its column, in their
        order: a page of those in its columns.  Raises `Unknown`.
        """
        # what has ended in a period did so in its months; what is open may be so for years
        is_ended = page.columns <= frozenset(ENDS.values())
        first = period.month if is_ended else await self._earliest(period)
        wanted = {"_id": {"$gt": page.after}, "$or": _stands(page.columns, period)}
        cut: list[Match] = [{"$match": wanted}, {"$sort": {"_id": 1}}, {"$limit": page.limit}]
        return await self._last(unit, period, view, months(first, month_of(period.last)), cut)

    async def latest(self, unit: str, period: Period, view: View, limit: int) -> list[str]:
        """Return the last applications, by id, that a unit's form counts at its end, of those that
        changed in the year before it: so many at most.  Raises `Unknown`.
        """
        year = months(month_of(period.last.replace(day=1) - YEAR), month_of(period.last))
        wanted = {"$or": _stands(likes_of(period).keys(), period)}
        cut: list[Match] = [{"$match": wanted}, {"$sort": {"_id": -1}}, {"$limit": limit}]
        return [*(await self._last(unit, period, view, year, cut))]

    async def _last(
        self, unit: str, period: Period, view: View, wanted: Sequence[str], cut: Sequence[Match]
    ) -> dict[str, str]:
        """Return what applications count as at the end of a period, by their last row in months."""
        of, until = Scope((unit,), ((unit, unit),)), {"day": {"$lte": period.last.isoformat()}}
        found = _found(of, wanted, view, until)
        rows = await self._facts.aggregate_any(found, [_LAST, *cut]) if found else []
        return {
            row["_id"]: column(row["last"]["now"], row["last"]["now_day"], period) for row in rows
        }

    async def filed(self, unit: str, period: Period, view: View, page: Page) -> dict[str, str]:
        """Return applications that came to a unit in a period, each with its channel, in their
        order: a page of those by its channels.  Raises `Unknown`.
        """
        of, days = Scope((unit,), ((unit, unit),)), (period.first, period.last)
        between = dict(zip(("$gte", "$lte"), (day.isoformat() for day in days), strict=True))
        channels = {"$in": sorted(page.columns)}
        came = {"day": between, "was": {"$exists": False}, "channel": channels}
        after = {"$match": {"_id": {"$gt": page.after}}}
        stages = [_CAME, after, {"$sort": {"_id": 1}}, {"$limit": page.limit}]
        rows = await self._facts.aggregate_any(_found(of, period.months, view, came), stages)
        return {row["_id"]: row["channel"] for row in rows}

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

    async def _earliest(self, period: Period) -> str:
        """Return the first month of which anything is known; that of the period, if none is."""
        rows = await self._facts.ranges([EVERYTHING], 1)
        return str(rows[0]["day"][:7]) if rows else period.month

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


def _stands(columns: AbstractSet[str], period: Period) -> list[Match]:
    """Return what the last row of an application in one of these columns is like."""
    likes = {name: like for name, like in likes_of(period).items() if name in columns}
    return [{"last.now": kind, "last.now_day": day} for kind, day in likes.values()]


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
# as what each application counts last; ids of a unit are in the order of months and days
_LAST: Match = {
    "$group": {
        "_id": _APPLICATION,
        "last": {
            "$max": {
                "id": "$_id",
                "now": {"$ifNull": ["$now", ""]},
                "now_day": {"$ifNull": ["$now_day", ""]},
            }
        },
    }
}
_CAME: Match = {"$project": {"_id": _APPLICATION, "channel": 1}}
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
