"""The process host of the simulation: wires the real kernel as `shared.service` does, no edge."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.clock import Clock
from shared.effects import Effect, Effects
from shared.journal import Journal
from shared.lanes.known import Known
from shared.lanes.loop import Lanes
from shared.lanes.notices import Notices
from shared.lanes.pace import Pace
from shared.lanes.table import LaneTable
from shared.partners import Limits
from shared.timers import Timers

if TYPE_CHECKING:
    from deploy.simulation.world import World

SKEW_LIMIT_MS = 400  # how far a process's clock is off
IDLE_S = 4.0  # how long an idle loop waits: what happens in between costs nothing


@dataclass(frozen=True, slots=True)
class Kernel:
    """The classes under test; broken ones take their places."""

    lanes: type[Lanes[Any, Any]] = Lanes
    effects: type[Effects] = Effects
    timers: type[Timers] = Timers


REAL = Kernel()


class Built(NamedTuple):
    """What a process of a service is made of."""

    table: LaneTable[Any, Any]
    effects: Sequence[Effect] = ()


def draw_pace(rng: Random) -> Pace:
    """Return how a service spends its time."""
    return Pace(
        batch_limit=rng.choice((1, 3, 2_000, 2_000)),
        commit_every_s=rng.choice((0.0, 0.5, 1.0)),
        retry_limit_s=2.0,
        fetch_wait_s=IDLE_S,
        sweep_every_s=IDLE_S / 2,
    )


async def run(world: "World", service: str) -> None:
    """Run a process of a service until it is cancelled."""
    built = world.scenario.build(service, world)
    skew = timedelta(milliseconds=world.rng.randint(-SKEW_LIMIT_MS, SKEW_LIMIT_MS))

    def clock() -> datetime:
        return world.clock() + skew

    runs = [world.log.subscription(service).run(_lanes(world, built.table, clock).serve)]
    if built.effects:
        effects = _effects(world, service, built.effects, clock)
        runs.append(world.log.subscription(f"{service}-effects").run(effects.serve))
    await asyncio.gather(*runs)


def _lanes(world: "World", table: LaneTable[Any, Any], clock: Clock) -> Lanes[Any, Any]:
    name = table.service
    return world.kernel.lanes(
        table,
        journal=Journal(world.database.table(f"{name}.journal"), table),
        known=Known(world.known_limit),
        producer=world.log.producer(),
        timers=world.kernel.timers(world.database.table(f"{name}.timers"), name, world.lane_count),
        notices=Notices(name, lambda _: "sealed"),
        clock=clock,
        monotonic=world.loop.time,
        lane_count=world.lane_count,
        sampled=lambda _: False,
        batch_done=lambda *_: None,
        pace=world.pace,
    )


def _effects(world: "World", service: str, effects: Sequence[Effect], clock: Clock) -> Effects:
    return world.kernel.effects(
        service,
        effects,
        claims=world.database.table(f"{service}.effects"),
        producer=world.log.producer(),
        clock=clock,
        monotonic=world.loop.time,
        lane_count=world.lane_count,
        sample_ratio=0.0,
        called=lambda *_: None,
        limits=replace(Limits(), window_s=0.05, fetch_wait_s=IDLE_S, open_s=5.0, failures=3),
    )
