"""`make bench-sms`: text messages over one SMPP bind, by one process on one core.

The channel is notify's own, under uvloop, called as effects call it: what came within a window, in
calls of at most 500, four at a time.  The sandbox's message centre has the other core and returns a
receipt for each message.  First messages are offered at a rate, then as fast as they go.  What it
leaves out: contacts are open, rows are in memory, receipts are counted and not appended.
Writes `build/bench-sms.json`.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Annotated, Any, NamedTuple

import psutil
import typer
import uvloop
from rich.table import Table as Shown

from services.notify.channels import Message
from services.notify.channels.receipts import Receipt
from services.notify.channels.sms_smpp import SmsSmpp, connect
from shared.effects import NotCalled
from shared.partners import PATIENT
from tests.load import machine, options, screen, smsc
from tests.load.meter import Meter, Used
from tests.load.stated_day import Memory
from tests.load.workers import Worker, worker

REPORT = "bench-sms.json"
ACCOUNT = {"system_id": "motcua", "password": "syntheti"}
CALL_LIMIT, CALLS_AT_ONCE, LIMIT_S = 500, 4, 10.0
MOST = 6_000  # messages as fast as they go
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
TEXT = "Ho so H29.1-20261120-{n:07d} da duoc tiep nhan. Ngay hen tra ket qua: 01/12/2026."
RECEIPTS_LIMIT_S = 30.0


class Row(NamedTuple):
    """The provider."""

    url: str
    name: str = "smsc"
    sender: str = "MOTCUA"


class Phase(NamedTuple):
    """What was sent, what came of it, and what it cost."""

    findings: Mapping[str, int]
    took_ms: Sequence[float]  # of each message, from when it was offered to its answer
    used: Used


class Ran(NamedTuple):
    """Both phases, the receipts, and what the message centre says."""

    offered: Phase
    most: Phase
    receipts: int
    outbox: Mapping[str, Any]


class Sender:
    """Calls the channel as effects do."""

    def __init__(self, channel: SmsSmpp) -> None:
        self._channel, self._slots = channel, asyncio.Semaphore(CALLS_AT_ONCE)
        self.findings: dict[str, int] = {}
        self.took_ms: list[float] = []

    async def call(self, messages: Sequence[Message], offered_s: Sequence[float]) -> None:
        """Hand over messages in one call."""
        async with self._slots:
            try:
                found = [a.finding for a in await self._channel.send(messages)]
            except NotCalled:
                found = ["deferred"] * len(messages)
        now_s = time.monotonic()
        self.took_ms += [1_000 * (now_s - s) for s in offered_s]
        for finding in found:
            self.findings[finding] = self.findings.get(finding, 0) + 1


def messages(first: int, count: int) -> list[Message]:
    """Return messages to as many people, synthetic all of them."""
    return [
        Message(
            key=f"0198c0de-0000-7000-8000-{n:012d}/accepted/sms/1",
            to=f"09{n % 100_000_000:08d}",
            sender="",
            text=TEXT.format(n=n),
        )
        for n in range(first, first + count)
    ]


async def run(rate: float, seconds: float, logs: Path) -> Ran:
    """Bind, send, wait for the receipts."""
    first, *_ = psutil.Process().cpu_affinity() or [0]
    psutil.Process().cpu_affinity([first])
    heard: list[Receipt] = []

    async def receipts(found: Sequence[Receipt]) -> None:
        heard.extend(found)

    async with worker("smsc", smsc.__name__, ACCOUNT, logs) as centre:
        port = (await centre.ask(where=True))["port"]
        row = Row(f"smpp://127.0.0.1:{port}?window=100&rate_per_s=100000")
        channel = connect(
            row,
            ACCOUNT,
            receipts,
            table=Memory(),
            clock=lambda: AT,
            marks_key=b"synthetic",
            limit_s=LIMIT_S,
        )
        running = asyncio.create_task(channel.run())
        while not channel.is_bound():  # noqa: ASYNC110 - for a moment, before anything is measured
            await asyncio.sleep(0.05)
        count = int(rate * seconds)
        offered = await _phase(channel, centre, _offer, messages(0, count), rate)
        most = await _phase(channel, centre, _rush, messages(count, MOST), rate)
        until_s = time.monotonic() + RECEIPTS_LIMIT_S
        while len(heard) < count + MOST and time.monotonic() < until_s:  # noqa: ASYNC110 - the end
            await asyncio.sleep(0.2)
        outbox = await centre.ask(outbox=True)
        await channel.aclose()
        await running
    return Ran(offered, most, len({r.data.key for r in heard}), outbox)


async def _phase(channel: SmsSmpp, centre: Worker, how: Any, sent: list[Message], rate: float):
    sender, meter = Sender(channel), Meter({"smsc": centre.pid})
    before = meter.used()
    await how(sender, sent, rate)
    return Phase(sender.findings, sender.took_ms, meter.used().since(before))


async def _offer(sender: Sender, sent: list[Message], rate: float) -> None:
    """Offer messages at a rate; what came within a window goes in one call."""
    began_s, at, calls = time.monotonic(), 0, list[asyncio.Task[None]]()
    while at < len(sent):
        await asyncio.sleep(PATIENT.window_s)
        due = min(int((time.monotonic() - began_s) * rate), len(sent))
        for first in range(at, due, CALL_LIMIT):
            last = min(first + CALL_LIMIT, due)
            offered_s = [began_s + n / rate for n in range(first, last)]
            calls.append(asyncio.create_task(sender.call(sent[first:last], offered_s)))
        at = due
    await asyncio.gather(*calls)


async def _rush(sender: Sender, sent: list[Message], rate: float) -> None:
    now_s = time.monotonic()
    chunks = [sent[n : n + CALL_LIMIT] for n in range(0, len(sent), CALL_LIMIT)]
    await asyncio.gather(*(sender.call(chunk, [now_s] * len(chunk)) for chunk in chunks))


def report(rate: float, seconds: float, ran: Ran) -> dict[str, Any]:
    """Return everything by name."""
    offered, most = ran.offered, ran.most
    count = len(offered.took_ms) + len(most.took_ms)
    silent = count - sum(p.findings.get("handed", 0) for p in (offered, most))
    doubled = len(ran.outbox["doubled"])
    points = quantiles(offered.took_ms, n=100)
    return {
        "rate": rate,
        "seconds": seconds,
        "answered_per_s": round(len(offered.took_ms) / offered.used.at_s, 1),
        "latency_ms": {"p50": round(points[49], 1), "p99": round(points[98], 1)},
        "core": round(offered.used.cpu_s["bench"] / offered.used.at_s, 3),
        "most_per_s": round(len(most.took_ms) / most.used.at_s, 1),
        "core_at_most": round(most.used.cpu_s["bench"] / most.used.at_s, 3),
        "centres_core_at_most": round(most.used.cpu_s["smsc"] / most.used.at_s, 3),
        "findings": {"offered": dict(offered.findings), "most": dict(most.findings)},
        "receipts": ran.receipts,
        "centre": dict(ran.outbox),
        "other_cores": round(offered.used.other_cores, 2),
        "machine": machine.facts(),
        "wrong": [
            *([f"{silent} messages were not handed over"] if silent else []),
            *([f"{count - ran.receipts} receipts are missing"] if ran.receipts < count else []),
            *([f"{doubled} messages came twice"] if doubled else []),
        ],
    }


def table(content: Mapping[str, Any]) -> Shown:
    """Return what was offered beside what was answered."""
    drawn = Shown(box=None, pad_edge=False, show_header=False)
    for name, value in (
        ("offered", f"{content['rate']:g} a second"),
        ("answered", f"{content['answered_per_s']:g} a second"),
        ("half within", f"{content['latency_ms']['p50']:.0f} ms"),
        ("99 of 100 within", f"{content['latency_ms']['p99']:.0f} ms"),
        ("of a core", f"{100 * content['core']:.0f} %"),
        ("at most", f"{content['most_per_s']:g} a second"),
        ("receipts", f"{content['receipts']}"),
    ):
        drawn.add_row(name, value)
    return drawn


def main(
    rate: Annotated[str, typer.Option(help="messages per second")] = "300",
    seconds: Annotated[str, typer.Option()] = "20",
) -> None:
    """Run it; exit with 1 if a message was not handed over, came twice, or has no receipt."""
    per_s = options.number("RATE", rate, 1, 5_000, "messages per second")
    for_s = options.seconds(seconds)
    with screen.steps() as steps, TemporaryDirectory() as logs:
        steps.doing(f"{per_s:g} messages a second")
        content = report(per_s, for_s, uvloop.run(run(per_s, for_s, Path(logs))))
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
