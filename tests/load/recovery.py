"""`make bench-recovery`: how long until all is well again after a start, a kill, a restart?

Under a small steady load each process in turn is killed (SIGKILL) and at once started again, as a
supervisor would; the broker is also restarted in order.  Told are the times from then until the
process is ready, and until no group is further behind than before; and the slowest application
that was due meanwhile: what a citizen saw of it.  Writes `build/bench-recovery.json`.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Annotated, Any, NamedTuple

import msgspec
import typer
from aiokafka.errors import KafkaError
from rich.table import Table

from deploy.local import kafka, launcher, mongo, processes, stack
from deploy.log.lag import Lags, Sample
from shared.errors import Misconfigured
from shared.topics import SERVICES
from tests.load import machine, options, screen
from tests.load.generator import Offered
from tests.load.journeys import Journeys
from tests.load.system import MeasuredSystem, running
from tests.load.world import World, surround, told
from tests.waiting import Late, until

REPORT = "bench-recovery.json"
BEFORE_S = 5.0  # of load, to see how far behind groups are when all is well
LOOK_S = 0.25
LIMIT_S = 120.0
WELL_LOOKS = 3  # in a row
RESTART = "kafka, restarted"


class Recovery(NamedTuple):
    """One of them: seconds from the kill."""

    name: str
    started: float  # Unix seconds
    ready_s: float
    well_s: float
    until: float  # Unix seconds


def cases(who: str) -> tuple[str, ...]:
    """Return what is to be killed, in turn.  Raises `Misconfigured`."""
    every = (*SERVICES, "mongo", "kafka", RESTART)
    if who not in ("all", *SERVICES, "mongo", "kafka"):
        raise Misconfigured(f"KILL={who} does not run here: give {', '.join(every[:-1])}, or all.")
    return every if who == "all" else tuple(name for name in every if name.startswith(who))


def is_well(lags: list[int], before: int) -> bool:
    """Tell whether no look of the last few found more undone than there was before."""
    return len(lags) >= WELL_LOOKS and max(lags[-WELL_LOOKS:]) <= before


async def run(
    system: MeasuredSystem,
    names: tuple[str, ...],
    rate: float,
    seconds: float,
    steps: launcher.Steps,
) -> tuple[dict[str, float], list[Recovery], list[Offered], Journeys]:
    """Kill each in turn; return times from start to ready as well."""
    starts = await _starts(system, steps)
    found, offered = [], []
    async with AsyncExitStack() as stack_:
        world = await surround(system, stack_)
        await world.generator.ask(rate=rate, seconds=BEFORE_S)
        await world.lags.until_at_rest()
        for name in names:
            steps.doing(f"{name}: killed and started again" if name != RESTART else name)
            offering = asyncio.create_task(world.generator.ask(rate=rate, seconds=seconds))
            found.append(await _recover(system, world, name))
            offered.append(msgspec.convert(await offering, Offered))
            await world.lags.until_at_rest()
            steps.done(f"{name}: ready after {found[-1].ready_s:.1f} s, well after "
                       f"{found[-1].well_s:.1f} s")  # fmt: skip
    steps.doing("Reading the log")
    return starts, found, offered, await told(system)


async def _starts(system: MeasuredSystem, steps: launcher.Steps) -> dict[str, float]:
    """Return how long each service takes from its start until it is ready, on its own."""
    found = {}
    for name in SERVICES:
        steps.doing(f"{name}: from start to ready")
        system.children.stop([name])
        began_s = time.monotonic()
        system.start(name)
        await _until(partial(_ready, system, name))
        found[name] = round(time.monotonic() - began_s, 2)
    return found


async def _recover(system: MeasuredSystem, world: World, name: str) -> Recovery:
    before = await _highest(world.lags)
    killed, began_s = time.time(), time.monotonic()
    process = name.partition(",")[0]
    if name == RESTART:
        system.children.stop([process], stack.STOP_LIMIT_S)
    else:
        os.kill(system.pids()[process], signal.SIGKILL)
    await asyncio.to_thread(_start, system, process)
    await _until(lambda: _ready(system, process))
    ready_s = time.monotonic() - began_s
    lags: list[int] = []
    while not is_well(lags, before):
        if time.monotonic() - began_s > LIMIT_S:
            raise Misconfigured(f"{name} has not recovered in {LIMIT_S:.0f} s: its log says why.")
        sample = await _look(world.lags)
        lags.append(sample.total if sample else before + 1)
        await asyncio.sleep(LOOK_S)
    well_s = max(ready_s, time.monotonic() - began_s - LOOK_S * WELL_LOOKS)
    return Recovery(name, killed, ready_s, well_s, time.time())


async def _highest(lags: Lags) -> int:
    """Return the most that groups are behind by, together, when all is well."""
    until_s, most = time.monotonic() + BEFORE_S, 0
    while time.monotonic() < until_s:
        most = max(most, (await lags.look()).total)
        await asyncio.sleep(LOOK_S)
    return most


async def _look(lags: Lags) -> Sample | None:
    """Look at lags; None while the broker does not say."""
    try:
        async with asyncio.timeout(5):
            return await lags.look()
    except (KafkaError, OSError, TimeoutError, KeyError):
        return None


def _start(system: MeasuredSystem, name: str) -> None:
    if name in stack.PARTS:
        system.children.stop([name])
        stack.start(system.children, system.settings)
    else:
        system.start(name)


def _ready(system: MeasuredSystem, name: str) -> bool:
    if name == "kafka":
        return kafka.ready(system.servers.kafka_url)
    if name == "mongo":
        return mongo.ready(system.settings.mongo_port)
    row = next(row for row in processes.TABLE if row.name == name)
    return launcher.ready(row, system.settings.port(name))


async def _until(ready: Callable[[], bool]) -> None:
    try:
        await until(lambda: asyncio.to_thread(ready), LIMIT_S, "readiness")
    except Late as late:
        raise Misconfigured(f"{late}: build/bench-logs says why.") from late


def report(
    rate: float,
    starts: Mapping[str, float],
    found: list[Recovery],
    offered: list[Offered],
    journeys: Journeys,
) -> dict[str, Any]:
    """Return everything by name."""
    outcomes = [journeys.outcome(o.began, o.ended) for o in offered]
    lost = sum(o.submitted for o in offered) - sum(o.completed for o in outcomes)
    return {
        "rate": rate,
        "start_to_ready_s": dict(starts),
        "recoveries": [
            {
                "killed": r.name,
                "ready_s": round(r.ready_s, 2),
                "well_s": round(r.well_s, 2),
                "slowest_ms": max(o.latency_ms, default=None),
                "submitted": o.submitted,
                "completed": o.completed,
            }
            for r, o in zip(found, outcomes, strict=True)
        ],
        "lost": lost,
        "machine": machine.facts(),
        "wrong": [f"{lost} applications were not accepted"] if lost else [],
    }


def table(content: Mapping[str, Any]) -> Table:
    """Return the times."""
    drawn = Table(box=None, pad_edge=False, header_style="dim")
    drawn.add_column("killed, and started at once")
    for title in ("ready", "caught up", "slowest journey"):
        drawn.add_column(title, justify="right")
    for each in content["recoveries"]:
        slowest = each["slowest_ms"]
        said = "-" if slowest is None else f"{slowest / 1000:.1f} s"
        drawn.add_row(each["killed"], f"{each['ready_s']:.1f} s", f"{each['well_s']:.1f} s", said)
    for name, ready_s in content["start_to_ready_s"].items():
        drawn.add_row(f"{name}, started in order", f"{ready_s:.1f} s")
    return drawn


def main(
    rate: Annotated[str, typer.Option()] = "20",
    seconds: Annotated[str, typer.Option(help="of load around each kill")] = "25",
    kill: Annotated[str, typer.Option(help="one process, or all")] = "all",
) -> None:
    """Run it; exit with 1 if anything was lost."""
    names, each = cases(kill), options.rate(rate)
    long = options.seconds(seconds, least=2 * BEFORE_S)
    with screen.steps() as steps, running(steps, each * long * len(names)) as system:
        content = report(each, *asyncio.run(run(system, names, each, long, steps)))
        if content["wrong"]:
            system.keep_logs()
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
