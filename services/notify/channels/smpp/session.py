"""One bind: requests and their answers, what the SMSC sends of itself, and signs of life.

A request that was not written raises `NotCalled`; one that was written and is not answered fails
with `Unknown`.  What the SMSC delivers is answered only when it was kept.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import structlog

from services.notify.channels.smpp import statuses, wire
from services.notify.channels.smpp.wire import Frames, Garbled, Pdu
from shared.effects import NotCalled
from shared.errors import Unknown

WAITING_LIMIT = 5_000  # deliveries read and not yet kept; beyond it reading waits

LATE_LIMIT = 10_000  # answers that nobody waits for any more, and that are still worth hearing
BIND_LOST, NO_ANSWER = "bind_lost", "no_answer"

_log = structlog.get_logger("smpp")

Heard = Callable[[Pdu], None]  # told of an answer, also of a late one
# keeps deliveries and returns what to answer to each
Arrived = Callable[[Sequence[Pdu]], Awaitable[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait for what."""

    bind_s: float = 5.0
    response_s: float = 5.0
    enquire_s: float = 30.0  # of silence, then we ask whether anybody is there
    tick_s: float = 0.25


class _Asked(NamedTuple):
    command: int
    at_s: float
    answer: asyncio.Future[Pdu]
    heard: Heard


