"""A schedule by its seed: which scenario, how it ended, and its trace."""

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog

from deploy.simulation.host import REAL, Kernel
from deploy.simulation.services_world import ServicesWorld
from deploy.simulation.toy_world import ToyWorld
from deploy.simulation.world import Scenario, Violation, World

SCENARIOS: Mapping[str, Callable[[int], Scenario]] = {"toys": ToyWorld, "services": ServicesWorld}


SERVICES_EVERY = 8  # a schedule of the real services costs as much as several of the toys


class Result(NamedTuple):
    """How a schedule ended; `violation` is empty if all held."""

    seed: int
    violation: str
    trace: list[str]


def run(seed: int, kernel: Kernel = REAL, *, scenario: str = "", traced: bool = False) -> Result:
    """Run one schedule."""
    world = World(seed, SCENARIOS[scenario or chosen(seed)](seed), kernel, traced=traced)
    violation = ""
    try:
        world.run()
    except Violation as found:
        violation = str(found)
    except Exception as error:  # a check that could not even look: this seed, and go on
        violation = f"{type(error).__name__}: {error}"
    return Result(seed, violation, world.loop.trace or [])


def chosen(seed: int) -> str:
    """Return which scenario a seed stands for."""
    return "services" if seed % SERVICES_EVERY == 0 else "toys"


def failures(seeds: Sequence[int], scenario: str = "") -> list[Result]:
    """Run schedules and return those that failed."""
    failed = [r for r in (run(s, scenario=scenario) for s in seeds) if r.violation]
    gc.collect()
    return failed


def quieten(*, collect: bool = False) -> None:
    """Log nothing: what goes wrong here is meant to; collect garbage between chunks only."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if not collect:
        gc.disable()
