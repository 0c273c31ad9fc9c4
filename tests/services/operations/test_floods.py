"""What somebody sends without end costs a bounded number of rows, and hides nothing else."""

from collections import Counter
from typing import Any

import pytest

from services.operations.domain.entries import Entry
from services.operations.domain.findings import contiguity, tracing
from services.operations.domain.occurrences import KEPT_LIMIT, OTHERS_LIMIT, is_cut
from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.tally import Moment
from services.operations.domain.status import held_by
from services.operations.journeys import PACKED_LIMIT, Journeys, read
from shared.events.kernel import LaneReleased, RecordParked

FAR = 1 << 50
PARKED = RecordParked(
    service="routing", topic="intake.events", partition=0, offset=7, reason="a mistake"
)
WINDOW = 200


@pytest.fixture
def store(world: Any) -> Any:
    return world.Store()


async def kept(store: Any, log: Any) -> list[Entry]:
    """What is kept of the first application's log, read window by window."""
    journeys: Journeys = store.fresh_journeys()
    entries = [read(record) for record in log.records]
    for at in range(0, len(entries), WINDOW):
        await journeys.append(entries[at : at + WINDOW])
    found, forks = await journeys.of(entries[0].application)
    return [*found, *forks]


async def test_what_is_sent_for_ever_is_kept_so_often_and_events_of_ours_all(
    store: Any, story: Any, log: Any
) -> None:
    story.submitted()
    sent = log.records[-1]
    decided = 0
    for _ in range(20):  # 20,000 of them, with a rebalance after each thousand
        log.records.clear()
        for _ in range(1_000):
            log.again(sent)
        if decided < 3:
            (story.registered, story.routed, story.charged)[decided]()
            decided += 1
        await append(store.journeys, log)
        store.journeys.forget()

    entries, _ = await store.journeys.of(story.application)
    outside = [e for e in entries if not e.is_decided]
    others = {e.id for e in outside}  # each chapter has a submission of its own

    assert KEPT_LIMIT - PACKED_LIMIT < len(outside) < KEPT_LIMIT + len(others)
    assert {"application.registered", "application.routed"} <= {e.type for e in entries}
    rows = [id_ for id_ in store.tables["journeys"].rows if id_.startswith(story.application)]
    assert len(rows) < KEPT_LIMIT / PACKED_LIMIT + 10


async def append(journeys: Journeys, log: Any) -> None:
    await journeys.append([read(record) for record in log.records])


async def test_a_submission_that_comes_again_and_again_hides_nothing_of_what_becomes_of_it(
    store: Any, story: Any, log: Any
) -> None:
    story.returned()
    first, *others = log.records[:]
    log.records.clear()
    log.append(first.topic, first.key, first.value, first.partition)
    for _ in range(KEPT_LIMIT):
        log.again(first)
    for one in others:
        log.append(one.topic, one.key, one.value, one.partition)
    found = await kept(store, log)

    wanted = Counter(read(r).type for r in others)
    assert wanted.items() <= Counter(e.type for e in found).items()
    assert not is_cut(found)
    assert (contiguity(found, []), tracing(story.application, found)) == ([], [])
    assert proof_of(story.application, found, [], Moment(FAR, FAR)).excepted == {}


async def test_a_release_behind_a_flood_is_kept(store: Any, story: Any, log: Any) -> None:
    story.submitted()
    sent = log.records[-1]
    for _ in range(KEPT_LIMIT):
        log.again(sent)
    story.external("intake.events.parked", "/services/routing", PARKED)
    story.external("routing.inbox", "/operations", LaneReleased(operator="o", reason="mended"))

    assert not held_by(await kept(store, log))


async def test_a_topic_that_is_flooded_with_ever_other_messages_leaves_room_for_the_others(
    store: Any, story: Any, log: Any
) -> None:
    """Something may be missing then, and that is told."""
    story.submitted()
    for _ in range(KEPT_LIMIT + 2 * OTHERS_LIMIT):
        story.submitted()
    story.external("routing.inbox", "/operations", LaneReleased(operator="o", reason="mended"))
    found = await kept(store, log)

    assert len(found) <= KEPT_LIMIT + WINDOW
    assert LaneReleased.TYPE in {e.type for e in found}
    assert is_cut(found)
