"""What counts in the statistics form: its rows, and marks where a month that is over changes."""

from datetime import timedelta
from typing import Any

from services.operations.facts import Facts
from services.operations.journeys import read


async def followed(world: Any, store: Any, records: Any, days_later: int = 0) -> None:
    tables, journeys = store.tables, store.fresh_journeys()
    now = world.BEGAN + timedelta(days=days_later)
    facts = Facts(tables["facts"], tables["balances"], journeys, lambda: now)
    entries = [read(record) for record in records]
    await journeys.append(entries)
    await facts.follow(entries)


async def test_what_is_read_in_its_month_leaves_no_mark(world: Any, story: Any, log: Any) -> None:
    store = world.Store()
    story.returned()
    await followed(world, store, log.records)

    assert len(store.tables["facts"].rows) == 4
    assert store.tables["balances"].rows == {}


async def test_what_is_read_when_its_month_is_over_marks_it(
    world: Any, story: Any, log: Any
) -> None:
    store = world.Store()
    story.returned()
    await followed(world, store, log.records, days_later=30)

    [mark] = store.tables["balances"].rows
    assert mark.startswith("late/2026-06/")


async def test_reading_again_leaves_the_rows_as_they_are(world: Any, story: Any, log: Any) -> None:
    store = world.Store()
    story.returned()
    await followed(world, store, log.records[:20])
    before = dict(store.tables["facts"].rows)
    await followed(world, store, log.records)
    rows = dict(store.tables["facts"].rows)
    await followed(world, store, log.records)

    assert before.items() <= rows.items()
    assert store.tables["facts"].rows == rows
