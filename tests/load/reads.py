"""`make bench-reads`: status look-ups, as portals make them, beside a steady load of writing.

Looked up are applications accepted a moment before.  Writes `build/bench-reads.json`.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.local import launcher
from tests.load import machine, options, readers, screen
from tests.load.journeys import Journeys, Outcome
from tests.load.measure import Load, Measured, measure
from tests.load.meter import Meter
from tests.load.spread import spread
from tests.load.system import MeasuredSystem, running
from tests.load.workers import worker
from tests.load.world import surround, told

REPORT = "bench-reads.json"
STATUS = "/v1/applications/"
BEFORE_S = 5.0  # of writing: what is looked up
LEAST = 100  # applications to look up


async def run(
    system: MeasuredSystem, load: Load, reads_per_s: float, steps: launcher.Steps
) -> tuple[Measured, Outcome, Mapping[str, Any]]:
    """Write and read at the same time."""
    async with AsyncExitStack() as stack:
        world = await surround(system, stack)
        steps.doing("Writing what is looked up")
        await world.generator.ask(rate=max(load.rate, LEAST / BEFORE_S), seconds=BEFORE_S)
        await world.lags.until_at_rest()
        ids = system.folder / "ids"
        ids.write_text("\n".join(key.decode() for key in (await told(system)).accepted))
        job = readers.Job(system.url("intake") + STATUS, system.key("portal"), str(ids))
        asking = await stack.enter_async_context(
            worker("readers", readers.__name__, job, system.logs)
        )
        meter = Meter(
            {**system.pids(), "generator": world.generator.pid, "payers": world.payers.pid,
             "readers": asking.pid}
        )  # fmt: skip
        steps.doing(f"{reads_per_s:g} look-ups and {load.rate:g} applications a second")
        reading = asyncio.create_task(asking.ask(rate=reads_per_s, seconds=load.seconds))
        measured = await measure(load, world.generator, world.payers, meter, world.lags)
        read = await reading
    journeys: Journeys = await told(system)
    return measured, journeys.outcome(measured.offered.began, measured.offered.ended), read


def report(
    load: Load, reads_per_s: float, measured: Measured, outcome: Outcome, read: Mapping[str, Any]
) -> dict[str, Any]:
    """Return everything by name."""
    lost = measured.offered.submitted - outcome.completed
    good = read["answers"].get("200", 0)
    errors = read["asked"] - good
    used = measured.used
    return {
        "rate": load.rate,
        "seconds": load.seconds,
        "reads_per_s": reads_per_s,
        "reads": {**read, "errors": errors},
        "submitted": measured.offered.submitted,
        "completed": outcome.completed,
        "lost": lost,
        "latency_ms": spread(outcome.latency_ms),
        "cores_by_process": {n: round(s / used.at_s, 3) for n, s in sorted(used.cpu_s.items())},
        "other_cores": round(used.other_cores, 2),
        "machine": machine.facts(),
        "wrong": [
            *([f"{lost} applications were not accepted"] if lost else []),
            *([f"{errors} look-ups had no good answer"] if errors else []),
        ],
    }


def table(content: Mapping[str, Any]) -> Table:
    """Return reads beside writes."""
    reads, writes = content["reads"], content["latency_ms"]
    drawn = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "look-ups", "applications"):
        drawn.add_column(title, justify="right" if title else "left")
    drawn.add_row("offered, per second", f"{content['reads_per_s']:g}", f"{content['rate']:g}")
    drawn.add_row("done", f"{reads['answers'].get('200', 0)}", f"{content['completed']}")
    drawn.add_row("not done", f"{reads['errors']}", f"{content['lost']}")
    for name, said in (("p50", "half within"), ("p99", "99 of 100 within"), ("max", "slowest")):
        both = (found.get(name) for found in (reads["latency_ms"], writes))
        drawn.add_row(said, *("-" if ms is None else f"{ms:.0f} ms" for ms in both))
    cores = content["cores_by_process"]
    asked = {name: cores.get(name, 0.0) for name in ("intake", "readers")}
    for name, used in asked.items():
        drawn.add_row(f"cores of {name}", f"{used:.2f}", "")
    drawn.add_row("… all others of ours", "", f"{sum(cores.values()) - sum(asked.values()):.2f}")
    drawn.add_row("… other programs", "", f"{content['other_cores']:.2f}")
    return drawn


def main(
    rate: Annotated[str, typer.Option(help="applications per second")] = "325",
    seconds: Annotated[str, typer.Option()] = "30",
    reads: Annotated[str, typer.Option(help="look-ups per second")] = "2000",
) -> None:
    """Run it; exit with 1 if anything was lost or a look-up had no good answer."""
    load = Load(options.rate(rate), options.seconds(seconds), 0.0)
    reads_per_s = options.number("READS", reads, 1, 20_000, "look-ups per second")
    with screen.steps() as steps, running(steps, load.applications) as system:
        content = report(load, reads_per_s, *asyncio.run(run(system, load, reads_per_s, steps)))
        if content["wrong"]:
            system.keep_logs()
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
