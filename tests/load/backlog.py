"""`make bench-backlog`: services stand still while applications come; how fast do they catch up?

Nothing new comes while they do, so the rate is theirs alone.  Writes `build/bench-backlog.json`.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Annotated, Any, NamedTuple

import msgspec
import typer
from rich.table import Table

from deploy.local import launcher, processes
from deploy.log.lag import Sample
from shared.errors import Misconfigured
from shared.topics import SERVICES
from tests.load import machine, options, screen
from tests.load.generator import Offered
from tests.load.journeys import Outcome
from tests.load.meter import Meter, Used
from tests.load.system import MeasuredSystem, running
from tests.load.world import World, surround, told

REPORT = "bench-backlog.json"
ALL = "all"
LOOK_S = 1.0


class Found(NamedTuple):
    """What was left undone, and how it went."""

    offered: Offered
    ready_s: float  # from the start until all were ready
    drained_s: float  # from the start until nothing was left
    samples: list[Sample]  # from the start on
    used: Used
    outcome: Outcome


def stopped(who: str) -> tuple[str, ...]:
    """Return which services are to stand still.  Raises `Misconfigured`."""
    if who not in (ALL, *SERVICES):
        raise Misconfigured(f"STOP={who} is no service: give one of {', '.join(SERVICES)}, or all.")
    return SERVICES if who == ALL else (who,)


async def run(
    system: MeasuredSystem,
    names: tuple[str, ...],
    rate: float,
    seconds: float,
    steps: launcher.Steps,
) -> Found:
    """Stop, offer, start, and wait until all is worked off."""
    async with AsyncExitStack() as stack:
        world = await surround(system, stack)
        steps.doing(f"{', '.join(names)} stopped: {rate:g} applications a second come")
        system.children.stop(names)
        answer = await world.generator.ask(rate=rate, seconds=seconds)
        offered = msgspec.convert(answer, Offered)
        steps.done(f"{offered.submitted} applications came")
        steps.doing("Started again: working it off")
        began_s, samples = time.monotonic(), [await world.lags.look()]
        for name in names:
            system.start(name)
        ready_s = await _until_ready(system, names, began_s)
        meter = Meter(system.pids())
        before = meter.used()
        samples += await _until_worked_off(world)
        drained_s, used = samples[-1].at_s - began_s, meter.used().since(before)
        steps.done(f"Worked off in {drained_s:.0f} s")
    journeys = await told(system)
    outcome = journeys.outcome(offered.began, offered.ended)
    return Found(offered, ready_s, drained_s, samples, used, outcome)


async def _until_ready(system: MeasuredSystem, names: tuple[str, ...], began_s: float) -> float:
    rows = [row for row in processes.TABLE if row.name in names]
    while not all(launcher.ready(row, system.settings.port(row.name)) for row in rows):
        await asyncio.sleep(0.1)
        if ended := [name for name in names if not system.children.find(name)]:
            raise Misconfigured(f"{ended[0]} ended while starting: build/bench-logs says why.")
    return time.monotonic() - began_s


async def _until_worked_off(world: World) -> list[Sample]:
    """Look until nothing is left and nobody is being paid; the last sample is the first at rest."""
    samples: list[Sample] = []
    while True:
        sample = await world.lags.look()
        samples.append(sample)
        if sample.total == 0 and not (await world.payers.ask(tally=True))["under_way"]:
            rest = await world.lags.until_at_rest()
            if rest.end == sample.end:
                return samples
        await asyncio.sleep(LOOK_S)


def report(names: tuple[str, ...], rate: float, found: Found) -> dict[str, Any]:
    """Return everything by name."""
    submitted, drained_s = found.offered.submitted, found.drained_s
    lost = submitted - found.outcome.completed
    accepted_per_s = found.outcome.completed_per_s  # from the first acceptance to the last
    drain_per_s = submitted / drained_s  # until the last notice
    return {
        "rate": rate,
        "stopped": list(names),
        "stopped_s": round(found.offered.ended - found.offered.began, 1),
        "backlog": submitted,
        "backlog_records": found.samples[0].total,
        "completed": found.outcome.completed,
        "lost": lost,
        "start_to_ready_s": round(found.ready_s, 2),
        "drained_s": round(drained_s, 1),
        "accepted_per_s": round(accepted_per_s, 1),
        "drain_per_s": round(drain_per_s, 1),
        "accepted_under_load_s": _under_load_s(submitted, accepted_per_s, rate),
        "drain_under_load_s": _under_load_s(submitted, drain_per_s, rate),
        "cpu_ms_per_application": {
            name: round(1000 * s / submitted, 3) for name, s in sorted(found.used.cpu_s.items())
        },
        "cores": round(found.used.cores, 2),
        "other_cores": round(found.used.other_cores, 2),
        "lag": [(round(s.at_s - found.samples[0].at_s, 1), s.total) for s in found.samples],
        "machine": machine.facts(),
        "wrong": [f"{lost} applications were not accepted"] if lost else [],
    }


def _under_load_s(backlog: int, per_s: float, rate: float) -> float | None:
    """Return how long it takes while as many come as before; None: for ever."""
    return round(backlog / (per_s - rate), 1) if per_s > rate else None


def table(content: Mapping[str, Any]) -> Table:
    """Return how it went."""
    drawn = Table(box=None, pad_edge=False, show_header=False)
    rows = [
        ("stood still", f"{_who(content['stopped'])}, for {content['stopped_s']:g} s"),
        ("came meanwhile", f"{content['backlog']} applications, {content['rate']:g} per second"),
        ("lost", f"{content['lost']}"),
        ("ready again after", f"{content['start_to_ready_s']:.1f} s"),
        ("accepted again", f"{content['accepted_per_s']:.0f} applications per second"),
        ("… were as many still coming", _told(content["accepted_under_load_s"])),
        ("all worked off after", f"{content['drained_s']:.0f} s, the last notice included"),
        ("rate of working off", f"{content['drain_per_s']:.0f} applications per second"),
        ("… were as many still coming", _told(content["drain_under_load_s"])),
        ("CPU", f"{content['cores']:.2f} cores, others {content['other_cores']:.2f}"),
    ]
    for name, value in rows:
        drawn.add_row(name, value)
    return drawn


def _told(under_load_s: float | None) -> str:
    return "never" if under_load_s is None else f"{under_load_s:.0f} s, by these figures"


def _who(names: list[str]) -> str:
    return "all services" if len(names) == len(SERVICES) else ", ".join(names)


def main(
    rate: Annotated[str, typer.Option()] = "325",
    seconds: Annotated[str, typer.Option(help="how long they stand still")] = "300",
    stop: Annotated[str, typer.Option(help="a service, or all")] = ALL,
) -> None:
    """Run it; exit with 1 if anything was lost."""
    names, each, long = stopped(stop), options.rate(rate), options.seconds(seconds)
    with screen.steps() as steps, running(steps, each * long) as system:
        found = asyncio.run(run(system, names, each, long, steps))
        content = report(names, each, found)
        if content["wrong"]:
            system.keep_logs()
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
