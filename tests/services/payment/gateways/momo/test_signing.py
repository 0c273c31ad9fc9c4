"""MoMo's public vectors: what is signed, and with what it is compared."""

import json

import pytest

from services.payment.gateways.exact_json import read
from services.payment.gateways.hmac_sha256 import matches, sign
from services.payment.gateways.momo import signing as momo
from tests.services.payment.gateways.wallet_vectors import key, of_kind, vectors

# nobody here confirms an order; what is signed of it is a rule like the others
CONFIRM = ("amount", "description", "orderId", "partnerCode", "requestId", "requestType")
NAMES = {
    "create_request": momo.CREATE,
    "create_response": momo.CREATED,
    "ipn_body": momo.NOTIFIED,
    "query_request": momo.QUERY,
    "refund_request": momo.REFUND,
    "confirm_request": CONFIRM,
}


def test_every_vector_is_of_a_kind_that_is_read():
    negatives = {"ipn_body negative"}

    assert {v["kind"] for v in vectors("momo").values()} <= set(NAMES) | negatives


@pytest.mark.parametrize("vector", of_kind("momo", *NAMES))
def test_the_text_and_the_signature_of_a_vector_are_made_from_its_input(vector):
    keys, names = vector["key"], NAMES[vector["kind"]]
    whole = {"partnerCode": keys["partnerCode"]} | vector["input"]

    text = momo.signed_text(keys["accessKey"], read(json.dumps(whole)), names)

    assert text == vector["canonical"]
    assert sign(key(keys["secretKey"]), text) == vector["expected"]["signature"]


@pytest.mark.parametrize("vector", of_kind("momo", "ipn_body negative"))
def test_the_signature_of_each_negative_vector_is_judged_as_it_says(vector):
    keys, body = vector["key"], read(json.dumps(vector["input"]["body"]))

    text = momo.signed_text(keys["accessKey"], body, momo.NOTIFIED)

    signature = body[momo.SIGNATURE]
    assert (
        matches(signature, [text], [key(keys["secretKey"])])
        is (vector["expected"]["signature_valid"])
    )


@pytest.mark.parametrize("names", NAMES.values())
def test_names_stand_from_a_to_z(names):
    assert list(names) == sorted(names)


def test_numbers_are_signed_as_they_were_written():
    body = read('{"amount": 150000.0, "transId": 00041}'.replace("00041", "4.1e9"))

    text = momo.signed_text("K", body, momo.REFUND)

    assert text == (
        "accessKey=K&amount=150000.0&description=&orderId=&partnerCode=&requestId=&transId=4.1e9"
    )
