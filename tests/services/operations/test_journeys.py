"""How the log is kept: every message once, the first occurrence of a numbered event told apart."""

import asyncio
import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.api import waterfall_of
from services.operations.domain.entries import Entry, tally
from services.operations.domain.kept import DATA_LIMIT_BYTES
from services.operations.domain.occurrences import judge
from services.operations.domain.timeline import instant
from services.operations.flow import Flow
from services.operations.journeys import UNREADABLE, WORD_LIMIT, Journeys, read
from shared import events
from shared.bus import Record
from shared.errors import Unknown
from shared.mongo import MongoTable, connect

APPLICATION = "0197c3a0-1111-7222-8333-444444444444"


def record(
    value: bytes | None, key: bytes | None = b"", topic: str = "portal.submissions"
) -> Record:
    return Record(topic, 2, 7, 1_780_000_000_000, key, value)


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


def test_an_event_is_counted_only_where_its_own_service_decided_it(story: Any, log: Any) -> None:
    story.registered()
    genuine = log.records[-1]
    assert read(genuine).counted_as == "application.registered"
    for topic in ("portal.submissions", "payment.events", "intake.inbox"):
        assert read(genuine._replace(topic=topic)).counted_as == "other"
    assert read(log.records[0]).counted_as == "application.submitted"
    assert read(record(b'{"type":"made.up"}')).counted_as == "other"


def test_a_portals_record_typed_as_ours_raises_no_count(story: Any, log: Any) -> None:
    story.registered()
    foreign = read(log.records[-1]._replace(topic="portal.submissions"))
    assert {kind.type: n for kind, n in tally([foreign]).items()} == {"other": 1}


@pytest.mark.parametrize("timestamp_ms", [-(1 << 62), -1, 1 << 62])
def test_a_time_that_no_date_has_breaks_nothing(timestamp_ms: int, world: Any) -> None:
    entry = read(record(b"{}", APPLICATION.encode())._replace(timestamp_ms=timestamp_ms))
    assert instant(entry.logged_ms)
    Flow(None, "operations", 4).add(tally([entry]), [])


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


# ---- whatever comes


@pytest.mark.parametrize("value", [None, b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"id":5}'])
def test_what_cannot_be_read_is_kept_under_its_key(value: bytes | None) -> None:
    entry = read(record(value, APPLICATION.encode()))

    assert entry.type == UNREADABLE
    assert entry.key == f"{APPLICATION}/~portal.submissions/2-000000000007"


def test_what_names_no_application_has_no_row() -> None:
    assert read(record(b"{", b"\xff")).key == ""
    assert read(record(b'{"subject":"../../etc"}', None)).key == ""


@given(
    value=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=40),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["id", "type", "subject", "data", "sequence", "time", "x"]),
                    inner,
                    max_size=6,
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    key=st.none() | st.binary(max_size=40) | st.just(APPLICATION.encode()),
    topic=st.sampled_from(["portal.submissions", "intake.events", "payment.inbox.dead"]),
)
def test_any_record_becomes_an_entry_that_a_database_takes(
    value: bytes, key: bytes | None, topic: str
) -> None:
    entry = read(record(value, key, topic))

    json.loads(entry.data)
    assert len(entry.data.decode()) <= DATA_LIMIT_BYTES
    for field in msgspec.structs.astuple(entry)[:-1]:
        assert len(str(field)) <= WORD_LIMIT
        if isinstance(field, str):
            field.encode()  # no lone surrogates: BSON has none


@pytest.mark.parametrize("depth", [10, 900, 100_000])
def test_data_nested_without_end_is_no_trouble(depth: int) -> None:
    value = b'{"type":"t","data":' + b"[" * depth + b"]" * depth + b"}"
    read(record(value, APPLICATION.encode()))


def test_long_data_is_kept_without_its_long_strings() -> None:
    data = {"dossier_code": "G1", "sealed": "x" * 5_000, "documents": [{"name": "y" * 300}]}
    value = events.encode({"type": "application.registered", "data": data})

    entry = read(record(value, APPLICATION.encode(), "intake.events"))
    kept_data = json.loads(entry.data)

    assert kept_data == {
        "dossier_code": "G1",
        "sealed": "… 5000 characters",
        "documents": [{"name": "… 300 characters"}],
    }


def test_data_that_stays_too_long_gives_way_to_its_size() -> None:
    value = events.encode({"data": {str(n): n for n in range(10_000)}})
    entry = read(record(value, APPLICATION.encode(), "intake.events"))
    assert "omitted_bytes" in json.loads(entry.data)


SUBMITTED = {
    "procedure": "1.001193",
    "receiving_unit": "00004",
    "personal": "e30..aXY.dGV4dA.dGFn",
    "channel": "online",
}
CLEAR = {"name": "Nguyễn Thử Nghiệm", "personal_number": "001199000001"}


def kept_of(data: bytes, type_: str = "application.submitted", topic: str = "") -> bytes:
    value = b'{"type":"' + type_.encode() + b'","data":' + data + b"}"
    return read(record(value, APPLICATION.encode(), topic or "portal.submissions")).data


def test_a_submission_in_order_is_kept() -> None:
    data = json.loads(kept_of(json.dumps(SUBMITTED).encode()))
    assert data | SUBMITTED == data


@pytest.mark.parametrize(
    ("type_", "topic", "data"),
    [
        ("application.submitted", "portal.submissions", SUBMITTED | {"personal": CLEAR}),
        ("application.submitted", "portal.submissions", SUBMITTED | {"personal": CLEAR["name"]}),
        ("application.submitted", "portal.submissions", SUBMITTED | {"applicant": CLEAR}),
        ("application.submitted", "intake.inbox", SUBMITTED | {"personal": CLEAR}),
        ("application.registered", "portal.submissions", CLEAR),
        ("anything", "routing.inbox", CLEAR),
        ("withdrawal.requested", "intake.inbox", {"reason": "", "by": CLEAR}),
    ],
)
def test_of_what_is_sent_against_its_contract_only_the_length_is_kept(
    type_: str, topic: str, data: dict[str, Any]
) -> None:
    raw = json.dumps(data, ensure_ascii=False).encode()
    assert json.loads(kept_of(raw, type_, topic)) == {"omitted_bytes": len(raw)}


def test_of_a_field_that_is_there_twice_no_more_is_kept_than_was_judged() -> None:
    raw = json.dumps(SUBMITTED, ensure_ascii=False).encode()
    twice = b'{"personal":"' + CLEAR["name"].encode() + b'",' + raw[1:]
    assert CLEAR["name"] not in kept_of(twice).decode()


def test_a_senders_words_are_cut_to_a_limit() -> None:
    value = events.encode({"id": "i" * 10_000, "type": "t" * 10_000, "source": "s" * 10_000})
    entry = read(record(value, APPLICATION.encode()))

    assert {len(entry.id), len(entry.type), len(entry.source)} == {WORD_LIMIT}


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
