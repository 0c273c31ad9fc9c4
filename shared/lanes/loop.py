"""The lane: read a batch, decide it, journal it, publish it, commit it; always in that order.

The invariant: version k + 1 is published only by somebody who has published version k, or knows
from a committed offset that it was.  Then the first occurrence of every event is in order and
whatever a zombie adds is a duplicate. `tests/simulation/model` is the executable model of this
loop: keep them in step.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.bus import Assignment, Partition, Producer, Record
from shared.clock import Clock
from shared.errors import DeadLetter, Fenced, Misconfigured, Refused, Unknown
from shared.events.kernel import LaneReleased
from shared.failpoints import reach
from shared.journal import Cause, Decision, Journal
from shared.lanes.health import Health
from shared.lanes.known import Known
from shared.lanes.notices import Notices
from shared.lanes.outgoing import buried, published, sent_home
from shared.lanes.pace import PACE, Awake, Pace
from shared.lanes.reading import Dead, Reader, Reading, Readings
from shared.lanes.step import Step, Unprepared
from shared.lanes.table import LaneTable
from shared.timers import SWEEP_LIMIT, Timers

S = TypeVar("S")
F = TypeVar("F")


# told of each batch that went through: its decisions, published; when it began and ended
BatchDone = Callable[[Sequence[Decision[Any]], datetime, datetime], None]


class Lanes(Generic[S, F]):
    """All lanes of one process for one service.  One loop; whole batches over all its lanes."""

    def __init__(
        self,
        table: LaneTable[S, F],
        *,
        journal: Journal[S],
        known: Known[S],
        producer: Producer,
        timers: Timers,
        notices: Notices,
        clock: Clock,
        monotonic: Callable[[], float],
        lane_count: int,
        sampled: Callable[[str], bool],
        batch_done: BatchDone,
        pace: Pace = PACE,
    ) -> None:
        self.table, self.health = table, Health(monotonic)
        self._journal, self._producer, self._timers = journal, producer, timers
        self._notices, self._clock, self._monotonic = notices, clock, monotonic
        self._lane_count, self._batch_done, self._pace = lane_count, batch_done, pace
        self._reader, self._awake = Reader(table, lane_count), Awake(monotonic, pace.slept_limit_s)
        self._step: Step[S, F] = Step(table, self._reader.again, sampled)
        self._events_topic = f"{table.service}.events"
        self._known = known
        self._doubted: set[str] = set()  # applications not to be taken for new ones
        self._committed: dict[Partition, int] = {}
        self._done: dict[Partition, int] = {}
        self._committed_at = self._swept_at = 0.0

    async def serve(self, assignment: Assignment) -> None:
        """Work on an assignment until it is revoked (cancelled) or found lost (`Fenced`)."""
        self._known.clear()
        self._doubted.clear()
        self._committed, self._done = dict(assignment.committed), {}
        self._committed_at = self._swept_at = self._monotonic()
        self.health.assigned(assignment.lanes)
        try:
            while True:
                await self._turn(assignment)
        finally:
            self.health.unassigned()
            self._known.clear()
            with suppress(Fenced, Unknown):
                await self._commit(assignment)

    async def _turn(self, assignment: Assignment) -> None:
        try:
            records = await assignment.fetch(self._pace.batch_limit, self._pace.fetch_wait_s)
        except Unknown as doubt:
            self.health.waiting(doubt)
            await assignment.idle(self._pace.retry_limit_s)
            return
        if records:
            began = self._monotonic()
            self.health.working()
            readings = self._reader.read(records)
            await self._until_through(assignment, lambda: self._set_aside(readings))
            if readings.mine:
                await self._until_through(assignment, lambda: self._batch(readings.mine))
            self._note_done(records)
            await self._sweep_if_due(assignment)
            await self._commit_if_due(assignment)
            spent = self._monotonic() - began
            await assignment.idle(self._rest_s(len(records), spent))
        else:
            self.health.idle()
            await self._sweep_if_due(assignment)
            await self._commit_if_due(assignment)

    def _rest_s(self, records: int, spent_s: float) -> float:
        """Return what is left of the window; nothing when more waits than a batch takes."""
        if records >= self._pace.batch_limit:
            return 0.0
        share = min(1.0, records / self._pace.window_full_records)
        window_s = self._pace.window_s + share * (self._pace.window_limit_s - self._pace.window_s)
        return max(0.0, window_s - spent_s)

    async def _until_through(
        self, assignment: Assignment, attempt: Callable[[], Awaitable[None]]
    ) -> None:
        """Repeat the same work with back-off until it goes through; an outage is waited out."""
        wait_s, is_again = self._pace.retry_s, False
        while True:
            try:
                await attempt()
            except (Refused, Unknown) as doubt:
                self.health.waiting(doubt)
                if is_again or isinstance(doubt, Unknown):  # refused once: what stands is read now
                    await assignment.idle(wait_s)
                    wait_s = min(2 * wait_s, self._pace.retry_limit_s)
                is_again = True
            else:
                self.health.working()
                return

    async def _set_aside(self, readings: Readings) -> None:
        if readings.foreign:
            await self._producer.append(sent_home(readings.foreign))
        if readings.dead:
            await self._bury(readings.dead)

    async def _batch(self, mine: Sequence[Reading]) -> None:
        applications = dict.fromkeys(r.application for r in mine)
        try:
            await self._decide_all(mine, list(applications))
        except (Refused, Unknown):
            self._forget(applications)
            raise
        except Unprepared:  # of whom, is found out one by one
            for application in applications:
                await self._batch([r for r in mine if r.application == application])

    async def _prepared(
        self, mine: Sequence[Reading], states: Mapping[str, Decision[S] | None]
    ) -> F | Unprepared:
        """Return the facts; or, for a single application, what went wrong: it will be held."""
        try:
            return await self.table.prepare(
                [r.arrival for r in self._with_released(mine, states) if r.arrival],
                {a: d.state if d else None for a, d in states.items()},
            )
        except (Misconfigured, Refused, Unknown):
            raise
        except Exception as error:  # whatever it is, one application must not stop the others
            unprepared = Unprepared(f"{type(error).__name__}: {error}")
            if len(states) > 1:
                raise unprepared from error
            return unprepared

    async def _decide_all(self, mine: Sequence[Reading], applications: Sequence[str]) -> None:
        began = self._clock()
        if self._awake.has_slept():
            self._known.clear()
        states, unpublished = await self._load(mine, applications)
        facts = await self._prepared(mine, states)
        reach("lane.prepared")
        decided, dead = self._decide(mine, states, facts)
        if self._awake.has_slept():
            self._known.clear()
            raise Unknown("this process slept: what it read may be old")
        await self._insert(decided)
        reach("lane.inserted")
        await self._publish([*unpublished, *decided])
        reach("lane.published")
        await self._timers.set([*unpublished, *decided])
        if dead:
            await self._bury(dead)
        self._remember(states)
        self._batch_done(decided, began, self._clock())

    def _decide(
        self, mine: Sequence[Reading], states: dict[str, Decision[S] | None], facts: F | Unprepared
    ) -> tuple[list[Decision[S]], list[Dead]]:
        """Decide in order; `states` ends as the latest of each application."""
        at = self._clock()
        decided: list[Decision[S]] = []
        dead: list[Dead] = []
        for reading in mine:
            try:
                versions = self._step(states[reading.application], reading, facts, at)
            except DeadLetter as because:
                dead.append(Dead(reading.record, because))
                continue
            if versions:
                states[reading.application] = versions[-1]
                decided += versions
        return decided, dead

    async def _load(
        self, mine: Sequence[Reading], applications: Sequence[str]
    ) -> tuple[dict[str, Decision[S] | None], list[Decision[S]]]:
        """Return the latest decision of each application, and those perhaps never published."""
        states: dict[str, Decision[S] | None] = {a: self._known.get(a) for a in applications}
        firsts: dict[str, Reading] = {}
        for reading in mine:
            firsts.setdefault(reading.application, reading)
        asked = [a for a in applications if states[a] is None and not self._is_new(firsts[a])]
        unpublished: list[Decision[S]] = []
        recent = await self._journal.recent(asked, self._is_surely_published)
        for application, versions in recent.items():
            states[application] = versions[-1]
            unpublished += [v for v in versions if not self._is_surely_published(v.cause)]
        return states, unpublished

    def _is_new(self, first: Reading) -> bool:
        """Guess that nothing stands about an application yet; a refused insert would tell."""
        if first.application in self._doubted:
            return False
        return first.arrival is not None and first.arrival.event.type in self.table.opens

    def _is_surely_published(self, cause: Cause) -> bool:
        return cause.offset < self._committed.get((cause.topic, cause.partition), 0)

    def _with_released(
        self, mine: Sequence[Reading], states: Mapping[str, Decision[S] | None]
    ) -> list[Reading]:
        """Return the batch and what its releases bring back, in the order of deciding."""
        out: list[Reading] = []
        for reading in mine:
            latest = states[reading.application]
            if latest and reading.arrival and isinstance(reading.arrival.data, LaneReleased):
                out += [again for h in latest.held if (again := self._reader.again(h))]
            out.append(reading)
        return out

    async def _insert(self, decided: Sequence[Decision[S]]) -> None:
        await self._journal.append(decided)

    async def _publish(self, decisions: Sequence[Decision[S]]) -> None:
        batches = published(decisions, self._events_topic, self._lane_count, self._notices)
        if batches:
            await self._producer.append(batches)

    async def _bury(self, dead: Sequence[Dead]) -> None:
        await self._producer.append(buried(dead, self._notices, self._clock()))

    def _remember(self, states: Mapping[str, Decision[S] | None]) -> None:
        self._doubted.difference_update(states)
        self._known.put(decision for decision in states.values() if decision)

    def _forget(self, applications: Mapping[str, Any]) -> None:
        self._known.forget(applications)
        self._doubted.update(applications)

    def _note_done(self, records: Sequence[Record]) -> None:
        ends = {(r.topic, r.partition): r.offset + 1 for r in records}  # in order within each
        for place, end in ends.items():
            self._done[place] = max(self._done.get(place, 0), end)

    async def _commit_if_due(self, assignment: Assignment) -> None:
        if self._done and self._monotonic() - self._committed_at >= self._pace.commit_every_s:
            with suppress(Unknown):  # tried again with the next ones
                await self._commit(assignment)

    async def _commit(self, assignment: Assignment) -> None:
        self._committed_at = self._monotonic()
        if self._done:
            offsets = dict(self._done)
            await assignment.commit(offsets)
            reach("lane.committed")
            self._committed.update(offsets)
            self._done = {p: o for p, o in self._done.items() if offsets.get(p) != o}

    async def _sweep_if_due(self, assignment: Assignment) -> None:
        if self._monotonic() - self._swept_at < self._pace.sweep_every_s:
            return
        self._swept_at = self._monotonic()
        with suppress(Unknown):  # they stay due
            swept = await self._timers.sweep(assignment.lanes, self._clock(), self._producer)
            if swept == SWEEP_LIMIT:
                self._swept_at = 0.0  # more are due: go on after the next batch
