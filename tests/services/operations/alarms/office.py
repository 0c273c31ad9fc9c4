"""Sightings on a real database: what waits and what moved is what a test says."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.operations.alarms.rows import Past
from services.operations.alarms.sightings import Seen, Sightings, Sources
from services.operations.domain.alarms import Sight
from services.operations.domain.causes import CAUSES
from services.operations.domain.expiry import Expiring
from services.operations.domain.situations import NEVER_MS
from services.operations.turns import Faults
from shared.bus import Reached
from shared.catalogue import Catalogue
from shared.errors import Unknown
from shared.mongo import MongoTable
from shared.store import Row

NOW = datetime.fromisoformat("2026-06-10T10:00:00+07:00")  # a Wednesday
HOUR = timedelta(hours=1)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


class Sound:
    """A log in which nothing is wrong."""

    async def look(self, now: datetime) -> list[Sight]:
        return []


class Asked:
    """A table that remembers what it was asked, and may be out of order."""

    def __init__(self, table: MongoTable) -> None:
        self.asked, self._table = list[Sequence[Mapping[str, Any]]](), table
        self.is_down = False

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        self.asked.append(stages)
        if self.is_down:
            raise Unknown("planted")
        return await self._table.aggregate(stages)


class Office:
    """Sightings on a database of their own."""

    def __init__(self, database: Any, catalogue: Catalogue) -> None:
        self.situations, self.facts = (MongoTable(database[n]) for n in ("situations", "facts"))
        self.asked = Asked(self.situations)
        self.lags: Mapping[str, tuple[Reached, Reached]] = {}
        self.has_kafka = True
        self.faults = Faults(MongoTable(database["loops"]), lambda: NOW)
        self.sightings = Sightings(
            Sources(
                situations=self.asked,
                facts=self.facts,
                lags=self,
                checking=Sound(),
                faults=self.faults,
                expiring=[Expiring("vnpay", "outgoing", NOW + timedelta(days=9, hours=1))],
                catalogue=catalogue,
            )
        )
        self._count = 0

    async def look(self) -> Mapping[str, tuple[Reached, Reached]]:
        """As Kafka: how far groups are."""
        if not self.has_kafka:
            raise Unknown("planted")
        return self.lags

    async def waits(
        self,
        cause: str,
        count: int = 1,
        *,
        since: datetime = NOW - HOUR,
        stuck: datetime | None = NOW - HOUR,
        unit: str = "26737",
        partner: str = "",
        stage: str = "",
    ) -> None:
        """Let so many applications wait; at the stage of the cause, where none is named."""
        stage = stage or CAUSES[cause].stage
        rows = []
        for _ in range(count):
            self._count += 1
            row: Row = {
                "_id": f"{self._count:036}/{stage}/{cause}/",
                "stage": stage,
                "cause": cause,
                "application": f"{self._count:036}",
                "since_ms": ms(since),
                "stuck_ms": ms(stuck) if stuck else NEVER_MS,
                "unit": unit,
                "partner": partner,
                "vnd": 0,
            }
            rows.append(row)
        await self.situations.insert(rows)

    async def moved(self, unit: str, day: str, was: str = "p", count: int = 1) -> None:
        """So many applications that counted there count otherwise since this day."""
        rows = []
        for _ in range(count):
            self._count += 1
            id_ = f"{day[:7]}/{unit}/{day[8:]}/{self._count:036}/000002b"
            row: Row = {"_id": id_, "unit": unit, "day": day, "views": "b", "now": "p"}
            rows.append(row | ({"was": was} if was else {}))
        await self.facts.insert(rows)

    async def seen(self, *before: Past) -> Seen:
        return await self.sightings.look(NOW, before)

    async def found(self, rule: str, *before: Past) -> dict[str, int]:
        return {s.about: s.value for s in (await self.seen(*before)).sights if s.rule == rule}