class Session(asyncio.Protocol):
    """A connection to an SMSC, from connecting to its end."""

    def __init__(
        self, limits: Limits, arrived: Arrived, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits, self._arrived, self._monotonic = limits, arrived, monotonic
        self._frames = Frames()
        self._asked: dict[int, _Asked] = {}  # by sequence number, the oldest first
        self._late: dict[int, _Asked] = {}  # given up
        self._sequence = 0
        self._transport: asyncio.Transport | None = None
        self._heard_s = monotonic()
        self._is_silent = False  # a request was given up and nothing was heard since it was made
        self._delivered: list[Pdu] = []
        self._has_delivered = asyncio.Event()
        self.ended = asyncio.Event()
        self.why = ""  # it ended

    # --- what we say

    async def bind(self, body: bytes) -> None:
        """Bind as a transceiver.  Raises `NotCalled` with the reason."""
        try:
            async with asyncio.timeout(self._limits.bind_s):
                answer = await self.request(
                    wire.BIND_TRANSCEIVER, lambda n: wire.pdu(wire.BIND_TRANSCEIVER, n, body)
                )
        except (TimeoutError, Unknown) as error:
            raise NotCalled(f"no answer to the bind: {str(error) or NO_ANSWER}") from error
        if answer.status != statuses.OK:
            raise NotCalled(f"the bind is refused: {statuses.status(answer.status).name}")

    async def serve(self) -> None:
        """Keep the bind alive and take deliveries until it ends."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._tick()), group.create_task(self._deliver())]
            await self.ended.wait()
            for task in tasks:
                task.cancel()

    def request(
        self, command: int, make: Callable[[int], bytes], heard: Heard = lambda _: None
    ) -> asyncio.Future[Pdu]:
        """Write the request that `make` returns for a sequence number; return what will be its
        answer.  Raises `NotCalled`: nothing was written.
        """
        if self._transport is None or self._transport.is_closing():
            raise NotCalled(BIND_LOST)
        if self._is_silent and command != wire.ENQUIRE_LINK:
            raise NotCalled(NO_ANSWER)  # one window in doubt is enough
        self._sequence = self._sequence % wire.SEQUENCE_LIMIT + 1
        octets = make(self._sequence)
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_looked_at)
        self._asked[self._sequence] = _Asked(command, self._monotonic(), answer, heard)
        self._transport.write(octets)
        return answer

    def under_way(self) -> list[asyncio.Future[Pdu]]:
        """Return the answers that are still to come."""
        return [asked.answer for asked in self._asked.values()]

    async def unbind(self) -> None:
        """Say goodbye and hang up."""
        try:
            async with asyncio.timeout(self._limits.tick_s):
                await self.request(wire.UNBIND, lambda n: wire.pdu(wire.UNBIND, n))
        except (NotCalled, Unknown, TimeoutError):
            pass  # goodbye all the same
        self.hang_up("unbound by us")

    def hang_up(self, why: str) -> None:
        """End it now."""
        self.why = self.why or why
        if self._transport is not None:
            self._transport.abort()

    # --- what we hear

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._heard_s, self._is_silent = self._monotonic(), False
        try:
            for pdu in self._frames.feed(data):
                self._hear(pdu)
        except Garbled as error:
            self.hang_up(f"garbled: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self.why = self.why or (repr(exc) if exc else "closed by the other side")
        asked, self._asked = self._asked, {}
        for one in asked.values():
            if not one.answer.done():
                one.answer.set_exception(Unknown(BIND_LOST))
        self.ended.set()

    def _hear(self, pdu: Pdu) -> None:
        if pdu.command & wire.RESPONSE:
            self._hear_answer(pdu)
        elif pdu.command == wire.DELIVER_SM:
            self._delivered.append(pdu)
            self._has_delivered.set()
            if len(self._delivered) > WAITING_LIMIT and self._transport:
                self._transport.pause_reading()
        elif pdu.command == wire.ENQUIRE_LINK:
            self._say(wire.pdu(pdu.command | wire.RESPONSE, pdu.sequence))
        elif pdu.command == wire.UNBIND:
            self._say(wire.pdu(pdu.command | wire.RESPONSE, pdu.sequence))
            self.why = "unbound by the other side"
            if self._transport:
                self._transport.close()
        elif pdu.command not in wire.WITHOUT_ANSWER:
            _log.warning("not taken", command=hex(pdu.command))
            refusal = wire.pdu(wire.GENERIC_NACK, pdu.sequence, status=statuses.INVALID_COMMAND)
            self._say(refusal)

    def _hear_answer(self, pdu: Pdu) -> None:
        waiting = self._asked if pdu.sequence in self._asked else self._late
        asked = waiting.get(pdu.sequence)
        if asked and not _answers(pdu, asked.command):
            _log.warning("no answer to what was asked", command=hex(pdu.command))
        elif asked:
            del waiting[pdu.sequence]
            asked.heard(pdu)
            if not asked.answer.done():
                asked.answer.set_result(pdu)

    def _say(self, octets: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)

    # --- what goes on meanwhile

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._limits.tick_s)
            now_s = self._monotonic()
            self._give_up(now_s)
            enquired = any(a.command == wire.ENQUIRE_LINK for a in self._asked.values())
            is_idle = now_s - self._heard_s >= self._limits.enquire_s
            if (is_idle or self._is_silent) and not enquired:
                try:
                    self.request(wire.ENQUIRE_LINK, lambda n: wire.pdu(wire.ENQUIRE_LINK, n))
                except NotCalled:
                    return  # it has ended

    def _give_up(self, now_s: float) -> None:
        """Give up what has no answer for too long, the oldest first."""
        while self._asked:
            sequence, asked = next(iter(self._asked.items()))
            if now_s - asked.at_s < self._limits.response_s:
                return
            self._is_silent |= asked.at_s >= self._heard_s
            self._late[sequence] = self._asked.pop(sequence)
            if len(self._late) > LATE_LIMIT:
                del self._late[next(iter(self._late))]
            if asked.command == wire.ENQUIRE_LINK:
                self.hang_up("no sign of life")
            if not asked.answer.done():
                asked.answer.set_exception(Unknown(NO_ANSWER))

    async def _deliver(self) -> None:
        while True:
            await self._has_delivered.wait()
            self._has_delivered.clear()
            batch, self._delivered = self._delivered, []
            said = await self._arrived(batch)
            answers = (
                wire.pdu(pdu.command | wire.RESPONSE, pdu.sequence, b"\0", status)
                for pdu, status in zip(batch, said, strict=True)
            )
            self._say(b"".join(answers))
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()


def _answers(pdu: Pdu, command: int) -> bool:
    """Tell whether this is an answer to a command; a generic nack is, if it says that it is one."""
    is_nack = pdu.command == wire.GENERIC_NACK and pdu.status != statuses.OK
    return is_nack or pdu.command == command | wire.RESPONSE


def _looked_at(answer: asyncio.Future[Pdu]) -> None:
    """Take note of a failure: whoever asked may have gone."""
    if not answer.cancelled():
        answer.exception()
