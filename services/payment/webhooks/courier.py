"""The courier: reads what payment decided, plans what is to be told, and lets it be told.

Nobody waits for it and nothing is written for an event that no endpoint wants.  What is read is
planned before its offset is committed, so each event is planned at least once.  Whoever else keeps
something of what was decided hears it here as well, in time for the same commit.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec

from services.payment.replay.outline import outline
from services.payment.webhooks.calling import SLOTS
from services.payment.webhooks.deliveries import Deliveries, Delivery, delivery
from services.payment.webhooks.endpoints import Endpoint, Endpoints
from services.payment.webhooks.telling import Telling
from shared.bus import Assignment, Partition, Record
from shared.clock import Clock
from shared.errors import Fenced, Unknown
from shared.lanes.health import Health

T = TypeVar("T")
Hears = Callable[[Sequence[Record]], Awaitable[None]]  # again is harmless; raises `Unknown`


@dataclass(frozen=True, slots=True)
class Pace:
    """How the courier spends its time."""

    batch_limit: int = 1_000
    fetch_wait_s: float = 0.5
    window_s: float = 0.5
    commit_every_s: float = 1.0
    retry_s: float = 0.2
    retry_limit_s: float = 5.0
    endpoint_slots: int = 4  # calls to one endpoint at the same time
    look_again_s: float = 5.0  # at what another process is at
    tidy_every_s: float = 600.0


class Courier:
    """The deliveries of some lanes, in a consumer group of its own."""

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        telling: Telling,
        clock: Clock,
        monotonic: Callable[[], float],
        pace: Pace = Pace(),
        beside: Sequence[Hears] = (),
    ) -> None:
        self.health = Health(monotonic)
        self._endpoints, self._deliveries, self._telling = endpoints, deliveries, telling
        self._clock, self._monotonic, self._pace = clock, monotonic, pace
        self._beside = beside
        self._known: Sequence[Endpoint] = ()
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by the id of the delivery's row
        self._busy: Counter[str] = Counter()  # by endpoint
        self._paused: dict[str, datetime] = {}  # by endpoint
        self._theirs: dict[str, datetime] = {}  # by the id of a row that another process is at
        self._dropped: set[tuple[str, int]] = set()  # endpoint, version: nothing is left of it
        self._read: dict[Partition, int] = {}
        self._committed_s = self._tidied_s = 0.0

    async def serve(self, assignment: Assignment) -> None:
        """Work on an assignment until it is revoked (cancelled) or found lost (`Fenced`)."""
        self._read.clear()
        self._dropped.clear()
        self.health.assigned(assignment.lanes)
        try:
            while True:
                await self._turn(assignment)
        finally:
            self.health.unassigned()
            await self._let_go()
            with suppress(Fenced, Unknown):
                await self._commit(assignment)

    async def _turn(self, assignment: Assignment) -> None:
        try:
            records = await assignment.fetch(self._pace.batch_limit, self._pace.fetch_wait_s)
        except Unknown as doubt:
            self.health.waiting(doubt)
            await assignment.idle(self._pace.retry_limit_s)
            return
        # after the records: who was let in before an event was decided is among them
        self._known = await self._until_through(assignment, self._endpoints.every)
        await self._plan(assignment, records)
        if self._read and self._monotonic() - self._committed_s >= self._pace.commit_every_s:
            self._committed_s = self._monotonic()
            with suppress(Unknown):
                await self._commit(assignment)
        try:
            await self._sweep(assignment.lanes)
        except Unknown as doubt:
            self.health.waiting(doubt)
        else:
            self.health.idle()
        await assignment.idle(self._pace.window_s)

    # ---- what is read

    async def _plan(self, assignment: Assignment, records: Sequence[Record]) -> None:
        wanting: dict[str, list[Endpoint]] = {}
        for endpoint in (e for e in self._known if e.standing == "active"):
            wanting.setdefault(endpoint.partner, []).append(endpoint)
        planned = [d for record in records if wanting for d in _wanted(record, wanting)]
        await self._until_through(assignment, lambda: self._deliveries.plan(planned))
        for hears in self._beside:
            await self._until_through(assignment, partial(hears, records))
        for record in records:
            self._read[record.topic, record.partition] = record.offset + 1

    async def _commit(self, assignment: Assignment) -> None:
        offsets = dict(self._read)
        if offsets:
            await assignment.commit(offsets)
            self._read = {p: o for p, o in self._read.items() if offsets.get(p) != o}

    async def _until_through(self, assignment: Assignment, act: Callable[[], Awaitable[T]]) -> T:
        wait_s = self._pace.retry_s
        while True:
            try:
                return await act()
            except Unknown as doubt:
                self.health.waiting(doubt)
                await assignment.idle(wait_s)
                wait_s = min(2 * wait_s, self._pace.retry_limit_s)

    # ---- what is due

    async def _sweep(self, lanes: frozenset[int]) -> None:
        """Begin what is due, of each endpoint as much as has a slot."""
        self._end_tasks()
        now = self._clock()
        self._theirs = {id_: until for id_, until in self._theirs.items() if now < until}
        for endpoint in self._known:
            if endpoint.standing != "active":
                await self._drop(endpoint, lanes)
            elif now >= self._paused.get(endpoint.id, now):
                await self._begin(endpoint, lanes, now)
        if self._monotonic() - self._tidied_s >= self._pace.tidy_every_s:
            self._tidied_s = self._monotonic()
            await self._deliveries.forget_claims(now)

    async def _begin(self, endpoint: Endpoint, lanes: frozenset[int], now: datetime) -> None:
        slots, busy = self._pace.endpoint_slots, self._busy[endpoint.id]
        if busy >= slots or len(self._tasks) >= SLOTS:
            return
        passed_over = len(self._theirs) + busy
        for one in await self._deliveries.due(endpoint.id, lanes, now, slots + passed_over):
            is_taken = one.id in self._tasks or one.id in self._theirs
            if not is_taken and self._busy[endpoint.id] < slots:
                self._busy[endpoint.id] += 1
                self._tasks[one.id] = asyncio.create_task(self._deliver(endpoint, one))

    async def _drop(self, endpoint: Endpoint, lanes: frozenset[int]) -> None:
        """Be done with all that is due for one that is told nothing any more."""
        version = endpoint.id, endpoint.version
        if version not in self._dropped and await self._deliveries.drop(endpoint.id, lanes):
            self._dropped.add(version)

    def _end_tasks(self) -> None:
        for id_, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[id_]
                task.result()  # a mistake of ours ends the process

    async def _let_go(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._busy.clear()

    async def _deliver(self, endpoint: Endpoint, one: Delivery) -> None:
        try:
            told = await self._telling.attempt(endpoint, one)
        except Unknown as doubt:
            self.health.waiting(doubt)  # the row stands: it is found again
        else:
            now = self._clock()
            if told.pause_s:
                self._paused[endpoint.id] = now + timedelta(seconds=told.pause_s)
            if told.is_theirs:
                self._theirs[one.id] = now + timedelta(seconds=self._pace.look_again_s)
        finally:
            self._busy[endpoint.id] -= 1


def _wanted(record: Record, wanting: Mapping[str, Sequence[Endpoint]]) -> list[Delivery]:
    event = outline(record.value)
    if event is None or event.partner not in wanting:
        return []
    at = event.timestamp.astimezone(UTC)
    event = msgspec.structs.replace(event, timestamp=at)
    return [
        delivery(event, endpoint.id, record.partition, at)
        for endpoint in wanting[event.partner]
        if endpoint.wants(event.type, at)
    ]
