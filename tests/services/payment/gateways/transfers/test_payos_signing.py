"""PayOS's signatures: the public vectors, and every spelling of the same data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Key
from services.payment.gateways.exact_json import read
from services.payment.gateways.transfers.payos_signing import request_text, sign, texts, verified
from tests.services.payment.gateways.transfer_vectors import (
    LONG_AGO,
    key,
    spellings,
    vectors,
    verdict,
)

KEY = Key(secret="payosChecksumKeyForTestsOnly_0001", valid_from=LONG_AGO)

texts_of_people = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts_of_people
datas = st.dictionaries(texts_of_people, values, min_size=1, max_size=6)


def signed(data: str, text: str) -> bytes:
    return f'{{"data":{data},"signature":"{sign(KEY, text)}"}}'.encode()


@pytest.mark.parametrize("vector", vectors("payos", "payment_request"))
def test_a_public_request_is_signed_alike(vector):
    assert request_text(vector["input"]) == vector["canonical"]
    assert sign(key(vector), vector["canonical"]) == vector["expected"]["signature"]


@pytest.mark.parametrize("vector", vectors("payos", "webhook_body"))
def test_a_public_signature_verifies_however_its_body_is_spelt(vector):
    for body in spellings(vector["expected"]["body"]):
        assert next(texts(read(body)["data"])) == vector["canonical"]
        assert verified(body, [key(vector)])


@pytest.mark.parametrize("vector", vectors("payos", "webhook_body negative"))
def test_what_is_signed_cannot_be_changed_and_what_is_not_says_nothing(vector):
    expected = "taken" if vector["expected"]["signature_valid"] else "not_genuine: signature"

    for body in spellings(vector["input"]["body"]):
        assert verdict(lambda b=body: verified(b, [key(vector)])) == expected


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('{"b":null,"a":"null","c":"undefined","d":""}', "a=&b=&c=&d="),
        ('{"a":true,"b":false}', "a=true&b=false"),
        ('{"a":[{"z":1,"b":"\\u1ec7/"}],"b":[]}', 'a=[{"b":"ệ/","z":1}]&b=[]'),
        ('{"a":1.0,"b":1e3,"c":123456789012345678901}', "a=1.0&b=1e3&c=123456789012345678901"),
        ('{"a":1.0,"b":1e3,"c":9007199254740993}', "a=1&b=1000&c=9007199254740992"),
        ('{"a":" x&y=z ","B":"+%20"}', "B=+%20&a= x&y=z "),
        ('{"a":"\\ud83d"}', "a=\ufffd"),
    ],
)
def test_a_value_is_signed_as_their_libraries_write_it(data, text):
    assert verified(signed(data, text), [KEY])


@given(datas)
def test_what_is_signed_verifies(data):
    body = json.dumps(data)
    [text, *_] = texts(read(body.encode()))

    assert verified(signed(body, text), [KEY]) == read(body.encode())


@given(datas, st.data())
def test_any_other_value_is_refused(data, draw):
    [text, *_] = texts(read(json.dumps(data).encode()))
    name = draw.draw(st.sampled_from(sorted(data)))
    other = data | {name: draw.draw(st.integers(0, 10**12).filter(lambda n: n != data[name]))}
    if str(other[name]) == str(data[name]):
        return  # 5 and "5" are signed alike

    body = signed(json.dumps(other), text)

    assert verdict(lambda: verified(body, [KEY])) == "not_genuine: signature"


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"a":1,"a":1},"signature":""}',
        b'{"data":{"a":1},"data":{"a":1},"signature":""}',
        b'{"data":{"a":1e999},"signature":"0"}',
        b'{"data":[],"signature":""}',
        b'{"data":{"a":1},"signature":null}',
        b'{"data":{"a":1}}',
        b"[]",
        b"",
        b'{"data":' + b'{"a":' * 50_000,
    ],
)
def test_a_body_in_another_form_is_not_genuine(body):
    assert verdict(lambda: verified(body, [KEY])) == "not_genuine: form"


@given(st.binary(max_size=200))
def test_any_bytes_are_not_genuine(body):
    assert verdict(lambda: verified(body, [KEY])).startswith("not_genuine")
