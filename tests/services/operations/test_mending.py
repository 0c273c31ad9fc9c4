"""Whatever a process writes late, what applications wait for comes to follow from the log again."""

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from services.operations.mending import ROWS, Mending
from services.operations.turns import SomeFailed
from shared.events.kernel import LaneReleased
from tests.services.operations.story import BEGAN
from tests.services.operations.test_situations import PARKED

RELEASED = LaneReleased(operator="o", reason="mended")


@pytest.fixture
async def store(world: Any) -> Any:
    """Eighty applications of all kinds, some of them held."""
    log, store = world.Log(), world.Store()
    for n in range(80):
        story = world.Story(log, n)
        story.registered()
        if n % 3:
            story.routed()
        if n % 4 == 0:
            story.external("intake.events.parked", "/services/routing", PARKED)
        if n % 8 == 0:
            story.external("routing.inbox", "/operations", RELEASED)
    await store.read(world.Group(log.records))
    return store


def mending(world: Any, store: Any, ticks: Any = None) -> Mending:
    seconds = ticks or count(1)
    tables = store.tables
    places = tables.setdefault("mended_places", world.MemoryTable(store.trouble))

    def clock() -> datetime:
        return BEGAN + timedelta(seconds=next(seconds))

    kept = store.fresh_journeys()
    return Mending(kept, tables["journeys"], tables["situations"], places, clock, again_s=0.0)


async def go_round(mending: Mending) -> int:
    return sum([await mending.turn() for _ in range(8)])


async def test_where_all_follows_from_the_log_nothing_is_changed(world: Any, store: Any) -> None:
    before = dict(store.tables["situations"].rows)
    assert await go_round(mending(world, store)) == 0
    assert store.tables["situations"].rows == before


@pytest.mark.parametrize("seed", range(20))
async def test_rows_that_came_late_went_missing_or_are_old_are_put_right(
    world: Any, store: Any, seed: int
) -> None:
    chance, rows = random.Random(seed), store.tables["situations"].rows
    right = dict(rows)
    hurt = chance.sample(sorted(rows), 10)
    for id_ in hurt[:4]:
        del rows[id_]
    for id_ in hurt[4:7]:
        rows[id_] = {**rows[id_], "since_ms": 1}
    for id_ in hurt[7:]:
        late = f"{rows[id_]['application']}/payment/partner_silent/DVC1"
        rows[late] = {**rows[id_], "_id": late, "stage": "payment", "cause": "partner_silent"}

    mended = await go_round(mending(world, store))

    assert rows == right
    assert mended == len({right[id_]["application"] for id_ in hurt})


async def test_of_several_processes_one_looks_at_a_place(world: Any, store: Any) -> None:
    del store.tables["situations"].rows[next(iter(store.tables["situations"].rows))]
    now = [1] * 4  # all of them in the same second
    several = [mending(world, store, iter([n] * 2)) for n in now]
    assert sum(await asyncio.gather(*(each.turn() for each in several))) == 1
    assert len(store.tables["mended_places"].rows) == 1


async def test_what_a_reader_has_kept_and_not_turned_yet_is_left_to_it(
    world: Any, store: Any
) -> None:
    """It turns what it kept while the second look is waited for."""
    rows = store.tables["situations"].rows
    id_, row = next(iter(rows.items()))
    del rows[id_]
    looking = mending(world, store)

    async def turned() -> None:
        rows[id_] = row

    found, _ = await asyncio.gather(looking.turn(), turned())
    assert found == 0
    assert rows[id_] == row


async def test_places_that_were_passed_are_forgotten(world: Any, store: Any) -> None:
    looking = mending(world, store)
    for _ in range(50):
        await looking.turn()
    assert len(store.tables["mended_places"].rows) == 1


async def test_more_than_one_page_is_gone_through(world: Any) -> None:
    log, store = world.Log(), world.Store()
    for n in range(ROWS + 20):
        world.Story(log, n).registered()
    await store.read(world.Group(log.records))
    right = dict(store.tables["situations"].rows)
    store.tables["situations"].rows.clear()
    await go_round(mending(world, store))
    assert store.tables["situations"].rows == right


async def test_an_application_of_which_nothing_can_be_said_keeps_no_other_waiting(
    world: Any, store: Any
) -> None:
    kept, rows = store.tables["journeys"].rows, store.tables["situations"].rows
    right = dict(rows)
    broken, *_, hurt = sorted(rows)
    wrong, sound = (rows[key]["application"] for key in (broken, hurt))
    entries = {i: row["entries"] for i, row in kept.items() if i.startswith(wrong)}
    for id_ in entries:
        kept[id_] = {**kept[id_], "entries": b"what no version wrote"}
    del rows[hurt]
    mends = mending(world, store)
    failed = []
    for _ in range(8):
        try:
            await mends.turn()
        except SomeFailed as some:
            failed.append(set(some.errors))
    assert failed
    assert all(each == {wrong} for each in failed)
    assert wrong != sound
    assert rows == right

    for id_, was in entries.items():
        kept[id_] = {**kept[id_], "entries": was}
    with suppress(SomeFailed):
        await go_round(mends)
    assert await go_round(mends) == 0
