"""The whole local system: up, down, status.  Tells each step, prints nothing."""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import psutil

from deploy.local import kafka, mongo, ports, processes, secrets, stack, topics
from deploy.local.children import Child, Children
from deploy.local.processes import Process
from deploy.local.settings import HOST, Settings
from deploy.local.stack import Stack
from shared.kafka import security

READY_LIMIT_S = 60.0
PROBE_LIMIT_S = 2.0
CPU_SAMPLE_S = 0.3


class Steps(Protocol):
    """Who is told how it goes."""

    def doing(self, text: str) -> None:
        """Take note of what is under way."""

    def done(self, text: str) -> None:
        """Take note of what stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the status: one process."""

    name: str
    pid: int
    port: int
    ready: bool
    cpu_percent: float
    rss_bytes: int
    ended: bool = False


def up(
    children: Children,
    settings: Settings,
    steps: Steps,
    extra: Mapping[str, str] = MappingProxyType({}),
) -> Stack:
    """Start all that does not run yet, in order, and return when all is ready.

    `extra` adds to the environment of services and partners.
    """
    require_ports(children, settings)
    secrets.ensure(settings.home / "secrets")
    steps.doing("Fetching Kafka (the first time only)")
    if not settings.kafka_url:
        kafka.fetch()
    steps.doing("Starting Kafka and MongoDB")
    servers = stack.start(children, settings)
    database = urlsplit(servers.mongo_url).netloc.rpartition("@")[2]
    if not settings.kafka_url:  # elsewhere: the next step tells
        steps.done(f"Kafka is ready on {servers.kafka_url}, MongoDB on {database}")
    steps.doing("Creating topics and first offsets")
    created = asyncio.run(
        topics.bootstrap(servers.kafka_url, settings.lanes, settings.replicas, security.told())
    )
    steps.done(f"Topics and offsets stand: {created} new topics, {settings.lanes} lanes")
    start_missing(children, settings, servers, extra)
    for row in filter(processes.present, processes.TABLE):
        steps.doing(f"Waiting for {row.name}")
        children.wait_for(row.name, partial(ready, row, settings.port(row.name)), READY_LIMIT_S)
        steps.done(f"{row.name} is ready on {processes.url(settings, row.name)}")
    return servers


def require_ports(children: Children, settings: Settings) -> None:
    """Raise `Misconfigured` for a port that is taken, before anything is started."""
    above = _ports(settings, _missing(children))
    ports.require_free(stack.missing(children, settings) | above)


def _ports(settings: Settings, rows: Sequence[Process]) -> dict[str, int]:
    """Return the ports of processes, by the names of settings."""
    names = [name for name in processes.PORTS for row in rows if name.partition("_")[0] == row.name]
    return {name: settings.port(name) for name in names}


def _missing(children: Children) -> list[Process]:
    return [r for r in processes.TABLE if processes.present(r) and not children.find(r.name)]


def start_missing(
    children: Children,
    settings: Settings,
    servers: Stack,
    extra: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Start every process of the table that does not run (any more); return their names."""
    missing = _missing(children)
    ports.require_free(_ports(settings, missing))
    for row in missing:
        start_one(children, settings, servers, row, extra)
    return [row.name for row in missing]


def start_one(
    children: Children,
    settings: Settings,
    servers: Stack,
    row: Process,
    extra: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Start one process of the table; `extra` adds to its environment."""
    env = {**processes.env(row, settings, servers), **extra}
    argv = ["nice", "-n", f"{row.nice}", sys.executable, "-m", row.module]
    children.start(row.name, argv, settings.port(row.name), env)


def down(children: Children) -> list[str]:
    """End all, those that need the others first; return what was running."""
    upper = children.stop([row.name for row in reversed(processes.ALL)])
    return upper + children.stop(stack.PARTS, stack.STOP_LIMIT_S)


def ready(row: Process, port: int) -> bool:
    """Tell whether a process says that it is ready."""
    address = f"http://{HOST}:{port}{processes.READY[row.kind]}"
    try:
        answer = httpx.get(address, timeout=PROBE_LIMIT_S, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.is_success


def status(children: Children) -> list[Row]:
    """Look at every process started and not stopped; CPU is measured over a moment."""
    names = (*stack.PARTS, *(row.name for row in processes.ALL))
    looked = [(child, child.process()) for name in names if (child := children.started(name))]
    for _, process in looked:
        with suppress(psutil.NoSuchProcess):
            if process:
                process.cpu_percent()  # begins the measurement
    if any(process for _, process in looked):
        time.sleep(CPU_SAMPLE_S)
    return [_look(child, process) for child, process in looked]


def _look(child: Child, process: psutil.Process | None) -> Row:
    ended = Row(child.name, child.pid, child.port, False, 0.0, 0, ended=True)
    if process is None:
        return ended
    try:
        return Row(
            name=child.name,
            pid=child.pid,
            port=child.port,
            ready=_ready(child),
            cpu_percent=process.cpu_percent(),
            rss_bytes=process.memory_info().rss,
        )
    except psutil.NoSuchProcess:
        return ended  # while we looked


def _ready(child: Child) -> bool:
    if child.name == "kafka":
        return kafka.ready(f"{HOST}:{child.port}")
    if child.name == "mongo":
        return mongo.ready(child.port)
    return ready(next(row for row in processes.ALL if row.name == child.name), child.port)
