"""`make bench-reconcile`: a partner's day, reconciled, with payment's log and journal made up.

Measured is what `motcua reconcile` does besides waiting for servers: payment's events of the day
are decoded and folded, the file is checked and matched, breaks are kept and cures made.  Tables are
in memory; with `--mongo` they are on that server, in a database of their own that is dropped.
Writes `build/bench-reconcile.json`.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import psutil
import typer
from rich.table import Table as Shown

from deploy.reconciling import generate
from deploy.reconciling.holdings import Holdings
from deploy.reconciling.ports import Around, Books
from deploy.reconciling.recorded import Recorded
from deploy.reconciling.run import Day, Outcome, Run
from services.payment import lane
from services.payment.breaks import Breaks
from services.payment.domain.draft import Pace
from services.payment.domain.lines import Line
from services.payment.domain.state import Attempt, Obligation, Payment
from services.payment.references import References
from services.payment.statements import Asked
from services.payment.statements.formats import reader
from shared import events
from shared.catalogue import load
from shared.clock import VIETNAM, system_clock
from shared.errors import Misconfigured
from shared.events import Event
from shared.journal import Cause, Decision, Journal
from shared.mongo import MongoTable, connect
from shared.store import Bounds, Row, Table
from tests.load import machine, options, screen

REPORT = "bench-reconcile.json"
LINES_LIMIT = 2_000_000
PARTNER, DAY = "vnpay", date(2026, 11, 20)
BEGIN = datetime(2026, 11, 20, tzinfo=VIETNAM).astimezone(UTC)
LIMIT_S, LIMIT_LINES = 60.0, 200_000
UNTOLD, UNNAMED, FOREIGN = 0.01, 0.005, 0.005  # shares of the lines
AT_ONCE = 5_000
TABLES = ("statements", "stated", "breaks", "references", "journal")


class Memory:
    """A table in memory, as far as a run uses one."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._ids: list[str] = []

    async def insert(self, rows: Sequence[Row]) -> None:
        await self.insert_missing(rows)

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        stood = {r["_id"] for r in rows if r["_id"] in self.rows}
        self.rows |= {r["_id"]: r for r in rows if r["_id"] not in stood}
        return stood

    async def get(self, ids: Sequence[str]) -> list[Row]:
        return [self.rows[i] for i in ids if i in self.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        if len(self._ids) != len(self.rows):
            self._ids = sorted(self.rows)
        found = [self._between(*b) for b in bounds]
        rows = [self.rows[i] for ids in found for i in ids]
        return rows[:limit] if limit else rows

    def _between(self, low: str, high: str) -> list[str]:
        return self._ids[bisect_left(self._ids, low) : bisect_left(self._ids, high)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return (await self.ranges([bounds]))[-limit:]

    async def delete(self, ids: Sequence[str]) -> None:
        for id_ in ids:
            self.rows.pop(id_, None)


class Counting:
    """An outbox that counts."""

    def __init__(self) -> None:
        self.told = self.published = self.bytes = 0

    async def tell(self, found: Sequence[Event]) -> None:
        self.told += len(found)

    async def publish(self, found: Sequence[Event]) -> None:
        self.published += len(found)
        self.bytes += sum(len(events.encode(event)) for event in found)


@asynccontextmanager
async def tables(mongo: str) -> AsyncIterator[dict[str, Table]]:
    """Give the tables that a run needs."""
    if not mongo:
        yield {name: Memory() for name in TABLES}
        return
    database = connect(mongo, f"bench_reconcile_{int(time.time())}")
    try:
        yield {name: MongoTable(database[name]) for name in TABLES}
    finally:
        await database.client.drop_database(database.name)
        database.client.close()


def shares(lines: list[tuple[str, Line]]) -> tuple[int, int, int]:
    """Return how many lines payment was not told of, no line names, no order has."""
    return int(len(lines) * UNTOLD), int(len(lines) * UNNAMED), int(len(lines) * FOREIGN)


async def order(
    lines: Sequence[tuple[str, Line]], references: References, journal: Journal[Payment]
) -> None:
    """Let orders stand for these lines, unpaid."""
    await references.claim((application, 1) for application, _ in lines)
    await journal.append([_opened(application, line) for application, line in lines])


def _opened(application: str, line: Line) -> Decision[Payment]:
    attempt = Attempt(
        number=1,
        obligation=0,
        reference=line.reference,
        partner=PARTNER,
        amount_vnd=line.amount_vnd,
        opened_at=line.booked_at,
        expires_at=line.booked_at + timedelta(days=1),
    )
    due = Obligation(status="open", moment="at_submission", lines=(), total_vnd=line.amount_vnd)
    state = Payment(obligations=(due,), attempts=(attempt,))
    return Decision(
        application=application,
        version=1,
        at=line.booked_at,
        cause=Cause("routing.events", 0, 0, "x"),
        state=state,
        state_json=events.encode(state),
        traceparent="",
        sequence=2,
    )


def day(count: int) -> tuple[list[tuple[str, Line]], list[bytes]]:
    """Return the lines of a day, and what payment published on it."""
    lines = list(generate.lines(count, BEGIN, Random(7)))
    untold, _, foreign = shares(lines)
    told = lines[untold : len(lines) - foreign]
    return lines, [value for a, line in told for value in generate.decided(a, line, PARTNER)]


def fold(values: Sequence[bytes]) -> Day:
    """Return payment's day."""
    holdings = Holdings(PARTNER)
    for value in values:
        holdings.hear(value)
    return Day(BEGIN, BEGIN + timedelta(days=1), holdings.by_key())


async def run(count: int, mongo: str, folder: Path) -> dict[str, Any]:
    """Reconcile a day of so many lines; return what it took."""
    lines, values = day(count)
    untold, unnamed, foreign = shares(lines)
    path = folder / f"{PARTNER}_{DAY}.csv"
    generate.write(path, (line for _, line in [*lines[:untold], *lines[untold + unnamed :]]))
    asked, outbox = Asked(PARTNER, DAY), Counting()
    async with tables(mongo) as made:
        references = References(made["references"])
        journal = Journal(made["journal"], lane.table(load(), references, (), Pace()))
        for at in range(0, untold, AT_ONCE):
            await order(lines[at : min(untold, at + AT_ONCE)], references, journal)
        del lines
        began, cpu_s = time.monotonic(), _cpu_s()
        held = fold(values)
        folded_s = time.monotonic() - began
        books = Books(
            Recorded(made["statements"], made["stated"], asked),
            Breaks(made["breaks"]),
            references,
            journal,
            outbox,
        )
        around = Around(system_clock, patience_s=0.0, breaks_limit=count + 1)
        with path.open("rb") as file:
            read = reader(file)
        found = await Run(asked, books, around).go(path, read, held)
        seconds = time.monotonic() - began
    wrong = _wrong(found, count, (untold, unnamed, foreign), outbox)
    return {
        "lines": found.report.lines,
        "events": len(values),
        "seconds": round(seconds, 1),
        "of_these_folding_s": round(folded_s, 1),
        "cpu_s": round(_cpu_s() - cpu_s, 1),
        "memory_mib": round(psutil.Process().memory_info().rss / 2**20),
        "tables": "MongoDB" if mongo else "in memory",
        "breaks": {each.kind: each.count for each in found.report.breaks},
        "told": outbox.told,
        "published": outbox.published,
        "machine": machine.facts(),
        "wrong": [*wrong, *_slow(found, seconds)],
    }


def _wrong(
    found: Outcome, count: int, expected: tuple[int, int, int], outbox: Counting
) -> Iterator[str]:
    """Find what a day that was made so cannot come to."""
    untold, unnamed, foreign = expected
    counted = {each.kind: each.count for each in found.report.breaks}
    wanted = {"missing_here": untold, "missing_there": unnamed, "unknown": foreign}
    if counted != {kind: number for kind, number in wanted.items() if number}:
        yield f"the breaks are {counted}, made were {wanted}"
    if found.report.matched != count - untold - unnamed - foreign:
        yield f"{found.report.matched:,} lines matched"
    if outbox.told != untold + unnamed:
        yield f"{outbox.told:,} cures were told"


def _slow(found: Outcome, seconds: float) -> Iterator[str]:
    limit_s = LIMIT_S * max(1.0, found.report.lines / LIMIT_LINES)
    if seconds > limit_s:
        yield f"it took {seconds:.0f} s, and {limit_s:.0f} s are the limit"


def _cpu_s() -> float:
    used = psutil.Process().cpu_times()
    return used.user + used.system


def table(content: dict[str, Any]) -> Shown:
    """Return what it took."""
    drawn = Shown(box=None, pad_edge=False, show_header=False)
    drawn.add_column()
    drawn.add_column(justify="right")
    for name in ("lines", "events", "seconds", "of_these_folding_s", "cpu_s", "memory_mib"):
        drawn.add_row(name.replace("_", " "), f"{content[name]:,}")
    for kind, number in content["breaks"].items():
        drawn.add_row(kind, f"{number:,}")
    drawn.add_row("tables", content["tables"])
    return drawn


def main(
    lines: Annotated[str, typer.Option(help="of the statement")] = f"{LIMIT_LINES}",
    mongo: Annotated[str, typer.Option(help="a server; left out: tables in memory")] = "",
) -> None:
    """Run it; exit with 1 if a line is not accounted for, or it took too long."""
    count = int(options.number("LINES", lines, 1_000, LINES_LIMIT, "a number of lines"))
    with TemporaryDirectory() as folder:
        try:
            content = asyncio.run(run(count, mongo, Path(folder)))
        except OSError as error:
            raise Misconfigured(
                f"{error.filename} failed ({error.strerror}): make room."
            ) from error
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
