"""PayOS tries our address with a signed sample when it is registered: it is answered 2xx."""

import json

import pytest

from services.payment.gateways import Call, Key, Refused
from services.payment.gateways.exact_json import read
from services.payment.gateways.transfers.payos import Payos
from services.payment.gateways.transfers.payos_signing import sign, texts
from tests.services.payment.gateways.transfer_vectors import LONG_AGO, NOW, vector

TRIED = vector("payos", "payos-official-001")
KEY = Key(secret=TRIED["key"]["checksumKey"], valid_from=LONG_AGO)
SAMPLE = TRIED["expected"]["body"]


def test_the_sample_of_the_documentation_is_no_notice(a_watcher):
    tried = Call(body=json.dumps(SAMPLE).encode())

    assert Payos(a_watcher("payos", KEY)).read_callback(tried, NOW) == ()


def test_a_sample_of_any_account_is_answered_like_what_is_ours(a_watcher):
    payos = Payos(a_watcher("payos", KEY))
    data = SAMPLE["data"] | {"paymentLinkId": "5e2b3a7cb31f45e0b1a0c9d8e7f60514"}
    signature = sign(KEY, next(texts(read(json.dumps(data).encode()))))
    tried = Call(body=json.dumps(SAMPLE | {"data": data, "signature": signature}).encode())

    with pytest.raises(Refused) as refused:
        payos.read_callback(tried, NOW)

    assert refused.value.why == "merchant"
    assert payos.answer(refused.value.verdict, tried, NOW).status == 200
