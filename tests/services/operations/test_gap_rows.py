"""An event that is missing before a later one is on the board, of every application, until it is
there: whatever is lost, doubled, read in another order or again, and whoever is killed meanwhile.
"""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.causes import CAUSES, GAP
from services.operations.domain.findings import contiguity
from services.operations.journeys import KEPT_LIMIT, read
from shared.bus import Record
from shared.errors import Fenced
from shared.events import routing
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.story import BEGAN
from tests.services.operations.test_reader import Crash, interleaved, waiting

BEGUN = routing.Processing(national_code=4, officer="o1", due=BEGAN)
CHAPTERS = ("returned", "paid", "charged", "registered")


def gap_rows(store: Any) -> dict[str, Any]:
    return {i: r for i, r in store.tables["situations"].rows.items() if r["cause"] == GAP}


def numbered(log: Any) -> list[Record]:
    return [r for r in log.records if read(r).sequence]


def lose(log: Any, *lost: Record) -> None:
    log.records[:] = [r for r in log.records if r not in lost]


def event(log: Any, topic: str, number: int) -> Record:
    return next(r for r in numbered(log) if r.topic == topic and read(r).sequence == number)


async def test_a_lost_event_is_on_the_board_at_its_service_until_it_is_there(
    world: Any, story: Any, log: Any
) -> None:
    store = world.Store()
    story.returned()
    lost, later = (event(log, "routing.events", n) for n in (2, 3))
    lose(log, lost)
    group = world.Group(log.records)
    await store.read(group)

    [row] = gap_rows(store).values()
    assert row["_id"] == f"{story.application}/routing/{GAP}/routing/000002"
    assert (row["dossier"], row["unit"]) == (story.code, "00004")
    assert row["since_ms"] == later.timestamp_ms
    assert row["stuck_ms"] - row["since_ms"] == 1_000 * (CAUSES[GAP].patience_s or 0)
    board = MemoryBoard(store.tables["situations"].rows)
    stuck = {(g.stage, g.cause) for g in (await board.stuck(row["stuck_ms"])).groups}
    assert ("routing", GAP) in stuck

    log.again(lost)
    await store.read(group)
    assert gap_rows(store) == {}


async def test_it_is_found_by_one_who_knows_nothing_of_what_came_before(
    world: Any, story: Any, log: Any
) -> None:
    store = world.Store()
    routed = story.routed()
    group = world.Group(log.records)
    await store.read(group)
    story.decide("routing", routed, *[BEGUN] * 3)
    lose(log, event(log, "routing.events", 3))
    for _ in range(2):
        await store.read(group)
        assert list(gap_rows(store)) == [f"{story.application}/routing/{GAP}/routing/000003"]
        story.decide("routing", routed, BEGUN)


async def test_that_a_sender_writes_more_than_is_kept_hides_no_gap_and_makes_none(
    world: Any, story: Any, log: Any
) -> None:
    store = world.Store()
    registered = story.registered()
    for _ in range(KEPT_LIMIT + 100):
        story.submitted()
    story.decide("routing", story.routed(registered), BEGUN, BEGUN)
    lost = event(log, "routing.events", 2)
    lose(log, lost)
    group = world.Group(log.records)
    await store.read(group, batch=500)
    assert list(gap_rows(store)) == [f"{story.application}/routing/{GAP}/routing/000002"]

    log.again(lost)
    await store.read(group)
    assert gap_rows(store) == {}


def _missing(records: Sequence[Record]) -> set[tuple[str, str]]:
    """Before which events something is missing, as the journey's findings have it."""
    found = set()
    for application in {read(r).application for r in records}:
        of = [read(r) for r in records if read(r).application == application]
        firsts = {e.id: e for e in reversed(of) if e.sequence}
        found |= {(application, f.id) for f in contiguity(firsts.values()) if f.kind == "gap"}
    return found


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
async def test_whatever_is_lost_and_whatever_fails_the_board_has_what_is_missing(
    world: Any, seed: int
) -> None:
    rng, log = random.Random(seed), world.Log()
    for n in range(3):
        getattr(world.Story(log, n + 1), rng.choice(CHAPTERS))()
    for record in rng.sample(log.records, 4):
        log.again(record, **rng.choice(({}, {"causationid": "another"})))
    events = numbered(log)
    lost = rng.sample(events, rng.randrange(min(6, len(events))))
    lose(log, *lost)
    faults = rng.choice((0, 3, 10))

    def fails() -> bool:
        nonlocal faults
        if faults and rng.random() < 0.05:
            faults -= 1
            if rng.random() < 0.4:
                raise Crash
            return True
        return False

    store = world.Store(world.Trouble(fails))
    group = world.Group([])
    while True:
        await _read(world, store, group, log, rng)
        assert store.tables["situations"].rows == waiting(log.records)
        assert len(gap_rows(store)) == len(_missing(log.records))
        if not lost:
            break
        log.again(lost.pop(rng.randrange(len(lost))))
    assert gap_rows(store) == {}


async def _read(world: Any, store: Any, group: Any, log: Any, rng: random.Random) -> None:
    """Read to the end in whatever pieces, by processes that crash or lose their lanes."""
    for _ in range(200):
        group.records = interleaved(log.records, rng)
        assignment = group.assignment(store.trouble, rng.choice((1, 3, 8, 50)))
        assignment.is_lost = rng.random() < 0.1
        try:
            await store.reader(batch_limit=rng.choice((8, 1_000))).serve(assignment)
        except (Crash, Fenced):
            continue
        except world.Over:
            ends = {(r.topic, r.partition): r.offset + 1 for r in log.records}
            if all(group.committed.get(place, 0) >= end for place, end in ends.items()):
                return
    pytest.fail("it did not come to an end")
