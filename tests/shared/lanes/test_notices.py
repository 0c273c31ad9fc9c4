"""What operators are told of held and of unreadable records."""

from datetime import UTC, datetime

import msgspec
import pytest

from shared import events
from shared.bus import Headers, Message, Record
from shared.errors import DeadLetter
from shared.events.kernel import RecordDead, RecordParked
from shared.journal import Cause, Decision
from shared.lanes.notices import Notices, SealedRecord
from shared.lanes.reading import Dead
from shared.vault import dead_letter_sealer, open_dead_letter

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, tzinfo=UTC)
MASTER_KEY = bytes(32)
MIB = 1 << 20


@pytest.fixture
def notices() -> Notices:
    return Notices("intake", dead_letter_sealer(MASTER_KEY))


def record(
    value: bytes, key: bytes | None = APPLICATION.encode(), headers: Headers = (), offset: int = 5
) -> Record:
    return Record("portal.submissions", 1, offset, 0, key, value, headers)


def letter(message: Message) -> tuple[RecordDead, SealedRecord]:
    data = msgspec.json.decode(events.decode(message.value).data, type=RecordDead)
    opened = open_dead_letter(MASTER_KEY, data.sealed)
    return data, msgspec.msgpack.decode(opened, type=SealedRecord)


def test_a_dead_letter_seals_key_headers_and_value_together(notices: Notices) -> None:
    sent = record(b"junk", b"citizen 042", (("traceparent", b"00"),))
    _, message = notices.dead(Dead(sent, DeadLetter("not JSON", "$")), AT)
    data, sealed = letter(message)
    assert message.key is None
    assert b"042" not in message.value
    assert sealed == SealedRecord(key=sent.key or b"", headers=sent.headers, value=b"junk")
    assert (data.size, data.truncated) == (4, False)


def test_a_dead_letter_keeps_a_key_that_is_an_application_id(notices: Notices) -> None:
    _, message = notices.dead(Dead(record(b"junk"), DeadLetter("not JSON")), AT)
    assert message.key == APPLICATION.encode()


def test_a_letter_of_whatever_record_fits_its_topic(notices: Notices) -> None:
    sent = record(b"\xff" * MIB, b"k" * MIB, (("h" * MIB, b"\xff" * MIB),))
    because = DeadLetter("\x00" * MIB, "\x00" * MIB)
    _, message = notices.dead(Dead(sent, because), AT)
    data, sealed = letter(message)
    assert len(message.value) + len(message.key or b"") < MIB - 50 * 1024
    assert (data.size, data.truncated) == (MIB, True)
    assert sealed.value == sent.value[: len(sealed.value)] if sent.value else False


def held(cause_offset: int) -> Decision[None]:
    return Decision(
        application=APPLICATION,
        version=3,
        at=AT,
        cause=Cause("portal.submissions", 1, cause_offset, "m1"),
        state=None,
        state_json=b"null",
        traceparent="",
        held=tuple(record(b"{}", offset=o) for o in (5, 6, 7)),
        held_because="ValueError",
    )


@pytest.mark.parametrize(
    ("cause_offset", "named"),
    [(7, 7), (9, 5)],  # just held; a release in vain, whose reason is that of the first
)
def test_a_notice_names_the_record_its_reason_is_about(
    notices: Notices, cause_offset: int, named: int
) -> None:
    _, message = notices.parked(held(cause_offset))
    data = msgspec.json.decode(events.decode(message.value).data, type=RecordParked)
    assert data.offset == named
