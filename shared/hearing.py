"""A loop that hears topics of a few messages, a batch after the other, in a group of its own.

Whatever it does with a batch is harmless when it is done again, so on any doubt it is repeated;
offsets are committed when it is through.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.bus import Assignment, Partition, Record
from shared.errors import Unknown
from shared.lanes.health import Health

Keep = Callable[[Sequence[Record]], Awaitable[None]]  # again is harmless; raises `Unknown`


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop spends its time."""

    batch_limit: int = 1_000
    fetch_wait_s: float = 0.5
    retry_s: float = 0.2
    retry_limit_s: float = 5.0


class Hearing:
    """Hands on what it hears; `begun` is called whenever lanes have come."""

    def __init__(
        self,
        keep: Keep,
        monotonic: Callable[[], float],
        begun: Callable[[], None] = lambda: None,
        pace: Pace = Pace(),
    ) -> None:
        self.health = Health(monotonic)
        self._keep, self._begun, self._pace = keep, begun, pace

    async def serve(self, assignment: Assignment) -> None:
        """Work on an assignment until it is revoked (cancelled) or found lost (`Fenced`)."""
        self._begun()
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
        await self._until_kept(assignment, records)
        reached: dict[Partition, int] = {(r.topic, r.partition): r.offset + 1 for r in records}
        with suppress(Unknown):  # what is not committed is heard again
            await assignment.commit(reached)

    async def _until_kept(self, assignment: Assignment, records: Sequence[Record]) -> None:
        wait_s = self._pace.retry_s
        while True:
            try:
                return await self._keep(records)
            except Unknown as doubt:
                self.health.waiting(doubt)
                await assignment.idle(wait_s)
                wait_s = min(2 * wait_s, self._pace.retry_limit_s)
