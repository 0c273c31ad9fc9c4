"""Messages as they happened, also where the log gave many of them one instant."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.entries import Entry, in_order
from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from services.operations.journeys import read
from shared.events import routing
from tests.services.operations.story import Log, Story


def of_one_instant(log: Log) -> list[Entry]:
    return [msgspec.structs.replace(read(record), logged_ms=1) for record in log.records]


def handled() -> list[Entry]:
    log = Log()
    story = Story(log)
    story.told(story.paid(), "paid")
    due = datetime.now(UTC) + timedelta(days=3)
    done = routing.Accepted(national_code=2, officer="o1", due=due)
    story.acted(routing.OfficerAccepted, done)
    return of_one_instant(log)


@given(seed=st.integers(0, 2**32), instants=st.integers(1, 5))
def test_of_each_partition_the_order_stands_and_causes_come_first(seed: int, instants: int) -> None:
    entries, rng = handled(), random.Random(seed)
    each = sorted(rng.randrange(instants) for _ in entries)
    entries = [
        msgspec.structs.replace(e, logged_ms=ms) for e, ms in zip(entries, each, strict=True)
    ]
    rng.shuffle(entries)

    found = in_order(entries)

    assert sorted(found, key=id) == sorted(entries, key=id)
    places: dict[tuple[str, int], int] = {}
    seen: set[str] = set()
    ids = {entry.id for entry in entries}
    for entry in found:
        assert entry.offset > places.get((entry.topic, entry.partition), -1)
        assert entry.causationid not in ids or entry.causationid in seen
        places[entry.topic, entry.partition] = entry.offset
        seen.add(entry.id)


def test_a_dossier_that_was_routed_and_accepted_in_one_instant_waits_for_no_acceptance() -> None:
    waits = followed(Summary(), in_order(handled())).waits()
    assert [matter.cause for matter in waits] == ["in_processing"]


def test_causes_in_a_circle_have_an_order_too() -> None:
    first, second, *_ = handled()
    circle = [
        msgspec.structs.replace(first, causationid=second.id),
        msgspec.structs.replace(second, causationid=first.id),
    ]
    assert sorted(in_order(circle), key=id) == sorted(circle, key=id)
