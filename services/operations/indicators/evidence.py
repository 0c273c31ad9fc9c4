"""Which applications an indicator counts: the lists behind a numerator and a denominator."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from services.operations.domain.causes import KINDS, over_ms
from services.operations.domain.facts import CHANNELS, VIEWS, View
from services.operations.domain.indicators import counted_as, of_board
from services.operations.indicators.snapshots import OF_FORM, Situations, Snapshot, Snapshots
from services.operations.statistics import Counting
from services.operations.statistics import Page as Columns
from shared.clock import Clock

_Either = list[Mapping[str, Any]]


class Item(msgspec.Struct, frozen=True):
    """An application, and as what it is counted at a unit; `key` tells it from the others there, as
    one may wait for two things.
    """

    unit: str
    application: str
    counted_as: str
    key: str


class Page(NamedTuple):
    """Some of a list; `after`: where it goes on, empty at its end."""

    items: list[Item]
    after: str


class Evidence:
    """Lists, unit by unit: that of a province, or of all, is those of its units together."""

    def __init__(
        self, counting: Counting, situations: Situations, snapshots: Snapshots, clock: Clock
    ) -> None:
        self._counting, self._situations = counting, situations
        self._snapshots, self._clock = snapshots, clock

    async def page(
        self, snapshot: Snapshot, units: Iterable[str], names: Sequence[str], after: str, limit: int
    ) -> Page:
        """Return a page of what is counted under these names, of one source, at these units.

        Of the form it is what was counted; what waits is looked at now.  Raises `Unknown`.
        """
        begin_unit, _, begin = after.partition("/")
        counted = [
            unit
            for unit in sorted(units)
            if unit >= begin_unit
            and any(snapshot.counts.get(unit, {}).get(name, 0) for name in names)
        ]
        if not counted:
            return Page([], "")
        if not names[0].startswith(OF_FORM):
            return _page(await self._waiting(counted, names, begin_unit, begin, limit), limit)
        items: list[Item] = []
        for unit in counted:
            after_it = begin if unit == begin_unit else ""
            room = limit + 1 - len(items)
            items += await self._of_unit(snapshot, unit, names, after_it, room)
            if len(items) > limit:
                break
        return _page(items, limit)

    async def _of_unit(
        self, snapshot: Snapshot, unit: str, names: Sequence[str], after: str, limit: int
    ) -> list[Item]:
        """Return the first that the form counts of a unit after a key, by key."""
        found: dict[str, Item] = {}
        for view in VIEWS:
            columns = {name.partition("/")[2] for name in names if name.startswith(f"{view}/")}
            page = Columns(frozenset(columns), after, limit)
            for application, column in (await self._columns(snapshot, unit, view, page)).items():
                found[application] = Item(unit, application, f"{view}/{column}", application)
        return sorted(found.values(), key=_key)[:limit]

    async def _columns(
        self, snapshot: Snapshot, unit: str, view: View, page: Columns
    ) -> dict[str, str]:
        """Return what each application counts as, of what came in or of how it stands."""
        period = self._snapshots.period(snapshot.day)
        if not page.columns:
            return {}
        if page.columns <= frozenset(CHANNELS):
            return await self._counting.filed(unit, period, view, page)
        return await self._counting.standing(unit, period, view, page)

    async def _waiting(
        self, units: Sequence[str], names: Sequence[str], begin_unit: str, begin: str, limit: int
    ) -> list[Item]:
        """Return what waits at these units, from a place on, and one more than fits on a page: of
        all units together, as no index has them.
        """
        now_ms = int(self._clock().timestamp() * 1_000)
        later: _Either = [
            {"unit": {"$gt": begin_unit}},
            {"unit": begin_unit, "_id": {"$gt": begin}},
        ]
        match = {"$and": [{"$or": _kinds(names, now_ms)}, {"$or": later}], "unit": {"$in": units}}
        stages: _Either = [
            {"$match": match},
            {"$sort": {"unit": 1, "_id": 1}},
            {"$limit": limit + 1},
            {"$project": {"unit": 1, "application": 1, "cause": 1, "stuck_ms": 1}},
        ]
        rows = await self._situations.aggregate(stages)
        return [
            Item(
                row["unit"],
                row["application"],
                counted_as(row["cause"], row["stuck_ms"], now_ms),
                row["_id"],
            )
            for row in rows
        ]


def _kinds(names: Sequence[str], now_ms: int) -> _Either:
    """Return what matters are that are counted so, as their index has them."""
    found: _Either = []
    for stage, cause in KINDS:
        stuck, waits = (name in names for name in of_board(cause))
        if stuck or waits:
            until = {} if waits else {"$lte": now_ms}
            since_ms = over_ms(cause, now_ms) if stuck else now_ms
            found.append({"stage": stage, "cause": cause, "stuck_ms": {"$gt": since_ms, **until}})
    return found


def _page(items: list[Item], limit: int) -> Page:
    """Return the first of these, and where the others begin, if there are more."""
    if len(items) <= limit:
        return Page(items, "")
    last = items[limit - 1]
    return Page(items[:limit], f"{last.unit}/{last.key}")


def _key(item: Item) -> str:
    return item.key
