"""`make bench-callbacks`: signed callbacks offered to one payment process on one core.

First as many orders are opened as callbacks will come.  Then every other service is stopped, and
payment has a core to itself: it answers, and its lanes settle what they hear of, at the same time.
Writes `build/bench-callbacks.json`.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Annotated, Any, NamedTuple

import msgspec
import psutil
import typer
from rich.table import Table

from deploy.local import launcher, processes
from deploy.log.lag import Lags
from deploy.log.reading import whole
from shared.events.payment import Requested, Settled
from shared.topics import groups
from tests.load import callers, generator, machine, options, screen
from tests.load.meter import Meter, Used
from tests.load.system import MeasuredSystem, running
from tests.load.workers import worker
from tests.load.world import CALLBACKS

REPORT = "bench-callbacks.json"
OPENING_RATE = 400.0  # applications per second, before anything is measured
PAYMENT = "payment"
TOPIC = "payment.events"
REQUESTED, SETTLED = (f'"type":"{kind.TYPE}"'.encode() for kind in (Requested, Settled))


class _Order(msgspec.Struct, frozen=True):
    reference: str
    amount_vnd: int


class _Said(msgspec.Struct, frozen=True):
    data: _Order


class Called(NamedTuple):
    """What came of the calls, what they cost, and how many orders payment settled."""

    orders: int
    calls: Mapping[str, Any]
    used: Used
    settled: int
    settled_after_s: float


async def run(system: MeasuredSystem, rate: float, seconds: float, steps: launcher.Steps) -> Called:
    """Open the orders, then call."""
    async with AsyncExitStack() as stack:
        steps.doing(f"Opening {rate * seconds:.0f} orders")
        orders = await _opened(system, stack, rate * seconds)
        system.children.stop([row.name for row in processes.TABLE if row.name != PAYMENT])
        _pin(system.pids())
        path = system.folder / "orders"
        path.write_text("\n".join(f"{order.reference} {order.amount_vnd}" for order in orders))
        job = callers.Job(system.url(PAYMENT) + CALLBACKS, str(system.clients_file), str(path))
        calling = await stack.enter_async_context(
            worker("callers", callers.__name__, job, system.logs)
        )
        own = {name: topics for name, topics in groups().items() if name.startswith(PAYMENT)}
        lags = await stack.enter_async_context(
            Lags(system.servers.kafka_url, own, system.settings.lanes)
        )
        meter = Meter({**system.pids(), "callers": calling.pid})
        steps.doing(f"{rate:g} callbacks a second")
        before = meter.used()
        calls = await calling.ask(rate=rate, seconds=seconds)
        used = meter.used().since(before)
        await lags.until_at_rest()
        after_s = meter.used().since(before).at_s - used.at_s
    return Called(len(orders), calls, used, len(await _said(system, SETTLED)), after_s)


async def _opened(system: MeasuredSystem, stack: AsyncExitStack, orders: float) -> list[_Order]:
    url, lanes = system.servers.kafka_url, system.settings.lanes
    lags = await stack.enter_async_context(Lags(url, groups(), lanes))
    job = generator.Job(url, "portal.submissions", str(system.clients_file), lanes)
    submitting = await stack.enter_async_context(
        worker("generator", generator.__name__, job, system.logs)
    )
    await submitting.ask(rate=OPENING_RATE, seconds=orders / OPENING_RATE)
    await lags.until_at_rest()
    found = await _said(system, REQUESTED)
    return [msgspec.json.decode(value, type=_Said).data for value in found]


async def _said(system: MeasuredSystem, type_: bytes) -> list[bytes]:
    """Return payment's events of this type, each once, by its order."""
    found: dict[bytes, bytes] = {}
    async for messages in whole(system.servers.kafka_url, (TOPIC,), system.settings.lanes):
        found |= {m.key: m.value for m in messages if type_ in m.value}
    return list(found.values())


def _pin(pids: Mapping[str, int]) -> None:
    """Give payment the first core, and all that it stands on the others."""
    first, *others = psutil.Process().cpu_affinity() or [0]
    for name, pid in pids.items():
        psutil.Process(pid).cpu_affinity([first] if name == PAYMENT else others or [first])


def report(rate: float, seconds: float, called: Called) -> dict[str, Any]:
    """Return everything by name."""
    good = called.calls["answers"].get("200", 0)
    silent = called.calls["asked"] - good
    lost = called.orders - called.settled if not silent else 0
    return {
        "rate": rate,
        "seconds": seconds,
        "orders": called.orders,
        "calls": called.calls,
        "settled": called.settled,
        "settled_after_s": round(called.settled_after_s, 1),
        "cores_by_process": {
            n: round(s / called.used.at_s, 3) for n, s in sorted(called.used.cpu_s.items())
        },
        "other_cores": round(called.used.other_cores, 2),
        "machine": machine.facts(),
        "wrong": [
            *([f"{silent} callbacks had no good answer"] if silent else []),
            *([f"{lost} paid orders were not settled"] if lost else []),
        ],
    }


def table(content: Mapping[str, Any]) -> Table:
    """Return what was offered beside what was answered."""
    calls, took = content["calls"], content["calls"]["latency_ms"]
    drawn = Table(box=None, pad_edge=False, show_header=False)
    for name, value in (
        ("offered", f"{content['rate']:g} a second"),
        ("answered", f"{calls['answered_per_s']:g} a second"),
        ("half within", f"{took['p50']:.0f} ms"),
        ("99 of 100 within", f"{took['p99']:.0f} ms"),
        ("settled", f"{content['settled']} orders, {content['settled_after_s']:g} s after the end"),
        ("payment's core", f"{100 * content['cores_by_process'][PAYMENT]:.0f} %"),
    ):
        drawn.add_row(name, value)
    return drawn


def main(
    rate: Annotated[str, typer.Option(help="callbacks per second")] = "2000",
    seconds: Annotated[str, typer.Option()] = "10",
) -> None:
    """Run it; exit with 1 if a callback had no good answer or a paid order was not settled."""
    per_s = options.number("RATE", rate, 1, 10_000, "callbacks per second")
    for_s = options.seconds(seconds)
    with screen.steps() as steps, running(steps, per_s * for_s) as system:
        content = report(per_s, for_s, asyncio.run(run(system, per_s, for_s, steps)))
        if content["wrong"]:
            system.keep_logs()
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
