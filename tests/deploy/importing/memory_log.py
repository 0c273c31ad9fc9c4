"""A log in memory with intake's own table, reader and step behind it, for tests of the import.

It passes the tests that Kafka passes (`test_log.py`).  It can be in doubt, and it can end whoever
uses it at any call, as a power cut would: what was appended by then stands.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from deploy.importing.log import Offsets
from shared.bus import Message, Record
from shared.errors import Unknown
from shared.events import Event, encode
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.placement import home
from tests.services.intake.memory import Lane
from tests.services.intake.sent import NOW

SUBMISSIONS, ANSWERS = "portal.submissions", "intake.events"


class Killed(BaseException):
    """The process is gone: nothing of it goes on."""


class MemoryLog:
    """See `deploy.importing.log.Log`.  `appetite`: records that intake decides at a look."""

    def __init__(self, lanes: int = 2, appetite: int = 1_000, chance: Random | None = None) -> None:
        self.lanes, self.appetite = lanes, appetite
        self.now_s = 0.0
        self.records: dict[tuple[str, int], list[Record]] = {
            (topic, lane): [] for topic in (SUBMISSIONS, ANSWERS) for lane in range(lanes)
        }
        self.decided = dict.fromkeys(range(lanes), 0)
        self.latest: dict[str, Any] = {}
        self.calls_left = -1  # until the power cut; below zero: none comes
        self.doubts = 0.0  # of how many calls the answer is lost
        self._calls_until_away = -1
        self.most_waiting = 0
        self._chance = chance or Random(1)
        self._intake = Lane()
        self._reader: Reader = Reader(self._intake.table, lanes)
        self._step: Step[Any, Any] = Step(self._intake.table, self._reader.again, lambda _: True)
        self.sought: list[Offsets] = []
        self._next: dict[int, int] = dict.fromkeys(range(lanes), 0)

    # ---- the port

    async def append(self, batches: Mapping[int, Sequence[Message]]) -> None:
        messages = [(lane, m) for lane, several in batches.items() for m in several]
        fate = self._fate()
        landed = messages[: self._chance.randint(0, len(messages))] if fate else messages
        for lane, message in landed:
            self.write(SUBMISSIONS, lane, message.key, message.value)
        waiting = sum(len(self.records[SUBMISSIONS, n]) - self.decided[n] for n in self.decided)
        self.most_waiting = max(self.most_waiting, waiting)
        if fate:
            raise fate

    async def submitted(self) -> Offsets:
        self._call()
        return {lane: len(self.records[SUBMISSIONS, lane]) for lane in range(self.lanes)}

    async def answered(self) -> Offsets:
        self._call()
        return {lane: len(self.records[ANSWERS, lane]) for lane in range(self.lanes)}

    async def committed(self) -> Offsets:
        self._call()
        return dict(self.decided)

    def seek(self, offsets: Offsets) -> None:
        self._next = dict(offsets)
        self.sought.append(dict(offsets))

    def position(self) -> Offsets:
        return self._next

    async def fetch(self, wait_s: float) -> Sequence[Record]:
        self._call()
        await self.decide()
        found = []
        for lane, at in self._next.items():
            some = self.records[ANSWERS, lane][at : at + self._chance.randint(0, 3)]
            self._next[lane] = at + len(some)
            found += some
        self.now_s += 0.01 if found else max(wait_s, 0.01)
        return found

    # ---- around it

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    async def settle(self) -> None:
        """Let intake decide all that was submitted."""
        while any(len(self.records[SUBMISSIONS, n]) > at for n, at in self.decided.items()):
            await self.decide()

    async def decide(self) -> None:
        """Let intake decide some of what it has not decided yet."""
        left = self.appetite
        for lane in range(self.lanes):
            batch = self.records[SUBMISSIONS, lane][self.decided[lane] :][:left]
            left -= len(batch)
            readings = self._reader.read(batch)
            assert not readings.foreign
            for reading in readings.mine:
                latest = self.latest.get(reading.application)
                assert reading.arrival
                states = {reading.application: latest.state if latest else None}
                facts = await self._intake.table.prepare([reading.arrival], states)
                for decision in self._step(latest, reading, facts, NOW):
                    self.latest[reading.application] = decision
                    for event in decision.emitted:
                        self.write(ANSWERS, lane, reading.application.encode(), event)
            self.decided[lane] += len(batch)

    def said(self, kind: str) -> list[str]:
        """Return the applications of which intake said this, once for each time."""
        marked = f'"type":"{kind}"'.encode()
        return [
            (record.key or b"").decode()
            for lane in range(self.lanes)
            for record in self.records[ANSWERS, lane]
            if marked in (record.value or b"")
        ]

    def doubts_after(self, calls: int) -> None:
        """Let no call have an answer after so many."""
        self._calls_until_away = calls

    def submit(self, event: Event) -> None:
        """Append what somebody else submits."""
        lane = home(event.subject, self.lanes)
        self.write(SUBMISSIONS, lane, event.subject.encode(), encode(event))

    def submissions(self) -> Counter[str]:
        """Return how often each application was submitted."""
        places = (self.records[SUBMISSIONS, lane] for lane in range(self.lanes))
        return Counter((r.key or b"").decode() for records in places for r in records)

    def write(self, topic: str, lane: int, key: bytes | None, value: bytes) -> None:
        log, at_ms = self.records[topic, lane], int(NOW.timestamp() * 1000 + self.now_s * 1000)
        log.append(Record(topic, lane, len(log), at_ms, key, value))

    def _call(self) -> None:
        if fate := self._fate():
            raise fate

    def _fate(self) -> BaseException | None:
        if self.calls_left == 0:
            return Killed()
        self.calls_left -= 1
        self._calls_until_away -= 1
        if self._calls_until_away == 0:
            self.doubts = 1.0
        return Unknown("no answer came") if self._chance.random() < self.doubts else None
