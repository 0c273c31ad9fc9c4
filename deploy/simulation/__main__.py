"""Runs schedules on all cores: `python -m deploy.simulation --schedules 20000 --seed 0`.

Exit status 1 if anything that must hold did not; the first failing schedule is shown step by step,
and how to run it again.
"""

import multiprocessing
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local import refusals
from deploy.simulation.schedule import Result, failures, quieten, run

CHUNK = 20  # schedules handed to a core at a time
TRACE_LIMIT = 400  # lines shown
WIDTH = 200
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{8}([0-9a-f]{4})")

_console = Console()


def main(
    schedules: Annotated[int, typer.Option("--schedules", min=1, help="how many")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="the first one's seed")] = 0,
    scenario: Annotated[str, typer.Option(help="toys or services; else the seed chooses")] = "",
) -> None:
    """Run schedules and say which failed."""
    seeds = range(seed, seed + schedules)
    chunks = [seeds[at : at + CHUNK] for at in range(0, schedules, CHUNK)]
    failed: list[Result] = []
    with _progress() as progress:
        task = progress.add_task("", total=schedules, failed=0)
        for done, some in enumerate(_results(chunks, scenario), start=1):
            failed += some
            progress.update(task, completed=min(done * CHUNK, schedules), failed=len(failed))
    if failed:
        show(sorted(failed), scenario)
        raise typer.Exit(1)
    _console.print(f"{schedules} schedules from seed {seed}: all that must hold did.")


def _progress() -> Progress:
    return Progress(
        TextColumn("schedules"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[failed]} failed"),
        console=_console,
    )


def _results(chunks: Sequence[Sequence[int]], scenario: str) -> Iterator[list[Result]]:
    """Yield the failures of each chunk, as the chunks end."""
    if len(chunks) == 1:
        quieten()
        yield failures(chunks[0], scenario)
        return
    with multiprocessing.get_context("spawn").Pool(initializer=quieten) as pool:
        yield from pool.imap_unordered(partial(failures, scenario=scenario), chunks)


def show(failed: Sequence[Result], scenario: str) -> None:
    """Show the first failing schedule step by step, and what was violated in the others."""
    quieten()
    first = failed[0]
    trace = run(first.seed, scenario=scenario, traced=True).trace
    _console.rule(f"schedule {first.seed}")
    for line in trace[-TRACE_LIMIT:]:
        _console.print(_short(line), markup=False, highlight=False, soft_wrap=True)
    for result in failed[:20]:
        text = f"seed {result.seed}: {_short(result.violation)}"
        _console.print(text, markup=False, soft_wrap=True)
    _console.print(f"Run the first again: make simulate SEED={first.seed} SCHEDULES=1")


def _short(line: str) -> str:
    """Return a line with applications named by their last four digits."""
    return UUID.sub(r"\1", line)[:WIDTH]


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    refusals.run(_console, app)
