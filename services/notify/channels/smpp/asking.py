"""What is known of messages that were taken, and what query_sm says of them: as good as a receipt,
if it is final.
"""

import asyncio
from collections.abc import Mapping, Sequence

from services.notify.channels.smpp import wire
from services.notify.channels.smpp.begun import NOT_BEGUN
from services.notify.channels.smpp.pace import Pace
from services.notify.channels.smpp.session import Session
from services.notify.channels.smpp.told import NUMBERS, WORDS, State
from services.notify.channels.smpp.wire import Garbled
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.notify import Answered, ReceiptArrived

Source = tuple[int, int, str]  # ton, npi, address


class Asking:
    """Asks within the pace and the window of what is sent; what finds no time is not asked."""

    def __init__(
        self, source: Source, pace: Pace, window: asyncio.Semaphore, limit: int, wait_s: float
    ) -> None:
        self._source, self._pace, self._window = source, pace, window
        self._limit, self._wait_s = limit, wait_s

    async def news(
        self, session: Session, taken: Mapping[str, Sequence[str]], until_s: float
    ) -> list[ReceiptArrived]:
        """Return what receipts of these would say, of those that answer in time."""
        some = list(taken.items())[: self._limit]
        asking = [
            asyncio.create_task(self._of_one(session, key, ids, until_s)) for key, ids in some
        ]
        if not asking:
            return []
        try:
            done, _ = await asyncio.wait(asking, timeout=self._wait_s)
        finally:
            for task in asking:
                task.cancel()
        return [one for task in done if (one := task.result()) is not None]

    async def _of_one(
        self, session: Session, key: str, ids: Sequence[str], until_s: float
    ) -> ReceiptArrived | None:
        """Return what a receipt would say; None: nothing final, or the SMSC does not tell."""
        word = ""
        for message_id in ids:
            word = await self._word(session, message_id, until_s)
            if _state(word) != "delivered":
                break
        if _state(word) == "underway":
            return None
        return ReceiptArrived(
            key=key, delivered=_state(word) == "delivered", gateway_id=ids[-1], code=word.lower()
        )

    async def _word(self, session: Session, message_id: str, until_s: float) -> str:
        try:
            body = wire.query_body(message_id, *self._source)
            async with self._window:
                if not await self._pace.turn(until_s):
                    return ""
                answer = await session.request(
                    wire.QUERY_SM, lambda n: wire.pdu(wire.QUERY_SM, n, body)
                )
            return NUMBERS.get(wire.queried_state(answer.body), "") if not answer.status else ""
        except (NotCalled, Unknown, Garbled, ValueError):  # the last: no id that can be asked for
            return ""


def found(key: str, ids: Sequence[str] | None, is_unbegun: bool) -> Answered:
    """Return what came of an attempt, by its message ids; None: none are known."""
    if ids:
        return Answered(key=key, finding="handed", gateway_id=ids[-1])
    if ids is None and is_unbegun:
        return Answered(key=key, finding="absent", reason=NOT_BEGUN)
    return Answered(key=key, finding="unknown", reason="no_message_id")


def _state(word: str) -> State:
    return WORDS.get(word, "underway")
