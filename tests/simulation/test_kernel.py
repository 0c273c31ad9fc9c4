"""The real kernel under seeded schedules; `make simulate SCHEDULES=20000` runs many more."""

import asyncio
import gc
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import structlog

from deploy.simulation import __main__ as command
from deploy.simulation.host import REAL, Kernel
from deploy.simulation.loop import Loop, current
from deploy.simulation.schedule import Result, quieten, run
from deploy.simulation.toy_world import ToyWorld
from deploy.simulation.world import Violation, World
from shared.effects import Effects
from tests.simulation.broken_kernels import BROKEN_EFFECTS, BROKEN_LANES, CAUGHT_AS

SCHEDULES = 300
CAUGHT_WITHIN = 200
STALLED_S = 50.0


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    quieten(collect=True)
    yield
    structlog.reset_defaults()
    gc.enable()


def kernel(name: str) -> Kernel:
    if name in BROKEN_LANES:
        return replace(REAL, lanes=BROKEN_LANES[name])
    return replace(REAL, effects=BROKEN_EFFECTS[name])


def test_what_must_hold_does_under_every_schedule() -> None:
    failed = [r for r in (run(seed) for seed in range(SCHEDULES)) if r.violation]
    assert [f"make simulate SEED={r.seed} SCHEDULES=1: {r.violation}" for r in failed] == []


@pytest.mark.parametrize("name", [*BROKEN_LANES, *BROKEN_EFFECTS])
def test_a_broken_kernel_is_caught(name: str) -> None:
    results = (run(seed, kernel(name), scenario="toys") for seed in range(CAUGHT_WITHIN))
    said = (r.violation for r in results if r.violation)
    assert next((text for text in said if re.search(CAUGHT_AS[name], text)), "")


def test_a_seed_replays_exactly() -> None:
    first, again = (run(5, traced=True).trace for _ in range(2))
    assert first
    assert first == again


def test_a_process_that_was_stalled_after_its_claim_does_not_call() -> None:
    """Whoever was refused has asked meanwhile, heard that nobody called, and called again."""
    for seed in range(20):
        world = World(seed, ToyWorld(seed), replace(REAL, effects=stalled_after_claims(2)))
        try:
            world.run()
        except Violation as violation:
            pytest.fail(f"seed {seed}: {violation}")


def stalled_after_claims(times: int) -> type[Effects]:
    left = [times]

    class Stalled(Effects):
        async def _claim(self, keys: Sequence[str]) -> set[str]:
            refused = await super()._claim(keys)
            if left[0]:
                left[0] -= 1
                loop, process = asyncio.get_running_loop(), current()
                assert isinstance(loop, Loop)
                assert process is not None
                loop.pause(process, STALLED_S)
                await asyncio.sleep(0)
            return refused

    return Stalled


def test_the_command_says_that_all_held(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(schedules=4, seed=1)
    assert "4 schedules from seed 1: all that must hold did." in capsys.readouterr().out


def test_the_command_shows_a_failing_schedule_and_how_to_run_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed = [Result(1, "0198c0de-0000-7000-8000-00000000abcd: lost", [])]
    command.show(failed, "toys")
    shown = capsys.readouterr().out
    assert "starts intake-0" in shown
    assert "seed 1: abcd: lost" in shown
    assert "make simulate SEED=1 SCHEDULES=1" in shown
