"""Pages of a partner's events, read from the log when somebody asks; one, from the journal.

Nothing is kept for it: what a page costs is reading, and a page reads for a bounded time.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.payment.domain.state import Payment
from services.payment.replay.outline import Outline, outline
from services.payment.replay.places import Offsets, cursor, sequence
from shared.bus import Onlooker
from shared.errors import Unknown
from shared.journal import Journal

PAGE_LIMIT = 500
READ_LIMIT_S = 5.0
REST_S = 0.01  # after each batch: callbacks and citizens are answered by the same process
TURN_LIMIT_S = 15.0  # others of this process may be reading
_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/payment/[0-9]{6}", re.ASCII)


class Listed(NamedTuple):
    """An event, and where and when it came to the log."""

    event: Outline
    sequence: str
    recorded_at: datetime


class Page(NamedTuple):
    """Some events, in the order of the log by time; where to read on; whether more stands there."""

    items: Sequence[Listed]
    next: str
    more: bool


class Replay:
    """The events of partners' orders."""

    def __init__(self, log: Onlooker, journal: Journal[Payment], lanes: int) -> None:
        self._log, self._journal, self.lanes = log, journal, lanes

    async def page(
        self,
        partner: str,
        *,
        since: datetime | None = None,
        to: datetime | None = None,
        after: Offsets | None = None,
        until: Offsets | None = None,
        limit: int = PAGE_LIMIT,
        holds: Callable[[Mapping[str, Any]], bool] = lambda _: True,
    ) -> Page:
        """Return a page: from a time or after a place, to a time or up to and with a place; of
        events whose data `holds` what is looked for.

        What is read for `READ_LIMIT_S` ends a page, also one without events.  Raises `Unknown`.
        """
        try:
            async with asyncio.timeout(TURN_LIMIT_S):
                starts = await self._starts(since, after)
                ends = await self._ends(to, until, starts)
                return await self._read(partner, dict(starts), ends, limit, holds)
        except TimeoutError as error:
            raise Unknown("too many read the log at once") from error

    async def find(self, partner: str, event: str) -> Outline | None:
        """Return an event of this partner by its id; None: there is none, or it is archived.

        Raises `Unknown`.
        """
        named = _ID.fullmatch(event)
        for decision in await self._journal.history(named[1]) if named else ():
            for value in decision.emitted:
                found = outline(value)
                if found and (found.id, found.partner) == (event, partner):
                    return found
        return None

    async def _starts(self, since: datetime | None, after: Offsets | None) -> Offsets:
        if after is not None:
            return after
        if since is not None:
            return await self._log.since(_ms(since))
        return dict.fromkeys(range(self.lanes), 0)

    async def _ends(
        self, to: datetime | None, until: Offsets | None, starts: Offsets
    ) -> Mapping[int, int]:
        """Return where to stop; in a lane that nobody asked for, at once."""
        ends = dict(await self._log.ends())
        for bound in (until, await self._log.since(_ms(to)) if to else None):
            if bound is not None:
                ends = {lane: min(end, bound.get(lane, 0)) for lane, end in ends.items()}
        return {lane: end for lane, end in ends.items() if lane in starts}

    async def _read(
        self,
        partner: str,
        at: dict[int, int],
        ends: Mapping[int, int],
        limit: int,
        holds: Callable[[Mapping[str, Any]], bool],
    ) -> Page:
        found: dict[str, Listed] = {}  # by id: the log may have an event twice
        deadline = asyncio.get_running_loop().time() + READ_LIMIT_S
        async with aclosing(self._log.read(at, ends)) as batches:
            async for records in batches:
                for record in records:
                    at[record.partition] = record.offset + 1
                    event = outline(record.value)
                    if event and event.partner == partner and holds(event.data):
                        when = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
                        one = Listed(event, sequence(record), when)
                        found.setdefault(event.id, one)
                        if len(found) == limit:
                            break
                if len(found) == limit or asyncio.get_running_loop().time() > deadline:
                    break
                await asyncio.sleep(REST_S)
        more = any(at[lane] < end for lane, end in ends.items())
        items = sorted(found.values(), key=lambda one: one.recorded_at)
        return Page(items, _next(at, self.lanes), more)


def _next(at: Offsets, lanes: int) -> str:
    """Return where to read on: in the one lane that was asked for, or in all."""
    if len(at) == lanes:
        return cursor(at)
    [(lane, offset)] = at.items()
    return f"{lane}-{offset - 1}"


def _ms(at: datetime) -> int:
    return max(0, int(at.timestamp() * 1000))
