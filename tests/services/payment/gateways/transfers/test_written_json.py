"""JSON as JavaScript writes it again; the expected texts are what Node 20 printed."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Refused
from services.payment.gateways.exact_json import Number, read
from services.payment.gateways.transfers.written_json import javascript_number, ordered, write

NUMBERS = {
    "0": "0",
    "-0": "0",
    "1.0": "1",
    "1e3": "1000",
    "-12.50": "-12.5",
    "150000": "150000",
    "12345.678e5": "1234567800",
    "9007199254740993": "9007199254740992",
    "123456789012345680000": "123456789012345680000",
    "1e21": "1e+21",
    "1.5E300": "1.5e+300",
    "9.9999999": "9.9999999",
    "0.000001": "0.000001",
    "1e-7": "1e-7",
    "1.25e-7": "1.25e-7",
    "5e-324": "5e-324",
}

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def value_of(text: str) -> Any:
    return read(f'{{"a":{text}}}')["a"]


@pytest.mark.parametrize(("came", "written"), NUMBERS.items())
def test_a_number_is_written_as_javascript_does(came, written):
    assert write(value_of(came)) == javascript_number(Number(came)) == written
    assert write(value_of(came), "exact") == came


def test_names_stand_as_a_javascript_object_has_them():
    assert ordered(["b", "10", "9", "a", "ﬁ", "😀", "01", "B"]) == [
        *("9", "10", "01", "B", "a", "b"),
        *("😀", "ﬁ"),  # by halves of UTF-16, not by code points
    ]


def test_each_language_quotes_in_its_own_way():
    value = read(b'{"b":"\\u1ec7/\\ud83d\\ude00\\"\\n\\u0001","a":[true,null,{"d":1,"c":"\\/"}]}')

    first = '{"a":[true,null,{"c":"/","d":1}],"b":'
    assert write(value) == first + '"ệ/😀\\"\\n\\u0001"}'
    assert write(value, "ascii") == first + '"\\u1ec7/\\ud83d\\ude00\\"\\n\\u0001"}'
    assert write(value, "php") == first.replace("/", "\\/") + (
        '"\\u1ec7\\/\\ud83d\\ude00\\"\\n\\u0001"}'
    )


def test_half_a_character_stays_escaped():
    assert write(value_of('"\\ud83d!"')) == '"\\ud83d!"'


@given(values, st.sampled_from(["javascript", "exact", "ascii", "php"]))
def test_what_is_written_says_the_same(value, style):
    written = write(value_of(json.dumps(value)), style)

    assert json.loads(written) == value
    assert write(value_of(written), style) == written


def test_a_number_beyond_all_bounds_is_refused():
    with pytest.raises(Refused):
        write(value_of("1e400"))


def test_what_is_nested_too_deeply_is_refused():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(Refused, match="too deeply"):
        write(deep)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: f'{{"a":{t}}}'.encode()))
def test_any_bytes_raise_nothing_but_the_named_error(body):
    with suppress(Refused):
        write(read(body))
