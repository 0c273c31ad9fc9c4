"""`make bench-statistics`: made-up applications of a year in all communes, then asked for forms.

What is written follows from messages as operations writes it; nothing else runs but MongoDB.
Writes `build/bench-statistics.json`.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, NamedTuple

import typer
from rich.table import Table

from deploy.local import launcher, stack
from services.operations.domain.entries import Entry
from services.operations.domain.facts import VIEWS
from services.operations.domain.statistics import Period, added, reconciles
from services.operations.facts import Facts
from services.operations.statistics import Counting, Scope, scope
from shared import events
from shared.catalogue import Catalogue, load
from shared.clock import VIETNAM
from shared.events import numbered_id, routing
from shared.mongo import MongoTable, connect
from shared.settings import Settings
from tests.load import judging, machine, options, screen
from tests.services.operations.lives import closing, registered, routed
from tests.services.operations.story import application

REPORT = "bench-statistics.json"
COUNT_LIMIT = 5_000_000
FIRST, DAYS = date(2025, 10, 1), 365
AT_ONCE = 5_000
LARGEST, SHARE = "79", 0.147  # of all, as published
ELSEWHERE, SUPPLEMENT, REFUSED, OPEN = 0.2, 0.1, 0.02, 0.04
ASKED = 60


class Unread(NamedTuple):
    """What stands of the applications: nothing, each comes once."""

    stood: Mapping[str, Sequence[Entry]] = {}


class World:
    """Made-up applications, the same ones for the same seed."""

    def __init__(self, catalogue: Catalogue, count: int, seed: int = 0) -> None:
        self._chance, self._count, self.catalogue = random.Random(seed), count, catalogue
        communes = [u for u in catalogue.units_in_force(date(2026, 9, 1)) if not u.is_province]
        self.of: dict[str, list[str]] = {}
        for unit in communes:
            self.of.setdefault(unit.province, []).append(unit.code)
        self.known = sorted(u.code for u in communes)

    def one(self, n: int) -> Iterator[Entry]:
        chance = self._chance
        others = sorted(self.of.keys() - {LARGEST})
        units = self.of[LARGEST if chance.random() < SHARE else chance.choice(others)]
        receiving = chance.choice(units)
        competent = chance.choice(units) if chance.random() < ELSEWHERE else receiving
        at = datetime.combine(FIRST, datetime.min.time(), VIETNAM)
        at += timedelta(days=n * DAYS // self._count, hours=chance.randrange(8, 17))
        due = closing((at + timedelta(days=chance.randrange(1, 15))).date())
        channel = chance.choices(("online", "direct", "post"), (74, 25, 1))[0]
        told: list[tuple[str, Any]] = [
            ("intake", registered(receiving, channel)),
            ("routing", routed({"receiving": receiving, "competent": competent}, channel)),
        ]
        if chance.random() < REFUSED:
            no = routing.NotAccepted(national_code=3, officer="o", reason="x")
            told.append(("routing", no))
        else:
            told += self._decided(due)
        yield from _entries(application(n), told, at, chance)

    def _decided(self, due: datetime) -> Iterator[tuple[str, Any]]:
        yield "routing", routing.Accepted(national_code=2, officer="o", due=due)
        yield "routing", routing.Processing(national_code=4, officer="o", due=due)
        if self._chance.random() < SUPPLEMENT:
            asked = routing.SupplementRequested(national_code=5, officer="o", content="x")
            yield "routing", asked
            later = due + timedelta(days=4)
            yield "routing", routing.Processing(national_code=4, officer="o", due=later)
        if self._chance.random() >= OPEN:
            yield "routing", routing.Settled(national_code=9, officer="o", on_time=True)
            yield "routing", routing.Returned(national_code=10, officer="o")


def _entries(
    of: str, told: Sequence[tuple[str, Any]], at: datetime, chance: random.Random
) -> Iterator[Entry]:
    sequences = dict.fromkeys(("intake", "routing"), 0)
    for service, data in told:
        n = sequences[service] = sequences[service] + 1
        id_, ms = numbered_id(of, service, n), int(at.timestamp() * 1_000)
        topic, body = f"{service}.events", events.encode(data)
        yield Entry(topic, 0, n, ms, of, data.TYPE, n, id_, "", "", "", 0, body)
        at += timedelta(hours=chance.choice((0, 1, 2, 24, 48)))


async def run(url: str, count: int, steps: launcher.Steps) -> dict[str, Any]:
    """Write, ask, and return what both took."""
    database = connect(url, "bench_statistics")
    await database.client.drop_database(database.name)
    facts, balances = MongoTable(database["facts"]), MongoTable(database["balances"])
    await facts.clustered()
    world = World(load(Settings().catalogue), count)
    steps.doing(f"Writing {count:,} applications")
    took = await _write(world, facts, balances, count)
    size = await database.command("collStats", "facts")
    steps.done(f"{size['count']:,} rows")
    counting = Counting(facts, balances)
    asked, wrong = await _ask(world, counting, steps, count)
    steps.doing("Indicators of the country")
    told = await judging.ask(database, counting, world.catalogue, world.known, count)
    judged = {
        name: {"p50": round(statistics.median(ms)), "most": round(max(ms))}
        for name, ms in told.items()
    }
    steps.done(f"Indicators of the country: {judged}")
    await database.client.drop_database(database.name)
    return {
        "applications": count,
        "rows_per_application": round(size["count"] / count, 2),
        "bytes_per_application": round(size["size"] / count),
        "disk_bytes_per_application": round((size["storageSize"] + size["totalIndexSize"]) / count),
        **took,
        "asked_ms": asked,
        "indicators_ms": judged,
        "machine": machine.facts(),
        "wrong": wrong,
    }


async def _write(
    world: World, facts: MongoTable, balances: MongoTable, count: int
) -> dict[str, float]:
    """Write as operations does, and return what it took of an application, and of this CPU."""
    now = datetime(2025, 10, 1, tzinfo=UTC)
    writer = Facts(facts, balances, Unread(), lambda: now)
    seconds = cpu_s = 0.0
    for at in range(0, count, AT_ONCE):
        entries = [e for n in range(at, min(at + AT_ONCE, count)) for e in world.one(n)]
        since_s, since_cpu_s = time.perf_counter(), time.process_time()
        await writer.follow(entries)
        seconds += time.perf_counter() - since_s
        cpu_s += time.process_time() - since_cpu_s
    return {
        "write_us_per_application": round(1e6 * seconds / count, 1),
        "write_cpu_us_per_application": round(1e6 * cpu_s / count, 1),
    }


async def _ask(
    world: World, counting: Counting, steps: launcher.Steps, count: int
) -> tuple[dict[str, Any], list[str]]:
    chance, found, wrong = random.Random(1), dict[str, Any](), list[str]()
    provinces = sorted(world.of)
    questions = {
        "a province and a month": lambda: world.of[chance.choice(provinces)],
        "the largest province and a month": lambda: world.of[LARGEST],
        "a commune and a month": lambda: [chance.choice(world.known)],
    }
    for name, units in questions.items():
        steps.doing(name)
        took: dict[str, list[float]] = {"first": [], "again": []}
        for _ in range(ASKED):
            of, period = scope(units(), world.known), _month(chance)
            view = chance.choice(list(VIEWS))
            for kind in took:
                since_s = time.perf_counter()
                forms = await counting.forms(of, period, view)
                took[kind].append((time.perf_counter() - since_s) * 1_000)
                wrong += [
                    f"{unit} {period}" for unit, form in forms.items() if not reconciles(form)
                ]
        found[name] = {kind: _quantiles(ms) for kind, ms in took.items()}
        steps.done(f"{name}: {found[name]}")
    whole = Period(FIRST, FIRST + timedelta(days=DAYS + 60))
    nation = added((await counting.forms(Scope(), whole, "receiving")).values())
    if nation.received != count:
        wrong.append(f"{count} applications were received, the form of all says {nation.received}")
    return found, wrong


def _month(chance: random.Random) -> Period:
    first = (FIRST.replace(day=1) + timedelta(days=31 * chance.randrange(12))).replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _quantiles(took_ms: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took_ms, n=100)
    return {"p50": round(cuts[49]), "p95": round(cuts[94]), "most": round(max(took_ms))}


def table(content: Mapping[str, Any]) -> Table:
    """Return what it took."""
    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column()
    drawn.add_column(justify="right")
    for name, value in content.items():
        if isinstance(value, int | float):
            drawn.add_row(name.replace("_", " "), f"{value:,}")
    for name, took in content["asked_ms"].items():
        for kind, ms in took.items():
            drawn.add_row(f"{name}, {kind}: p50 / p95", f"{ms['p50']} / {ms['p95']} ms")
    return drawn


def main(
    applications: Annotated[str, typer.Option(help="how many")] = "1000000",
    mongo: Annotated[str, typer.Option(help="a server to use instead of one of its own")] = "",
) -> None:
    """Run it."""
    count = int(options.number("APPLICATIONS", applications, 1_000, COUNT_LIMIT, "a number"))
    with screen.steps() as steps:
        if mongo:
            content = asyncio.run(run(mongo, count, steps))
        else:
            with TemporaryDirectory() as folder, stack.running(Path(folder)) as started:
                content = asyncio.run(run(started.mongo_url, count, steps))
    screen.finish(table(content), content["wrong"], REPORT, content)


if __name__ == "__main__":
    screen.command(main)
