"""The read side: every record becomes a row, is counted, and only then is its offset committed.

Reading the same again changes nothing, so on any doubt the batch is repeated.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from services.operations.counts import Counts
from services.operations.domain.entries import Entry, gist, tally
from services.operations.domain.ledger import AMOUNTS, SCORED, Ledger
from services.operations.domain.occurrences import Appended
from services.operations.domain.partner_flow import FOLLOWED
from services.operations.facts import Facts
from services.operations.flow import Flow
from services.operations.journeys import Journeys, read
from services.operations.letters import Letters
from services.operations.situations import Situations
from shared.bus import Assignment, Partition, Record
from shared.errors import Fenced, Unknown
from shared.events import numbered_id
from shared.events.intake import Registered
from shared.failpoints import reach
from shared.lanes.health import Health

_T = TypeVar("_T")
Batch = tuple[Sequence[Record], Sequence[Entry]]  # the same, as it came and as it is kept
Following = Callable[[Sequence[Entry]], Awaitable[None]]

MOVES = "routing.events"  # on which dossiers go from one national code to the next
CODES_LIMIT = 50_000  # applications whose last national code is remembered


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop spends its time: nobody waits for operations, so its batches are large."""

    batch_limit: int = 32_000  # records: more than come in the longest window
    window_s: float = 0.2  # when quiet
    window_limit_s: float = 2.0  # under load: what comes of an application meanwhile is one row
    window_full_records: int = 4_000
    fetch_wait_s: float = 1.0
    settle_every_s: float = 1.0  # flow published, counts saved, offsets committed
    retry_s: float = 0.1
    retry_limit_s: float = 5.0


