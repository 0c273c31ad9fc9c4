"""ZaloPay's public vectors: what is signed, with which of the two keys."""

import pytest

from services.payment.gateways.hmac_sha256 import matches, sign
from services.payment.gateways.zalopay import signing as zalopay
from tests.services.payment.gateways.wallet_vectors import key, of_kind, vectors

# nobody here gives back with a fee; what is signed of it is a rule like the others
WITH_FEE = ("app_id", "zp_trans_id", "amount", "refund_fee_amount", "description", "timestamp")
NAMES = {
    "create_request": zalopay.CREATE,
    "query_request": zalopay.QUERY,
    "refund_request": zalopay.REFUND,
    "refund_request_with_fee": WITH_FEE,
    "query_refund_request": zalopay.QUERY_REFUND,
}


def test_every_vector_is_of_a_kind_that_is_read():
    callbacks = {"callback_body", "callback_body negative"}

    assert {v["kind"] for v in vectors("zalopay").values()} <= set(NAMES) | callbacks


@pytest.mark.parametrize("vector", of_kind("zalopay", *NAMES))
def test_the_text_and_the_mac_of_a_vector_are_made_from_its_input(vector):
    keys = vector["key"]
    whole = {"app_id": keys["app_id"], "key1": keys["key1"]} | vector["input"]

    text = zalopay.joined(whole, NAMES[vector["kind"]])

    assert text == vector["canonical"]
    assert sign(key(keys["key1"]), text) == vector["expected"]["mac"]


@pytest.mark.parametrize("vector", of_kind("zalopay", "callback_body"))
def test_a_callback_is_signed_over_its_data_as_it_came(vector):
    data = vector["input"]["data"]

    assert data == vector["canonical"]
    assert sign(key(vector["key"]["key2"]), data) == vector["expected"]["mac"]


@pytest.mark.parametrize("vector", of_kind("zalopay", "callback_body negative"))
def test_the_mac_of_each_negative_vector_is_judged_as_it_says(vector):
    body, keys = vector["input"]["body"], [key(vector["key"]["key2"])]

    assert matches(body["mac"], [body["data"]], keys) is vector["expected"]["mac_valid"]
