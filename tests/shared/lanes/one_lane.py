"""One application's lane and what may come to it, for tests of the step."""

from datetime import UTC, datetime, timedelta

import msgspec

from shared import events
from shared.bus import Record
from shared.events import Data, Event, numbered_id
from shared.events.intake import Withdrawn
from shared.events.kernel import LaneReleased
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.journal import Decision
from shared.lanes.reading import Reader, Reading
from shared.lanes.step import Step
from shared.lanes.table import Arrival, LaneTable, Outcome, Timer, no_facts
from shared.placement import home

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
LANES = 4


class Seen(msgspec.Struct, frozen=True):
    """A state that remembers what was decided, in order."""

    ids: tuple[str, ...] = ()


class Mended:
    """Whether the bug that makes the word `poison` undecidable is fixed."""

    def __init__(self) -> None:
        self.yes = False

    def decide(
        self, state: Seen | None, arrival: Arrival, facts: None, at: datetime
    ) -> Outcome[Seen]:
        reason = getattr(arrival.data, "reason", "")
        if reason == "poison" and not self.yes:
            raise ValueError("cannot decide this")
        if reason == "huge":
            return Outcome(state, (Withdrawn(reason="x" * 300_000),))
        ids = (*(state.ids if state else ()), arrival.event.id)
        due = at + timedelta(hours=1)
        return Outcome(Seen(ids), (Withdrawn(reason=reason),), (Timer("later", due),))


class Lane:
    """One application's lane without any log or journal."""

    def __init__(self) -> None:
        self.mended = Mended()
        types = (WithdrawalRequested.TYPE, SupplementSubmitted.TYPE, Withdrawn.TYPE)
        table = LaneTable("routing", Seen, dict.fromkeys(types, self.mended.decide), no_facts)
        self.reader = Reader(table, LANES)
        self.step: Step[Seen, None] = Step(table, self.reader.again, lambda _: True)
        self.latest: Decision[Seen] | None = None
        self.decided: list[Decision[Seen]] = []

    def take(self, record: Record) -> list[Decision[Seen]]:
        [reading] = self.reader.read([record]).mine
        return self.take_reading(reading)

    def take_reading(self, reading: Reading) -> list[Decision[Seen]]:
        versions = self.step(self.latest, reading, None, AT)
        self.decided += versions
        self.latest = versions[-1] if versions else self.latest
        return versions

    @property
    def ids(self) -> tuple[str, ...]:
        assert self.latest is not None
        return self.latest.state.ids if self.latest.state else ()


def outside(
    id_: str,
    offset: int,
    reason: str = "",
    data: Data | None = None,
    source: str = "/portals/p",
) -> Record:
    data = data or WithdrawalRequested(reason=reason)
    event = Event(
        id=id_,
        source=source,
        type=data.TYPE,
        subject=APPLICATION,
        time=AT,
        data=msgspec.Raw(events.encode(data)),
    )
    return record("routing.inbox", offset, events.encode(event))


def own(sequence: int, offset: int, reason: str = "") -> Record:
    data = Withdrawn(reason=reason)
    event = Event(
        id=numbered_id(APPLICATION, "intake", sequence),
        source="/services/intake",
        type=data.TYPE,
        subject=APPLICATION,
        time=AT,
        sequence=f"{sequence:06d}",
        data=msgspec.Raw(events.encode(data)),
    )
    return record("intake.events", offset, events.encode(event))


def record(topic: str, offset: int, value: bytes) -> Record:
    return Record(topic, home(APPLICATION, LANES), offset, 0, APPLICATION.encode(), value)


def release(id_: str, offset: int) -> Record:
    return outside(id_, offset, data=LaneReleased(operator="o", reason="mended"))
