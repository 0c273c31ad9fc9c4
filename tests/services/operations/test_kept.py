"""What comes of any record: what is kept of it, under which key, and what is left out."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.citizen.reasons import SAID
from services.operations.domain.entries import tally
from services.operations.domain.kept import DATA_LIMIT_BYTES, READ
from services.operations.domain.timeline import instant
from services.operations.flow import Flow
from services.operations.journeys import UNREADABLE, WORD_LIMIT, read
from shared import events
from shared.bus import Record
from shared.contracts import CARRIED
from shared.events.data import NOTE_LIMIT, Problem
from shared.events.routing import NotAccepted
from shared.topics import all_names

APPLICATION = "0197c3a0-1111-7222-8333-444444444444"


def record(
    value: bytes | None, key: bytes | None = b"", topic: str = "portal.submissions"
) -> Record:
    return Record(topic, 2, 7, 1_780_000_000_000, key, value)


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
    assert len(entry.data) <= DATA_LIMIT_BYTES
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


def test_what_a_citizen_has_to_read_is_kept_as_long_as_an_officer_may_write() -> None:
    note = "ế" * NOTE_LIMIT
    data = {"officer": "o1", "content": note, "problems": [{"remedy_vi": note, "field": "x" * 300}]}
    value = events.encode({"type": "application.supplement_requested", "data": data})

    kept_data = json.loads(read(record(value, APPLICATION.encode(), "routing.events")).data)

    assert kept_data["content"] == kept_data["problems"][0]["remedy_vi"] == note
    assert kept_data["problems"][0]["field"] == "… 300 characters"


def test_every_text_that_is_shown_is_among_those_that_are_kept_whole() -> None:
    assert set(SAID.values()) <= READ
    assert {"reason_vi", "reason_en"} <= {*NotAccepted.__struct_fields__} & READ
    assert {f for f in Problem.__struct_fields__ if f.startswith("remedy")} <= READ


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


def test_an_event_is_counted_only_where_its_own_service_decided_it(story: Any, log: Any) -> None:
    story.registered()
    genuine = log.records[-1]
    assert read(genuine).counted_as == "application.registered"
    for topic in ("portal.submissions", "payment.events", "intake.inbox"):
        assert read(genuine._replace(topic=topic)).counted_as == "other"
        assert not read(genuine._replace(topic=topic)).belongs
    assert read(genuine).belongs
    assert read(log.records[0]).counted_as == "application.submitted"
    assert read(record(b'{"type":"made.up"}')).counted_as == "other"


@pytest.mark.parametrize("type_", ["payment.queried", "lane.released", "record.parked"])
def test_what_comes_from_outside_counts_only_where_it_is_said(type_: str) -> None:
    value = json.dumps({"type": type_}).encode()

    found = {topic: read(record(value)._replace(topic=topic)) for topic in all_names()}

    carry = {topic for topic, types in CARRIED.items() if type_ in types}
    assert {topic for topic, entry in found.items() if entry.belongs} == carry
    assert {topic for topic, entry in found.items() if entry.counted_as == type_} == carry
    assert "portal.submissions" not in carry


@pytest.mark.parametrize("timestamp_ms", [-(1 << 62), -1, 1 << 62])
def test_a_time_that_no_date_has_breaks_nothing(timestamp_ms: int, world: Any) -> None:
    entry = read(record(b"{}", APPLICATION.encode())._replace(timestamp_ms=timestamp_ms))
    assert instant(entry.logged_ms)
    Flow(None, "operations", 4).add(tally([entry]), [])
