"""The pure heart of the lane, decided record by record."""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shared import events
from shared.events import Event, numbered_id
from shared.events.intake import Registered
from shared.events.portal import SupplementSubmitted
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.lanes.table import LaneTable, no_facts
from tests.shared.lanes.one_lane import (
    APPLICATION,
    AT,
    LANES,
    Lane,
    Seen,
    outside,
    own,
    record,
    release,
)


def test_a_first_message_makes_version_one_with_its_events_numbered() -> None:
    [decision] = Lane().take(outside("m1", 0, "sick"))
    assert decision.version == 1
    [text] = decision.emitted
    event = events.decode(text)
    assert event.id == numbered_id(APPLICATION, "routing", 1)
    assert event.causationid == "m1"
    assert event.traceparent == decision.traceparent
    assert event.traceparent[3:35] == APPLICATION.replace("-", "")
    assert decision.timers[0].name == "later"


def test_the_same_message_again_gives_nothing_wherever_it_stands() -> None:
    lane = Lane()
    lane.take(outside("m1", 0))
    assert lane.take(outside("m1", 0)) == []
    assert lane.take(outside("m1", 7)) == []


def test_an_event_of_a_lower_or_equal_number_gives_nothing() -> None:
    lane = Lane()
    lane.take(own(2, 0))
    assert lane.take(own(2, 5)) == []
    assert lane.take(own(1, 6)) == []
    assert len(lane.take(own(4, 7))) == 1  # numbers between were of types not in the table


def test_what_cannot_be_decided_is_held_and_what_follows_is_held_behind_it() -> None:
    lane = Lane()
    [held] = lane.take(outside("bad", 0, "poison"))
    assert held.held_because == "ValueError: cannot decide this"
    [behind] = lane.take(outside("good", 1))
    assert [events.decode(r.value or b"").id for r in behind.held] == ["bad", "good"]
    assert behind.emitted == ()


def test_a_release_decides_what_is_held_in_order_one_version_each() -> None:
    lane = Lane()
    for offset, (id_, reason) in enumerate([("bad", "poison"), ("a", ""), ("b", "")]):
        lane.take(outside(id_, offset, reason))
    lane.mended.yes = True
    versions = lane.take(release("r1", 3))
    assert lane.ids == ("bad", "a", "b")
    assert [v.version for v in versions] == [4, 5, 6, 7]
    assert versions[-1].held == ()


def test_a_release_before_the_bug_is_mended_changes_nothing_and_says_why() -> None:
    lane = Lane()
    lane.take(outside("bad", 0, "poison"))
    [version] = lane.take(release("r1", 1))
    assert version.held_because == "ValueError: cannot decide this"
    assert len(version.held) == 1
    assert lane.take(release("r1", 1)) == []


def test_a_message_held_twice_from_two_offsets_is_decided_once() -> None:
    lane = Lane()
    lane.take(own(1, 0, "poison"))
    assert lane.take(own(1, 9, "poison")) == []
    lane.mended.yes = True
    lane.take(release("r1", 1))
    assert lane.ids == (numbered_id(APPLICATION, "intake", 1),)


def test_an_own_event_that_cannot_be_read_is_held_and_not_dropped() -> None:
    lane = Lane()
    broken = own(1, 0)._replace(value=b'{"broken"')
    [held] = lane.take(broken)
    assert len(held.held) == 1
    lane.take(own(2, 1))
    assert lane.latest is not None
    assert len(lane.latest.held) == 2


class Script:
    """Messages from outside and own events, some poisoned, with duplicates."""

    kinds: ClassVar[Any] = st.lists(
        st.tuples(st.sampled_from("oe"), st.integers(1, 5), st.booleans()), min_size=1, max_size=25
    )


@given(Script.kinds)
def test_whatever_the_duplicates_every_message_is_decided_once_and_own_events_in_order(
    script: Sequence[tuple[str, int, bool]],
) -> None:
    lane = Lane()
    expected: list[str] = []
    highest = 0
    for offset, (kind, number, poisoned) in enumerate(script):
        reason = "poison" if poisoned and number == 3 else ""
        if kind == "o":
            taken, id_ = outside(f"m{number}", offset, reason), f"m{number}"
            fresh = id_ not in expected
        else:  # the log brings first occurrences in order: a number never skips ahead
            number = min(number, highest + 1)
            fresh, highest = number > highest, max(highest, number)
            taken, id_ = own(number, offset, reason), numbered_id(APPLICATION, "intake", number)
        lane.take(taken)
        if fresh:
            expected.append(id_)
    lane.mended.yes = True
    lane.take(release("the end", len(script)))
    assert list(lane.ids) == expected
    assert [d.version for d in lane.decided] == list(range(1, len(lane.decided) + 1))
    numbers = [events.decode(e).sequence for d in lane.decided for e in d.emitted]
    assert numbers == [f"{n:06d}" for n in range(1, len(numbers) + 1)]


def test_the_registered_contract_is_not_in_this_table_and_skipped() -> None:
    lane = Lane()
    event = Event(
        id=numbered_id(APPLICATION, "intake", 1),
        source="/services/intake",
        type=Registered.TYPE,
        subject=APPLICATION,
        time=AT,
        sequence="000001",
        data=msgspec.Raw(b"{}"),
    )
    assert lane.reader.read([record("intake.events", 0, events.encode(event))]).mine == []


def test_a_held_message_that_cannot_be_read_any_more_stays_held_and_spoils_no_other() -> None:
    lane = Lane()
    lane.take(outside("bad", 0, "poison"))
    types = (SupplementSubmitted.TYPE,)  # a later version of the service no longer takes the other
    table = LaneTable("routing", Seen, dict.fromkeys(types, lane.mended.decide), no_facts)
    lane.reader = Reader(table, LANES)
    lane.step = Step(table, lane.reader.again, lambda _: True)
    [behind] = lane.take(outside("good", 1, data=SupplementSubmitted(documents=())))
    assert len(behind.held) == 2
    [released] = lane.take(release("r", 2))
    assert "nobody here takes messages" in released.held_because
    assert len(released.held) == 2
