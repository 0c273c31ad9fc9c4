"""The read side: exact numbers under redelivery, duplicates, outages, lost lanes and crashes."""

import random
from collections import Counter
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.ledger import Ledger
from services.operations.domain.occurrences import by_application
from services.operations.domain.situations import rows_of
from services.operations.facts import rows_of as facts_of
from services.operations.journeys import read
from shared import events
from shared.bus import Record
from shared.errors import Fenced
from shared.events.operations import FlowCounted


def written(world: SimpleNamespace, applications: int = 3) -> Any:
    """A log with several applications at different chapters, some messages twice."""
    log = world.Log()
    for n, chapter in zip(range(applications), ("returned", "paid", "registered"), strict=False):
        story = world.Story(log, n + 1)
        last = getattr(story, chapter)()
        story.notice(last, chapter)
    for record in log.records[5:30:6]:
        log.again(record)
    return log


def expected(records: list[Record]) -> Ledger:
    """The numbers, counted in the plainest way."""
    types: Counter[str] = Counter()
    vnd: Counter[str] = Counter()
    codes: dict[str, int] = {}
    seen: set[str] = set()
    repeats = 0
    for record in records:
        entry = read(record)
        key = entry.key
        if entry.is_decided and key in seen:
            repeats += 1
            continue
        seen.add(key)
        types[entry.type] += 1
        data = msgspec.json.decode(entry.data)
        if entry.service == "routing" and entry.is_decided:
            codes[entry.application] = data["national_code"]
        if entry.is_decided and entry.service == "payment":
            amount = data.get("amount_vnd", 0) or data.get("total_vnd", 0)
            if entry.type != "payment.requested":
                vnd[entry.type] += amount
    by_code = Counter(codes.values())
    return Ledger({}, dict(types), dict(by_code), dict(vnd), repeats)


def same(found: Ledger, plain: Ledger) -> None:
    assert found.types == plain.types
    assert {c: n for c, n in found.codes.items() if n} == plain.codes
    assert found.vnd == plain.vnd
    assert (found.repeats, found.forks) == (plain.repeats, plain.forks)
    assert found.is_whole


def waiting(records: list[Record]) -> dict[str, Any]:
    """What every application waits for, from all that is known of it."""
    rows: dict[str, Any] = {}
    for application, entries in by_application(map(read, records)).items():
        rows |= rows_of(application, entries)
    return rows


def facts(records: list[Record]) -> dict[str, Any]:
    """What every application counts as, from all that is known of it."""
    rows: dict[str, Any] = {}
    for application, entries in by_application(map(read, records)).items():
        rows |= facts_of(application, entries)
    return rows


def interleaved(records: list[Record], rng: random.Random) -> list[Record]:
    """The same log as a consumer may see it: any interleaving, in order within each partition."""
    queues: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        queues.setdefault((record.topic, record.partition), []).append(record)
    out: list[Record] = []
    while queues:
        place = rng.choice(sorted(queues))
        out.append(queues[place].pop(0))
        if not queues[place]:
            del queues[place]
    return out


