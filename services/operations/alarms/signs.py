"""Signs of life: which units did something with any application, asked of the rows of `facts`."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from services.operations.board import Rows

ASKED_AT_ONCE = 10  # half of the database's connections


class Signs:
    """Looks for them.  What a unit did is never taken back: who is known to live is not asked of
    again until that was too long ago.
    """

    def __init__(self, facts: Rows) -> None:
        self._facts = facts
        self._known: dict[str, str] = {}  # the day of a unit's last sign, in words

    async def alive(self, units: Collection[str], since: date, today: date) -> set[str]:
        """Return which of these units changed what was there before, on one of these days.  Raises
        `Unknown`.
        """
        self._known = {u: day for u in units if (day := self._known.get(u, "")) >= f"{since}"}
        unsure = [unit for unit in units if unit not in self._known]
        for at in range(0, len(unsure), ASKED_AT_ONCE):
            some = unsure[at : at + ASKED_AT_ONCE]
            days = await asyncio.gather(*(self._last(unit, since, today) for unit in some))
            self._known |= {unit: day for unit, day in zip(some, days, strict=True) if day}
        return set(self._known)

    async def _last(self, unit: str, since: date, today: date) -> str:
        """Return on which of these days a unit did something last; empty: on none."""
        month = today
        while f"{month:%Y-%m}" >= f"{since:%Y-%m}":
            for row in await self._facts.aggregate(_changes(unit, month, since)):
                return str(row["day"])
            month = date.fromordinal(month.replace(day=1).toordinal() - 1)
        return ""


def _changes(unit: str, month: date, since: date) -> Sequence[Mapping[str, Any]]:
    """Return how to find the last change of a month, not before a day; where an application only
    came, there was nothing before.
    """
    own = f"{month:%Y-%m}/{unit}"
    first = f"{since:%d}" if f"{month:%Y-%m}" == f"{since:%Y-%m}" else ""
    rows = {"_id": {"$gte": f"{own}/{first}", "$lt": f"{own}0"}, "was": {"$exists": True}}
    return [{"$match": rows}, {"$sort": {"_id": -1}}, {"$limit": 1}, {"$project": {"day": 1}}]
