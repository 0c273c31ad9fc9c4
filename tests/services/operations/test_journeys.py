"""How the log is kept: every message once, the first occurrence of a numbered event told apart."""

import asyncio
import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.entries import Entry, tally
from services.operations.domain.occurrences import judge
from services.operations.journeys import Journeys, read
from services.operations.opened import waterfall_of
from shared.errors import Unknown
from shared.mongo import MongoTable, connect


async def kept(journeys: Journeys, log: Any) -> Any:
    return await journeys.append([read(r) for r in log.records])


@pytest.fixture
def store(world: Any) -> Any:
    return world.Store()


async def test_every_message_of_an_application_is_found_by_its_id(
    store: Any, story: Any, log: Any
) -> None:
    story.returned()
    await kept(store.journeys, log)

    entries, forks = await store.journeys.of(story.application)

    assert len(entries) == len(log.records)
    assert {e.place for e in entries} == {(r.topic, r.partition, r.offset) for r in log.records}
    assert forks == []


async def test_the_dossier_code_and_the_payment_reference_find_it_as_well(
    store: Any, story: Any, log: Any, world: Any
) -> None:
    other = world.Story(log, 2)
    other.charged()
    story.charged()
    await kept(store.journeys, log)

    for name in (story.application, story.application.upper(), story.code, story.reference):
        assert await store.journeys.find(name) == story.application
    typed = f" {story.code.lower().replace('-', ' – ')}"
    assert await store.journeys.find(typed) == story.application
    assert await store.journeys.find("G00") is None


async def test_rows_of_days_and_of_money_that_moved_are_nobodys_name(
    store: Any, story: Any, log: Any
) -> None:
    story.paid()
    await kept(store.journeys, log)
    rows = [id_ for id_ in store.tables["names"].rows if id_.startswith(("=", "@"))]
    assert {id_[0] for id_ in rows} == {"=", "@"}

    assert [await store.journeys.find(id_) for id_ in rows] == [None] * len(rows)
    assert await store.journeys.named([*rows, story.code]) == {story.code: story.application}


async def test_keeping_a_batch_again_changes_nothing(store: Any, story: Any, log: Any) -> None:
    story.returned()
    first = await kept(store.journeys, log)
    rows = {name: dict(table.rows) for name, table in store.tables.items()}

    again = await kept(store.journeys, log)

    assert again == first
    assert {name: dict(table.rows) for name, table in store.tables.items()} == rows


@pytest.mark.parametrize("in_one_batch", [True, False])
async def test_a_numbered_event_that_comes_again_keeps_its_first_place(
    store: Any, story: Any, log: Any, in_one_batch: bool
) -> None:
    story.registered()
    first = log.records[-1]
    if not in_one_batch:
        await kept(store.journeys, log)
        log.records.clear()
    log.again(first)

    appended = await kept(store.journeys, log)
    entries, forks = await store.journeys.of(story.application)

    assert len(appended.repeats) == 1
    assert [e.offset for e in entries if e.is_decided] == [first.offset]
    assert forks == []


@pytest.mark.parametrize("in_one_batch", [True, False])
async def test_an_event_that_comes_again_with_other_content_is_a_fork(
    store: Any, story: Any, log: Any, in_one_batch: bool
) -> None:
    registered = story.registered()
    first = log.records[-1]
    if not in_one_batch:
        await kept(store.journeys, log)
        log.records.clear()
    log.again(first, causationid="another")

    appended = await kept(store.journeys, log)
    entries, forks = await store.journeys.of(story.application)

    assert len(appended.forks) == 1
    assert [f.id for f in forks] == [registered.id]
    assert [e.causationid for e in entries if e.is_decided] != ["another"]


async def test_a_message_from_outside_that_comes_again_is_a_row_of_its_own(
    store: Any, story: Any, log: Any
) -> None:
    story.submitted()
    log.again(log.records[0])

    appended = await kept(store.journeys, log)

    assert len(appended.first) == 2
    assert len((await store.journeys.of(story.application))[0]) == 2


@pytest.mark.parametrize("sequence", ["", "x", "-1", "1.0", "9" * 5_000, "٣"])
def test_a_number_that_is_none_is_no_trouble(story: Any, log: Any, sequence: str) -> None:
    story.registered()
    log.again(log.records[-1], sequence=sequence)

    assert read(log.records[-1]).sequence == 0


def test_a_numbered_id_that_is_not_of_its_topic_is_no_numbered_event(story: Any, log: Any) -> None:
    story.registered()
    genuine = log.records[-1]
    for topic in ("portal.submissions", "payment.events", "intake.inbox"):
        entry = read(genuine._replace(topic=topic))
        assert entry.sequence == 0
        assert entry.key.startswith(f"{story.application}/~{topic}/")


def test_a_portals_record_typed_as_ours_raises_no_count(story: Any, log: Any) -> None:
    story.registered()
    foreign = read(log.records[-1]._replace(topic="portal.submissions"))
    assert {kind.type: n for kind, n in tally([foreign]).items()} == {"other": 1}


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32))
async def test_two_writers_in_any_interleaving_keep_every_message_and_the_first_is_the_first(
    seed: int, world: Any
) -> None:
    chance, log, store = random.Random(seed), world.Log(), world.Store()
    stories = [world.Story(log, n) for n in (1, 2, 3)]
    for story in stories:
        story.returned()
    for record_ in chance.sample(log.records, 12):
        log.again(record_, **({"causationid": "another"} if chance.random() < 0.3 else {}))
    items = [read(r) for r in log.records]
    writers = [Written(store.fresh_journeys(), items) for _ in range(2)]

    store.trouble.fails = lambda: chance.random() < 0.1
    while any(w.left for w in writers):
        turns = ((chance.randint(1, 9), chance.random() < 0.2) for _ in writers)
        await asyncio.gather(*(w.some(*turn) for w, turn in zip(writers, turns, strict=True)))
    store.trouble.fails = lambda: False

    for story in stories:
        entries, forks = await store.journeys.of(story.application)
        mine = [i for i in items if i.application == story.application]
        plain = judge(mine, ())
        assert {e.place for e in entries} == {i.place for i in plain.first}
        assert {e.place for e in forks} == {i.place for i in plain.forks}


class Written:
    """A process that keeps a log, batch by batch, each until it goes through."""

    def __init__(self, journeys: Journeys, items: list[Entry]) -> None:
        self._journeys, self.left = journeys, list(items)

    async def some(self, count: int, again: bool) -> None:
        while True:
            try:
                await self._journeys.append(self.left[:count])
                break
            except Unknown:
                continue
        self.left = self.left[0 if again else count :]


async def test_what_a_real_database_gives_back_can_be_shown(
    mongo_url: str, story: Any, log: Any
) -> None:
    story.returned()
    database = connect(mongo_url, "operations_shown")
    names = ("journeys", "names", "aside")
    journeys = Journeys(*(MongoTable(database[name]) for name in names))
    await kept(journeys, log)

    entries, _forks = await journeys.of(story.application)

    assert json.dumps(msgspec.to_builtins(waterfall_of(story.application, entries)))
    database.client.close()
