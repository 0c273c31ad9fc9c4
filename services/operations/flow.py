"""How much flows, per stage and second, for the live tables.

Approximate by design: a crash between two steps may lose or repeat a second of it.  What must be
exact is in `counts`.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from services.operations.domain.entries import Entry, Kind, gist
from services.operations.domain.partner_flow import noted, width_of
from shared import events
from shared.bus import Message, Partition, Producer
from shared.events import Event
from shared.events.operations import FlowCounted, PartnerCounted
from shared.placement import home

TOPIC = "operations.flow"
OPEN_LIMIT = 100_000  # orders of which it is remembered when they were opened


class Flow:
    """Counts what is read until it is told to publish: one message for a stage and second.

    Without a producer nothing is published: what is read anew flowed long ago.
    """

    def __init__(self, producer: Producer | None, group: str, lane_count: int) -> None:
        self._producer, self._lane_count = producer, lane_count
        self._source = f"/services/operations/{group}"
        self._counted: dict[tuple[str, int], FlowCounted] = {}
        self._opened: OrderedDict[str, int] = OrderedDict()  # reference → when, in ms

    def add(self, kinds: Mapping[Kind, int], registered: Iterable[Entry]) -> None:
        """Count so many of each kind; of what is `registered`, where."""
        for kind, number in kinds.items():
            types = self._of(kind.service, kind.second).types
            types[kind.type] = types.get(kind.type, 0) + number
        for entry in registered:
            units = self._of(entry.service, entry.logged_ms // 1_000).units
            unit = gist(entry.data).receiving_unit
            units[unit] = units.get(unit, 0) + 1

    def add_partner(self, entry: Entry) -> None:
        """Count what a message says of an order, or of a call, for its partner."""
        found = noted(entry)
        if found is None:
            return
        partners = self._of(entry.service, entry.logged_ms // 1_000).partners
        of = partners.setdefault(found.partner, PartnerCounted(counts={}, took={}))
        of.counts[found.what] = of.counts.get(found.what, 0) + 1
        if found.what == "opened":
            self._opened[found.reference] = entry.logged_ms
            if len(self._opened) > OPEN_LIMIT:
                self._opened.popitem(last=False)
        elif found.what == "paid":
            opened_ms = self._opened.pop(found.reference, None)
            if opened_ms is not None:
                width = f"{width_of(entry.logged_ms - opened_ms)}"
                of.took[width] = of.took.get(width, 0) + 1

    def _of(self, stage: str, second: int) -> FlowCounted:
        counted = self._counted.get((stage, second))
        if counted is None:
            moment = datetime.fromtimestamp(second, UTC)
            counted = FlowCounted(stage=stage, second=moment, types={}, units={}, partners={})
            self._counted[stage, second] = counted
        return counted

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
        if batches and self._producer:
            await self._producer.append(batches)
        self._counted.clear()

    def forget(self) -> None:
        """Drop what was counted for lanes that are gone."""
        self._counted.clear()
        self._opened.clear()
