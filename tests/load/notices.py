"""`make bench-notices`: notices through one process of notify on one core, to devices and back.

What befalls applications is put onto the log at a rate, as the services before notify do it: four
milestones each.  Notify decides, opens contacts, hands over to the sandbox's carriers (`BY=http`:
the SMS gateway and the app, half and half; `BY=smpp`: one bind of the message centre), takes their
receipts at its edge or over the bind, and decides on those.  Notify has a core to itself; Kafka,
MongoDB and the carriers share the others.  CPU is told apart by process, of all that was done until
the log is at rest.  Writes `build/bench-notices.json`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any, NamedTuple

import msgspec
import psutil
import typer
from rich.table import Table

from deploy.local import processes, secrets
from deploy.log.lag import Lags
from deploy.log.reading import decoded, whole
from services.notify.domain.milestones import REACHED_BY
from services.notify.providers import SANDBOX
from shared.errors import Misconfigured
from shared.events.data import Way
from shared.events.notify import NoticeDelivered, NoticeDropped, NoticeSent
from shared.topics import groups
from tests.e2e import centre
from tests.load import machine, milestones, options, screen
from tests.load.generator import Offered
from tests.load.meter import Meter, Used
from tests.load.system import MeasuredSystem, running
from tests.load.workers import worker

REPORT = "bench-notices.json"
NOTIFY, CARRIERS = "notify", ("sms", "inbox", "smsc")
BY: Mapping[str, list[Way]] = {"http": ["sms", "app"], "smpp": ["sms"]}
TOPICS = ("intake.events", "payment.events", "routing.events", "notify.events")
EACH = len(milestones.MILESTONES)
WARM_UP_S = 5.0  # of the same, not counted
REST_ROUNDS = 5
RECEIPTS_S = 1.0  # until the last one comes


class Log(NamedTuple):
    """When milestones were reached, and told: by application and milestone, Unix milliseconds.

    `dropped`: obsolete at their turn, as an order that was paid before it could be told.
    """

    reached: dict[tuple[str, str], int]
    sent: dict[tuple[str, str], int]
    delivered: dict[tuple[str, str], int]
    dropped: dict[tuple[str, str], int]


class Ran(NamedTuple):
    """What was said and what came of it; `offering`, `whole`: what was used while it was said, and
    until all was at rest.
    """

    offered: Offered
    offering: Used
    whole: Used
    log: Log


async def run(system: MeasuredSystem, by: str, rate: float, seconds: float, steps: Any) -> Ran:
    """Leave notify and its carriers alone with the log, then say what befalls applications."""
    count = round(rate * seconds / EACH)
    services = str(processes.secret(system.settings, secrets.SERVICES_FILE))
    async with AsyncExitStack() as stack:
        steps.doing("Leaving notify alone with its carriers")
        await asyncio.to_thread(_leave_notify, system, by)
        url, lanes = system.servers.kafka_url, system.settings.lanes
        job = milestones.Job(url, system.servers.mongo_url, services, lanes, BY[by])
        telling = await stack.enter_async_context(
            worker("milestones", milestones.__name__, job, system.logs)
        )
        own = {name: topics for name, topics in groups().items() if name.startswith(NOTIFY)}
        lags = await stack.enter_async_context(Lags(url, own, lanes))
        await telling.ask(prepare=round(rate * WARM_UP_S / EACH))
        await telling.ask(rate=rate / EACH)
        await lags.until_at_rest()
        await telling.ask(prepare=count)
        meter = Meter({**system.pids(), "milestones": telling.pid})
        _pin(system.pids() | {"milestones": telling.pid})
        steps.doing(f"{rate:g} notices a second by {by}")
        before = meter.used()
        offered = msgspec.convert(await telling.ask(rate=rate / EACH), Offered)
        offering = meter.used().since(before)
        steps.doing("Waiting for receipts")
        for _ in range(REST_ROUNDS):
            await lags.until_at_rest()
            log = since(await _read(url, lanes), offered.began)
            if len(log.delivered) + len(log.dropped) >= count * EACH:
                break
            await asyncio.sleep(RECEIPTS_S)
        return Ran(offered, offering, meter.used().since(before), log)


def _leave_notify(system: MeasuredSystem, by: str) -> None:
    """Stop the other services, and let carriers send receipts."""
    carriers = ("sms", "inbox") if by == "http" else ()
    system.children.stop([row.name for row in processes.TABLE if row.name not in carriers])
    if by == "http":
        system.start("sms", {"MOTCUA_SMS_RECEIPTS": "true"})
        system.wait_ready("sms")
        system.start(NOTIFY)
    else:
        _, binds_url = centre.start(system.children, system.settings)
        file = _smpp(system.folder, f"{binds_url}?window=100&rate_per_s=5000")
        system.start(NOTIFY, {"MOTCUA_PROVIDERS": str(file)})
    system.wait_ready(NOTIFY)


def _smpp(folder: Path, url: str) -> Path:
    """Write a file of providers in which all text messages go over one bind."""
    rows = msgspec.json.decode(SANDBOX.with_name("sandbox_smpp_providers.json").read_bytes())
    kept = [row | ({"url": url} if row["kind"] == "sms_smpp" else {}) for row in rows]
    path = folder / "providers.json"
    path.write_bytes(msgspec.json.encode([row for row in kept if row["kind"] != "sms_http"]))
    return path


def _pin(pids: Mapping[str, int]) -> None:
    """Give notify the first core, and all that it stands on the others."""
    first, *others = psutil.Process().cpu_affinity() or [0]
    for name, pid in pids.items():
        psutil.Process(pid).cpu_affinity([first] if name == NOTIFY else others or [first])


async def _read(kafka_url: str, lanes: int) -> Log:
    """Return what the log tells, by its own clock."""
    log = Log({}, {}, {}, {})
    async for messages in whole(kafka_url, TOPICS, lanes):
        for message in messages:
            hear(log, message.timestamp, message.value)
    return log


def since(log: Log, began: float) -> Log:
    """Return what was reached since then, and told of it: all but what warmed up."""
    own = {name for name, at_ms in log.reached.items() if at_ms >= 1_000 * began}
    return Log(*({name: at for name, at in each.items() if name in own} for each in log))


def hear(log: Log, at_ms: int, value: bytes | None) -> None:
    """Take note of an event; of one that came again the first counts."""
    event = decoded(value)
    if event is None:
        return
    if event.type in REACHED_BY:
        log.reached.setdefault((event.subject, REACHED_BY[event.type]), at_ms)
    elif event.type in (told := _told(log)):
        milestone = msgspec.json.decode(event.data)["milestone"]
        told[event.type].setdefault((event.subject, milestone), at_ms)


def _told(log: Log) -> dict[str, dict[tuple[str, str], int]]:
    return {
        NoticeSent.TYPE: log.sent,
        NoticeDelivered.TYPE: log.delivered,
        NoticeDropped.TYPE: log.dropped,
    }


def report(
    by: str, rate: float, seconds: float, ran: Ran, doubled: Sequence[str]
) -> dict[str, Any]:
    """Return everything by name."""
    log, notices = ran.log, ran.offered.submitted * EACH
    unsent, unheard = (notices - len(log.dropped) - len(t) for t in (log.sent, log.delivered))
    per_notice = {name: 1_000 * s / notices for name, s in sorted(ran.whole.cpu_s.items())}
    core = ran.offering.cpu_s[NOTIFY] / ran.offering.at_s
    last_ms = max(log.delivered.values(), default=0)
    return {
        "by": by,
        "rate": rate,
        "seconds": seconds,
        "notices": notices,
        "sent": len(log.sent),
        "delivered": len(log.delivered),
        "dropped": len(log.dropped),
        "delivered_per_s": round(_steady(log.delivered), 1),
        "sent_after_ms": _took(log.reached, log.sent),
        "delivered_after_ms": _took(log.reached, log.delivered),
        "last_after_s": round(max(0, last_ms - max(log.reached.values(), default=0)) / 1_000, 1),
        "behind_s": round(ran.offered.behind_s, 2),
        "notify_core": round(core, 3),
        "cpu_ms_by_process": {name: round(ms, 3) for name, ms in per_notice.items()},
        "other_cores": round(ran.whole.other_cores, 2),
        "machine": machine.facts(),
        "wrong": [
            *([f"{unsent} notices were not sent"] if unsent > 0 else []),
            *([f"{unheard} receipts are missing"] if unheard > 0 else []),
            *([f"{len(doubled)} messages came twice"] if doubled else []),
        ],
    }


def _steady(told: Mapping[tuple[str, str], int]) -> float:
    """Return how many a second, of the middle half: all milestones are reached by then."""
    at_ms = sorted(told.values())
    middle = at_ms[len(at_ms) // 4 : len(at_ms) * 3 // 4 + 1]
    took_ms = middle[-1] - middle[0] if middle else 0
    return 1_000 * (len(middle) - 1) / took_ms if took_ms else 0.0


def _took(
    begun: Mapping[tuple[str, str], int], ended: Mapping[tuple[str, str], int]
) -> dict[str, float]:
    took = [at_ms - begun[name] for name, at_ms in ended.items() if name in begun]
    points = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return {"p50": round(points[49]), "p99": round(points[98])}


def table(content: Mapping[str, Any]) -> Table:
    """Return what was offered beside what came of it."""
    cpu = content["cpu_ms_by_process"]
    carriers = sum(ms for name, ms in cpu.items() if name in CARRIERS)
    sent, delivered = content["sent_after_ms"], content["delivered_after_ms"]
    drawn = Table(box=None, pad_edge=False, show_header=False)
    for name, value in (
        ("offered", f"{content['rate']:g} notices a second"),
        ("delivered", f"{content['delivered_per_s']:g} a second, all of {content['notices']:,} "
                      f"{content['last_after_s']:g} s after the end"),
        ("sent", f"half within {sent['p50']:.0f} ms, 99 of 100 within {sent['p99']:.0f} ms"),
        ("receipted", f"half within {delivered['p50']:.0f} ms, 99 of 100 within "
                      f"{delivered['p99']:.0f} ms"),
        ("notify's core", f"{100 * content['notify_core']:.0f} %"),
        ("CPU of a notice", f"notify {cpu[NOTIFY]:.2f} ms, carriers {carriers:.2f}, MongoDB "
                            f"{cpu['mongo']:.2f}, Kafka {cpu['kafka']:.2f}"),
    ):  # fmt: skip
        drawn.add_row(name, value)
    return drawn


def main(
    rate: Annotated[str, typer.Option(help="notices per second")] = "1000",
    seconds: Annotated[str, typer.Option()] = "20",
    by: Annotated[str, typer.Option(help="http or smpp")] = "http",
) -> None:
    """Run it; exit with 1 if a notice was not sent or came twice, or a receipt is missing."""
    per_s = options.number("RATE", rate, 1, 10_000, "notices per second")
    for_s = options.seconds(seconds, least=10)
    if by not in BY:
        raise Misconfigured(f"BY={by} cannot be: give http or smpp.")
    with screen.steps() as steps, running(steps, per_s * for_s / EACH) as system:
        ran = asyncio.run(run(system, by, per_s, for_s, steps))
        doubled = system.outbox()["doubled"] if by == "http" else ()
        content = report(by, per_s, for_s, ran, doubled)
        if content["wrong"]:
            system.keep_logs()
    screen.finish(table(content), content["wrong"], REPORT, content)
    raise typer.Exit(1 if content["wrong"] else 0)


if __name__ == "__main__":
    screen.command(main)
