"""What operators say of breaks, as it is appended for payment to act upon."""

from collections.abc import Awaitable, Callable
from hashlib import sha256

import msgspec

from services.operations.money.rows import TOPIC
from shared import events
from shared.access import Caller
from shared.bus import Message, Partition
from shared.clock import Clock
from shared.events import Event
from shared.events.reconciliation import CloseAsked, CloseChecked
from shared.placement import home

Append = Callable[[Partition, Message], Awaitable[None]]


class Saying:
    """Appends commands; the same key of the same person again is the same command.

    What it does raises `Unknown`: then say it again, with the key.
    """

    def __init__(self, append: Append, lane_count: int, clock: Clock) -> None:
        self._append, self._lane_count, self._clock = append, lane_count, clock

    async def close(
        self, partner: str, break_id: str, caller: Caller, reason: str, key: str
    ) -> str:
        """Say that a break is settled; return the id of what was said."""
        word = CloseAsked(
            partner=partner,
            break_id=break_id,
            by=caller.name,
            principal=caller.principal,
            reason=reason,
        )
        return await self._say(word, caller, key)

    async def check(self, word: CloseChecked, caller: Caller) -> str:
        """Say what a second person says; one person answers a question once."""
        return await self._say(word, caller, word.asked)

    async def _say(self, word: CloseAsked | CloseChecked, caller: Caller, key: str) -> str:
        said = "\n".join((word.TYPE, caller.source, word.break_id, key))
        event = Event(
            id=f"break-{sha256(said.encode()).hexdigest()[:24]}",
            source=caller.source,
            type=word.TYPE,
            subject=word.partner,
            time=self._clock(),
            data=msgspec.Raw(events.encode(word)),
        )
        await self.put(event)
        return event.id

    async def put(self, event: Event) -> None:
        """Append a command to the lane of the partner that it is about."""
        place = TOPIC, home(event.subject, self._lane_count)
        await self._append(place, Message(event.subject.encode(), events.encode(event)))
