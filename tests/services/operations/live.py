"""The live table without Faust, and groups that are as far behind as a test says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from services.operations.live import FlowDesk
from services.operations.tables import Flowing, count, flowing
from services.operations.trends import Trends
from shared import events
from shared.clock import Clock
from shared.errors import Unknown
from shared.events import Event
from shared.events.operations import FlowCounted


def counted(stage: str, at: datetime, types: Mapping[str, int]) -> bytes:
    """Return a message as operations' readers give it: what a stage gave in a second."""
    data = FlowCounted(stage=stage, second=at, types=dict(types), units={})
    return events.encode(
        Event(
            id=uuid4().hex,
            source="/services/operations/test",
            type=FlowCounted.TYPE,
            subject=stage,
            time=at,
            data=msgspec.Raw(events.encode(data)),
        )
    )


@dataclass
class Live:
    """A table and a Kafka that a test fills; no `behind`: nobody can say how far groups are."""

    table: dict[str, Any]
    clock: Clock
    behind: dict[str, int] | None = field(default_factory=dict)
    is_filled: bool = True
    looks: int = 0
    seconds: float = 0.0

    def desk(self, trends: Trends) -> FlowDesk:
        """Return a desk over all of it."""
        return FlowDesk(self, self, trends, "operations", self.clock, lambda: self.seconds)

    def count(self, stage: str, at: datetime, **types: int) -> None:
        """Let the table count; `.` in a type is written `__`."""
        named = {name.replace("__", "."): number for name, number in types.items()}
        count(self.table, counted(stage, at, named))

    def flowing(self) -> Flowing:
        """See `LiveTables`."""
        return flowing(self.table, self.clock())

    def is_ready(self) -> bool:
        """See `LiveTables`."""
        return self.is_filled

    async def look(self) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
        """See `KafkaLags`."""
        self.looks += 1
        if self.behind is None:
            raise Unknown("planted")
        return {name: ({0: 7, 1: 1}, {0: 7, 1: 1 + n}) for name, n in self.behind.items()}
