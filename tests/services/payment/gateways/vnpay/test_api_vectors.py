"""VNPAY's public vectors of querydr and refund: what is signed, field by field."""

import pytest

from services.payment.gateways.vnpay.signing import (
    ANSWERED,
    ASKED,
    REFUND_ANSWERED,
    REFUND_ASKED,
    SIGNATURE,
    joined,
    sign,
)
from tests.services.payment.gateways.vnpay.vnpay_vectors import VECTORS, key_of, of_kind

NAMES = {
    "querydr_request": ASKED,
    "querydr_response": ANSWERED,
    "refund_request": REFUND_ASKED,
    "refund_response": REFUND_ANSWERED,
}


def test_every_vector_is_of_a_kind_that_is_read():
    in_urls = {"pay_url", "ipn_or_return_query", "ipn_or_return_query negative"}

    assert {v["kind"] for v in VECTORS.values()} <= set(NAMES) | in_urls


@pytest.mark.parametrize("vector", [p for kind in NAMES for p in of_kind(kind)])
def test_the_text_and_the_signature_of_a_vector_are_made_from_its_input(vector):
    expected = vector["expected"]
    whole = {n: str(v) for n, v in (vector["input"] | expected.get("body", {})).items()}

    text = joined(whole, NAMES[vector["kind"]])

    assert text == vector["canonical"]
    assert sign(key_of(vector), text) == expected[SIGNATURE]
