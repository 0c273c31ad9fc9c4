"""The process host: one service's edge, lanes and effects in one process, started and stopped
together.

If any part ends by an error, all end, with an error: whoever supervises starts the process again.
"""

import asyncio
import signal
import sys
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
import uvloop
from fastapi import APIRouter
from pydantic_settings import BaseSettings
from starlette.types import ASGIApp

from shared import bare, failpoints, logs, memory, process_routes, secrets, telemetry
from shared.access import Access
from shared.clock import Clock, off_by
from shared.edge_app import edge_app
from shared.effects import Effect, Effects
from shared.errors import Misconfigured, Unknown
from shared.journal import Journal
from shared.kafka import KafkaProducer, KafkaSubscription, security
from shared.lanes.health import Health
from shared.lanes.known import Known
from shared.lanes.loop import Lanes
from shared.lanes.notices import Notices
from shared.lanes.pace import PACE, Pace
from shared.lanes.table import LaneTable
from shared.mongo import MongoTable, connect
from shared.partners import LIMITS, Limits, Partners
from shared.publisher import Publisher
from shared.secrets import Secrets
from shared.settings import Settings, told
from shared.telemetry import Telemetry
from shared.timers import Timers
from shared.topics import reads
from shared.trace import is_sampled
from shared.vault import Vault, dead_letter_sealer

STOP_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Resources:
    """What a service is wired with.  `table(name)` is a collection of its own; `partners` tells
    which of those it calls are out of reach.
    """

    settings: Settings
    secrets: Secrets
    producer: KafkaProducer
    publisher: Publisher
    telemetry: Telemetry
    vault: Vault
    clock: Clock
    table: Callable[[str], MongoTable]
    service: str
    security: Mapping[str, Any]
    known: Known[Any] = field(default_factory=Known)
    partners: Partners = field(default_factory=Partners)

    def journal(self, lane_table: LaneTable[Any, Any]) -> Journal[Any]:
        """Return the service's journal."""
        return Journal(self.table("journal"), lane_table)

    def subscription(
        self, group: str, topics: Sequence[str], *, is_aligned: bool = False
    ) -> KafkaSubscription:
        """Return a membership of a group over whole lanes of these topics; `is_aligned`: where much
        is to be read, all of them are read at the same pace, by the log's time.
        """
        told = self.settings
        return KafkaSubscription(
            told.kafka_url,
            group,
            topics,
            session_s=told.session_s,
            poll_limit_s=told.poll_limit_s,
            lanes=told.lanes,
            is_aligned=is_aligned,
            security=self.security,
        )


