"""Tells recipients, as many in a second as a broadcast may: each by a message to its own lane."""

import asyncio

import msgspec

from services.notify.broadcasts.rows import Broadcasts
from services.notify.domain.broadcasts import ITSELF, Act, Broadcast
from shared import events
from shared.clock import Clock
from shared.events import Event
from shared.events.notify import BroadcastTold
from shared.publisher import Publisher

INBOX = "notify.inbox"
KIND = "told"
TURN_S = 1.0


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """All before this recipient of this page are told."""

    page: int = 0
    at: int = 0


class Telling:
    """A step done twice, or by two, tells nobody twice: the lane knows the message by its id."""

    def __init__(self, rows: Broadcasts, publisher: Publisher, clock: Clock) -> None:
        self._rows, self._publisher, self._clock = rows, publisher, clock

    async def step(self, broadcast: Broadcast) -> None:
        """Tell the next ones of a broadcast that is being sent.  Raises `Unknown`."""
        number, place = await self._rows.place(KIND, broadcast.id, Place)
        page_number, at = (place.page, place.at) if place else (0, 0)
        wanted, told = round(broadcast.draft.per_second * TURN_S), list[str]()
        while page := await self._rows.page(broadcast.id, page_number):
            some = page.applications[at : at + wanted - len(told)]
            told += some
            at += len(some)
            if len(told) == wanted:
                break
            page_number, at = page_number + 1, 0
        await asyncio.gather(*(self._tell(broadcast, application) for application in told))
        await self._rows.move(KIND, broadcast.id, number, Place(page=page_number, at=at))
        if page is None:
            act = Act(what="told", by=ITSELF, at=self._clock())
            await self._rows.act(broadcast.after(act))

    async def _tell(self, broadcast: Broadcast, application: str) -> None:
        draft = broadcast.draft
        told = BroadcastTold(
            broadcast=broadcast.id,
            also_over=draft.audience.also_over,
            vi=draft.words.vi,
            en=draft.words.en,
        )
        event = Event(
            id=application,
            source=f"{ITSELF}/broadcasts/{broadcast.id}",
            type=BroadcastTold.TYPE,
            subject=application,
            time=self._clock(),
            data=msgspec.Raw(events.encode(told)),
        )
        await self._publisher.publish(INBOX, event)
