"""`make bench-import`: a file of made-up applications, imported into a system of its own.

The time is that of the whole command, from its start to its report.  Writes
`build/bench-import.json`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Annotated, Any

import psutil
import typer
from rich.table import Table

from deploy.importing.generate import COUNT_LIMIT
from deploy.importing.lists import Paths
from deploy.local import launcher
from deploy.local.settings import ROOT
from deploy.sandbox.portal import NAME
from tests.load import machine, options, screen
from tests.load.system import MeasuredSystem, running

REPORT = "bench-import.json"
LIMIT_S = 3_600


def run(system: MeasuredSystem, count: int, steps: launcher.Steps) -> dict[str, Any]:
    """Make a file, import it, and return what it took."""
    file = system.folder / "batch.jsonl"
    steps.doing(f"Making {count:,} lines")
    _motcua(system, "--generate", str(count), str(file))
    steps.done(f"{count:,} lines, {file.stat().st_size / 2**20:.0f} MiB")
    steps.doing("Importing")
    before, since = _cpu_s(system), time.monotonic()
    said = _motcua(system, "--portal", NAME, str(file))
    seconds = time.monotonic() - since
    after = _cpu_s(system)
    own_s = said.cpu_s
    return {
        "records": count,
        "seconds": round(seconds, 1),
        "records_per_s": round(count / seconds),
        "cpu_s": {name: round(after[name] - before[name], 1) for name in before}
        | {"importer": round(own_s, 1)},
        "reconciliation": json.loads(Paths.beside(file, None).report.read_text())["reconciliation"],
        "machine": machine.facts(),
        "wrong": [said.text] if said.code else [],
    }


class Said:
    """How the command ended, what it told, and the CPU it took."""

    def __init__(self, code: int, text: str, cpu_s: float) -> None:
        self.code, self.text, self.cpu_s = code, text, cpu_s


def _motcua(system: MeasuredSystem, *arguments: str) -> Said:
    told = {"KAFKA_URL": system.servers.kafka_url, "MOTCUA_HOME": str(system.folder)}
    children = psutil.Process().cpu_times()
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local", "import", *arguments],
        cwd=ROOT,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    used = psutil.Process().cpu_times()
    cpu_s = used.children_user + used.children_system
    cpu_s -= children.children_user + children.children_system
    return Said(done.returncode, done.stdout + done.stderr, cpu_s)


def _cpu_s(system: MeasuredSystem) -> Mapping[str, float]:
    """Return what each process has used."""
    times = {name: psutil.Process(pid).cpu_times() for name, pid in system.pids().items()}
    return {name: used.user + used.system for name, used in times.items()}


def table(content: Mapping[str, Any]) -> Table:
    """Return records, seconds, and CPU by process."""
    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column()
    drawn.add_column(justify="right")
    drawn.add_row("records", f"{content['records']:,}")
    drawn.add_row("seconds", f"{content['seconds']:.1f}")
    drawn.add_row("records per s", f"{content['records_per_s']:,}")
    drawn.add_row("difference", f"{content['reconciliation']['difference']:,}")
    for name, used in content["cpu_s"].items():
        drawn.add_row(f"[dim]CPU of {name}[/]", f"[dim]{used:.1f} s[/]")
    return drawn


def main(
    records: Annotated[str, typer.Option(help="lines of the file")] = "100000",
) -> None:
    """Run it; exit with 1 if a line did not come in."""
    count = int(options.number("RECORDS", records, 1, COUNT_LIMIT, "a number of lines"))
    with screen.steps() as steps, running(steps, count) as system:
        content = run(system, count, steps)
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