Loop = tuple[str, Health, Callable[[], Coroutine[Any, Any, None]]]  # name, health, how to run it


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service consists of.  `journal`: what its lanes write, if it does more than others';
    `background`: more loops, beside lanes and effects; `beside`: what runs along and has no lanes
    to be ready for; `watched`: the same, with a health that is shown; `around`: what stands around
    its edge; `near`: what the edge has at hand (`shared.bare`).
    """

    router: APIRouter
    near: Mapping[str, bare.Near] = field(default_factory=dict)
    lanes: LaneTable[Any, Any] | None = None
    journal: Journal[Any] | None = None
    pace: Pace = PACE
    effects: Sequence[Effect] = ()
    limits: Limits = LIMITS
    background: Sequence[Loop] = ()
    beside: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
    watched: Sequence[Loop] = ()
    closing: Sequence[Callable[[], Coroutine[Any, Any, None]]] = field(default=())
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app


Build = Callable[[Resources], Awaitable[Parts]]


def main(service: str, build: Build, *own: type[BaseSettings]) -> None:
    """Run a service until it is told to stop.  Exits with 1 on any error, with a sentence on
    ours.  `own`: what it is told besides; a wrong value is said before anything is connected to.
    """
    try:
        settings = told(Settings)
        for reader in own:
            told(reader)
        logs.configure(settings.log_level)
        failpoints.arm(settings.failpoint)
        memory.share_one_heap()
        uvloop.run(_run(service, settings, build))
    except* (Misconfigured, Unknown) as group:
        sys.exit("; ".join(str(error) for error in group.exceptions))


async def _run(service: str, settings: Settings, build: Build) -> None:
    async with _resources(service, settings) as resources:
        parts = await build(resources)
        loops = _loops(resources, parts)
        server = _Server(_config(_app(service, resources, parts, loops), settings))
        memory.collect_seldom()
        async with asyncio.TaskGroup() as group:
            every = (*loops, *parts.watched)
            tasks = [group.create_task(run(), name=name) for name, _, run in every]
            tasks += [group.create_task(run()) for run in parts.beside]
            await server.serve()
            for task in tasks:
                task.cancel()
        for close in parts.closing:
            await close()


@asynccontextmanager
async def _resources(service: str, settings: Settings) -> AsyncIterator[Resources]:
    keys = secrets.read(settings.secrets)
    database = connect(settings.mongo_url, settings.database)
    ratio = settings.sample_ratio
    spans = Telemetry(service, ratio, telemetry.exporter(settings.otlp_endpoint))
    known = security.told()
    producer = KafkaProducer(settings.kafka_url, security=known)
    await producer.start()
    clock = off_by(settings.clock_offset_s)
    publisher = Publisher(
        producer,
        lane_count=settings.lanes,
        sample_ratio=ratio,
        clock=clock,
        appended=spans.appended,
    )
    vault = Vault(MongoTable(database["vault.keys"]), keys.master_key)
    try:
        yield Resources(
            settings,
            keys,
            producer,
            publisher,
            spans,
            vault,
            clock,
            lambda name: MongoTable(database[f"{service}.{name}"]),
            service,
            known,
        )
    finally:
        await producer.stop()
        spans.close()
        database.client.close()


def _loops(resources: Resources, parts: Parts) -> list[Loop]:
    """Return every loop of the process: its name, its health, how to run it."""
    found: list[Loop] = list(parts.background)
    if parts.lanes:
        lanes = _lanes(resources, parts.lanes, parts.journal, parts.pace)
        subscription = resources.subscription(resources.service, reads(resources.service))
        found.append(("lanes", lanes.health, lambda: subscription.run(lanes.serve)))
    if parts.effects:
        effects = _effects(resources, parts.effects, parts.limits)
        topics = (f"{resources.service}.events",)
        calling = resources.subscription(f"{resources.service}-effects", topics)
        found.append(("effects", effects.health, lambda: calling.run(effects.serve)))
    return found


def _lanes(
    resources: Resources, table: LaneTable[Any, Any], journal: Journal[Any] | None, pace: Pace
) -> Lanes[Any, Any]:
    settings = resources.settings
    return Lanes(
        failpoints.mistaken(table),
        journal=journal or resources.journal(table),
        known=resources.known,
        producer=resources.producer,
        timers=Timers(resources.table("timers"), table.service, settings.lanes),
        notices=Notices(table.service, dead_letter_sealer(resources.secrets.master_key)),
        clock=resources.clock,
        monotonic=time.monotonic,
        lane_count=settings.lanes,
        sampled=lambda application: is_sampled(application, settings.sample_ratio),
        batch_done=resources.telemetry.batch_done,
        pace=pace,
    )


def _effects(resources: Resources, effects: Sequence[Effect], limits: Limits) -> Effects:
    return Effects(
        resources.service,
        effects,
        claims=resources.table("effects"),
        producer=resources.producer,
        clock=resources.clock,
        monotonic=time.monotonic,
        lane_count=resources.settings.lanes,
        sample_ratio=resources.settings.sample_ratio,
        called=resources.telemetry.called,
        limits=limits,
        partners=resources.partners,
    )


# ---- the edge


def _app(service: str, resources: Resources, parts: Parts, loops: Sequence[Loop]) -> ASGIApp:
    healths = {name: health for name, health, _ in loops}
    beside = {name: health for name, health, _ in parts.watched}
    own = process_routes.router(healths, resources.telemetry.metrics, beside)
    access = Access(resources.secrets.api_keys, resources.secrets.known)
    inner = parts.around(edge_app(service, access, (parts.router, own)))
    return bare.near_in_front(bare.in_front(inner, (parts.router,)), access, parts.near)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal without raising it again: the process has more to end than the edge."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ask_to_stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _ask_to_stop(self) -> None:
        self.should_exit = True


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        limit_concurrency=1_000,  # the next is answered 503
        timeout_graceful_shutdown=int(STOP_LIMIT_S),
    )
