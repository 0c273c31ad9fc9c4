"""A short attack on every family with each run of the tests; `make fuzz` is the long one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Notice
from services.payment.gateways.families import FAMILIES
from tests.fuzz.mutation import SIGNED, packed, unpacked
from tests.fuzz.oracle import Forged, Voice, judge, told
from tests.fuzz.voices import VOICES

spliced = st.tuples(st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=40))


@pytest.fixture(scope="module", params=sorted(VOICES))
def voice(request) -> Voice:
    return VOICES[request.param]()


def test_every_family_is_attacked():
    assert set(VOICES) == set(FAMILIES)


def test_what_a_partner_really_says_is_believed(voice):
    assert told(voice)


@given(data=st.data(), changes=st.lists(spliced, min_size=1, max_size=3))
def test_a_changed_call_is_refused_or_says_what_was_said(voice, data, changes):
    bytes_ = packed(data.draw(st.sampled_from(voice.calls)))
    for place, cut, put in changes:
        at = 1 + place % len(bytes_)
        bytes_ = bytes_[:at] + put + bytes_[at + cut :]

    judge(voice, unpacked(bytes_).call, told(voice))


@given(data=st.data(), changes=st.lists(spliced, max_size=3))
def test_whatever_a_partner_signs_is_read_or_refused(voice, data, changes):
    text = unpacked(packed(data.draw(st.sampled_from(voice.calls)), SIGNED)).text
    for place, cut, put in changes:
        at = place % (len(text) + 1)
        text = text[:at] + put + text[at + cut :]

    judge(voice, voice.signed(text), None)


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=100))
def test_any_bytes_are_a_call_that_is_answered(voice, query, body, header):
    judge(voice, Call(query, ((b"x-signature", header),), body), told(voice))


@given(st.integers(0, 1), st.binary(max_size=50), st.binary(max_size=50))
def test_a_call_is_packed_and_unpacked(mode, query, body):
    call = Call(query.replace(b"\xff", b""), ((b"x-a", b"1"),), body.replace(b"\xff", b""))

    assert unpacked(packed(call, mode)) == (mode == SIGNED, call, call.body or call.query)


def test_a_believed_forgery_is_caught(voice):
    class Credulous:
        """Believes whatever comes."""

        def read_callback(self, call, at):
            return (Notice("DVC1", "1", 1, "paid", "00"),)

        def answer(self, verdict, call, at):
            return voice.gateway.answer(verdict, call, at)

    with pytest.raises(Forged):
        judge(voice._replace(gateway=Credulous()), Call(), told(voice))
