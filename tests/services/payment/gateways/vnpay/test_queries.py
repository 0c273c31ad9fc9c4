"""What we send to VNPAY, and what its answers mean."""

import json

import pytest

from services.payment.gateways import Answer, Order, Payer, Refused, Unsendable
from services.payment.gateways.vnpay.signing import (
    ANSWERED,
    SIGNATURE,
    joined,
    sign,
)
from tests.services.payment.gateways.vnpay.vnpay_vectors import (
    KEY,
    NOW,
    VECTORS,
)


@pytest.mark.parametrize(
    "order",
    [
        Order("DVC*1", 10_000, NOW, NOW),
        Order("DVC|1", 10_000, NOW, NOW),
        Order("Đ1", 10_000, NOW, NOW),
        Order("DVC1", 10_000_000_000, NOW, NOW),
    ],
)
def test_what_their_format_cannot_carry_is_not_sent(vnpay, order):
    with pytest.raises(Unsendable):
        vnpay.create("", order, Payer("203.0.113.10"), NOW)


ASKED_ABOUT = Order("DVC26110200001", 0, NOW, NOW)


def answered(**changes: str) -> bytes:
    answer = VECTORS["vnpay-querydr-resp-001"]["input"] | changes
    return json.dumps(answer | {SIGNATURE: sign(KEY, joined(answer, ANSWERED))}).encode()


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"vnp_TransactionStatus": "02"}, "failed"),
        ({"vnp_TransactionStatus": "01"}, "pending"),
        ({"vnp_TransactionStatus": "07"}, "pending"),
        ({"vnp_TransactionType": "02"}, "pending"),
        ({"vnp_TransactionType": "02", "vnp_TransactionStatus": "02"}, "pending"),
        ({"vnp_TransactionType": "", "vnp_TransactionStatus": "02"}, "failed"),
        ({"vnp_TransactionType": ""}, "pending"),
        ({"vnp_TransactionStatus": "xx"}, "pending"),
        ({"vnp_ResponseCode": "91"}, "not_found"),
        ({"vnp_ResponseCode": "08"}, "unknown"),
        ({"vnp_ResponseCode": "94"}, "unknown"),
    ],
)
def test_an_answer_to_a_query_means(vnpay, changes, finding):
    assert vnpay.read_answer(Answer(200, answered(**changes)), ASKED_ABOUT, NOW).finding == finding


@pytest.mark.parametrize(
    "body",
    [
        answered().replace(b"15000000", b"15000100"),
        answered(vnp_TxnRef="DVC2"),
        answered(vnp_Amount="x"),
        answered(vnp_TransactionNo="0"),
        b"",
        b"[]",
        b'{"a": {}}',
        answered()[:-1] + b', "vnp_TransactionStatus": "00"}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_trusted_is_refused(vnpay, body):
    with pytest.raises(Refused):
        vnpay.read_answer(Answer(200, body), ASKED_ABOUT, NOW)
