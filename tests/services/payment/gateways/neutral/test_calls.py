"""A bank calls by our own protocol: what is heard, what is not, and how it is answered."""

import json
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import (
    Call,
    Refused,
)
from services.payment.gateways.neutral.functions import FUNCTIONS, HEAD, wrong
from services.payment.gateways.neutral.gateway import ANSWERS, Neutral
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME, sign
from tests.services.payment.gateways.neutral.neutral_words import OURS, ROW, THEIRS, TOLD, called
from tests.services.payment.gateways.platform.piped_vectors import NOW, ORDER, SECRET, key


@pytest.fixture
def neutral() -> Neutral:
    return Neutral(ROW)


def test_a_call_is_heard(neutral):
    [notice] = neutral.read_callback(called(), NOW)

    assert (notice.reference, notice.transaction, notice.amount_vnd) == (
        ORDER.reference,
        "FT1",
        150_000,
    )
    assert (notice.finding, notice.code) == ("paid", "paid")


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (called(secret=OURS), "signature"),
        (called(secret=key(SECRET)), "signature"),
        (called(at=NOW - timedelta(seconds=301)), "window"),
        (called(at=NOW + timedelta(seconds=301)), "window"),
        (called(**{TIME: "1793586845.0"}), "form"),
        (called(**{TIME: ""}), "form"),
        (called(**{TIME: "１７９３５８６８４５"}), "form"),
        (called(**{SIGNATURE: ""}), "signature"),
        (called(**{SIGNATURE: "ệ"}), "signature"),
        (called(**{ID: "bank-2"}), "form"),
        (called(TOLD | {"merchant": "MC0002"}), "merchant"),
        (called(TOLD | {"function": "status"}), "form"),
        (called(b'{"a": 1, "a": 1}'), "form"),
        (called(b"[]"), "form"),
        (Call(), "form"),
        (Call(b"", [*called().headers, (SIGNATURE.encode(), b"x")], called().body), "form"),
    ],
)
def test_a_call_that_is_not_theirs_for_us_now_is_not_genuine(neutral, call, why):
    with pytest.raises(Refused) as refused:
        neutral.read_callback(call, NOW)

    assert (refused.value.verdict, refused.value.why) == ("not_genuine", why)
    assert neutral.answer("not_genuine", call, NOW).status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_vnd": 1.5},
        {"amount_vnd": "150000"},
        {"amount_vnd": -1},
        {"amount_vnd": 10**15},
        {"amount_vnd": True},
        {"currency": "USD"},
        {"transaction": ""},
        {"transaction": "0"},
        {"transaction": "a|b"},
        {"reference": ""},
        {"status": "PAID"},
        {"at": None},
        {"request_id": ""},
    ],
)
def test_a_signed_call_in_another_form_is_refused(neutral, changes):
    with pytest.raises(Refused):
        neutral.read_callback(called(TOLD | changes), NOW)


def test_the_signature_is_over_the_time_too(neutral):
    later = str(int(NOW.timestamp()) + 1)

    with pytest.raises(Refused, match=SIGNATURE):
        neutral.read_callback(called(**{TIME: later}), NOW)


def test_two_keys_overlap_while_they_are_rotated():
    old = msgspec.structs.replace(THEIRS, valid_to=NOW + timedelta(seconds=1))
    fresh = msgspec.structs.replace(key("fresh"), valid_from=NOW)
    gateway = Neutral(msgspec.structs.replace(ROW, incoming=(old, fresh)))

    assert gateway.read_callback(called(secret=THEIRS), NOW)
    assert gateway.read_callback(called(secret=fresh), NOW)
    later = NOW + timedelta(seconds=1)
    with pytest.raises(Refused):
        gateway.read_callback(called(secret=THEIRS), later)


@pytest.mark.parametrize("verdict", ANSWERS)
def test_an_answer_is_signed_as_a_request_is(neutral, verdict):
    reply = neutral.answer(verdict, called(), NOW)
    headers = {name.decode(): value.decode() for name, value in reply.headers}
    said = json.loads(reply.body)

    assert headers[SIGNATURE] == sign(OURS, headers[TIME], reply.body)
    assert said["request_id"] == headers[ID] == "bank-1"
    assert (reply.status == 200) == (verdict in ("recorded", "already_final"))
    if reply.status == 200:
        assert not wrong(said, {**HEAD, **FUNCTIONS["notify"].says})
    else:
        assert reply.media_type == "application/problem+json"
        assert (said["status"], said["code"]) == (reply.status, ANSWERS[verdict][1])


def test_without_a_valid_key_the_answer_goes_unsigned():
    late = msgspec.structs.replace(OURS, valid_to=NOW)

    assert (
        Neutral(msgspec.structs.replace(ROW, outgoing=(late,)))
        .answer("recorded", called(), NOW)
        .headers
        == ()
    )


@given(
    st.binary(max_size=300)
    | st.dictionaries(
        st.sampled_from(sorted(TOLD)), st.none() | st.integers() | st.text(max_size=5)
    ).map(lambda v: json.dumps(v).encode())
)
def test_arbitrary_bodies_well_signed_raise_nothing_but_the_named_error(body):
    with pytest.raises(Refused):
        Neutral(ROW).read_callback(called(body), NOW)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ID.encode(), TIME.encode(), SIGNATURE.encode()]),
            st.binary(max_size=70),
        )
    )
)
def test_arbitrary_headers_raise_nothing_but_the_named_error(headers):
    call = Call(b"", headers, called().body)
    neutral = Neutral(ROW)
    with pytest.raises(Refused):
        neutral.read_callback(call, NOW)
    assert neutral.answer("not_genuine", call, NOW).status == 401
