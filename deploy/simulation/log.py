"""A broker in memory: partitions, and appends that land in part, late or twice."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from deploy.simulation.faults import Fate, Faults
from deploy.simulation.groups import Group, SimulatedSubscription
from deploy.simulation.loop import WORLDS, Loop, Process, current
from shared import events
from shared.bus import Message, Partition, Record
from shared.errors import Unknown


class Log:
    """All partitions of all topics."""

    def __init__(
        self, loop: Loop, rng: Random, faults: Faults, now_ms: Callable[[], int], lane_count: int
    ) -> None:
        self.loop, self.rng, self.faults = loop, rng, faults
        self.lane_count, self._now_ms = lane_count, now_ms
        self.records: dict[Partition, list[Record]] = {}
        self.groups: dict[str, Group] = {}
        self.under_way = 0  # appends that have yet to land
        self._watchers: dict[Partition, list[Any]] = {}
        self._readers: dict[str, list[Group]] = {}
        self._listeners: dict[str, list[Callable[[Record], None]]] = {}
        loop.silenced = self._fall_silent

    def create(self, topic: str) -> None:
        """Create a topic."""
        for number in range(self.lane_count):
            self.records[topic, number] = []

    def _fall_silent(self, process: Process) -> None:
        for group in self.groups.values():
            group.fall_silent(process)

    def producer(self) -> "SimulatedProducer":
        """Return a producer of its own for a process."""
        return SimulatedProducer(self)

    def begin(self, group: str, topics: Sequence[str]) -> None:
        """Let a group begin at the beginning."""
        self.groups[group] = Group(self, group, topics)
        for topic in topics:
            self._readers.setdefault(topic, []).append(self.groups[group])

    def subscription(self, group: str) -> SimulatedSubscription:
        """Return a member of a group."""
        return SimulatedSubscription(self.groups[group])

    def listen(self, topic: str, hear: Callable[[Record], None]) -> None:
        """Let somebody outside hear every record of a topic as it lands."""
        self._listeners.setdefault(topic, []).append(hear)

    def write(
        self, place: Partition, messages: Sequence[Message], sender: Process | None = None
    ) -> None:
        """Append now."""
        log, (topic, number) = self.records[place], place
        for key, value, headers in messages:
            record = Record(topic, number, len(log), self._now_ms(), key, value, headers)
            log.append(record)
            for hear in self._listeners.get(topic, ()):
                hear(record)
        for group in self._readers.get(topic, ()):
            group.behind += len(messages)
        if self.loop.trace is not None:
            names = ", ".join(_name(m.value) for m in messages)
            self.loop.note(f"{sender or 'somebody'} appends to {topic}/{number}: {names}")
        for watcher in self._watchers.pop(place, ()):
            _end(watcher)

    def send(self, place: Partition, messages: Sequence[Message], fate: Fate, answer: Any) -> None:
        """Let an append be under way; `answer(answered)` is called when it has landed."""
        count, sender = round(len(messages) * fate.share), current()

        def land() -> None:
            self.under_way -= 1
            if count:
                self.write(place, messages[:count], sender)
            if fate.late_s:
                self.under_way += 1
                self.loop.call_later(fate.late_s, land_late, context=WORLDS)
            answer(fate.answered)

        def land_late() -> None:
            self.under_way -= 1
            self.write(place, messages, sender)

        self.under_way += 1
        self.loop.call_later(fate.delay_s, land, context=WORLDS)

    async def arrival(self, places: Sequence[Partition], wait_s: float) -> None:
        """Wait until one of these partitions grows, at most so long."""
        grown = self.loop.create_future()
        for place in places:
            self._watchers.setdefault(place, []).append(grown)
        enough = self.loop.call_later(wait_s, _end, grown)
        try:
            await grown
        finally:
            enough.cancel()
            for place in places:
                watchers = self._watchers.get(place, [])
                if grown in watchers:
                    watchers.remove(grown)


def _name(value: bytes) -> str:
    """Return what a trace calls a message."""
    try:
        event = events.decode(value)
    except msgspec.DecodeError:
        return repr(value)
    return f"{event.type} {event.id}"


def _end(waiting: Any) -> None:
    if not waiting.done():
        waiting.set_result(None)


class SimulatedProducer:
    """See `shared.bus.Producer`."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        """See `shared.bus.Producer`."""
        log = self._log
        sends = [(place, list(messages)) for place, messages in batches.items() if messages]
        if not sends:
            return
        done, left = log.loop.create_future(), len(sends)

        def answer(answered: bool) -> None:
            nonlocal left
            left -= 1
            if done.done():
                return
            if not answered:
                done.set_exception(Unknown("the log did not acknowledge"))
            elif not left:
                done.set_result(None)

        for place, messages in sends:
            log.send(place, messages, log.faults.write("log", log.loop.time()), answer)
        await done
