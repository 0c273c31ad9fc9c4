"""What one application says to another of the same service."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shared import events
from shared.bus import Record
from shared.events.intake import ChildTakenBack, Withdrawn
from shared.events.portal import WithdrawalRequested
from shared.events.routing import Settled
from shared.journal import Decision, Journal
from shared.kinship import child_id, is_child
from shared.lanes.notices import Notices
from shared.lanes.outgoing import published
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.lanes.table import Arrival, LaneTable, Letter, Outcome, no_facts
from shared.placement import home
from tests.shared.lanes.one_lane import APPLICATION, AT, LANES, outside

CHILDREN = tuple(child_id(APPLICATION, n) for n in range(3))


class Told(msgspec.Struct, frozen=True):
    """How often something was heard."""

    count: int = 0


def decide(state: Told | None, arrival: Arrival, _facts: None, _at: datetime) -> Outcome[Told]:
    count = (state or Told()).count + 1
    if not isinstance(arrival.data, WithdrawalRequested):
        return Outcome(Told(count))
    letters = tuple(Letter(c, ChildTakenBack(because=f"x/{count}")) for c in CHILDREN)
    return Outcome(Told(count), (Withdrawn(reason=""),), (), letters)


TYPES = (WithdrawalRequested.TYPE, ChildTakenBack.TYPE, Settled.TYPE)
TABLE: LaneTable[Told, None] = LaneTable(
    "intake",
    Told,
    dict.fromkeys(TYPES, decide),
    no_facts,
    concerns={Settled.TYPE: is_child},
)


class World:
    """Applications of one service, their letters delivered when a test says so."""

    def __init__(self) -> None:
        self.reader = Reader(TABLE, LANES)
        self.step: Step[Told, None] = Step(TABLE, self.reader.again, lambda _: True)
        self.latest: dict[str, Decision[Told]] = {}

    def take(self, record: Record) -> list[Decision[Told]]:
        [reading] = self.reader.read([record]).mine
        versions = self.step(self.latest.get(reading.application), reading, None, AT)
        if versions:
            self.latest[reading.application] = versions[-1]
        return versions


def sent(decision: Decision[Told]) -> list[Record]:
    """What a decision puts on the log, as others read it."""
    batches = published([decision], "intake.events", LANES, Notices("intake", lambda _: ""))
    return [
        Record(topic, partition, n, 0, m.key, m.value, m.headers)
        for (topic, partition), messages in batches.items()
        for n, m in enumerate(messages)
        if topic == "intake.inbox"
    ]


def test_a_letter_goes_to_the_inbox_and_the_lane_of_whom_it_is_for() -> None:
    [decision] = World().take(outside("m1", 0))
    records = sent(decision)
    assert {(r.key or b"").decode() for r in records} == {*CHILDREN}
    for record in records:
        event = events.decode(record.value or b"")
        assert event.subject == (record.key or b"").decode()
        assert record.partition == home(event.subject, LANES)
        assert (event.source, event.sequence) == ("/services/intake", "")
        assert event.traceparent == decision.traceparent
        assert event.causationid == "m1"


def test_a_letter_of_a_child_is_in_its_parents_trace() -> None:
    world = World()
    [decision] = world.take(outside("m1", 0))
    [of_child] = world.take(sent(decision)[0])
    assert of_child.traceparent[3:35] == decision.traceparent[3:35]
    assert of_child.cause.traceparent == decision.traceparent


@given(st.lists(st.integers(0, 5), min_size=6, max_size=30).filter(lambda p: len({*p}) == 6))
def test_letters_count_once_however_often_and_in_whatever_order_they_come(order) -> None:
    world = World()
    said = [*world.take(outside("m1", 0)), *world.take(outside("m2", 1))]
    letters = [record for decision in said for record in sent(decision)]
    for n in order:
        world.take(letters[n])
    counts = [world.latest[c].state for c in CHILDREN]
    assert counts == [Told(2)] * 3


def test_letters_are_journalled_and_said_again_as_they_were() -> None:
    [decision] = World().take(outside("m1", 0))
    nowhere: Any = None  # only rows are made and read
    journal: Journal[Told] = Journal(nowhere, TABLE)
    row = journal.row(decision)
    assert journal.read(row).letters == decision.letters
    assert sent(journal.read(row)) == sent(decision)
    plain = msgspec.structs.replace(decision, letters=())
    assert "letters" not in journal.row(plain)


def test_a_type_that_concerns_some_applications_is_skipped_for_the_others() -> None:
    def settled(application: str) -> Record:
        event = {
            "id": f"{application}/routing/000001",
            "source": "/services/routing",
            "type": Settled.TYPE,
            "subject": application,
            "time": datetime(2026, 11, 20, tzinfo=UTC),
            "specversion": "1.0",
            "sequence": "000001",
            "data": {"national_code": 9, "officer": "", "on_time": True},
        }
        key = application.encode()
        lane = home(application, LANES)
        return Record("routing.events", lane, 0, 0, key, msgspec.json.encode(event), ())

    reader = Reader(TABLE, LANES)
    assert reader.read([settled(APPLICATION)]).mine == []
    [reading] = reader.read([settled(CHILDREN[0])]).mine
    assert reading.application == CHILDREN[0]
