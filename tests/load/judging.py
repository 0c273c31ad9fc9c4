"""Indicators of the country over the applications of `make bench-statistics`: counted, and told."""

import random
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from services.operations.domain import thresholds
from services.operations.domain.causes import CAUSES
from services.operations.form_lines import NATION
from services.operations.indicators.evidence import Evidence
from services.operations.indicators.scoring import Scoring
from services.operations.indicators.snapshots import Snapshots
from services.operations.indicators_api import IndicatorDesk
from services.operations.journeys import Journeys
from services.operations.settings import OperationsSettings
from services.operations.statistics import Counting
from shared.catalogue import Catalogue
from shared.mongo import MongoTable
from shared.store import Row

DAY = date(2026, 6, 20)
NOW = datetime.combine(DAY + timedelta(days=1), clock_time(2), UTC)
WAITING = 0.04  # matters for each application, a tenth of them stuck
TOLD = 20


async def ask(
    database: Any, counting: Counting, catalogue: Catalogue, units: Sequence[str], count: int
) -> dict[str, Any]:
    """Return what it takes to count the day, and to tell the country and a province, in ms."""
    situations = MongoTable(database["situations"])
    await situations.insert_missing(_matters(units, int(count * WAITING)))
    rules = thresholds.read(OperationsSettings().thresholds.read_bytes())
    kept = MongoTable(database["indicators"])
    snapshots = Snapshots(counting, situations, kept, rules, lambda: NOW)
    evidence = Evidence(counting, situations, snapshots, lambda: NOW)
    journeys = Journeys(*(MongoTable(database[name]) for name in ("journeys", "names", "aside")))
    scoring = Scoring(counting, journeys, MongoTable(database["scores"]), lambda: NOW)
    desk = IndicatorDesk(snapshots, evidence, scoring, catalogue)
    began_s = time.perf_counter()
    await snapshots.turn()
    found: dict[str, Any] = {"counted": [1_000 * (time.perf_counter() - began_s)]}
    for unit in (NATION, "79"):
        found[unit] = []
        for _ in range(TOLD):
            began_s = time.perf_counter()
            await desk.told(unit, None)
            found[unit].append(1_000 * (time.perf_counter() - began_s))
    began_s = time.perf_counter()
    await desk.told(NATION, DAY - timedelta(days=40))
    return found | {"a day nobody counted": [1_000 * (time.perf_counter() - began_s)]}


def _matters(units: Sequence[str], number: int) -> list[Row]:
    chance, at_ms = random.Random(3), int(NOW.timestamp() * 1_000)
    causes = sorted(CAUSES)
    return [
        {
            "_id": f"{n:08}",
            "unit": chance.choice(units),
            "cause": chance.choice(causes),
            "stuck_ms": at_ms + (-1 if n % 10 == 0 else 1) * 3_600_000,
        }
        for n in range(number)
    ]
