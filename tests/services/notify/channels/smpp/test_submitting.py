"""A message as submit_sm PDUs."""

from contextlib import suppress
from datetime import timedelta

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.smpp.submitting import (
    Options,
    international,
    pieces,
    read_id,
    reference,
    relative,
    source,
)
from services.notify.channels.smpp.text import Unfit
from tests.services.notify.channels.smpp.side import NOW, message


def submitted(text: str = "Ho so", options: Options | None = None, **changed):
    made = pieces(message(text=text, sender="MOTCUA", **changed), options or Options(), NOW)
    return [smpp34.decode(make(n)) for n, make in enumerate(made, start=1)]


def test_a_short_text_is_one_pdu_that_asks_for_a_receipt():
    [one] = submitted()
    assert (one.source_addr_ton, one.source_addr_npi, one.source_addr) == (5, 0, "MOTCUA")
    assert (one.dest_addr_ton, one.dest_addr_npi, one.destination_addr) == (1, 1, "84912345678")
    assert (one.registered_delivery, one.data_coding, one.esm_class) == (1, 0, 0)
    assert (one.short_message, one.validity_period) == (b"Ho so", "000001000000000R")
    assert [(t.tag, t.value) for t in one.tlvs] == [(0x0204, reference(message().key).to_bytes(2))]


def test_an_urgent_message_has_priority():
    assert [submitted(urgent=u)[0].priority_flag for u in (False, True)] == [0, 1]


def test_of_several_parts_each_asks_for_a_receipt():
    parts = submitted("ồ" * 198, Options(long="udh"))
    assert [p.registered_delivery for p in parts] == [1, 1, 1]
    assert [p.short_message[:7].hex() for p in parts] == [
        f"060804{reference(message().key):04x}030{n}" for n in (1, 2, 3)
    ]
    assert {len(p.short_message) for p in parts} == {139}, "140 octets are there"
    assert {p.esm_class for p in parts} == {0x40}


@pytest.mark.parametrize(
    ("left_s", "written"),
    [(7_200, "000000020000000R"), (7, "000000000007000R"), (10**6, "000001000000000R")],
)
def test_a_message_is_tried_until_it_is_of_no_use(left_s, written):
    until = NOW + timedelta(seconds=left_s)
    assert submitted(until=until)[0].validity_period == written


def test_a_message_that_is_of_no_use_any_more_does_not_go_out():
    with pytest.raises(Unfit, match="too_late"):
        submitted(until=NOW)


def test_parts_joined_by_optional_parameters_have_no_header():
    parts = submitted("ồ" * 200, Options(long="sar"))
    assert [[t.value for t in p.tlvs[2:]] for p in parts] == [
        [b"\x03", bytes((n,))] for n in (1, 2, 3)
    ]
    assert {p.esm_class for p in parts} == {0}


def test_a_long_text_may_go_as_one_payload():
    [one] = submitted("ồ" * 200)
    assert one.short_message == b""
    assert one.tlvs[1].tag == 0x0424
    assert len(one.tlvs[1].value) == 400


@pytest.mark.parametrize(
    ("sender", "ton_npi"),
    [("MOTCUA", (5, 0)), ("8088", (3, 0)), ("+84438223344", (1, 1)), ("84438223344", (1, 1))],
)
def test_a_sender_is_a_name_a_short_code_or_a_number(sender, ton_npi):
    assert source(sender, Options())[:2] == ton_npi
    assert source(sender, Options(source_ton=2, source_npi=9))[:2] == (2, 9)


@pytest.mark.parametrize("number", ["0912345678", "+84912345678", "84912345678"])
def test_a_mobile_number_has_one_form(number):
    assert international(number) == "84912345678"


@given(st.text(max_size=20))
def test_any_number_is_a_mobile_or_refused(number):
    with suppress(Unfit):
        assert len(international(number)) == 11


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(60, "000000000100000R"), (86_400, "000001000000000R"), (93_784, "000001020304000R")],
)
def test_a_validity_is_relative(seconds, written):
    assert relative(seconds) == written


@pytest.mark.parametrize(
    ("id_", "as_", "read"),
    [
        ("7B", "hex", "123"),
        ("0000007b", "hex", "123"),
        ("0123", "decimal", "123"),
        ("a-b", "hex", "a-b"),
        ("0123", "text", "0123"),
    ],
)
def test_an_id_written_in_two_ways_is_one(id_, as_, read):
    assert read_id(id_, as_) == read
