"""What is looked at of a service centre, and what operators said of it: rows, never changed.

`_id` of a row is `<unit>/<point>/<at>/<hash>`; the last one of a point counts.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import blake2b

import msgspec

from services.operations.domain.occurrences import judge
from services.operations.domain.readiness import BY_HAND, Catalogued, Finding, Tick, checked, seen
from services.operations.domain.service_index import added, tallied
from services.operations.domain.statistics import Period
from services.operations.indicators.scoring import fully_online
from services.operations.journeys import Journeys
from services.operations.statistics import Counting
from shared.catalogue import Catalogue, in_force
from shared.store import Row, Table, prefix

OPENED_LIMIT = 200  # dossiers, the latest
WINDOW = timedelta(days=29)


class Readiness:
    """Checks a unit, and keeps what operators say."""

    def __init__(self, counting: Counting, journeys: Journeys, ticks: Table) -> None:
        self._counting, self._journeys, self._ticks = counting, journeys, ticks

    async def of(self, unit: str, catalogue: Catalogue, today: date) -> list[Finding]:
        """Return every point of a unit, as of today.  Raises `Unknown`."""
        period = Period(today - WINDOW, today)
        latest = await self._counting.latest(unit, period, "competent", OPENED_LIMIT)
        standing = await self._journeys.standing(latest)
        dossiers = [judge(entries, ()).first for entries in standing.values()]
        tally = added(tallied(entries, fully_online(catalogue)) for entries in dossiers)
        return checked(
            _catalogued(unit, catalogue, today),
            seen(dossiers),
            (len(tally.paid), len(tally.charged)),
            await self.ticks(unit),
            today,
        )

    async def ticks(self, unit: str) -> Mapping[str, Tick]:
        """Return what was said last of each point.  Raises `Unknown`."""
        found = await asyncio.gather(
            *(self._ticks.last(prefix(f"{unit}/{p}/"), 1) for p in BY_HAND)
        )
        rows = [row for rows in found for row in rows]
        return {r["_id"].split("/")[1]: msgspec.json.decode(r["tick"], type=Tick) for r in rows}

    async def tick(self, unit: str, point: str, tick: Tick) -> None:
        """Keep what an operator says; the same again, by the same, changes nothing.

        Raises `Unknown`.
        """
        stands = (await self.ticks(unit)).get(point)
        if stands and (stands.by, stands.is_met, stands.note) == (tick.by, tick.is_met, tick.note):
            return
        text = msgspec.json.encode(tick).decode()
        mark = blake2b(text.encode(), digest_size=4).hexdigest()
        row: Row = {"_id": f"{unit}/{point}/{tick.at_ms:015d}/{mark}", "tick": text}
        await self._ticks.insert_missing([row])


def _catalogued(code: str, catalogue: Catalogue, today: date) -> Catalogued:
    unit = catalogue.unit(code, today)
    if unit is None:
        return Catalogued(catalogue.version, None, "", 0)
    level = "province" if unit.is_province else "commune"
    has_identifier = in_force(catalogue.org_codes.get(unit.province, ()), today)
    return Catalogued(
        catalogue.version,
        unit.valid_from,
        catalogue.dossier_prefix(unit, today) if has_identifier else "",
        sum(p.competent_level == level for p in catalogue.procedures_in_force(today)),
    )
