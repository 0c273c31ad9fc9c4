"""Receipts as SMSCs write them, and what they must not do to us."""

from contextlib import suppress

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.smpp.told import NUMBERS, WORDS, Malformed, Told, told

APPENDIX_B = (
    "id:0123456789 sub:001 dlvrd:001 submit date:2611200801 done date:2611200802 "
    "stat:DELIVRD err:000 text:Ho so H29.1"
)


def receipt(text: str | bytes = APPENDIX_B, esm_class: int = 4, **tlvs: bytes) -> smpp34.DeliverSm:
    octets = text.encode() if isinstance(text, str) else text
    numbers = {"id": 0x001E, "state": 0x0427, "reference": 0x0204, "error": 0x0423}
    made = smpp34.DeliverSm(
        "84912345678",
        "MOTCUA",
        octets[:254],
        esm_class=esm_class,
        tlvs=[smpp34.Tlv(numbers[n], v) for n, v in tlvs.items()],
        sequence_number=7,
    )
    read = smpp34.decode(made.encode())
    assert isinstance(read, smpp34.DeliverSm)
    return read


def test_the_text_form_is_read():
    assert told(receipt()) == Told("0123456789", "delivered", "delivrd", "84912345678", None)


def test_the_optional_parameters_are_read_and_come_before_the_text():
    read = told(receipt(id=b"7b\0", state=b"\x05", reference=b"\x01\x02", error=b"\x03\x00\x2a"))
    assert read == Told("7b", "undelivered", "undeliv-3.42", "84912345678", 0x0102)


def test_optional_parameters_alone_are_a_receipt_whatever_the_class_says():
    assert told(receipt(b"", 0, id=b"7b", state=b"\x02")).state == "delivered"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id:1 stat:UNDELIV err:034", "undeliv-34"),
        ("id:1 sub:1 dlvrd:0 stat:EXPIRED", "expired"),
        ("ID:1 STAT:rejectd ERR:0", "rejectd"),
        ("stat:DELETED id:1", "deleted"),
    ],
)
def test_fields_are_found_in_any_order_and_case(text, code):
    read = told(receipt(text))
    assert (read.message_id, read.state, read.code) == ("1", "undelivered", code)


def test_what_the_citizen_was_told_cannot_pass_for_a_field():
    read = told(receipt("id:1 stat:UNDELIV err:000 text:id:2 stat:DELIVRD"))
    assert (read.message_id, read.state) == ("1", "undelivered")
    with pytest.raises(Malformed, match="no_state"):
        told(receipt("id:1 text: stat:DELIVRD"))


@pytest.mark.parametrize(
    ("made", "because"),
    [
        (receipt(""), "no_message_id"),
        (receipt("id: stat:DELIVRD"), "no_message_id"),
        (receipt(f"id:{'1' * 65} stat:DELIVRD"), "no_message_id"),
        (receipt("id:sø stat:DELIVRD"), "no_message_id"),
        (receipt("id:1"), "no_state"),
        (receipt("id:1 stat:"), "no_state"),
        (receipt("id:1 stat:SOLD"), "unknown_state"),
        (receipt(id=b"1", state=b"\x09"), "unknown_state"),
        (receipt(id=b"1", state=b""), "unknown_state"),
    ],
)
def test_a_receipt_that_cannot_be_read_says_why(made, because):
    with pytest.raises(Malformed, match=f"^{because}$"):
        told(made)


@pytest.mark.parametrize("esm_class", [0x00, 0x08, 0x10, 0x20, 0x18])
def test_what_is_no_receipt_is_none(esm_class):
    assert told(receipt("STOP", esm_class)) is None


def test_every_state_has_a_word_in_both_forms():
    assert [WORDS[NUMBERS[n]] for n in range(1, 9)] == [
        *("underway", "delivered", "undelivered", "undelivered"),
        *("undelivered", "underway", "underway", "undelivered"),
    ]
    assert len(NUMBERS) == len(WORDS) == 8


@given(
    st.binary(max_size=254),
    st.integers(0, 255),
    st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=80)), max_size=4),
)
def test_whatever_comes_is_read_or_refused(text, esm_class, tlvs):
    made = smpp34.DeliverSm(
        "84912345678",
        "MOTCUA",
        text,
        esm_class=esm_class,
        tlvs=[smpp34.Tlv(t, v) for t, v in tlvs],
    )
    with suppress(Malformed):
        read = told(smpp34.decode(made.encode()))
        assert read is None or (read.message_id.isascii() and len(read.code) <= 40)


@given(st.text("idstater:0123 DELIVR\x00xé\n", max_size=120))
def test_a_text_that_looks_like_a_receipt_is_read_or_refused(text):
    try:
        read = told(receipt(text.encode("latin-1")))
    except Malformed:
        return
    assert read.message_id
    assert " " not in read.message_id
