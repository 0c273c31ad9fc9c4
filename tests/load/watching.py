"""`make bench-operations`: a log of made-up journeys, read from its beginning, then asked about.

Nothing else runs but Kafka, MongoDB and operations.  Writes `build/bench-operations.json`.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Annotated, Any

import httpx
import typer
from rich.table import Table

from deploy.local import launcher
from deploy.log.lag import Lags
from shared.clock import system_clock
from shared.kafka.producer import KafkaProducer
from shared.topics import groups
from shared.working_time import local_day
from tests.load import machine, options, screen
from tests.load.made_up import Made, Writer
from tests.load.meter import Meter
from tests.load.system import MeasuredSystem, running

REPORT = "bench-operations.json"
COUNT_LIMIT = 2_000_000
AT_ONCE = 2_000  # applications that are appended together
KEPT = 20_000  # of which some are asked about
ASKED = 200  # times, each question
ASKING = ("operator", "operator:second")  # by turns: nobody may ask without end
LOOK_S = 0.5
ROOM_SHARE = 0.2  # of what an application needs where all services run
NAME = "operations"
GROUPS = {group: topics for group, topics in groups().items() if group.startswith(NAME)}


async def run(system: MeasuredSystem, count: int, steps: launcher.Steps) -> dict[str, Any]:
    """Write a log, have it read, ask; return what it took."""
    system.stop_services()
    steps.doing(f"Writing {count:,} applications")
    writer, since_s = Writer(system.settings.lanes), time.monotonic()
    made = await _write(system, writer, count)
    write_s = time.monotonic() - since_s
    steps.done(f"{writer.records:,} records of {count:,} applications")
    steps.doing("Reading them")
    system.start(NAME)
    meter = Meter(system.pids())
    before, began_s = meter.used(), time.monotonic()
    async with Lags(system.servers.kafka_url, GROUPS, system.settings.lanes) as lags:
        while (await lags.look()).total:
            meter.look()
            await asyncio.sleep(LOOK_S)
    seconds, used = time.monotonic() - began_s, meter.used().since(before)
    steps.done(f"Read in {seconds:.0f} s")
    steps.doing("Asking")
    first_ms = await _first_board_ms(system)
    asked = await _ask(system, made)
    steps.done(f"Asked {ASKED} times each")
    return {
        "applications": count,
        "records": writer.records,
        "chapters": dict(writer.chapters),
        "write_s": round(write_s, 1),
        "read_s": round(seconds, 1),
        "records_per_s": round(writer.records / seconds),
        "cpu_us_per_record": {
            name: round(1e6 * s / writer.records, 1) for name, s in sorted(used.cpu_s.items())
        },
        "peak_mib": {name: round(mib) for name, mib in sorted(meter.peak_mib.items())},
        "other_cores": round(used.other_cores, 2),
        "first_board_ms": round(first_ms, 1),
        "asked_ms": asked,
        "machine": machine.facts(),
        "wrong": [],
    }


async def _write(system: MeasuredSystem, writer: Writer, count: int) -> list[Made]:
    producer = KafkaProducer(system.servers.kafka_url)
    made: list[Made] = []
    try:
        for at in range(0, count, AT_ONCE):
            some, batches = writer.batch(
                range(at, min(at + AT_ONCE, count)), int(time.time() * 1_000)
            )
            await producer.append(batches)
            made += some[:: max(1, count // KEPT)]
    finally:
        await producer.stop()
    return made


async def _ask(system: MeasuredSystem, made: Sequence[Made]) -> dict[str, dict[str, float]]:
    """Return how long each question takes, one after the other."""
    chance, today = random.Random(0), local_day(system_clock())
    questions: Mapping[str, Callable[[], str]] = {
        "find by dossier code": lambda: f"/v1/find?q={chance.choice(made).code}",
        "find by unit": lambda: "/v1/find?q=unit:00004",
        "find by province and day": lambda: f"/v1/find?q=unit:01 {today}",
        "find by partner and day": lambda: f"/v1/find?q=sandbox {today}",
        "find by day": lambda: f"/v1/find?q={today}",
        "journey by dossier code": lambda: f"/v1/journeys/{chance.choice(made).code}",
        "journey by id": lambda: f"/v1/journeys/{chance.choice(made).application}",
        "waterfall": lambda: f"/v1/journeys/{chance.choice(made).application}/waterfall",
        "stuck board": lambda: "/v1/stuck",
        "a group's first page": lambda: "/v1/stuck/payment/awaiting_payment",
        "counts": lambda: "/v1/counts",
    }
    found = {}
    keys = cycle(system.key(role) for role in ASKING)
    async with httpx.AsyncClient(base_url=system.url(NAME), timeout=60, trust_env=False) as client:
        for name, path in questions.items():
            took_ms = [await _took_ms(client, path(), next(keys)) for _ in range(ASKED)]
            cuts = statistics.quantiles(took_ms, n=100)
            found[name] = {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1)}
    return found


async def _first_board_ms(system: MeasuredSystem) -> float:
    """Return how long a board takes of which nothing is told yet: all of it is counted."""
    async with httpx.AsyncClient(base_url=system.url(NAME), timeout=60, trust_env=False) as client:
        return await _took_ms(client, "/v1/stuck", system.key(ASKING[0]))


async def _took_ms(client: httpx.AsyncClient, path: str, key: str) -> float:
    """Return how long an answer takes; what was asked too often is asked again, and timed anew."""
    while True:
        since_s = time.perf_counter()
        answer = await client.get(path, headers={"authorization": f"Bearer {key}"})
        took_ms = (time.perf_counter() - since_s) * 1_000
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            answer.raise_for_status()
            return took_ms
        await asyncio.sleep(float(answer.headers["Retry-After"]))


def table(content: Mapping[str, Any]) -> Table:
    """Return what it took."""
    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column()
    drawn.add_column(justify="right")
    drawn.add_row("applications", f"{content['applications']:,}")
    drawn.add_row("records", f"{content['records']:,}")
    drawn.add_row("written in", f"{content['write_s']:,} s")
    drawn.add_row("read in", f"{content['read_s']:,} s")
    drawn.add_row("records per s", f"{content['records_per_s']:,}")
    for name, used in content["cpu_us_per_record"].items():
        drawn.add_row(f"[dim]CPU of {name}, a record[/]", f"[dim]{used} µs[/]")
    for name, mib in content["peak_mib"].items():
        drawn.add_row(f"[dim]memory of {name}[/]", f"[dim]{mib:,} MiB[/]")
    drawn.add_row("stuck board, the first time", f"{content['first_board_ms']} ms")
    for name, took in content["asked_ms"].items():
        drawn.add_row(f"{name}, p50 / p95", f"{took['p50']} / {took['p95']} ms")
    drawn.add_row("others took", f"{content['other_cores']} cores")
    return drawn


def main(
    applications: Annotated[
        str, typer.Option(help="how many have left a trace in the log")
    ] = "100000",
) -> None:
    """Run it."""
    count = int(options.number("APPLICATIONS", applications, 1_000, COUNT_LIMIT, "a number"))
    with screen.steps() as steps, running(steps, count * ROOM_SHARE) as system:
        content = asyncio.run(run(system, count, steps))
    screen.finish(table(content), content["wrong"], REPORT, content)


if __name__ == "__main__":
    screen.command(main)
