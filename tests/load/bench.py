"""`make bench`: the benchmark journey at a steady rate, beside the floor.

Submission → registered → routed → paid → accepted, with its notices, on a system of its own in a
temporary folder.  The generator does not wait for it (open loop) and latencies count from when a
submission was due.  Then the bare journey does the same on the same broker and database, and the
invariants are checked.  Writes `build/bench.json` and `build/bench.svg`.

Reading order: `world` with `generator`, `payers`, `calls` (who submits and pays) · `measure` with
`meter`, `connections`, `growth` (what is counted) · `journeys` (latencies) · `floor` with its
roles, `event_sizes`, `warm` (the comparison) · `audit` · `report`, `table`, `plot`.  Measurements
beside it: `soak`, `recovery`, `backlog`, `reads`.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from deploy.audit.evidence import Payment
from deploy.audit.invariants import Finding
from deploy.local import launcher
from deploy.log.reading import whole
from shared import topics
from tests.load import audit, floor, machine, options, plot, report, screen, table, warm
from tests.load.connections import Connections
from tests.load.journeys import TOPICS, Journeys
from tests.load.measure import Load, Measured, measure
from tests.load.meter import Meter, Used
from tests.load.system import MeasuredSystem, running
from tests.load.world import BOOKS, surround, told

WARM_UP_S = 5.0
WARM_BROKER_S = 25.0
SETTLE_S, IDLE_S = 3.0, 10.0


class Plan(NamedTuple):
    """What is to be done."""

    load: Load
    with_floor: bool = True
    with_audit: bool = True
    idle_s: float = IDLE_S
    warm_broker_s: float = WARM_BROKER_S


async def run(system: MeasuredSystem, plan: Plan, steps: launcher.Steps) -> report.Found:
    """Measure the real journey, then the floor, then check what was left behind."""
    steps.doing("Warming the broker")
    await warm.broker(system.servers.kafka_url, system.settings.lanes, plan.warm_broker_s)
    steps.doing("Nothing to do yet: what the system uses")
    idle = await _nothing_to_do(Meter(system.pids()), plan.idle_s)
    connections = Connections(system.servers.mongo_url, system.pids())
    before = connections.used()
    real = await _real(system, plan, steps)
    mongo_s = {caller: s - before[caller] for caller, s in connections.used().items()}
    steps.doing("Nothing to do any more: what the system uses")
    quiet = await _nothing_to_do(Meter(system.pids()), plan.idle_s)
    outbox = system.outbox(counts=plan.with_audit)
    system.stop_services()
    bare = None
    if plan.with_floor:
        steps.doing("The floor: the same journey, nothing decided")
        bare = await floor.run(system, plan.load)
        steps.done(f"The floor: {bare[1].completed} applications")
    steps.doing("Reading the log, checking the invariants")
    journeys, findings = await _read(system, real, outbox["counts"] if plan.with_audit else None)
    steps.done("Log read" if findings is None else f"{len(findings)} invariants checked")
    outcome = journeys.outcome(real.offered.began, real.offered.ended)
    return report.Found(
        plan.load.rate, real, outcome, outbox["accepted"], len(journeys.dropped), idle, quiet,
        findings, bare, machine.facts(), mongo_s,
    )  # fmt: skip


async def _real(system: MeasuredSystem, plan: Plan, steps: launcher.Steps) -> Measured:
    steps.doing(f"{plan.load.rate:g} applications a second for {plan.load.seconds:g} s")
    async with AsyncExitStack() as stack:
        world = await surround(system, stack)
        found = await measure(plan.load, world.generator, world.payers, world.meter, world.lags)
    steps.done(f"{found.offered.submitted} applications offered and worked off")
    return found


async def _nothing_to_do(meter: Meter, seconds: float) -> Used:
    await asyncio.sleep(min(SETTLE_S, seconds))
    before = meter.used()
    await asyncio.sleep(seconds)
    return meter.used().since(before)


async def _read(
    system: MeasuredSystem, measured: Measured, handed: dict[str, int] | None
) -> tuple[Journeys, list[Finding] | None]:
    """Read the log once; judge it if the notices handed over are given."""
    if handed is None:
        return await told(system), None
    journeys, url = Journeys(), system.servers.kafka_url
    began, ended = measured.warm_up.began, measured.offered.ended
    submitted = measured.warm_up.submitted + measured.offered.submitted
    spill = audit.Spill(system.folder / "audit", began, ended, submitted)
    async for messages in whole(url, topics.all_names(), system.settings.lanes):
        journeys.hear_all(m for m in messages if m.topic in TOPICS)
        spill.take(messages)
    spill.close()
    paid = msgspec.json.decode((system.folder / BOOKS).read_bytes(), type=list[Payment])
    books = audit.Books(paid, handed)
    slices = spill.slices(system.servers.mongo_url, books)
    return journeys, await asyncio.to_thread(audit.judge, slices, books)


def measured(plan: Plan) -> dict[str, Any]:
    """Run all of it; return the report.  Raises `Misconfigured`."""
    room = plan.load.applications
    with screen.steps() as steps, running(steps, room) as system:
        content = report.report(asyncio.run(run(system, plan, steps)))
        if content["wrong"]:
            system.keep_logs()
    return content


def main(
    rate: Annotated[str, typer.Option(help="applications per second")] = "65",
    seconds: Annotated[str, typer.Option(help="how long to offer them")] = "60",
    with_floor: Annotated[bool, typer.Option("--floor/--no-floor")] = True,
    with_audit: Annotated[bool, typer.Option("--audit/--no-audit")] = True,
) -> None:
    """Run the benchmark; exit with 1 if anything was lost, the lag grew or an invariant broke."""
    load = Load(options.rate(rate), options.seconds(seconds), WARM_UP_S)
    content = measured(Plan(load, with_floor, with_audit))
    wrong = [*content["wrong"], *report.too_much(content)]
    picture = plot.svg(*report.curves(content))
    screen.finish(table.drawn(content), wrong, "bench.json", content, {"bench.svg": picture})
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    screen.command(main)
