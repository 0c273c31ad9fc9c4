"""How much flows, per stage and second, for the live tables.

Approximate by design: a crash between two steps may lose or repeat a second of it.  What must be
exact is in `counts`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from services.operations.domain.entries import Entry, gist
from shared import events
from shared.bus import Message, Partition, Producer
from shared.events import Event
from shared.events.intake import Registered
from shared.events.operations import FlowCounted
from shared.placement import home

TOPIC = "operations.flow"


class Flow:
    """Counts what is read until it is told to publish: one message for a stage and second."""

    def __init__(self, producer: Producer, group: str, lane_count: int) -> None:
        self._producer, self._lane_count = producer, lane_count
        self._source = f"/services/operations/{group}"
        self._counted: dict[tuple[str, int], FlowCounted] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Count these."""
        for entry in entries:
            second = entry.logged_ms // 1_000
            key = entry.service, second
            counted = self._counted.get(key)
            if counted is None:
                moment = datetime.fromtimestamp(second, UTC)
                counted = FlowCounted(stage=entry.service, second=moment, types={}, units={})
                self._counted[key] = counted
            type_ = entry.counted_as
            counted.types[type_] = counted.types.get(type_, 0) + 1
            if type_ == Registered.TYPE:
                unit = gist(entry.data).receiving_unit
                counted.units[unit] = counted.units.get(unit, 0) + 1

    async def publish(self, name: str) -> None:
        """Append what was counted and begin anew.  Raises `Unknown`: then it is still counted.

        A stage has one home lane, so whatever reads a lane has the whole of a stage.
        """
        batches: dict[Partition, list[Message]] = {}
        for (stage, second), counted in sorted(self._counted.items()):
            event = Event(
                id=f"{stage}/{second}/{name}",
                source=self._source,
                type=FlowCounted.TYPE,
                subject=stage,
                time=counted.second,
                data=msgspec.Raw(events.encode(counted)),
            )
            message = Message(stage.encode(), events.encode(event))
            batches.setdefault((TOPIC, home(stage, self._lane_count)), []).append(message)
        if batches:
            await self._producer.append(batches)
            self._counted.clear()

    def forget(self) -> None:
        """Drop what was counted for lanes that are gone."""
        self._counted.clear()
