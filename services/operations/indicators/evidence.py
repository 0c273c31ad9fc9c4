"""Which applications an indicator counts: the lists behind a numerator and a denominator."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from services.operations.domain.facts import CHANNELS, VIEWS, View
from services.operations.domain.indicators import counted_as
from services.operations.indicators.snapshots import OF_FORM, Situations, Snapshot, Snapshots
from services.operations.statistics import Counting
from shared.clock import Clock


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
        """Return a page of what is counted under these names at these units.

        Of the form it is what was counted; what waits is looked at now.  Raises `Unknown`.
        """
        begin_unit, _, begin = after.partition("/")
        items: list[Item] = []
        for unit in sorted(units):
            is_any = any(snapshot.counts.get(unit, {}).get(name, 0) for name in names)
            if not is_any or unit < begin_unit:
                continue
            found = await self._of_unit(snapshot, unit, names)
            items += [item for item in found if unit > begin_unit or item.key > begin]
            if len(items) > limit:
                last = items[limit - 1]
                return Page(items[:limit], f"{last.unit}/{last.key}")
        return Page(items, "")

    async def _of_unit(self, snapshot: Snapshot, unit: str, names: Sequence[str]) -> list[Item]:
        """Return all of a unit, by key."""
        found: dict[str, Item] = {}
        for view in VIEWS:
            wanted = {name.partition("/")[2] for name in names if name.startswith(f"{view}/")}
            for application, column in (await self._columns(snapshot, unit, view, wanted)).items():
                if column in wanted:
                    found[application] = Item(unit, application, f"{view}/{column}", application)
        causes = [name.partition("/")[0] for name in names if not name.startswith(OF_FORM)]
        for item in await self._waiting(unit, causes) if causes else ():
            if item.counted_as in names:
                found[item.key] = item
        return sorted(found.values(), key=_key)

    async def _columns(
        self, snapshot: Snapshot, unit: str, view: View, wanted: AbstractSet[str]
    ) -> dict[str, str]:
        """Return what each application counts as, of what came in or of how it stands."""
        period = self._snapshots.period(snapshot.day)
        if not wanted:
            return {}
        if wanted <= set(CHANNELS):
            return await self._counting.filed(unit, period, view)
        return await self._counting.standing(unit, period, view)

    async def _waiting(self, unit: str, causes: Sequence[str]) -> list[Item]:
        now_ms = int(self._clock().timestamp() * 1_000)
        match = {"unit": unit, "cause": {"$in": sorted(set(causes))}}
        rows = await self._situations.aggregate([{"$match": match}])
        return [
            Item(
                unit,
                row["application"],
                counted_as(row["cause"], row["stuck_ms"], now_ms),
                row["_id"],
            )
            for row in rows
        ]


def _key(item: Item) -> str:
    return item.key
