"""Octets: cut, read, and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.smpp import wire
from services.notify.channels.smpp.wire import Frames, Garbled, Pdu

PDUS = st.builds(
    wire.pdu,
    st.integers(0, 0xFFFF_FFFF),
    st.integers(0, 0xFFFF_FFFF),
    st.binary(max_size=60),
    st.integers(0, 0xFFFF_FFFF),
)


@given(st.lists(PDUS, max_size=6), st.data())
def test_a_stream_is_cut_the_same_however_it_comes(pdus, data):
    stream, frames, found = b"".join(pdus), Frames(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += frames.feed(stream[:size])
        stream = stream[size:]
    assert [one.octets for one in found] == pdus


@given(st.binary(max_size=200))
def test_any_octets_are_cut_or_garbled(octets):
    try:
        found = Frames().feed(octets)
    except Garbled:
        return
    assert octets.startswith(b"".join(one.octets for one in found))


@pytest.mark.parametrize("length", [0, 15, wire.PDU_LIMIT_BYTES + 1, 0xFFFF_FFFF])
def test_a_length_that_cannot_be_is_garbled(length):
    with pytest.raises(Garbled):
        Frames().feed(length.to_bytes(4) + bytes(12))


def test_a_header_is_read():
    octets = wire.pdu(wire.SUBMIT_SM | wire.RESPONSE, 9, b"7b\0", 0x58)
    [one] = Frames().feed(octets)
    assert one == Pdu(0x8000_0004, 0x58, 9, octets)
    assert wire.message_id(one.body) == "7b"


def test_a_bind_is_written_as_the_specification_has_it():
    assert wire.bind_body("motcua", "secret", "") == b"motcua\0secret\0\0\x34\0\0\0"


@pytest.mark.parametrize("text", ["123456789", "mật", "a\0b"])
def test_a_string_that_does_not_fit_is_refused_and_not_shown(text):
    with pytest.raises(ValueError, match="at most 8") as raised:
        wire.c_string(text, 9)
    assert text not in str(raised.value)


@given(st.binary(max_size=100))
def test_an_answer_of_any_octets_has_an_id_and_a_state_or_not(body):
    assert "\0" not in wire.message_id(body)
    try:
        assert 0 <= wire.queried_state(body) <= 255
    except Garbled:
        assert body.count(b"\0") < 2 or body.split(b"\0", 2)[2] == b""
