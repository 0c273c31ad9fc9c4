"""`make bench-reconcile`: a partner's day, reconciled, with payment's log and journal made up.

Measured is what `motcua reconcile` does besides waiting for servers: payment's events of the day
are decoded and folded, the file is checked and matched, breaks are kept and cures made.  Tables are
in memory; with `--mongo` they are on that server, in a database of their own that is dropped.  With
`--killed` besides, another process reconciles the file first and is killed in the midst of it; what
is measured goes on where that one ended, and has to come to the same.
Writes `build/bench-reconcile.json`.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, NamedTuple

import psutil
import typer
from rich.table import Table as Shown

from deploy.reconciling import generate
from deploy.reconciling.ports import Around, Books
from deploy.reconciling.recorded import Recorded
from deploy.reconciling.run import Outcome, Run
from services.payment.breaks import Breaks
from services.payment.references import References
from services.payment.statements import Asked
from services.payment.statements.formats import reader
from shared.clock import system_clock
from shared.errors import Misconfigured
from tests.load import machine, options, screen
from tests.load.stated_day import (
    DAY,
    PARTNER,
    Counting,
    Made,
    day,
    fold,
    journal_of,
    order,
    shares,
    tables,
)

REPORT = "bench-reconcile.json"
LINES_LIMIT = 2_000_000
LIMIT_S, LIMIT_LINES = 60.0, 200_000
AT_ONCE = 5_000
KILL_AT = 0.5  # of the chunks of the file
KILL_LIMIT_S = 300.0
LOOK_S = 0.02


class Taken(NamedTuple):
    """What a run came to, and what it took."""

    found: Outcome
    outbox: Counting
    seconds: float
    folded_s: float
    cpu_s: float


async def once(made: Made, values: Sequence[bytes], path: Path, count: int) -> Taken:
    """Reconcile the file; return what it took."""
    asked, outbox, references = Asked(PARTNER, DAY), Counting(), References(made["references"])
    began, cpu_s = time.monotonic(), _cpu_s()
    held = fold(values)
    folded_s = time.monotonic() - began
    books = Books(
        Recorded(made["statements"], made["stated"], asked),
        Breaks(made["breaks"], made["breaks_open"]),
        references,
        journal_of(made, references),
        outbox,
    )
    around = Around(system_clock, patience_s=0.0, breaks_limit=count + 1)
    with path.open("rb") as file:
        read = reader(file)
    found = await Run(asked, books, around).go(path, read, held)
    return Taken(found, outbox, time.monotonic() - began, folded_s, _cpu_s() - cpu_s)


async def run(count: int, mongo: str, folder: Path, *, killed: bool) -> dict[str, Any]:
    """Reconcile a day of so many lines; return what it took."""
    lines, values = day(count)
    untold, unnamed, foreign = shares(lines)
    path, name = folder / f"{PARTNER}_{DAY}.csv", f"bench_reconcile_{int(time.time())}"
    generate.write(path, (line for _, line in [*lines[:untold], *lines[untold + unnamed :]]))
    async with tables(mongo, name, keep=False) as made:
        references = References(made["references"])
        journal = journal_of(made, references)
        for at in range(0, untold, AT_ONCE):
            await order(lines[at : min(untold, at + AT_ONCE)], references, journal)
        del lines
        done = await cut_off(made, count, mongo, name, path) if killed else 0
        taken = await once(made, values, path, count)
    found, outbox = taken.found, taken.outbox
    wrong = _wrong(found, count, (untold, unnamed, foreign), None if killed else outbox)
    return {
        "lines": found.report.lines,
        "events": len(values),
        "chunks_done_before": done,
        "seconds": round(taken.seconds, 1),
        "of_these_folding_s": round(taken.folded_s, 1),
        "cpu_s": round(taken.cpu_s, 1),
        "memory_mib": round(psutil.Process().memory_info().rss / 2**20),
        "tables": "MongoDB" if mongo else "in memory",
        "breaks": {each.kind: each.count for each in found.report.breaks},
        "told": outbox.told,
        "published": outbox.published,
        "machine": machine.facts(),
        "wrong": [*wrong, *_slow(found, taken.seconds)],
    }


# ---- a run that is killed


async def cut_off(made: Made, count: int, mongo: str, name: str, path: Path) -> int:
    """Let another process begin, kill it half-way; return how many chunks it had done."""
    wanted = int(KILL_AT * count / Around(system_clock).chunk)
    command = ("-m", "tests.load.reconciling", "--lines", f"{count}", "--mongo", mongo)
    other = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--within", name, "--file", f"{path}"
    )
    try:
        async with asyncio.timeout(KILL_LIMIT_S):
            while (done := await _chunks(made)) < wanted and other.returncode is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(other.wait(), LOOK_S)
    finally:
        if other.returncode is None:
            other.send_signal(signal.SIGKILL)
        await other.wait()
    return done


async def _chunks(made: Made) -> int:
    file = await Recorded(made["statements"], made["stated"], Asked(PARTNER, DAY)).last()
    return len(file.chunks) if file else 0


async def within(count: int, mongo: str, name: str, path: Path) -> None:
    """Reconcile a file that another process made, in its database."""
    async with tables(mongo, name, keep=True) as made:
        await once(made, day(count)[1], path, count)


def _wrong(
    found: Outcome, count: int, expected: tuple[int, int, int], outbox: Counting | None
) -> Iterator[str]:
    """Find what a day that was made so cannot come to."""
    untold, unnamed, foreign = expected
    counted = {each.kind: each.count for each in found.report.breaks}
    wanted = {"missing_here": untold, "missing_there": unnamed, "unknown": foreign}
    if counted != {kind: number for kind, number in wanted.items() if number}:
        yield f"the breaks are {counted}, made were {wanted}"
    if found.report.matched != count - untold - unnamed - foreign:
        yield f"{found.report.matched:,} lines matched"
    if outbox and outbox.told != untold + unnamed:
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
    if done := content["chunks_done_before"]:
        drawn.add_row("chunks done by a run that was killed", f"{done:,}")
    return drawn


def main(
    lines: Annotated[str, typer.Option(help="of the statement")] = f"{LIMIT_LINES}",
    mongo: Annotated[str, typer.Option(help="a server; left out: tables in memory")] = "",
    killed: Annotated[bool, typer.Option(help="go on after a run that was killed")] = False,
    name: Annotated[str, typer.Option("--within", hidden=True)] = "",
    file: Annotated[Path, typer.Option(hidden=True)] = Path(),
) -> None:
    """Run it; exit with 1 if a line is not accounted for, or it took too long."""
    count = int(options.number("LINES", lines, 1_000, LINES_LIMIT, "a number of lines"))
    if name:
        asyncio.run(within(count, mongo, name, file))
        return
    if killed and not mongo:
        raise Misconfigured("KILLED needs a server that outlives a process: name it as MONGO.")
    with TemporaryDirectory() as folder:
        try:
            content = asyncio.run(run(count, mongo, Path(folder), killed=killed))
        except OSError as error:
            raise Misconfigured(
                f"{error.filename} failed ({error.strerror}): make room."
            ) from error
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
