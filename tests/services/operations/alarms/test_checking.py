"""The log checked by sample: what is wrong is found at an age, and forgotten when it is mended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.operations.alarms.checking import (
    AGES,
    BACK_LIMIT,
    BEHIND_LIMIT,
    PROVEN_LIMIT,
    Checking,
)
from services.operations.alarms.runner import LOOK_S
from services.operations.domain.alarms import SAMPLED_PER_S, Sight
from services.operations.proving import Proving
from shared.bus import Partition, Record
from shared.errors import Unknown
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
        proving = Proving(*(tables[name] for name in names), page_rows=10)
        self.log, self.now = Log(), MADE
        read = self.store.read_until(lambda: max(self.log.now, self.now), self._ends)
        self.checking = Checking(self.places, proving, read)

    async def read(self, log: Log, *, but: Sequence[Record] = ()) -> None:
        self.log = log
        await self.store.read(self.world.Group([r for r in log.records if r not in but]))

    async def _ends(self) -> dict[Partition, int]:
        return {(r.topic, r.partition): r.offset + 1 for r in self.log.records}

    async def look(self, now: datetime) -> list[Sight]:
        self.now = now
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


async def test_nothing_is_said_while_a_lane_is_behind(world: Any, log: Log) -> None:
    checked, behind = Checked(world), Story(log, 0)
    read = next(story for n in range(1, 50) if (story := Story(log, n)).lane != behind.lane)
    registered = behind.registered()
    there = len(log.records)
    behind.routed(registered)
    unread = log.records[there:]
    log.pass_time(minutes=20)
    read.returned()
    await checked.read(log, but=unread)
    now = MADE + AGES[0] + LOOK

    with pytest.raises(Unknown):
        await checked.look(now)
    await checked.store.read(world.Group(unread))

    assert await checked.look(now + LOOK) == []


async def test_nothing_is_said_a_minute_after_a_lane_has_fallen_behind(
    world: Any, log: Log
) -> None:
    checked, story = Checked(world), Story(log, 0)
    log.now = MADE + AGES[0]
    story.returned()
    await checked.read(log)
    last = log.now
    assert await checked.look(last) == []
    Story(log, 1).submitted()  # nobody reads it

    assert await checked.look(last + BEHIND_LIMIT) == []
    with pytest.raises(Unknown):
        await checked.look(last + BEHIND_LIMIT + LOOK)


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


async def test_what_one_age_leaves_out_of_a_flood_another_looks_at(world: Any, log: Log) -> None:
    for n in range(500):  # 50 a second: an id's instant is its number
        Story(log, 20 * n).registered()
    log.pass_time(minutes=20)
    checked = Checked(world)
    await checked.read(log)
    looked_at = []
    for age in AGES:
        await checked.look(MADE + age)
        found = await checked.look(MADE + age + LOOK)
        looked_at.append(sum(sight.value for sight in found))

    assert PROVEN_LIMIT <= looked_at[0] < 2 * PROVEN_LIMIT
    assert looked_at[-1] == 500


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


def test_how_many_are_looked_at_in_a_second_is_what_the_rules_say() -> None:
    assert PROVEN_LIMIT // LOOK_S == SAMPLED_PER_S
