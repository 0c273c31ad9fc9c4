"""Loops outlive what their turns raise, and say so where all can see it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from services.operations.turns import (
    RETRY_LIMIT_S,
    STANDS,
    TURNS_KEPT,
    UNKNOWN_LIMIT_S,
    Faults,
    SomeFailed,
    Turns,
    Watched,
    takes,
)
from shared.errors import Unknown
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.story import BEGAN


class Work:
    """Does what it is told to do; time passes as the loop says."""

    every_s = 1.0

    def __init__(self) -> None:
        self.failed = asyncio.Event()
        self.trouble, self.passed_s, self.does = Trouble(), 0.0, self.nothing
        self.table = MemoryTable(self.trouble)
        self.faults = Faults(self.table, lambda: BEGAN + timedelta(seconds=self.passed_s))
        self.loop = self.process("p1")

    def process(self, name: str, rests: int = 0) -> Turns:
        return Turns("work", self, self.faults, name, lambda: self.passed_s, rests)

    async def turn(self) -> object:
        return self.does()

    def nothing(self) -> object:
        return None

    def fails(self, error: Exception) -> Callable[[], object]:
        def fail() -> object:
            self.failed.set()
            raise error

        return fail

    async def turns(self, count: int = 1) -> list[float]:
        """Take so many turns; return what was waited after each."""
        waited = []
        for _ in range(count):
            waited.append(await self.loop.once())
            self.passed_s += waited[-1]
        return waited

    async def standing(self) -> list[tuple[str, int, str]]:
        return [(f.process, f.times, f.because) for f in await self.faults.standing()]


async def test_whatever_a_turn_raises_is_shown_counted_and_tried_again_less_often() -> None:
    work = Work()
    work.does = work.fails(KeyError("a rule that was renamed"))

    waited = await work.turns(8)

    assert waited == [2, 4, 8, 16, 32, RETRY_LIMIT_S, RETRY_LIMIT_S, RETRY_LIMIT_S]
    assert await work.standing() == [("p1", 8, "KeyError: 'a rule that was renamed'")]
    assert (work.loop.health.doing, work.loop.health.because) == (
        "failing",
        "KeyError: 'a rule that was renamed'",
    )
    assert len(work.table.rows) == 1


async def test_once_it_goes_through_nothing_stands_any_more() -> None:
    work = Work()
    work.does = work.fails(ValueError("planted"))
    await work.turns(3)
    work.does = work.nothing
    assert await work.turns(2) == [1, 1]
    assert await work.standing() == []
    assert work.loop.health.doing == "idle"


async def test_a_turn_that_another_process_has_says_nothing_of_whether_it_goes_through() -> None:
    work = Work()
    work.does = work.fails(ValueError("planted"))
    await work.turns(2)
    work.does = lambda: False
    await work.turns(3)
    assert await work.standing() == [("p1", 2, "ValueError: planted")]
    assert work.loop.health.doing == "failing"


async def test_what_is_unknown_is_waited_out_and_is_a_fault_when_that_takes_long() -> None:
    work = Work()
    work.does = work.fails(Unknown("no primary"))
    assert await work.turns(100) == [1] * 100
    assert work.loop.health.doing == "waiting"
    assert await work.standing() == []

    while work.passed_s <= UNKNOWN_LIMIT_S:
        await work.turns()
    [(_, times, because)] = await work.standing()
    assert (times, because) == (1, "Unknown: no primary")
    assert work.loop.health.doing == "failing"


async def test_items_that_fail_do_not_keep_the_others_waiting() -> None:
    work = Work()
    work.does = work.fails(SomeFailed({"r-1": KeyError("x"), "r-2": ValueError("y")}))
    assert await work.turns(3) == [1, 1, 1]
    assert await work.standing() == [("p1", 3, "SomeFailed: r-1: KeyError: 'x', and 1 more")]


async def test_what_cannot_be_noted_ends_nothing() -> None:
    work = Work()
    work.does, work.trouble.fails = work.fails(ValueError("planted")), lambda: True
    await work.turns(2)
    assert work.loop.health.doing == "failing"
    work.does = work.nothing
    await work.turns()  # what may stand there still is taken away later
    work.trouble.fails = lambda: False
    await work.turns()
    assert work.loop.health.doing == "idle"


async def test_what_a_process_failed_at_that_is_gone_is_forgotten() -> None:
    work = Work()
    work.does = work.fails(ValueError("planted"))
    await work.turns(2)
    work.loop = work.process("p2")
    work.passed_s += STANDS.total_seconds()
    await work.turns()
    assert [process for process, *_ in await work.standing()] == ["p2"]
    assert len(work.table.rows) == 1


async def test_who_works_for_long_rests_for_longer() -> None:
    work = Work()
    work.loop = work.process("p1", rests=20)

    def works() -> object:
        work.passed_s += 3
        return None

    work.does = works
    assert await work.turns() == [60]


async def test_a_loop_that_runs_ends_when_it_is_told_to_alone() -> None:
    work = Work()
    work.every_s, work.does = 0.0, work.fails(ValueError("planted"))
    name, health, run = Watched(work.table, lambda: BEGAN, lambda: 0.0, "p1").loop("work", work)
    going = asyncio.create_task(run())
    async with asyncio.timeout(5):
        await work.failed.wait()
        await asyncio.sleep(0)
    assert (name, health.doing, going.done()) == ("work", "failing", False)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going


# ---- one process at a time


async def test_of_several_processes_one_has_a_turn_and_old_ones_are_forgotten() -> None:
    table = MemoryTable(Trouble())
    for turn in range(1, 200, 7):
        had = await asyncio.gather(*(takes(table, turn) for _ in range(3)))
        assert sorted(had) == [False, False, True]
    assert len(table.rows) <= TURNS_KEPT


async def test_a_turn_of_which_it_is_unknown_whose_it_is_is_nobodys() -> None:
    trouble, left = Trouble(), 2
    table = MemoryTable(trouble)

    def fails() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    trouble.fails = fails
    with pytest.raises(Unknown):
        await takes(table, 1)
    trouble.fails = lambda: False
    assert not await takes(table, 1)
    assert await takes(table, 2)
