"""What a record is taken for before anything is decided."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import Record
from shared.events import CONTRACTS
from shared.events.kernel import LaneReleased
from shared.events.portal import Submitted, WithdrawalRequested
from shared.lanes.reading import FOREIGN_LIMIT_BYTES, Dead, Reader
from shared.lanes.table import LaneTable, Malformed, Outcome, no_facts
from shared.placement import home

APPLICATION = "0198c0de-0000-7000-8000-00000000000a"
LANES = 4


def reader() -> Reader:
    def ignore(state: Any, *_: Any) -> Outcome[Any]:
        return Outcome(state)

    decisions = {Submitted.TYPE: ignore, WithdrawalRequested.TYPE: ignore}
    malformed = frozenset({Submitted.TYPE})
    return Reader(
        LaneTable("intake", dict, decisions, no_facts, answers_malformed=malformed), LANES
    )


def withdrawal(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "m1",
        "source": "/portals/p",
        "type": WithdrawalRequested.TYPE,
        "subject": APPLICATION,
        "time": datetime(2026, 11, 20, tzinfo=UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": {"reason": "moved away"},
        **changes,
    }


def record(value: bytes, key: bytes = APPLICATION.encode(), lane: int | None = None) -> Record:
    place = home(APPLICATION, LANES) if lane is None else lane
    return Record("intake.inbox", place, 0, 0, key, value)


def dead(value: bytes, key: bytes = APPLICATION.encode()) -> Dead:
    [letter] = reader().read([record(value, key)]).dead
    return letter


def test_a_sound_message_arrives_with_its_data_decoded() -> None:
    [reading] = reader().read([record(msgspec.json.encode(withdrawal()))]).mine
    assert reading.arrival is not None
    assert reading.arrival.data == WithdrawalRequested(reason="moved away")


def test_an_upper_case_subject_is_the_same_application() -> None:
    value = msgspec.json.encode(withdrawal(subject=APPLICATION.upper()))
    [reading] = reader().read([record(value, APPLICATION.upper().encode())]).mine
    assert reading.application == APPLICATION


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "nobody.knows"}, "$.type"),
        ({"subject": "not-a-uuid"}, "$.subject"),
        ({"subject": "0198c0de-0000-7000-8000-00000000000b"}, "$.subject"),
        ({"id": ""}, "$.id"),
        ({"source": ""}, "$.id"),
        ({"id": "x" * 257}, "$.id"),
        ({"source": "/portals/" + "x" * 248}, "$.source"),
        ({"time": "yesterday"}, "$.time"),
        ({"data": {"reason": 7}}, "$.data.reason"),
        ({"data": {"why": "x"}}, "$.data"),
        ({"specversion": "0.3"}, "$.specversion"),
    ],
)
def test_a_message_that_nobody_can_read_is_a_dead_letter_naming_the_field(
    change: dict[str, Any], field: str
) -> None:
    assert dead(msgspec.json.encode(withdrawal(**change))).because.field == field


def test_a_record_without_key_or_with_another_key_is_a_dead_letter() -> None:
    value = msgspec.json.encode(withdrawal())
    assert dead(value, b"").because.field == "$.subject"
    assert dead(value, b"\xff\xfe").because.field == "$.subject"


def test_data_that_does_not_validate_reaches_a_service_that_answers_for_it() -> None:
    value = msgspec.json.encode(withdrawal(type=Submitted.TYPE, data={"procedure": 1}))
    [reading] = reader().read([record(value)]).mine
    assert reading.arrival is not None
    assert isinstance(reading.arrival.data, Malformed)
    assert reading.arrival.data.field == "$.procedure"


def test_a_record_on_another_lane_is_to_be_sent_home() -> None:
    other = (home(APPLICATION, LANES) + 1) % LANES
    found = reader().read([record(msgspec.json.encode(withdrawal()), lane=other)])
    assert found.mine == []
    assert [lane for _, lane in found.foreign] == [home(APPLICATION, LANES)]


@given(st.binary(max_size=200))
def test_whatever_bytes_come_from_outside_they_are_read_or_dead_and_never_an_error(
    value: bytes,
) -> None:
    found = reader().read([record(value)])
    assert len(found.mine) + len(found.dead) + len(found.foreign) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_data_an_envelope_carries_it_is_read_or_dead_and_never_an_error(data: Any) -> None:
    value = msgspec.json.encode(withdrawal(data=data))
    found = reader().read([record(value)])
    assert len(found.mine) + len(found.dead) == 1


@pytest.mark.parametrize(
    ("text", "hashed"),  # from the Java client's own tests (UtilsTest.testMurmur2)
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_home_lane_is_that_of_the_java_client(text: bytes, hashed: int) -> None:
    assert home(text.decode(), 1_000) == (hashed & 0x7FFFFFFF) % 1_000


def raw(data: bytes, kind: str = WithdrawalRequested.TYPE, **changes: Any) -> bytes:
    return msgspec.json.encode(withdrawal(type=kind, **changes, data=msgspec.Raw(data)))


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "data", [DEEP, b'{"reason":"\xff"}', b'{"\xff":1}', b'{"reason":"\\ud800"}']
)
def test_data_that_would_break_a_decoder_is_a_dead_letter(data: bytes) -> None:
    assert dead(raw(data)).because.reason


def test_a_submission_in_broken_utf8_arrives_malformed() -> None:
    sent = raw(b'{"procedure":"\xff"}', Submitted.TYPE)
    [reading] = reader().read([record(sent)]).mine
    assert reading.arrival is not None
    assert isinstance(reading.arrival.data, Malformed)


@pytest.mark.parametrize(
    "time", ["2026-11-20T02:30:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "noon"]
)
def test_a_time_that_cannot_be_is_a_dead_letter(time: str) -> None:
    assert dead(raw(b"{}", time=time)).because.field == "$.time"


@pytest.mark.parametrize("key", [None, b"", b"\xff\xfe", b"not-a-uuid"])
def test_an_own_event_whose_key_names_no_application_is_a_dead_letter(key: bytes | None) -> None:
    value = msgspec.json.encode(withdrawal(sequence="000001"))
    found = reader().read([Record("routing.events", 0, 0, 0, key, value)])
    assert (len(found.dead), found.mine) == (1, [])


@pytest.mark.parametrize("sequence", ["", "one", "-00001", "1", "9" * 5_000, "００００００"])
def test_an_own_event_without_a_usable_number_is_to_be_held(sequence: str) -> None:
    value = msgspec.json.encode(withdrawal(sequence=sequence))
    [reading] = reader().read([record(value)._replace(topic="routing.events")]).mine
    assert reading.arrival is None
    assert "sequence" in reading.because


def test_a_release_is_taken_from_the_services_inbox_and_from_no_portal() -> None:
    released = LaneReleased(operator="o", reason="mended")
    value = msgspec.json.encode(withdrawal(type=LaneReleased.TYPE, data=released))
    assert len(reader().read([record(value)]).mine) == 1
    [letter] = reader().read([record(value)._replace(topic="portal.submissions")]).dead
    assert letter.because.field == "$.type"


PORTALS_SAY = {"application.submitted", "supplement.submitted", "correction.submitted"} | {
    "withdrawal.requested"
}


@pytest.mark.parametrize("type_", sorted(CONTRACTS))
def test_where_portals_write_nobody_speaks_for_a_service(type_: str) -> None:
    def ignore(state: Any, *_: Any) -> Outcome[Any]:
        return Outcome(state)

    every = LaneTable("intake", dict, dict.fromkeys(CONTRACTS, ignore), no_facts)
    value = msgspec.json.encode(withdrawal(type=type_, source="/services/intake"))
    said = record(value)._replace(topic="portal.submissions")
    letters = [d.because.reason for d in Reader(every, LANES).read([said]).dead]
    forbidden = f"{type_} is not taken from portal.submissions"
    assert (forbidden in letters) is (type_ not in PORTALS_SAY)


def test_a_record_too_large_to_be_appended_again_is_not_sent_home() -> None:
    other = (home(APPLICATION, LANES) + 1) % LANES
    value = msgspec.json.encode(withdrawal()) + b" " * FOREIGN_LIMIT_BYTES
    found = reader().read([record(value, lane=other)])
    assert (found.foreign, len(found.dead)) == ([], 1)