class Reader:
    """Reads all lanes of one process for one consumer group."""

    def __init__(
        self,
        journeys: Journeys,
        counts: Counts,
        flow: Flow,
        situations: Situations,
        facts: Facts,
        letters: Letters | None = None,
        *,
        monotonic: Callable[[], float],
        pace: Pace = Pace(),
    ) -> None:
        """Read; with `letters` it is what lanes set aside that is read."""
        self.health = Health(monotonic)
        self._letters = letters
        self._journeys, self._counts, self._flow = journeys, counts, flow
        self._situations, self._facts = situations, facts
        self._monotonic, self._pace = monotonic, pace
        self._ledgers: dict[int, Ledger] = {}
        # event of routing → the national code after it; a plain dict is slow to give up its first
        self._codes: OrderedDict[str, int] = OrderedDict()
        self._changed: set[int] = set()  # lanes read since the last commit
        self._reached: dict[Partition, int] = {}  # next offsets: of these counts may know already
        self._before: dict[Partition, int] = {}  # the same, before what was read last
        self._settled_at = 0.0
        self._coming: asyncio.Task[Batch] | None = None  # read ahead, while much is waiting

    async def serve(self, assignment: Assignment) -> None:
        """Work on an assignment until it is revoked (cancelled) or found lost (`Fenced`)."""
        self._flow.forget()
        self._journeys.forget()
        self._situations.forget()
        self._facts.forget()
        self._codes.clear()
        self._changed.clear()
        self._reached = dict(assignment.committed)
        self.health.assigned(assignment.lanes)
        try:
            self._ledgers = await self._until_through(
                assignment, lambda: self._counts.load(assignment.lanes, assignment.committed)
            )
            self._settled_at = self._monotonic()
            while True:
                await self._turn(assignment)
        finally:
            self.health.unassigned()
            await self._drop_coming()
            with suppress(Fenced, Unknown):
                await self._settle(assignment)
                await self._situations.settle()  # not by who has lost the lanes: others turn them
                await self._settle(assignment)

    async def _turn(self, assignment: Assignment) -> None:
        coming, self._coming = self._coming or self._come(assignment), None
        try:
            records, entries = await coming
        except Unknown as doubt:
            self.health.waiting(doubt)
            await assignment.idle(self._pace.retry_limit_s)
            return
        if records:
            began = self._monotonic()
            self.health.working()
            if len(records) >= self._pace.batch_limit:
                self._coming = asyncio.create_task(self._come(assignment))
            await self._batch(assignment, records, entries)
            await assignment.idle(self._rest_s(len(records), self._monotonic() - began))
        else:
            self.health.idle()
            await self._until_through(assignment, self._situations.settle)
        if self._changed and self._monotonic() - self._settled_at >= self._pace.settle_every_s:
            self._settled_at = self._monotonic()
            await self._until_through(assignment, lambda: self._settle(assignment))

    async def _come(self, assignment: Assignment) -> Batch:
        """Return what comes next; more is read while the database keeps what came before."""
        records = await assignment.fetch(self._pace.batch_limit, self._pace.fetch_wait_s)
        return records, [read(record) for record in records]

    async def _drop_coming(self) -> None:
        coming, self._coming = self._coming, None
        if coming:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    def _rest_s(self, records: int, spent_s: float) -> float:
        """Return what is left of the window; with more waiting than a batch takes, nothing."""
        if records >= self._pace.batch_limit:
            return 0.0
        share = min(1.0, records / self._pace.window_full_records)
        stretch_s = self._pace.window_limit_s - self._pace.window_s
        return max(0.0, self._pace.window_s + share * stretch_s - spent_s)

    async def _batch(
        self, assignment: Assignment, records: Sequence[Record], entries: Sequence[Entry]
    ) -> None:
        appended = await self._until_through(assignment, lambda: self._journeys.append(entries))
        reach("reader.appended")
        following: list[Following] = [self._situations.follow, self._facts.follow]
        await self._until_through(assignment, lambda: _follow(following, entries))
        await self._until_through(assignment, lambda: self._situations.hold(entries))
        if letters := self._letters:
            await self._until_through(assignment, lambda: letters.follow(records))
        fresh = Appended(*map(self._uncounted, appended))
        moves = [e for e in fresh.first if e.topic == MOVES and e.sequence]
        before = await self._until_through(assignment, lambda: self._codes_before(moves))
        self._count(fresh, moves, before)
        self._before = dict(self._reached)
        for last in {(e.topic, e.partition): e for e in entries}.values():
            self._ledgers[last.partition].passed(last)
            self._reached[last.topic, last.partition] = last.offset + 1
        self._changed |= {record.partition for record in records}

    def _uncounted(self, entries: Sequence[Entry]) -> list[Entry]:
        """Leave out what was counted before: a redelivery."""
        counted = {lane: ledger.offsets for lane, ledger in self._ledgers.items()}
        return [e for e in entries if e.offset >= counted[e.partition].get(e.topic, 0)]

    def _count(self, fresh: Appended, moves: Sequence[Entry], before: Mapping[str, int]) -> None:
        """Count what has come.  Nothing is awaited here: all of it happens, or none."""
        kinds = tally(fresh.first)
        for kind, number in kinds.items():
            self._ledgers[kind.lane].add(kind.type, number)
        for entry in moves:
            self._ledgers[entry.partition].move(entry, before.get(entry.id, 0))
        for entry in fresh.first:
            if entry.type in AMOUNTS and entry.sequence and entry.topic != MOVES:
                self._ledgers[entry.partition].add_amount(entry)
            elif entry.type in SCORED and entry.is_decided:
                self._ledgers[entry.partition].add_score(entry)
            if entry.type in FOLLOWED:
                self._flow.add_partner(entry)
        for entry in fresh.repeats:
            self._ledgers[entry.partition].repeats += 1
        for entry in fresh.forks:
            self._ledgers[entry.partition].forks += 1
        named = (e for e in fresh.first if e.type == Registered.TYPE)
        self._flow.add(kinds, (e for e in named if e.counted_as == Registered.TYPE))

    async def _codes_before(self, moves: Sequence[Entry]) -> dict[str, int]:
        """Return, by the id of each event of routing, where the dossier stood before it."""
        for entry in moves:
            self._codes[entry.id] = gist(entry.data).national_code
        previous = {
            e.id: numbered_id(e.application, "routing", e.sequence - 1)
            for e in moves
            if e.sequence > 1
        }
        missing = {id_ for id_ in previous.values() if id_ not in self._codes}
        if missing:
            self._codes |= await self._journeys.codes(missing)
        before = {id_: self._codes.get(earlier, 0) for id_, earlier in previous.items()}
        for earlier in previous.values():
            self._codes.pop(earlier, None)
        while len(self._codes) > CODES_LIMIT:
            self._codes.popitem(last=False)
        return before

    async def _settle(self, assignment: Assignment) -> None:
        """Publish the flow, save the counts, commit; always in that order."""
        ledgers = {lane: self._ledgers[lane] for lane in sorted(self._changed)}
        if not ledgers:
            return
        reached = sum(sum(ledger.offsets.values()) for ledger in ledgers.values())
        await self._flow.publish(f"{min(ledgers)}-{reached}")
        await self._counts.save(ledgers)
        reach("reader.saved")
        owes = self._situations.owes  # then what was read last is to be read again after a crash
        done = self._before if owes else self._reached
        await assignment.commit({place: o for place, o in done.items() if place[1] in ledgers})
        reach("reader.committed")
        if not owes:
            self._changed.clear()
        await self._counts.forget_older(ledgers)

    async def _until_through(
        self, assignment: Assignment, attempt: Callable[[], Awaitable[_T]]
    ) -> _T:
        """Repeat the same work with back-off until it goes through; an outage is waited out."""
        wait_s = self._pace.retry_s
        while True:
            try:
                done = await attempt()
            except Unknown as doubt:
                self.health.waiting(doubt)
                if self._coming:  # waiting polls as well, and must not take what comes
                    await asyncio.wait([self._coming])
                await assignment.idle(wait_s)
                wait_s = min(2 * wait_s, self._pace.retry_limit_s)
            else:
                self.health.working()
                return done


async def _follow(following: list[Following], entries: Sequence[Entry]) -> None:
    """Bring up what follows from journeys: while the database keeps the one, the other is worked
    out.  Who is through is not asked again, since it would count twice.  Raises `Unknown`.
    """
    done = await asyncio.gather(*(each(entries) for each in following), return_exceptions=True)
    following[:] = [each for each, failed in zip(following, done, strict=True) if failed]
    for failed in filter(None, done):
        raise failed
