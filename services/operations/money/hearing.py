"""The loop that hears what reconciling found: a topic of a few messages, in a group of its own, so
that what services decide is read no slower.

Hearing the same again changes nothing, so on any doubt it is repeated.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import structlog

from services.operations.domain.breaks import Standing
from services.operations.domain.entries import Entry
from services.operations.journeys import Journeys, read
from services.operations.money.rows import TURNS, Ledger, Told, told
from shared.bus import Assignment, Partition, Record
from shared.errors import Unknown
from shared.lanes.health import Health

_T = TypeVar("_T")
_log = structlog.get_logger("money")


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop spends its time."""

    batch_limit: int = 1_000
    fetch_wait_s: float = 1.0
    retry_s: float = 0.2
    retry_limit_s: float = 5.0


class Hearing:
    """Keeps what it hears, and tells the journeys of the applications that it is about."""

    def __init__(
        self,
        ledger: Ledger,
        journeys: Journeys,
        monotonic: Callable[[], float],
        pace: Pace = Pace(),
    ) -> None:
        self.health = Health(monotonic)
        self._ledger, self._journeys, self._pace = ledger, journeys, pace

    async def serve(self, assignment: Assignment) -> None:
        """Work on an assignment until it is revoked (cancelled) or found lost (`Fenced`)."""
        self._journeys.forget()
        self.health.assigned(assignment.lanes)
        try:
            while True:
                await self._turn(assignment)
        finally:
            self.health.unassigned()

    async def _turn(self, assignment: Assignment) -> None:
        try:
            records = await assignment.fetch(self._pace.batch_limit, self._pace.fetch_wait_s)
        except Unknown as doubt:
            self.health.waiting(doubt)
            await assignment.idle(self._pace.retry_limit_s)
            return
        if not records:
            self.health.idle()
            return
        self.health.working()
        await self._until_through(assignment, lambda: self._keep(records))
        reached: dict[Partition, int] = {(r.topic, r.partition): r.offset + 1 for r in records}
        with suppress(Unknown):  # what is not committed is heard again
            await assignment.commit(reached)

    async def _keep(self, records: Sequence[Record]) -> None:
        found: list[tuple[Record, Told]] = []
        for record in records:
            if one := told(record):
                found.append((record, one))
            else:
                place = f"{record.topic}/{record.partition}-{record.offset}"
                _log.warning("neither of a break nor of a statement", place=place)
        standing = await self._ledger.keep([one for _, one in found])
        turns = [(record, one) for record, one in found if one.type in TURNS]
        first = await self._ledger.first_places(one for _, one in turns)
        entries = [
            entry
            for record, one in turns
            if one.place in first and (entry := _entry(record, one, standing))
        ]
        if entries:
            await self._journeys.append(entries)

    async def _until_through(
        self, assignment: Assignment, attempt: Callable[[], Awaitable[_T]]
    ) -> _T:
        wait_s = self._pace.retry_s
        while True:
            try:
                return await attempt()
            except Unknown as doubt:
                self.health.waiting(doubt)
                await assignment.idle(wait_s)
                wait_s = min(2 * wait_s, self._pace.retry_limit_s)


def _entry(record: Record, one: Told, standing: dict[str, Standing]) -> Entry | None:
    """Return the message as one of the application that its break is of, if it is of one."""
    known = standing.get(one.word.break_id)
    application = known.opening.word.application if known else ""
    return msgspec.structs.replace(read(record), application=application) if application else None
