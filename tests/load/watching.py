"""`make bench-operations`: a log of made-up journeys, read from its beginning, then asked about.

Nothing else runs but Kafka, MongoDB and operations; and, while it is asked, the part of intake's
edge that tells whose applications are whose.  Writes `build/bench-operations.json`.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Annotated, Any, NamedTuple

import httpx
import typer
from rich.table import Table

from deploy.local import launcher
from deploy.log.lag import Lags
from shared.catalogue import load
from shared.clock import system_clock
from shared.kafka.producer import KafkaProducer
from shared.settings import Settings
from shared.topics import groups
from shared.working_time import local_day
from tests.load import machine, options, screen, subjects
from tests.load.endings import ENDINGS
from tests.load.made_up import CITIES, Made, Writer
from tests.load.meter import Meter
from tests.load.system import MeasuredSystem, running

REPORT = "bench-operations.json"
COUNT_LIMIT = 2_000_000
AT_ONCE = 2_000  # applications that are appended together
KEPT = 20_000  # of which some are asked about
ASKED = 200  # times, each question
OPERATORS = ("operator", "operator:second")  # by turns: nobody may ask without end
READERS = (*OPERATORS, "checker", "admin")
PERSONS = 100  # times: who asks for persons may do so once a second
LOOK_S = 0.5
SEED = 0
WRONG_LIMIT = 20  # told
LARGEST = next(iter(CITIES))
ROOM_SHARE = 0.2  # of what an application needs where all services run
NAME = "operations"
GROUPS = {group: topics for group, topics in groups().items() if group.startswith(NAME)}


async def run(system: MeasuredSystem, count: int, steps: launcher.Steps) -> dict[str, Any]:
    """Write a log, have it read, ask; return what it took."""
    system.stop_services()
    steps.doing(f"Writing {count:,} applications")
    catalogue, since_s = load(Settings().catalogue), time.monotonic()
    writer = Writer(system.settings.lanes, catalogue, system_clock(), SEED)
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
    async with subjects.answering(system, made):
        asked, wrong = await _ask(system, made)
    steps.done("Asked")
    return {
        "applications": count,
        "records": writer.records,
        "endings": dict(writer.endings),
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
        "wrong": wrong[:WRONG_LIMIT],
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
            made += some[: max(1, len(some) * KEPT // count)]  # a person's stand together
    finally:
        await producer.stop()
    return made


class Question(NamedTuple):
    """What is asked: a path; with `sought`, this is sent there, as what names a person is."""

    path: str
    sought: str = ""

    @property
    def is_found(self) -> bool:
        """Return whether it is a search; all that is sought is there."""
        return self.path.startswith("/v1/find")


def _questions(made: Sequence[Made]) -> Mapping[str, Callable[[], Question]]:
    """Return what is asked, of applications that have each of the names."""
    chance, today = random.Random(SEED), local_day(system_clock())
    made = [one for one in made if ENDINGS[one.ending].is_paid]

    def find(text: Callable[[Made], str]) -> Callable[[], Question]:
        return lambda: Question(f"/v1/find?q={text(chance.choice(made))}")

    def of(path: str, name: Callable[[Made], str]) -> Callable[[], Question]:
        return lambda: Question(path.format(name(chance.choice(made))))

    def sought() -> Question:
        return Question("/v1/find", f"subject:{chance.choice(made).person}")

    return {
        "find by dossier code": find(lambda one: one.code),
        "find by order": find(lambda one: one.order),
        "find by transaction": find(lambda one: one.transaction),
        "find by partner's transaction": find(lambda one: f"{one.partner}/{one.transaction}"),
        "find by person": sought,
        "find by unit": find(lambda one: f"unit:{one.receiving}"),
        "find by unit and day": find(lambda one: f"unit:{one.receiving} {today}"),
        "find by the largest province and day": lambda: Question(
            f"/v1/find?q=unit:{LARGEST} {today}"
        ),
        "find by partner and day": find(lambda one: f"{one.partner} {today}"),
        "find by day": find(lambda _: f"{today}"),
        "journey by dossier code": of("/v1/journeys/{}", lambda one: one.code),
        "journey by id": of("/v1/journeys/{}", lambda one: one.application),
        "waterfall": of("/v1/journeys/{}/waterfall", lambda one: one.application),
        "stuck board": lambda: Question("/v1/stuck"),
        "a group's first page": lambda: Question("/v1/stuck/payment/wrong_amount"),
        "counts": lambda: Question("/v1/counts"),
    }


async def _ask(
    system: MeasuredSystem, made: Sequence[Made]
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Return how long each question takes, one after the other, and what was not found."""
    took, wrong = dict[str, dict[str, float]](), list[str]()
    readers, operators = (
        cycle(system.key(role) for role in roles) for roles in (READERS, OPERATORS)
    )
    async with httpx.AsyncClient(base_url=system.url(NAME), timeout=60, trust_env=False) as client:
        for name, question in _questions(made).items():
            took_ms = []
            for _ in range(PERSONS if question().sought else ASKED):
                asked = question()
                key = next(operators if asked.sought else readers)
                ms, answer = await _answered(client, asked, key)
                took_ms.append(ms)
                if asked.is_found and not answer.json()["found"]:
                    wrong.append(f"{name}: {asked.path} {asked.sought} finds nothing")
            cuts = statistics.quantiles(took_ms, n=100)
            took[name] = {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1)}
    return took, wrong


async def _first_board_ms(system: MeasuredSystem) -> float:
    """Return how long a board takes of which nothing is told yet: all of it is counted."""
    async with httpx.AsyncClient(base_url=system.url(NAME), timeout=60, trust_env=False) as client:
        took_ms, _ = await _answered(client, Question("/v1/stuck"), system.key(READERS[0]))
    return took_ms


async def _answered(
    client: httpx.AsyncClient, asked: Question, key: str
) -> tuple[float, httpx.Response]:
    """Return how long an answer takes, and the answer; what was asked too often is asked again, and
    timed anew.
    """
    while True:
        since_s = time.perf_counter()
        answer = await _answer(client, asked, {"authorization": f"Bearer {key}"})
        took_ms = (time.perf_counter() - since_s) * 1_000
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return took_ms, answer.raise_for_status()
        await asyncio.sleep(float(answer.headers["Retry-After"]))


async def _answer(
    client: httpx.AsyncClient, asked: Question, headers: Mapping[str, str]
) -> httpx.Response:
    if not asked.sought:
        return await client.get(asked.path, headers=headers)
    body = {"q": asked.sought, "reason": "The citizen called"}
    return await client.post(asked.path, json=body, headers=headers)


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
