"""What became of recipients: counted a page in a turn, again and again, later ever more seldom."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from services.notify.broadcasts.rows import Broadcasts
from services.notify.domain import Dossier
from services.notify.domain.audience import Result, Told, counted, result, told
from services.notify.domain.broadcasts import Broadcast
from shared.clock import Clock
from shared.journal import Journal

KIND = "results"
NOT_COUNTED = "not_counted"
EVERY_S = 10.0
FOLLOWED = timedelta(days=7)  # since something was last done to a broadcast
OPEN = frozenset({"not_yet", "sent"})  # more may become of these


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How far this pass has come; `whole`: what the last one found, as it began `as_of`."""

    began: datetime
    page: int = 0
    so_far: dict[str, int] = {}
    whole: dict[str, int] | None = None
    as_of: datetime | None = None
    next_at: datetime | None = None


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one recipient, and of each message to them."""

    application: str
    result: Result
    messages: tuple[Told, ...]


class Results:
    """Reads the journal: what a lane decided is what counts."""

    def __init__(self, rows: Broadcasts, journal: Journal[Dossier], clock: Clock) -> None:
        self._rows, self._journal, self._clock = rows, journal, clock

    async def page(self, broadcast: Broadcast, number: int) -> Sequence[Recipient] | None:
        """Return what became of a page of recipients; None: there is no such page.  Raises
        `Unknown`.
        """
        page = await self._rows.page(broadcast.id, number)
        if page is None:
            return None
        known = await self._journal.latest_of(page.applications)
        return [
            _recipient(broadcast, a, known[a].state if a in known else None)
            for a in page.applications
        ]

    async def latest(self, broadcast: Broadcast) -> Seen | None:
        """Return what was counted so far; None: nothing yet.  Raises `Unknown`."""
        return (await self._rows.place(KIND, broadcast.id, Seen))[1]

    async def latest_of(self, broadcasts: Iterable[Broadcast]) -> dict[str, Seen]:
        """Return the same of several, by their ids.  Raises `Unknown`."""
        return await self._rows.places(KIND, (b.id for b in broadcasts), Seen)

    async def step(self, broadcast: Broadcast) -> bool:
        """Count the next page, if it is time; tell whether there is nothing more to be learned.

        Raises `Unknown`.
        """
        number, seen = await self._rows.place(KIND, broadcast.id, Seen)
        now, last_act = self._clock(), broadcast.acts[-1].at
        if seen and seen.as_of and broadcast.status in ("done", "cancelled"):
            is_final = seen.as_of > last_act and OPEN.isdisjoint(seen.whole or {})
            if is_final or now - last_act > FOLLOWED:
                return True
        if seen and seen.next_at:  # between two passes
            if now < seen.next_at:
                return False
            seen = msgspec.structs.replace(seen, began=now, page=0, so_far={}, next_at=None)
        seen = seen or Seen(began=now)
        recipients = await self.page(broadcast, seen.page)
        if recipients is not None:
            so_far = counted(seen.so_far, [each.result for each in recipients])
            seen = msgspec.structs.replace(seen, page=seen.page + 1, so_far=so_far)
        else:
            quiet = timedelta() if broadcast.status == "sending" else now - last_act
            pause = max(timedelta(seconds=EVERY_S), 4 * (now - seen.began), quiet / 2)
            seen = Seen(began=seen.began, whole=seen.so_far, as_of=seen.began, next_at=now + pause)
        await self._rows.move(KIND, broadcast.id, number, seen)
        return False


def results(broadcast: Broadcast, seen: Seen | None) -> Mapping[str, int]:
    """Return how many recipients of a broadcast that was approved came to what, as far as they were
    counted: the others are `not_counted`.
    """
    if not broadcast.was_sent or broadcast.tally is None:
        return {}
    found: Mapping[str, int] = {}
    if seen:
        found = seen.so_far if seen.whole is None else seen.whole
    left = broadcast.tally.recipients - sum(found.values())
    return {**found, NOT_COUNTED: left} if left else found


def _recipient(broadcast: Broadcast, application: str, dossier: Dossier | None) -> Recipient:
    messages = told(dossier, broadcast.milestone)
    became = result(messages, is_cancelled=broadcast.status == "cancelled")
    return Recipient(application=application, result=became, messages=messages)
