"""The loop that carries broadcasts on, a turn each second; any number of processes may run it.

A turn's work on a broadcast is done by the process that claims it, so the pace is one for all of
them, and where one ends another goes on with the next turn.
"""

import asyncio
from contextlib import suppress

from services.notify.broadcasts.results import Results
from services.notify.broadcasts.rows import Broadcasts
from services.notify.broadcasts.telling import TURN_S, Telling
from services.notify.broadcasts.walking import Walk
from services.notify.domain.broadcasts import Broadcast
from services.notify.domain.milestones import BROADCAST
from shared.clock import Clock
from shared.errors import Unknown


class Cancelled:
    """The milestones of which nothing more goes out, as of the last look: a fact of decisions."""

    def __init__(self, rows: Broadcasts) -> None:
        self._rows = rows
        self._known: frozenset[str] | None = None

    async def milestones(self) -> frozenset[str]:
        """Return them.  Raises `Unknown`."""
        if self._known is None:
            await self.look()
        return self._known or frozenset()

    async def look(self) -> frozenset[str]:
        """Look again; return the ids of broadcasts to work on.  Raises `Unknown`."""
        marks = await self._rows.marks()
        self._known = frozenset(f"{BROADCAST}{id_}" for id_ in marks.cancelled)
        return marks.watched


class Rounds:
    """Carries on all broadcasts that there is something to do with."""

    def __init__(
        self,
        rows: Broadcasts,
        cancelled: Cancelled,
        walk: Walk,
        telling: Telling,
        results: Results,
        clock: Clock,
    ) -> None:
        self._rows, self._cancelled, self._clock = rows, cancelled, clock
        self._walk, self._telling, self._results = walk, telling, results

    async def keep_going(self) -> None:
        """Take turns for ever; what is not answered now is done in another turn."""
        while True:
            with suppress(Unknown):
                await self.turn()
            await asyncio.sleep(TURN_S)

    async def turn(self) -> None:
        """Do a second's work.  Raises `Unknown`."""
        watched = await self._cancelled.look()
        broadcasts = await self._rows.every(watched) if watched else {}
        number = int(self._clock().timestamp() / TURN_S)
        for id_ in sorted(watched):
            if broadcast := broadcasts.get(id_):
                with suppress(Unknown):
                    await self._carry_on(broadcast, number)
            elif id_[:8] < f"{self._clock():%Y%m%d}":  # its draft never came in
                await self._rows.unwatch(id_)

    async def _carry_on(self, broadcast: Broadcast, number: int) -> None:
        if broadcast.status == "cancelled":  # who cancelled it may have come no further
            await self._rows.mark_cancelled(broadcast.id)
        if not await self._rows.takes(broadcast.id, number):
            return
        if broadcast.status == "counting":
            await self._walk.step(broadcast)
        elif broadcast.status == "sending":
            await self._telling.step(broadcast)
        is_over = broadcast.status in ("rejected", "cancelled") and not broadcast.was_sent
        if is_over or (broadcast.was_sent and await self._results.step(broadcast)):
            await self._rows.unwatch(broadcast.id)
