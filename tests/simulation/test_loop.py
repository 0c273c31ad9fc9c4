"""Unmodified asyncio code on virtual time, and processes that die at an await."""

import asyncio
from collections.abc import Iterator
from random import Random

import pytest

from deploy.simulation.loop import Loop, Process, Wedged, current


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop(Random(1))
    yield made
    made.close()


def test_what_asyncio_has_works_and_takes_no_time(loop: Loop) -> None:
    async def main() -> list[str]:
        said: list[str] = []
        queue: asyncio.Queue[str] = asyncio.Queue()
        event, lock, slots = asyncio.Event(), asyncio.Lock(), asyncio.Semaphore(2)

        async def work(name: str, seconds: float) -> str:
            async with slots:
                await asyncio.sleep(seconds)
            async with lock:
                said.append(name)
            await queue.put(name)
            return name

        async with asyncio.TaskGroup() as group:
            group.create_task(work("late", 3600.0))
            group.create_task(work("early", 1.0))
        assert await asyncio.gather(work("a", 2.0), work("b", 1.0)) == ["a", "b"]
        done, waiting = await asyncio.wait(
            [asyncio.create_task(work(n, s)) for n, s in (("quick", 0.1), ("slow", 9.0))],
            return_when=asyncio.FIRST_COMPLETED,
        )
        assert (len(done), len(waiting)) == (1, 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5.0):
                await event.wait()
        asyncio.get_running_loop().call_later(1.0, event.set)
        await event.wait()
        assert queue.qsize() == 5
        return said

    assert loop.run_until_complete(main()) == ["early", "late", "b", "a", "quick"]
    assert loop.time() > 3600.0


def test_a_killed_process_runs_nothing_any_more(loop: Loop) -> None:
    said: list[str] = []
    process = Process("victim")

    async def victim() -> None:
        assert current() is process
        asyncio.create_task(asyncio.sleep(1.0)).add_done_callback(lambda _: said.append("callback"))
        try:
            await asyncio.sleep(2.0)
            said.append("went on")
        except BaseException:
            said.append("was told")
            raise
        finally:
            said.append("cleaned up")

    async def main() -> None:
        loop.spawn(process, victim())
        await asyncio.sleep(0.5)
        loop.crash(process)
        loop.spawn(process, victim())
        await asyncio.sleep(10.0)

    loop.run_until_complete(main())
    assert said == []


def test_a_stalled_process_goes_on_later_in_its_order(loop: Loop) -> None:
    said: list[tuple[str, int]] = []

    async def works(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        said.append((name, round(loop.time())))

    process = Process("stalled")
    for name, seconds in (("first", 1.0), ("second", 2.0), ("third", 30.0)):
        loop.spawn(process, works(name, seconds))
    loop.spawn(Process("other"), works("other", 1.0))
    loop.call_later(0.5, loop.pause, process, 19.5)
    loop.run_until(lambda: len(said) == 4, 100.0)
    assert said == [("other", 1), ("first", 20), ("second", 20), ("third", 30)]


def test_handles_of_a_process_keep_their_order_and_processes_do_not() -> None:
    def run(seed: int) -> list[str]:
        loop, said = Loop(Random(seed)), list[str]()

        async def works(name: str) -> None:
            for n in range(3):
                said.append(f"{name}{n}")
                await asyncio.sleep(0)

        for name in "ab":
            loop.spawn(Process(name), works(name))
        loop.run_until(lambda: len(said) == 6, 1.0)
        loop.close()
        return said

    orders = {tuple(run(seed)) for seed in range(20)}
    assert len(orders) > 3
    for order in orders:
        assert [s for s in order if s[0] == "a"] == ["a0", "a1", "a2"]


def test_a_process_can_be_killed_before_each_of_its_handles(loop: Loop) -> None:
    steps: list[int] = []
    process = Process("victim")

    async def victim() -> None:
        for n in range(10):
            steps.append(n)
            await asyncio.sleep(1.0)

    loop.spawn(process, victim())
    loop.patience, loop.interfere = 4, loop.crash
    with pytest.raises(Wedged):
        loop.run_until(lambda: len(steps) == 10, 100.0)
    assert len(steps) < 4


def test_what_never_comes_to_rest_is_said(loop: Loop) -> None:
    async def never() -> None:
        await asyncio.sleep(0)
        loop.create_task(never())

    loop.spawn(Process("busy"), never())
    with pytest.raises(Wedged):
        loop.run_until(lambda: False, 1.0)
