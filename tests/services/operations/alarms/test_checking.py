"""The log checked by sample: what is wrong is found at an age, and forgotten when it is mended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.operations.alarms.checking import AGES, BACK_LIMIT, Checking
from services.operations.domain.alarms import Sight
from services.operations.proving import Proving
from tests.services.operations.domain.proof.plant import money_that_nobody_has
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.story import Log, Story

MADE = datetime.fromtimestamp(1_780_000_000, UTC)  # the instant in the ids of stories
LOOK = timedelta(seconds=10)


class Checked:
    """A log, read, and what checks it."""

    def __init__(self, world: Any, places: MemoryTable | None = None) -> None:
        self.world, self.store = world, world.Store()
        self.places = places or MemoryTable(Trouble())
        tables = self.store.tables
        names = ("journeys", "names", "aside", "letter_answers")
        proving = Proving(*(tables[name] for name in names))
        self.checking = Checking(self.places, proving, self.store.counts())

    async def read(self, log: Log) -> None:
        group = self.world.Group(log.records)
        await self.store.read(group)

    async def look(self, now: datetime) -> list[Sight]:
        return await self.checking.look(now)


def without(log: Log, story: Story, number: int) -> None:
    """Lose an event of routing."""
    log.records[:] = [
        r
        for r in log.records
        if not (r.topic == "routing.events" and f"/routing/{number:06}" in r.value.decode())
    ]


@pytest.mark.parametrize("age", AGES)
async def test_a_gap_is_found_at_each_age(world: Any, log: Log, age: timedelta) -> None:
    checked, story = Checked(world), Story(log, 0)
    story.returned()
    without(log, story, 2)
    await checked.read(log)

    assert await checked.look(MADE + age - LOOK) == []
    found = await checked.look(MADE + age + LOOK)

    assert ("sequence_gap", "gap", 1, (story.application,)) in {
        (s.rule, s.about, s.value, s.named) for s in found
    }


async def test_money_that_nobody_has_is_a_difference(world: Any, log: Log) -> None:
    checked = Checked(world)
    money_that_nobody_has(Story(log, 0))
    Story(log, 1).returned()
    log.pass_time(days=2)
    Story(log, 2).returned()  # so the read side is two days further
    await checked.read(log)

    found = await checked.look(MADE + AGES[0] + LOOK)

    assert [(s.rule, s.about, s.value) for s in found] == [("parity_difference", "unbooked", 1)]


async def test_what_is_mended_is_forgotten(world: Any, log: Log) -> None:
    checked, story = Checked(world), Story(log, 0)
    story.returned()
    every = list(log.records)
    without(log, story, 2)
    await checked.read(log)
    now = MADE + AGES[0] + LOOK
    assert {s.about for s in await checked.look(now)} >= {"gap"}

    late = Checked(world, checked.places)  # over a read side that has it now
    log.records[:] = every
    await late.read(log)

    assert await late.look(now + LOOK) == []


async def test_each_is_proven_once_at_an_age_however_often_it_is_looked(
    world: Any, log: Log
) -> None:
    checked, story = Checked(world), Story(log, 0)
    story.returned()
    without(log, story, 2)
    now = MADE + AGES[0] + LOOK
    await checked.look(now)  # nothing is read yet
    await checked.read(log)
    assert await checked.look(now + LOOK) == []


async def test_looks_that_were_missed_are_made_up_for_within_a_limit(world: Any, log: Log) -> None:
    for away, is_found in ((BACK_LIMIT - LOOK, True), (BACK_LIMIT + LOOK, False)):
        checked, story = Checked(world), Story(log, 0)
        log.records.clear()
        story.returned()
        without(log, story, 2)
        await checked.read(log)
        await checked.look(MADE + AGES[0] - LOOK)

        found = await checked.look(MADE + AGES[0] + away)

        assert bool(found) == is_found
