"""Effects: calls to banks, gateways and other systems, made off the lane, each at most once.

Before the call its key is claimed by an insert; whoever is refused does not call but appends
*unknown*, to be settled by asking the partner by our reference.  What came of a call returns
through the service's inbox.  Each partner has its own slots and its own circuit breaker, so that a
slow one delays nobody else's citizens.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec
import structlog

from shared.bus import Assignment, Message, Partition, Producer, Record
from shared.clock import Clock
from shared.errors import Fenced, Unknown
from shared.events import CONTRACTS, UNREADABLE, Data, Event, decode, encode
from shared.failpoints import reach
from shared.lanes.health import Health
from shared.partners import LIMITS, Limits, Partner, Partners
from shared.placement import home
from shared.progress import Progress
from shared.store import Table
from shared.trace import is_sampled, span_id, traceparent

FULL_WAIT_S = 1.0  # long enough that `idle` polls, or the group would throw us out

_log = structlog.get_logger("effects")


def call_span(application: str, service: str, key: str) -> str:
    """Return the id of the span of the call made under a key."""
    return span_id(application, service, "effect", key)


class NotCalled(Exception):
    """The call definitely did not happen: it may be tried again under a new key."""


class PutOff(Exception):
    """Nobody was called, on purpose: there are too many.  It says nothing of the partner."""

    def __init__(self, outcomes: Sequence[Data]) -> None:
        self.outcomes = outcomes


class Request(NamedTuple):
    """A request event, its data decoded."""

    event: Event
    data: Data


class Effect(Protocol):
    """One kind of call."""

    request_type: str
    batch_limit: int  # requests in one call
    limit_s: float  # a call that takes longer has an unknown outcome

    def partner(self, request: Request) -> str:
        """Return who is called: slots and breaker are the partner's."""

    def key(self, request: Request) -> str:
        """Return what is claimed before the call."""

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Return an outcome for each, in order.  Raises `NotCalled`, `PutOff`; others: unknown."""

    def unknown(self, request: Request) -> Data:
        """Return the outcome *unknown*: ask later."""

    def deferred(self, request: Request) -> Data:
        """Return the outcome *deferred*: not tried."""


# told of outcomes appended: each request and its outcome, when their call began and ended
Called = Callable[[Sequence[tuple[Event, Event]], datetime, datetime], None]


class Effects:
    """All effects of one process for one service, in a group of their own."""

    def __init__(
        self,
        service: str,
        effects: Iterable[Effect],
        *,
        claims: Table,
        producer: Producer,
        clock: Clock,
        monotonic: Callable[[], float],
        lane_count: int,
        sample_ratio: float,
        called: Called,
        limits: Limits = LIMITS,
        partners: Partners | None = None,
    ) -> None:
        self.health = Health(monotonic)
        self._service, self._effects = service, {e.request_type: e for e in effects}
        self._decoders = {t: msgspec.json.Decoder(CONTRACTS[t]) for t in self._effects}
        self._claims, self._producer, self._clock = claims, producer, clock
        self._monotonic, self._lane_count, self._limits = monotonic, lane_count, limits
        self._sample_ratio, self._called = sample_ratio, called
        self._partners = partners or Partners(limits, monotonic)

    async def serve(self, assignment: Assignment) -> None:
        """Work on an assignment until it is revoked (cancelled) or found lost (`Fenced`)."""
        progress = Progress()
        self.health.assigned(assignment.lanes)
        tasks: set[asyncio.Task[None]] = set()
        try:
            await self._loop(assignment, progress, tasks)
        finally:
            self.health.unassigned()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(Fenced, Unknown):
                await progress.commit(assignment)

    async def _loop(
        self, assignment: Assignment, progress: Progress, tasks: set[asyncio.Task[None]]
    ) -> None:
        committed_s = self._monotonic()
        while True:
            for task in [t for t in tasks if t.done()]:
                tasks.discard(task)
                task.result()  # a mistake of ours ends the process
            if progress.in_flight < self._limits.in_flight_limit:
                await self._take(assignment, progress, tasks)
            is_full = progress.in_flight >= self._limits.in_flight_limit
            await assignment.idle(FULL_WAIT_S if is_full else self._limits.window_s)
            if self._monotonic() - committed_s >= self._limits.commit_every_s:
                committed_s = self._monotonic()
                with suppress(Unknown):
                    await progress.commit(assignment)

    async def _take(
        self, assignment: Assignment, progress: Progress, tasks: set[asyncio.Task[None]]
    ) -> None:
        try:
            records = await assignment.fetch(self._limits.batch_limit, self._limits.fetch_wait_s)
        except Unknown as doubt:
            self.health.waiting(doubt)
            return
        self._spread(records, progress, tasks)
        self.health.under_way() if tasks else self.health.idle()

    def _spread(
        self, records: Sequence[Record], progress: Progress, tasks: set[asyncio.Task[None]]
    ) -> None:
        """Group what is to be called by effect and partner, each group on its own."""
        groups: dict[tuple[str, str], list[tuple[Record, Request]]] = {}
        for record in records:
            progress.began(record)
            request = self._request(record)
            if request is None:
                progress.done(record)
                continue
            type_ = request.event.type
            partner = self._effects[type_].partner(request)
            groups.setdefault((type_, partner), []).append((record, request))
        for (type_, name), group in groups.items():
            effect = self._effects[type_]
            for at in range(0, len(group), effect.batch_limit):
                some = group[at : at + effect.batch_limit]
                tasks.add(asyncio.create_task(self._handle(effect, name, some, progress)))

    def _request(self, record: Record) -> Request | None:
        """Read a request; None: nothing to call.  Lanes that read the record hold it."""
        try:
            event = decode(record.value or b"")
            if event.type not in self._effects:
                return None
            return Request(event, self._decoders[event.type].decode(event.data))
        except UNREADABLE as error:
            place = f"{record.topic}/{record.partition}/{record.offset}"
            _log.error("an event of ours cannot be read", record=place, because=str(error)[:300])
            return None

    async def _handle(
        self,
        effect: Effect,
        name: str,
        group: Sequence[tuple[Record, Request]],
        progress: Progress,
    ) -> None:
        began = self._clock()
        outcomes = await self._outcomes(effect, name, [request for _, request in group])
        at = self._clock()
        events = [(r.event, self._outcome(effect.key(r), r, data, at)) for r, data in outcomes]
        await self._append([outcome for _, outcome in events])
        self._called(events, began, at)
        reach("effects.appended")
        for record, _ in group:
            progress.done(record)
        self.health.working()

    async def _outcomes(
        self, effect: Effect, name: str, requests: Sequence[Request]
    ) -> list[tuple[Request, Data]]:
        partner = self._partners[name]
        if partner.waiting + len(requests) > self._limits.waiting_limit:
            return await self._defer(effect, requests)
        partner.waiting += len(requests)
        try:
            async with partner.slots:
                if partner.is_open(self._monotonic(), self._limits):
                    return await self._defer(effect, requests)
                return await self._call(effect, partner, requests)
        finally:
            partner.waiting -= len(requests)

    async def _defer(
        self, effect: Effect, requests: Sequence[Request]
    ) -> list[tuple[Request, Data]]:
        """Claim and do not call: only the owner of a claim knows that nobody called before."""
        refused = await self._claim([effect.key(r) for r in requests])
        return [
            (r, effect.unknown(r) if effect.key(r) in refused else effect.deferred(r))
            for r in requests
        ]

    async def _call(
        self, effect: Effect, partner: Partner, requests: Sequence[Request]
    ) -> list[tuple[Request, Data]]:
        began_s = self._monotonic()
        refused = await self._claim([effect.key(r) for r in requests])
        reach("effects.claimed")
        keyed = [(effect.key(r), r) for r in requests]
        outcomes = [(r, effect.unknown(r)) for key, r in keyed if key in refused]
        claimed = {key: r for key, r in keyed if key not in refused}
        if not claimed:
            return outcomes
        asked = list(claimed.values())
        if self._monotonic() - began_s > min(effect.limit_s, self._limits.begin_limit_s):
            # whoever asks meanwhile must be able to rely on our not calling any more
            return outcomes + [(r, effect.deferred(r)) for r in asked]
        try:
            async with asyncio.timeout(effect.limit_s):
                answers = await effect.call(asked)
            partner.failures = 0
            outcomes += zip(asked, answers, strict=True)
        except PutOff as later:
            outcomes += zip(asked, later.outcomes, strict=True)
        except NotCalled as error:
            partner.failed(self._monotonic())
            _log.warning("not called", effect=effect.request_type, because=str(error))
            outcomes += [(r, effect.deferred(r)) for r in asked]
        except Exception as error:  # whatever went wrong, the partner may have heard us
            partner.failed(self._monotonic())
            _log.warning("outcome unknown", effect=effect.request_type, because=repr(error))
            outcomes += [(r, effect.unknown(r)) for r in asked]
        reach("effects.called")
        return outcomes

    async def _claim(self, keys: Sequence[str]) -> set[str]:
        """Claim keys; return those that somebody, perhaps we ourselves, claimed before."""
        at = self._clock()
        rows = [{"_id": key, "at": at} for key in dict.fromkeys(keys)]
        while True:
            try:
                return await self._claims.insert_missing(rows)
            except Unknown as doubt:
                self.health.waiting(doubt)
                await asyncio.sleep(self._limits.retry_s)

    async def _append(self, outcomes: Sequence[Event]) -> None:
        batches: dict[Partition, list[Message]] = {}
        for event in outcomes:
            place = f"{self._service}.inbox", home(event.subject, self._lane_count)
            headers = (("traceparent", event.traceparent.encode()),)
            message = Message(event.subject.encode(), encode(event), headers)
            batches.setdefault(place, []).append(message)
        while True:
            try:
                return await self._producer.append(batches)
            except Unknown as doubt:
                self.health.waiting(doubt)
                await asyncio.sleep(self._limits.retry_s)

    def _outcome(self, key: str, request: Request, data: Data, at: datetime) -> Event:
        application = request.event.subject
        id_ = f"{key}/{getattr(data, 'finding', data.TYPE)}"
        span = call_span(application, self._service, key)
        return Event(
            id=id_,
            source=f"/services/{self._service}/effects",
            type=data.TYPE,
            subject=application,
            time=at,
            data=msgspec.Raw(encode(data)),
            traceparent=traceparent(application, span, is_sampled(application, self._sample_ratio)),
            causationid=request.event.id,
        )
