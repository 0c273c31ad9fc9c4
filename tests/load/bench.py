"""The benchmark journey: submission → registered → routed → paid → accepted, with its notices.

A system of its own is started in a temporary folder; the generator does not wait for it (open loop)
and latencies count from when a submission was due.  Writes `build/bench.json` and prints a table.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import msgspec
import psutil
import typer
from rich.console import Console
from rich.table import Table

from deploy.local import launcher, ports, processes
from deploy.local.children import Children
from deploy.local.settings import Settings
from tests.load.generator import Job as Generate
from tests.load.world import Job as Watch

BUILD = Path("build")
DRAIN_LIMIT_S = 60.0
IDLE_S = 10.0
NOTICES = 4
PORTS = ("kafka", "controller", "mongo", *(p.name for p in processes.TABLE))
# spans are drawn from the log afterwards; delivery receipts are not part of the journey
QUIET = {"MOTCUA_SAMPLE_RATIO": "0", "MOTCUA_SMS_RECEIPTS": "false"}

console = Console()


class Quiet:
    """Start-up, told on one line."""

    def doing(self, text: str) -> None:
        """Say what is under way."""
        console.print(f"[dim]{text} …[/dim]")

    def done(self, text: str) -> None:
        """Say what stands."""


class Meter:
    """CPU and memory of named processes."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self.peak_mib: dict[str, float] = dict.fromkeys(pids, 0.0)

    def cpu_s(self) -> dict[str, float]:
        """Return what each has used since it was started, children of its own included."""
        return {name: _cpu_s(p) for name, p in self._processes.items()}

    def look(self) -> None:
        """Take note of the memory in use."""
        for name, process in self._processes.items():
            mib = process.memory_info().rss / (1 << 20)
            self.peak_mib[name] = max(self.peak_mib[name], mib)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def main(
    rate: Annotated[float, typer.Option(min=1, max=5_000, help="applications per second")] = 65,
    seconds: Annotated[float, typer.Option(min=5, max=3_600, help="how long to offer them")] = 60,
) -> None:
    """Run the benchmark; exit with 1 if anything was lost."""
    with TemporaryDirectory(prefix="motcua-bench-") as folder:
        report = _measure(Path(folder), rate, seconds)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    console.print(_table(report))
    if report["lost"] or report["notices_lost"]:
        raise typer.Exit(1)


def _measure(folder: Path, rate: float, seconds: float) -> dict[str, Any]:
    numbers = dict(zip(PORTS, ports.free(len(PORTS)), strict=True))
    settings = Settings.model_validate(
        {"home": folder} | {f"{name}_port": n for name, n in numbers.items()}
    )
    os.environ.update(QUIET)
    with Children(folder) as children:
        servers = launcher.up(children, settings, Quiet())
        meter = Meter({child.name: child.pid for child in children.all()})
        idle_cores = _idle_cores(meter)
        clients = str(folder / "secrets" / "clients.json")
        total = round(rate * seconds)
        watch = Watch(
            servers.kafka_url,
            processes.url(settings, "payment"),
            clients,
            settings.lanes,
            total,
            time.time() + seconds + DRAIN_LIMIT_S,
            str(folder / "world.json"),
        )
        generate = Generate(servers.kafka_url, clients, settings.lanes, rate, seconds)
        before = meter.cpu_s()
        world = _start("tests.load.world", watch)
        offered = json.loads(_follow(_start("tests.load.generator", generate), meter))
        world.wait()
        seen = json.loads(Path(watch.out).read_text())
        handed = _notices(settings, total * NOTICES)
        after = meter.cpu_s()
        cpu = {name: after[name] - before[name] for name in after}
        cpu |= {"generator": offered["cpu_s"], "citizens and bank": seen["cpu_s"]}
        return _report(rate, offered, seen, cpu, meter, idle_cores, handed)


def _start(module: str, job: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, msgspec.json.encode(job).decode()],
        stdout=subprocess.PIPE,
        text=True,
    )


def _follow(process: subprocess.Popen[str], meter: Meter) -> str:
    """Wait for the end of a process, looking at memory meanwhile; return what it printed."""
    while process.poll() is None:
        meter.look()
        time.sleep(1)
    assert process.stdout is not None
    return process.stdout.read()


def _idle_cores(meter: Meter) -> float:
    time.sleep(3)
    before = sum(meter.cpu_s().values())
    time.sleep(IDLE_S)
    return (sum(meter.cpu_s().values()) - before) / IDLE_S


def _notices(settings: Settings, expected: int) -> int:
    """Wait until the gateway has been handed as many notices, or nothing comes any more."""
    clients = json.loads((settings.home / "secrets" / "clients.json").read_text())
    key = {"authorization": f"Bearer {clients['sms']['key']}"}
    url = f"{processes.url(settings, 'sms')}/sandbox/outbox"
    until, handed = time.monotonic() + DRAIN_LIMIT_S, -1
    while time.monotonic() < until:
        handed = httpx.get(url, headers=key, trust_env=False).json()["accepted"]
        if handed >= expected:
            break
        time.sleep(0.5)
    return int(handed)


def _report(
    rate: float,
    offered: dict[str, float],
    seen: dict[str, Any],
    cpu_s: dict[str, float],
    meter: Meter,
    idle_cores: float,
    handed: int,
) -> dict[str, Any]:
    submitted, completed = int(offered["submitted"]), seen["completed"]
    latencies = seen["latencies_s"] or [0.0]
    span_s = max(seen["last"] - offered["began"], 1e-9)
    by_process = {name: 1000 * s / submitted for name, s in sorted(cpu_s.items())}
    return {
        "rate": rate,
        "offered_per_s": submitted / (offered["ended"] - offered["began"]),
        "completed_per_s": completed / span_s,
        "submitted": submitted,
        "completed": completed,
        "lost": submitted - completed,
        "notices_handed": handed,
        "notices_lost": submitted * NOTICES - handed,
        "latency_ms": {
            f"p{p}": 1000 * latencies[min(len(latencies) - 1, len(latencies) * p // 100)]
            for p in (50, 95, 99)
        },
        "generator_behind_ms": 1000 * offered["behind_s"],
        "callback_answers": seen["answers"],
        "cpu_ms_per_application": by_process,
        "cpu_ms_per_application_total": sum(by_process.values()),
        "rss_mib": {name: round(mib) for name, mib in meter.peak_mib.items()},
        "idle_cores": idle_cores,
    }


def _table(report: dict[str, Any]) -> Table:
    table = Table(title=f"Benchmark journey at {report['rate']:g} applications/s")
    table.add_column("what")
    table.add_column("value", justify="right")
    latency = report["latency_ms"]
    rows = {
        "offered per s": f"{report['offered_per_s']:.1f}",
        "completed per s": f"{report['completed_per_s']:.1f}",
        "submitted": f"{report['submitted']}",
        "completed, lost": f"{report['completed']}, {report['lost']}",
        "notices handed, lost": f"{report['notices_handed']}, {report['notices_lost']}",
        "latency p50, p95, p99": " ".join(f"{latency[p]:.0f} ms" for p in ("p50", "p95", "p99")),
        "CPU per application": f"{report['cpu_ms_per_application_total']:.2f} ms",
        "idle": f"{report['idle_cores']:.2f} cores",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    for name, ms in report["cpu_ms_per_application"].items():
        rss = report["rss_mib"].get(name)
        table.add_row(f"  {name}", f"{ms:.2f} ms" + (f", {rss} MiB" if rss else ""))
    return table


if __name__ == "__main__":
    typer.run(main)
