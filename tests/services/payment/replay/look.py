"""A log in memory to look at, and events of payment to put there."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from shared import events
from shared.bus import Record
from shared.errors import Unknown
from shared.events import Data, Event, numbered_id
from shared.events.payment import Settled
from tests.services.payment.office import APPLICATION, NOW

LANES = 3
SETTLED = Settled(
    partner="vnpay", reference="DVC1", transaction="14700001", amount_vnd=16_000, moment="x"
)


class MemoryLook:
    """See `shared.bus.Onlooker`."""

    def __init__(self) -> None:
        self.lanes: dict[int, list[Record]] = {lane: [] for lane in range(LANES)}
        self.fault: Unknown | None = None
        self.open = 0  # readings that nobody has closed

    def write(self, lane: int, value: bytes, at: datetime = NOW) -> Record:
        """Append."""
        stood, ms = self.lanes[lane], int(at.timestamp() * 1000)
        stood.append(Record("payment.events", lane, len(stood), ms, b"", value))
        return stood[-1]

    async def ends(self) -> Mapping[int, int]:
        if self.fault:
            raise self.fault
        return {lane: len(stood) for lane, stood in self.lanes.items()}

    async def since(self, at_ms: int) -> Mapping[int, int]:
        return {
            lane: next((r.offset for r in stood if r.timestamp_ms >= at_ms), len(stood))
            for lane, stood in self.lanes.items()
        }

    async def read(
        self, starts: Mapping[int, int], ends: Mapping[int, int]
    ) -> AsyncGenerator[Sequence[Record], None]:
        starts = dict(starts)
        self.open += 1
        try:
            for lane, stood in self.lanes.items():
                yield stood[starts.get(lane, 0) : ends.get(lane, 0)]
        finally:
            self.open -= 1


def event(data: Data, number: int, application: str = APPLICATION, **changes: object) -> bytes:
    """Return an event of payment's, as it stands on the log."""
    whole = Event(
        id=numbered_id(application, "payment", number),
        source="/services/payment",
        type=data.TYPE,
        subject=application,
        time=NOW,
        sequence=f"{number:06d}",
        data=msgspec.Raw(events.encode(data)),
    )
    return events.encode(msgspec.structs.replace(whole, **changes))


def settled(number: int, **changes: object) -> bytes:
    """Return one that vnpay may see."""
    return event(msgspec.structs.replace(SETTLED, **changes), number)


def minute(number: int) -> datetime:
    """Return a time."""
    return NOW + timedelta(minutes=number)
