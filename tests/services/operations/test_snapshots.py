"""Counts of all units as of a day: what the rows say, kept, and counted anew when they are old."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from services.operations.domain import thresholds
from services.operations.domain.facts import CHANNELS, VIEWS
from services.operations.domain.indicators import COUNTED
from services.operations.domain.statistics import ENDS, SUMS, Period
from services.operations.facts import LATE, rows_of
from services.operations.indicators.snapshots import ASKED_KEPT, DAYS_KEPT, EVERY_S, Snapshots
from services.operations.settings import OperationsSettings
from services.operations.statistics import Counting, Page
from shared.mongo import MongoTable, connect
from tests.services.operations.lives import FIRST, UNITS
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.memory_counting import FactRows, SituationRows

DAY = FIRST + timedelta(days=45)
NEXT = datetime.combine(DAY + timedelta(days=1), datetime.min.time(), UTC)  # 07:00 in Viet Nam
STANDING = (*ENDS.values(), *SUMS["in_process"], *SUMS["suspended"])
RULES = thresholds.read(OperationsSettings().thresholds.read_bytes())


@dataclass
class Kept:
    """Snapshots over tables, and what was asked of them."""

    facts: Any
    balances: Any
    situations: Any
    table: Any
    now: datetime = NEXT
    asked: list[Any] = field(default_factory=list)

    async def ranges(self, bounds: Any, limit: int = 0) -> Any:
        return await self.facts.ranges(bounds, limit)

    async def aggregate(self, stages: Any) -> Any:
        self.asked.append(stages)
        return await self.facts.aggregate(stages)

    async def aggregate_any(self, matches: Any, stages: Any) -> Any:
        return await self.facts.aggregate_any(matches, stages)

    def __post_init__(self) -> None:
        counting = Counting(self, self.balances)
        self.snapshots = Snapshots(counting, self.situations, self.table, RULES, lambda: self.now)


def in_memory(rows: Any, waiting: Any) -> Kept:
    tables = [MemoryTable(Trouble()) for _ in range(4)]
    tables[0].rows = {row["_id"]: row for row in rows}
    tables[2].rows = {row["_id"]: row for row in waiting}
    return Kept(FactRows(tables[0]), tables[1], SituationRows(tables[2]), tables[3])


def waits(n: int, unit: str, cause: str, *, is_stuck: bool) -> dict[str, Any]:
    at_ms = int(NEXT.timestamp() * 1_000) + (-1 if is_stuck else 1)
    return {"_id": f"a{n}/s/{cause}/", "unit": unit, "cause": cause, "stuck_ms": at_ms}


WAITING = [
    waits(1, "00004", "held", is_stuck=True),
    waits(2, "00004", "held", is_stuck=True),
    waits(3, "00004", "awaiting_acceptance", is_stuck=False),
    waits(4, "00008", "awaiting_acceptance", is_stuck=True),
    waits(5, "", "unanswered", is_stuck=True),
]


@pytest.fixture(scope="module")
def rows(lived: Any) -> list[dict[str, Any]]:
    found = lived.entries_of(lived.lives(1, 150)[1])
    return [row for a, entries in found.items() for row in rows_of(a, entries).values()]


@pytest.fixture
def kept(rows: Any) -> Kept:
    return in_memory(rows, WAITING)


@pytest.fixture
async def on_mongo(mongo_url: str, rows: Any) -> AsyncIterator[Kept]:
    database = connect(mongo_url, f"test_snapshots_{uuid4().hex[:8]}")
    names = ("facts", "balances", "situations", "indicators")
    facts, balances, situations, table = (MongoTable(database[name]) for name in names)
    await facts.clustered()
    await facts.insert(rows)
    await situations.insert(WAITING)
    yield Kept(facts, balances, situations, table)
    await database.client.drop_database(database.name)
    database.client.close()


def as_rows_say(lived: Any, rows: Any, period: Period) -> dict[str, dict[str, int]]:
    """What the pure function says of each unit, and what waits."""
    found: dict[str, dict[str, int]] = {unit: {} for unit in (*UNITS, "")}
    for unit in UNITS:
        for view in VIEWS:
            form = msgspec.structs.asdict(lived.from_rows(rows, unit, period, view))
            found[unit] |= {f"{view}/{name}": n for name, n in form.items()}
    found["00004"] |= {"held/stuck": 2, "awaiting_acceptance/waits": 1}
    found["00008"] |= {"awaiting_acceptance/stuck": 1}
    found[""] |= {"unanswered/stuck": 1}
    return {
        unit: {name: counts[name] for name in COUNTED if counts.get(name)}
        for unit, counts in found.items()
    }


def some(counts: Any) -> dict[str, dict[str, int]]:
    return {unit: {k: n for k, n in of.items() if n} for unit, of in counts.items()}


async def test_every_unit_is_counted_over_the_days_of_the_rule(
    kept: Kept, lived: Any, rows: Any
) -> None:
    found = await kept.snapshots.of(DAY)
    period = Period(DAY - timedelta(days=29), DAY)
    assert kept.snapshots.period(DAY) == period
    assert some(found.counts) == as_rows_say(lived, rows, period)


async def test_the_database_counts_the_same(on_mongo: Kept, lived: Any, rows: Any) -> None:
    for day in (DAY, DAY - timedelta(days=20)):
        on_mongo.now = NEXT - (DAY - day)
        found = await on_mongo.snapshots.of(day)
        wanted = as_rows_say(lived, rows, on_mongo.snapshots.period(day))
        got = some(found.counts)
        of_form = {u: {n: c for n, c in of.items() if n[0] in "rc"} for u, of in wanted.items()}
        if day != DAY:  # then all of that was not stuck yet
            got = {u: {n: c for n, c in of.items() if n[0] in "rc"} for u, of in got.items()}
            wanted = of_form
        assert got == wanted


async def listed(listing: Any, unit: str, period: Period, view: Any, columns: Any) -> list[Any]:
    """All of a list, a page of three at a time."""
    found: list[Any] = []
    while True:
        after = found[-1][0] if found else ""
        page = await listing(unit, period, view, Page(frozenset(columns), after, 3))
        assert len(page) <= 3
        found += page.items()
        if len(page) < 3:
            return found


async def lists_are_as_long_as_the_form_says(kept: Kept, lived: Any, rows: Any) -> None:
    counting = Counting(kept.facts, kept.balances)
    for period in (Period(DAY - timedelta(days=29), DAY), Period(FIRST, FIRST)):
        for unit in UNITS:
            for view in VIEWS:
                asked = unit, period, view
                form = lived.told(lived.from_rows(rows, *asked))
                stand = await listed(counting.standing, *asked, STANDING)
                filed = await listed(counting.filed, *asked, CHANNELS)
                assert Counter(c for _, c in stand) == {n: form[n] for n in STANDING if n in form}
                assert Counter(c for _, c in filed) == {n: form[n] for n in CHANNELS if n in form}
                for some in ([*ENDS.values()], SUMS["in_process"]):
                    part = await listed(counting.standing, *asked, some)
                    assert part == [one for one in stand if one[1] in some]
                latest = await counting.latest(*asked, 4)
                assert latest == [application for application, _ in stand][:-5:-1]


async def test_the_applications_of_a_column_are_as_many_as_it_counts(
    kept: Kept, lived: Any, rows: Any
) -> None:
    await lists_are_as_long_as_the_form_says(kept, lived, rows)


async def test_so_they_are_on_a_real_database(on_mongo: Kept, lived: Any, rows: Any) -> None:
    await lists_are_as_long_as_the_form_says(on_mongo, lived, rows)


async def test_what_is_counted_is_counted_once_and_kept(kept: Kept) -> None:
    first = await kept.snapshots.of(DAY)
    asked = len(kept.asked)
    assert await kept.snapshots.of(DAY) == first
    assert len(kept.asked) == asked > 0


async def test_yesterday_is_counted_anew_when_it_is_old_and_one_row_of_it_stays(
    kept: Kept,
) -> None:
    await kept.snapshots.turn()
    kept.now += timedelta(seconds=EVERY_S - 1)
    await kept.snapshots.turn()
    first = await kept.snapshots.of(DAY)
    kept.now += timedelta(seconds=1)
    await kept.snapshots.turn()
    second = await kept.snapshots.of(DAY)
    assert second.counted_ms - first.counted_ms == EVERY_S * 1_000
    assert len(kept.table.rows) == 1


async def test_of_a_day_long_over_nobody_knows_what_waited_unless_it_was_kept(kept: Kept) -> None:
    await kept.snapshots.turn()
    kept.now += timedelta(days=3)
    known, unknown = [await kept.snapshots.of(DAY + timedelta(days=n)) for n in (0, 1)]
    assert (known.board_ms, known.sources) == (int(NEXT.timestamp() * 1_000), ("form", "board"))
    assert (unknown.board_ms, unknown.sources) == (0, ("form",))
    assert known.counts["00004"]["held/stuck"] == 2


async def test_what_is_read_late_is_counted_and_what_waited_stays_known(kept: Kept) -> None:
    await kept.snapshots.turn()
    kept.now += timedelta(days=30)
    before = await kept.snapshots.of(DAY)
    await kept.balances.insert_missing([{"_id": f"{LATE}/{DAY.isoformat()[:7]}/x"}])
    after = await kept.snapshots.of(DAY)
    assert after.counted_ms > before.counted_ms
    assert (after.board_ms, after.counts) == (before.board_ms, before.counts)
    assert len(kept.table.rows) == 1


async def test_a_day_is_over_at_midnight_in_viet_nam(kept: Kept) -> None:
    for hours, day in ((-8, DAY - timedelta(days=1)), (-7, DAY)):
        kept.now = NEXT + timedelta(hours=hours)
        assert kept.snapshots.latest == day


def test_the_first_day_is_that_of_the_first_rule() -> None:
    assert RULES.first == date(2025, 7, 1)


async def test_of_days_that_are_asked_for_the_last_ones_alone_are_kept(kept: Kept) -> None:
    await kept.snapshots.turn()
    kept.now += timedelta(days=ASKED_KEPT + 9)
    days = [DAY + timedelta(days=n) for n in range(1, ASKED_KEPT + 8)]
    for day in days:
        kept.now += timedelta(seconds=1)
        await kept.snapshots.of(day)
    assert {id_[:10] for id_ in kept.table.rows if id_[0].isdigit()} == {
        f"{day}" for day in (DAY, *days[-ASKED_KEPT:])
    }
    assert sum(id_.startswith("asked/") for id_ in kept.table.rows) == ASKED_KEPT


async def test_what_was_counted_day_by_day_is_forgotten_after_years(kept: Kept) -> None:
    await kept.snapshots.turn()
    kept.now += DAYS_KEPT + timedelta(days=1)
    await kept.snapshots.turn()
    assert [id_[:10] for id_ in kept.table.rows] == [f"{kept.snapshots.latest}"]