async def test_after_reading_the_numbers_are_those_of_the_log(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    await store.read(world.Group(log.records))

    same(await store.counts().total(), expected(log.records))


async def test_everything_read_is_committed_and_kept(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    group = world.Group(log.records)
    await store.read(group)

    assert sum(group.committed.values()) == len(log.records)
    assert await store.kept() == {read(r).key for r in log.records}


async def test_reading_on_in_a_new_process_counts_on(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    half = len(log.records) // 2
    group = world.Group(log.records[:half])
    await store.read(group)
    await store.read(world.Group(log.records, group.committed))

    same(await store.counts().total(), expected(log.records))


async def test_one_ledger_a_lane_is_left(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    await store.read(world.Group(log.records), batch=2)

    lanes = [id_.split("/")[1] for id_ in store.tables["counts"].rows]
    assert len(lanes) == len(set(lanes))


async def test_a_fork_is_counted_and_found(world: SimpleNamespace, story: Any, log: Any) -> None:
    store = world.Store()
    story.registered()
    log.again(log.records[-1], causationid="another")
    await store.read(world.Group(log.records))

    assert (await store.counts().total()).forks == 1
    assert len((await store.journeys.of(story.application))[1]) == 1


async def test_what_is_unreadable_is_counted_and_passed(world: SimpleNamespace) -> None:
    log, store = world.Log(), world.Store()
    log.append("portal.submissions", None, b"{")
    log.append("portal.submissions", b"x", b'{"type":"made.up"}')
    group = world.Group(log.records)
    await store.read(group)

    assert (await store.counts().total()).types == {"other": 2}
    assert group.committed == {("portal.submissions", 0): 2}


async def test_counting_that_began_in_the_middle_says_so(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    committed = {(r.topic, r.partition): r.offset for r in log.records}
    await store.read(world.Group(log.records, committed))

    assert not (await store.counts().total()).is_whole


async def test_counts_are_rebuilt_by_reading_the_log_again(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    await store.read(world.Group(log.records))
    store.tables["counts"].rows.clear()

    await store.read(world.Group(log.records))

    same(await store.counts().total(), expected(log.records))


async def test_lost_lanes_end_the_loop_and_nothing_is_committed(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    group = world.Group(log.records)
    assignment = group.assignment(store.trouble)
    assignment.is_lost = True

    with pytest.raises(Fenced):
        await store.reader().serve(assignment)

    assert group.committed == {}
    await store.read(group)
    same(await store.counts().total(), expected(log.records))


async def test_what_is_brief_is_kept_and_committed_once_nothing_more_comes(
    world: SimpleNamespace, story: Any, log: Any
) -> None:
    """Until then it is owed: who reads on after a crash has to read the last batch again."""
    story.notice(story.registered(), "registered")
    store, group = world.Store(), world.Group(log.records)
    assignment = group.assignment(store.trouble, batch=len(log.records))
    fetch, seen = assignment.fetch, []

    async def with_a_pause(max_records: int, wait_s: float) -> list[Record]:
        kept = [row["cause"] for row in store.tables["situations"].rows.values()]
        seen.append(("notice_under_way" in kept, sum(group.committed.values())))
        return [] if len(seen) in (2, 3, 4) else await fetch(max_records, wait_s)

    assignment.fetch = with_a_pause
    with pytest.raises(world.Over):
        await store.reader().serve(assignment)

    assert seen[1] == (False, 0)
    assert seen[-1] == (True, len(log.records))


# ---- faults


class Crash(Exception):
    """The process ends here."""


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
async def test_whatever_fails_the_numbers_are_those_of_the_log(
    world: SimpleNamespace, seed: int
) -> None:
    """Unknown outcomes, crashes anywhere, zombies that go on writing, any interleaving."""
    rng = random.Random(seed)
    log, group = written(world), None
    faults, is_dead = rng.choice((0, 1, 3, 10, 30)), False

    def fails() -> bool:
        nonlocal faults, is_dead
        if is_dead:
            raise Crash  # nothing of it is done any more, not even what it would do at its end
        if faults and rng.random() < 0.05:
            faults -= 1
            is_dead = rng.random() < 0.4
            if is_dead:
                raise Crash
            return True
        return False

    store = world.Store(world.Trouble(fails))
    group = world.Group(log.records)
    for _ in range(100):
        is_dead = False
        group.records = interleaved(log.records, rng)
        batch = rng.choice((1, 3, 8, 50))
        assignment = group.assignment(store.trouble, batch)
        assignment.is_lost = faults > 0 and rng.random() < 0.2
        try:
            # where a batch is full, the next one is read while this one is kept
            await store.reader(batch_limit=rng.choice((batch, 1_000))).serve(assignment)
        except (Crash, Fenced):
            continue
        except world.Over:
            if sum(group.committed.values()) == len(log.records):
                break
    else:
        pytest.fail("it did not come to an end")

    faults = 0
    same(await store.counts().total(), expected(log.records))
    assert await store.kept() == {read(r).key for r in log.records}
    assert store.tables["situations"].rows == waiting(log.records)
    assert store.tables["facts"].rows == facts(log.records)


# ---- the flow


async def test_the_flow_is_published_per_stage_and_second(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    await store.read(world.Group(log.records))

    counted = [
        msgspec.json.decode(events.decode(m.value).data, type=FlowCounted)
        for _, m in store.producer.appended
    ]
    total: Counter[str] = Counter()
    for one in counted:
        total.update(one.types)

    assert total == expected(log.records).types
    assert sum(sum(one.units.values()) for one in counted) == 3
    assert all(one.second.microsecond == 0 for one in counted)


async def test_a_stage_has_one_home_lane(world: SimpleNamespace) -> None:
    log, store = written(world), world.Store()
    await store.read(world.Group(log.records), batch=3)

    homes: dict[bytes | None, set[int]] = {}
    for (_, lane), message in store.producer.appended:
        homes.setdefault(message.key, set()).add(lane)
    assert set(homes) >= {b"portal", b"intake", b"payment"}
    assert all(len(lanes) == 1 for lanes in homes.values())
