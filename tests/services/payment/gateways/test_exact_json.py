"""JSON is read as it was written, or not at all."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Refused
from services.payment.gateways.exact_json import Number, dong, field, raw, read, text
from services.payment.gateways.hmac_sha256 import matches, sign
from tests.services.payment.gateways.wallet_vectors import key

KEY = key("momoTestSecret_0123456789abcdef")
values = st.none() | st.booleans() | st.integers() | st.text()


def test_a_number_keeps_its_digits():
    body = read('{"a": 1.50, "b": -0, "c": 1E5, "d": ' + "9" * 5_000 + "}")

    assert [body[n] for n in "abc"] == ["1.50", "-0", "1E5"]
    assert all(isinstance(value, Number) for value in body.values())
    assert len(body["d"]) == 5_000


def test_truth_is_signed_as_json_writes_it_and_nothing_as_nothing():
    body = read('{"a": true, "b": false, "c": null, "d": "1"}')

    assert [raw(body, n) for n in "abcde"] == ["true", "false", "", "1", ""]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b"\xff",
        b'{"a": "\xff"}',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": 1, "\\u0061": 1}',
        b'{"a": [{"b": 1, "\\u0062": 2}]}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1} x',
        b'{"a": "\n"}',
        b'{"a": 01}',
        b'\xef\xbb\xbf{"a": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(body):
    for proved, verdict in ((False, "not_genuine"), (True, "unreadable")):
        with pytest.raises(Refused) as refused:
            read(body, proved=proved)
        assert (refused.value.verdict, refused.value.why) == (verdict, "form")


def test_an_amount_is_whole_whether_it_is_a_number_or_a_text():
    body = read('{"a": 16000, "b": "16000", "c": 0}')

    assert [dong(body, n) for n in "abc"] == [16_000, 16_000, 0]


@pytest.mark.parametrize(
    "value", ["1.0", "1e3", "-1", "-0", "true", "null", '"01"', '" 1"', "[1]", "1" * 14]
)
def test_what_is_no_whole_amount_is_not_taken(value):
    with pytest.raises(Refused, match="a is not a whole number"):
        dong(read(f'{{"a": {value}}}'), "a")


def test_where_a_text_has_to_be_a_number_is_not_taken():
    body, digits = read('{"a": 12, "b": "12"}'), re.compile("[0-9]+")

    assert [field(body, n, digits) for n in "ab"] == ["12", "12"]
    assert text(body, "b", digits) == "12"
    for name in "ac":
        with pytest.raises(Refused, match=f"{name} is missing or has another form"):
            text(body, name, digits)


@pytest.mark.parametrize("value", ["{}", "[]", '{"b": 1}'])
def test_what_is_neither_text_nor_number_is_not_signed(value):
    with pytest.raises(Refused, match="a is neither"):
        raw(read(f'{{"a": {value}}}'), "a")


@given(st.dictionaries(st.text(max_size=8), values, max_size=8))
def test_what_was_written_is_read(some):
    found = read(json.dumps(some))

    assert {n: raw(found, n) for n in some} == {n: raw(some, n) for n in some}


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_raise_nothing_but_the_named_error(body):
    try:
        read(body)
    except Refused:
        return
    assert isinstance(json.loads(body), dict)


@given(st.text(st.characters(), max_size=80))
def test_any_text_verifies_with_its_own_signature_only(text):
    signature = sign(KEY, text)

    assert matches(signature, [text], [KEY])
    assert matches(signature.upper(), ["", text], [KEY])
    assert not matches(signature, [text + "x"], [KEY])
    assert not matches(text, [text], [KEY])
    assert not matches(signature, [text], [key("another")])
