"""Sends what has no answer yet, follows the answers, and ends when all is decided."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

from deploy.importing.ledger import Ledger
from deploy.importing.log import Log, Offsets
from shared.bus import Message
from shared.errors import Unknown
from shared.placement import home

WAIT_S = 0.2  # for answers, when there is nothing to send
LOOK_S = 0.5  # between two looks at how far intake is
RETRY_S = 0.5

Outgoing = tuple[str, Message]  # application, what brings it
T = TypeVar("T")


class Limits(NamedTuple):
    """How much at once, and how long nothing may move."""

    in_flight: int = 2_000
    batch: int = 250
    patience_s: float = 60.0
    look_back: int = 10_000  # answers of a lane at first, then twice as many


class Surroundings(NamedTuple):
    """What a run is told the time by, and how it tells how far it is."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    moved: Callable[[int], None] = lambda _: None  # lines of which the end is known


class Stalled(Exception):
    """Nothing has moved for longer than the operator has patience."""


class Unopened(Exception):
    """Intake cannot open what is encrypted here: the key is another system's."""


class Barrier(NamedTuple):
    """Once intake has committed past `ends`, these are decided."""

    ends: Offsets
    applications: tuple[str, ...]


class Run:
    """One run over one file; `start` is where the answers of its import begin."""

    def __init__(
        self,
        log: Log,
        ledger: Ledger,
        start: Offsets,
        limits: Limits,
        around: Surroundings,
    ) -> None:
        self._log, self._ledger, self._start = log, ledger, start
        self._limits, self._around = limits, around
        self._unsent: list[Outgoing] = []
        self._barrier: Barrier | None = None
        self._look_at_s = 0.0
        self._moved_s, self._seen = around.monotonic(), (0, 0)
        self._committed = 0
        self._unopened = 0  # by an earlier run

    async def go(self, outgoing: Iterable[Outgoing]) -> None:
        """Do all there is to do; what is outgoing is asked for as it can be sent.

        The first message goes alone: with a wrong key all would be refused, and their ids used up.
        Raises `Stalled` and `Unopened`; what was learnt until then stands.
        """
        self._log.seek(self._start)
        await self._surely(self._hear_all)
        self._unopened = self._ledger.unopened
        messages = iter(outgoing)
        await self._all(islice(messages, 1))
        await self._all(messages)
        await self._surely(self._look_back)

    async def _surely(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it until it is done.  Raises `Stalled`."""
        while True:
            try:
                return await work()
            except Unknown as doubt:
                self._require_motion(str(doubt))
                await self._around.sleep(RETRY_S)

    async def _all(self, messages: Iterator[Outgoing]) -> None:
        while not await self._surely(lambda: self._turn(messages)):
            if self._ledger.unopened > self._unopened:
                raise Unopened
        if self._ledger.unopened > self._unopened:
            raise Unopened

    async def _turn(self, messages: Iterator[Outgoing]) -> bool:
        """Send a batch, hear what came; return whether all is decided."""
        room = self._limits.in_flight - len(self._ledger.in_flight) - len(self._unsent)
        self._unsent += islice(messages, max(0, min(room, self._limits.batch)))
        has_sent = bool(self._unsent)
        if has_sent:
            await self._log.append(self._by_lane(self._unsent))
            self._ledger.sent(application for application, _ in self._unsent)
            self._unsent = []
        elif not self._ledger.in_flight:
            return True
        await self._hear(0.0 if has_sent else WAIT_S)
        await self._look()
        self._require_motion("intake answers nothing")
        return False

    def _by_lane(self, outgoing: Iterable[Outgoing]) -> Mapping[int, list[Message]]:
        found: dict[int, list[Message]] = {}
        for application, message in outgoing:
            found.setdefault(home(application, self._log.lanes), []).append(message)
        return found

    async def _look(self) -> None:
        """Decide what has no answer, once intake is past all that was in flight a while ago."""
        now_s = self._around.monotonic()
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_S
        if self._barrier is None:
            if waiting := tuple(self._ledger.in_flight):
                self._barrier = Barrier(await self._log.submitted(), waiting)
            return
        committed = await self._log.committed()
        self._committed = sum(committed.values())
        if all(committed[lane] >= end for lane, end in self._barrier.ends.items()):
            await self._hear_all()
            self._ledger.decide(self._barrier.applications)
            self._barrier = None

    async def _look_back(self) -> None:
        """Look for who was silent before this import began, ever farther back; no more than once.

        An id tells no time where an old dossier code gave it.
        """
        until, count = self._start, self._limits.look_back
        while self._ledger.silent() and any(until.values()):
            begin = {lane: max(0, offset - count) for lane, offset in until.items()}
            self._log.seek(begin)
            await self._hear_until(until)
            until, count = begin, count * 2

    async def _hear_all(self) -> None:
        await self._hear_until(await self._log.answered())

    async def _hear_until(self, ends: Offsets) -> None:
        while any(self._log.position()[lane] < end for lane, end in ends.items()):
            if await self._hear(WAIT_S):
                self._moved_s = self._around.monotonic()
            self._require_motion("the log brings nothing")

    async def _hear(self, wait_s: float) -> int:
        records = await self._log.fetch(wait_s)
        for record in records:
            self._ledger.hear_record(record.key, record.value)
        return len(records)

    def _require_motion(self, otherwise: str) -> None:
        now_s, seen = self._around.monotonic(), (self._ledger.steps, self._committed)
        if seen != self._seen:
            self._moved_s, self._seen = now_s, seen
            self._around.moved(self._ledger.final)
        elif now_s - self._moved_s > self._limits.patience_s:
            raise Stalled(otherwise)
