"""What the database counts for forms and indicators, over rows in memory; it passes the real one's
tests.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.operations.domain import thresholds
from services.operations.domain.facts import OPEN
from services.operations.domain.statistics import Period, then
from services.operations.indicators.evidence import Evidence
from services.operations.indicators.readiness import Readiness
from services.operations.indicators.scoring import Scoring
from services.operations.indicators.snapshots import Snapshots
from services.operations.indicators_api import IndicatorDesk
from services.operations.readiness_api import ReadinessDesk
from services.operations.settings import OperationsSettings
from services.operations.statistics import Counting
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.store import Bounds, Row
from tests.services.operations.memory import MemoryTable, Store


class FactRows:
    """Answers the questions of `Counting`."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        """See `shared.store.Table`."""
        return await self._table.ranges(bounds, limit)

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Count the changes of a period, or what was open when it began."""
        match = stages[0]["$match"]
        rows = [row for row in self._table.rows.values() if _fits(row, match)]
        if "$group" not in stages[1]:
            return _told(_opened(rows))
        group = stages[1]["$group"]["_id"]
        first, last = group["is_before"]["$lt"][1], match["day"]["$lte"]
        return _told(_changes(rows, Period(date.fromisoformat(first), date.fromisoformat(last))))

    async def aggregate_any(
        self, matches: Sequence[Mapping[str, Any]], stages: Sequence[Mapping[str, Any]]
    ) -> list[Row]:
        """Say which came, or what each counts as last; a page of them."""
        rows = [r for r in self._table.rows.values() if any(_fits(r, match) for match in matches)]
        if "$project" in stages[0]:
            found = [{"_id": _application(row), "channel": row["channel"]} for row in rows]
        else:
            found = _last(rows)
        return _page(found, stages[1:])


class SituationRows:
    """Answers what snapshots ask of what waits."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Count matters by unit, cause, and whether they are stuck by then; or return a page of
        some units and causes.
        """
        if "$match" in stages[0]:
            return _page([*self._table.rows.values()], stages)
        now_ms = stages[2]["$group"]["_id"]["is_stuck"]["$lte"][1]
        over = stages[1]["$match"]["$nor"]
        return _told(
            _key(unit=row["unit"], cause=row["cause"], is_stuck=row["stuck_ms"] <= now_ms)
            for row in self._table.rows.values()
            if not any(_fits(row, one) for one in over)
        )


def indicator_desk(store: Store, catalogue: Catalogue, clock: Clock) -> IndicatorDesk:
    """Return the desk over tables in memory, with the rules as shipped."""
    tables = store.tables
    counting, waiting = (
        Counting(FactRows(tables["facts"]), tables["balances"]),
        SituationRows(tables["situations"]),
    )
    rules = thresholds.read(OperationsSettings().thresholds.read_bytes())
    snapshots = Snapshots(counting, waiting, tables["indicators"], rules, clock)
    evidence = Evidence(counting, waiting, snapshots, clock)
    scoring = Scoring(counting, store.journeys, tables["scores"], clock)
    return IndicatorDesk(snapshots, evidence, scoring, catalogue)


def readiness_desk(store: Store, catalogue: Catalogue, clock: Clock) -> ReadinessDesk:
    """Return the desk over tables in memory."""
    tables = store.tables
    counting = Counting(FactRows(tables["facts"]), tables["balances"])
    readiness = Readiness(counting, store.journeys, tables["readiness"])
    return ReadinessDesk(readiness, catalogue, clock)


def _key(**values: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(values.items())


def _told(keys: Iterable[tuple[tuple[str, Any], ...]] | Counter[Any]) -> list[Row]:
    found = keys if isinstance(keys, Counter) else Counter(keys)
    return [{"_id": dict(key), "number": number} for key, number in found.items() if number]


def _opened(rows: Iterable[Row]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for row in rows:
        for side, number in (("was", -1), ("now", 1)):
            if (kind := row.get(side, "")) and kind in OPEN:
                day = row.get(f"{side}_day", "")
                found[_key(unit=row["unit"], kind=kind, day=day)] += number
    return found


def _last(rows: Iterable[Row]) -> list[Row]:
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: str(row["_id"])):
        told = {name: row.get(name, "") for name in ("now", "now_day")}
        found[_application(row)] = {"_id": _application(row), "last": told}
    return list(found.values())


def _application(row: Row) -> str:
    return str(row["_id"]).split("/")[3]


def _changes(rows: Iterable[Row], period: Period) -> Iterable[tuple[tuple[str, Any], ...]]:
    for row in rows:
        sides = {
            name: value
            for side in ("was", "now")
            for name, value in (
                (side, row.get(side, "")),
                (f"{side}_then", then(row.get(side, ""), row.get(f"{side}_day", ""), period)),
            )
        }
        is_before, channel = row["day"] < period.first.isoformat(), row.get("channel", "")
        yield _key(unit=row["unit"], is_before=is_before, channel=channel, **sides)


def _page(rows: Iterable[Row], stages: Sequence[Mapping[str, Any]]) -> list[Row]:
    match, order, cut, *_ = (next(iter(stage.values())) for stage in stages)
    found = [row for row in rows if _fits(row, match)]
    found.sort(key=lambda row: tuple(str(row[field]) for field in order))
    return (found if order["_id"] > 0 else found[::-1])[:cut]


def _value(row: Row, field: str) -> Any:
    for name in field.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return row


def _fits(row: Row, match: Mapping[str, Any]) -> bool:
    if not all(_fits(row, each) for each in match.get("$and", ())):
        return False
    if "$or" in match and not any(_fits(row, each) for each in match["$or"]):
        return False
    tests: Mapping[str, Callable[[Any, Any], bool]] = {
        "$gte": lambda value, edge: value >= edge,
        "$gt": lambda value, edge: value > edge,
        "$lt": lambda value, edge: value < edge,
        "$lte": lambda value, edge: value <= edge,
        "$in": lambda value, edge: value in edge,
        "$exists": lambda value, edge: (value is not None) == edge,
    }
    return all(
        tests[name](_value(row, field), edge)
        for field, asked in match.items()
        if field not in ("$and", "$or")
        for name, edge in (asked.items() if isinstance(asked, dict) else [("$in", [asked])])
    )
