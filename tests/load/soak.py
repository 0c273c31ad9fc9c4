"""`make bench-soak`: does memory stay flat under a steady load, and what does it leave on the disk?

Writes `build/bench-soak.json`.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Annotated, Any, NamedTuple

import typer
from rich.table import Table

from deploy.local import launcher, sizes
from deploy.local.sizes import Sizes
from shared.topics import SERVICES
from shared.vault import CACHED_KEYS
from tests.load import machine, options, screen
from tests.load.audit import DATABASE
from tests.load.journeys import Outcome
from tests.load.measure import Load, Measured, measure
from tests.load.meter import Meter
from tests.load.spread import spread
from tests.load.system import MeasuredSystem, running
from tests.load.world import surround, told

REPORT = "bench-soak.json"
KAFKA_DATA = "data/kafka"  # in a system's folder
WARM_UP_S = 5.0
LEAST_S = 60.0
FILLING = 0.5  # of the time: caches fill, and the allocator finds its level; it does not count
SHARE_LIMIT, MIB_LIMIT = 0.05, 10.0  # growth after it, of the mean; or so little

Series = Sequence[tuple[float, float]]  # seconds since the beginning, MiB


class Found(NamedTuple):
    """How the load went, memory as it went by process, and what stands on the disk at its end."""

    measured: Measured
    outcome: Outcome
    series: Mapping[str, Series]
    sizes: Sizes


class Trend(NamedTuple):
    """How the memory of a process went once its caches were full."""

    mean_mib: float
    slope_mib_per_min: float
    grown_mib: float  # by the line through it, from then on

    @property
    def is_flat(self) -> bool:
        """Whether it grows by less than measuring can tell."""
        return self.grown_mib <= max(MIB_LIMIT, SHARE_LIMIT * self.mean_mib)


def trend(series: Series) -> Trend:
    """Return the trend of what follows the filling of caches: a straight line by least squares."""
    late = series[int(len(series) * FILLING) :]
    times, values = [at for at, _ in late], [mib for _, mib in late]
    middle, mean = sum(times) / len(late), sum(values) / len(late)
    spread_s2 = sum((at - middle) ** 2 for at in times)
    slope = sum((at - middle) * (mib - mean) for at, mib in late) / (spread_s2 or 1.0)
    return Trend(mean, 60 * slope, slope * (times[-1] - times[0]))


async def run(system: MeasuredSystem, load: Load, every_s: float, steps: launcher.Steps) -> Found:
    """Offer the load, looking at memory meanwhile."""
    async with AsyncExitStack() as stack:
        world = await surround(system, stack)
        series: dict[str, list[tuple[float, float]]] = {}
        watching = asyncio.create_task(_watch(world.meter, every_s, series))
        steps.doing(f"{load.rate:g} applications a second for {load.seconds:g} s")
        measured = await measure(load, world.generator, world.payers, world.meter, world.lags)
        watching.cancel()
    steps.doing("Reading the log")
    outcome = (await told(system)).outcome(measured.offered.began, measured.offered.ended)
    left = sizes.measure(system.servers.mongo_url, DATABASE, system.folder / KAFKA_DATA)
    return Found(measured, outcome, series, left)


async def _watch(
    meter: Meter, every_s: float, series: dict[str, list[tuple[float, float]]]
) -> None:
    began_s = time.monotonic()
    while True:
        at_s = round(time.monotonic() - began_s, 1)
        for name, mib in meter.look().items():
            series.setdefault(name, []).append((at_s, round(mib, 1)))
        await asyncio.sleep(every_s)


def report(load: Load, found: Found) -> dict[str, Any]:
    """Return everything by name."""
    measured, outcome, series, left = found
    trends = {name: trend(values) for name, values in sorted(series.items())}
    growing = [name for name in SERVICES if name in trends and not trends[name].is_flat]
    lost = measured.offered.submitted - outcome.completed
    return {
        "rate": load.rate,
        "seconds": load.seconds,
        "submitted": measured.offered.submitted,
        "completed": outcome.completed,
        "lost": lost,
        "latency_ms": spread(outcome.latency_ms),
        "memory": {
            name: {
                "mean_mib": round(t.mean_mib, 1),
                "slope_mib_per_min": round(t.slope_mib_per_min, 2),
                "grown_mib": round(t.grown_mib, 1),
                "is_flat": t.is_flat,
            }
            for name, t in trends.items()
        },
        "rss_mib": series,
        "disk_bytes_per_application": disk(left),
        "machine": machine.facts(),
        "wrong": [
            *([f"{lost} applications were not accepted"] if lost else []),
            *(f"the memory of {name} grows{_too_soon(load)}" for name in growing),
        ],
    }


def disk(left: Sizes) -> dict[str, int]:
    """Return the bytes that an application takes: topics, journals and all else, with indexes."""
    taken = {"topics": sum(t.bytes for t in left.topics.values()), "journals": 0, "tables": 0}
    for name, kept in left.collections.items():
        kind = "journals" if name.endswith(".journal") else "tables"
        taken[kind] += kept.stored_bytes + kept.index_bytes
    return {kind: round(size / left.applications) for kind, size in taken.items()}


def _too_soon(load: Load) -> str:
    """Return what to do when the services' largest cache was not full yet."""
    enough_s = CACHED_KEYS / load.rate / FILLING
    if load.seconds >= enough_s:
        return ""
    return f", its cache was still filling: give SECONDS={enough_s:.0f} or more"


def table(content: Mapping[str, Any]) -> Table:
    """Return memory by process."""
    drawn = Table(box=None, pad_edge=False, header_style="dim")
    drawn.add_column(f"{content['rate']:g} per second for {content['seconds']:g} s")
    for title in ("memory", "a minute"):
        drawn.add_column(title, justify="right")
    drawn.add_column("")
    for name, memory in content["memory"].items():
        flat = "flat" if memory["is_flat"] else "grows"
        mean, slope = f"{memory['mean_mib']:.0f} MiB", f"{memory['slope_mib_per_min']:+.2f} MiB"
        drawn.add_row(name, mean, slope, flat)
    drawn.add_section()
    for kind, size in content["disk_bytes_per_application"].items():
        drawn.add_row(kind, f"{size / 1000:.1f} kB", "", "on disk, each application")
    return drawn


def main(
    rate: Annotated[str, typer.Option()] = "325",
    seconds: Annotated[str, typer.Option()] = "600",
    every: Annotated[str, typer.Option(help="seconds between two looks at memory")] = "10",
) -> None:
    """Run it; exit with 1 if anything was lost or the memory of a service grows."""
    load = Load(options.rate(rate), options.seconds(seconds, LEAST_S), WARM_UP_S)
    every_s = options.number("EVERY", every, 1, load.seconds / 6, "seconds between two looks")
    with screen.steps() as steps, running(steps, load.applications) as system:
        content = report(load, asyncio.run(run(system, load, every_s, steps)))
        if content["wrong"]:
            system.keep_logs()
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
