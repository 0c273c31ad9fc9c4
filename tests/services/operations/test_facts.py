"""What counts in the statistics form: its rows, and marks where a month that is over changes."""

from datetime import timedelta
from typing import Any

from services.operations.facts import Facts
from services.operations.journeys import read
from shared.events import routing


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


async def test_what_an_old_application_does_now_leaves_its_earlier_months_as_they_are(
    world: Any, story: Any, log: Any
) -> None:
    """A process that does not remember it reads all of it, and finds rows that stand."""
    store = world.Store()
    story.routed(story.registered())
    await followed(world, store, log.records)
    in_june, read_until = len(store.tables["facts"].rows), len(log.records)
    log.pass_time(days=30)
    story.acted(
        routing.OfficerAccepted,
        routing.Accepted(national_code=2, officer="o1", due=log.now + timedelta(days=3)),
    )
    await followed(world, store, log.records[read_until:], days_later=30)

    rows = store.tables["facts"].rows
    assert len(rows) > in_june
    assert sum(1 for id_ in rows if id_.startswith("2026-06")) == in_june
    assert store.tables["balances"].rows == {}


async def test_what_is_read_late_of_one_that_stands_marks_its_month_also_after_a_crash(
    world: Any, story: Any, log: Any
) -> None:
    """The rows may stand, and the mark not: who reads the same again leaves it."""
    store = world.Store()
    story.returned()
    await followed(world, store, log.records[:15])
    last = log.records[15:]
    await followed(world, store, last, days_later=30)
    marks = store.tables["balances"].rows
    assert [id_[:12] for id_ in marks] == ["late/2026-06"]

    before = dict(marks)
    marks.clear()
    await followed(world, store, last, days_later=30)
    assert marks == before
