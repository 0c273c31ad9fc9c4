"""VNPAY's public vectors."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import msgspec
import pytest

from services.payment.gateways import Answer, Call, Order, Payer, Refused
from services.payment.gateways.vnpay.gateway import RSP_CODES, Vnpay
from services.payment.gateways.vnpay.signing import (
    SIGNATURE,
    canonical,
    sign,
    verified,
)
from tests.services.payment.gateways.vnpay.vnpay_vectors import (
    KEY,
    NOW,
    VECTORS,
    key_of,
    of_kind,
)


@pytest.mark.parametrize(
    "vector",
    [p for k in ("pay_url", "ipn_or_return_query") for p in of_kind(k)],
)
def test_the_published_vectors_verify(vector):
    expected = vector["expected"]
    query = expected.get("query_string") or expected["url"].partition("?")[2]

    filled = {n: v for n, v in vector["input"]["params"].items() if v}
    assert verified(query.encode(), [key_of(vector)]) == filled | {
        SIGNATURE: expected["vnp_SecureHash"]
    }


@pytest.mark.parametrize(
    "vector",
    [p for k in ("pay_url", "ipn_or_return_query") for p in of_kind(k)],
)
def test_the_signature_of_a_vector_is_computed_from_its_parameters(vector):
    filled = [(n, v) for n, v in vector["input"]["params"].items() if v]
    same_encoder = vector["expected"]["python_quote_plus_matches"]

    signature = sign(key_of(vector), canonical(filled))
    assert (signature == vector["expected"]["vnp_SecureHash"]) is same_encoder


@pytest.mark.parametrize("vector", of_kind("ipn_or_return_query negative"))
def test_each_negative_vector_is_answered_as_documented(a, vector):
    incoming = (key_of(vector),)
    vnpay = Vnpay(a.partner(merchant=vector["key"]["vnp_TmnCode"], incoming=incoming))
    query = vector["input"]["query_string"].encode()
    ordered = VECTORS[vector["base"]]
    order_amount_vnd = vector["input"].get("order_amount_vnd", ordered["expected"]["amount_vnd"])
    try:
        notice = vnpay.read_callback(Call(query), NOW)[0]
    except Refused as refused:
        verdict = refused.verdict
    else:
        assert vector["expected"]["signature_valid"]
        if notice.reference != ordered["input"]["params"]["vnp_TxnRef"]:
            verdict = "unknown_order"
        elif notice.amount_vnd != order_amount_vnd:
            verdict = "amount_differs"
        else:
            verdict = "recorded"

    assert RSP_CODES[verdict][0] == vector["expected"]["RspCode"]


def test_a_sender_that_signs_empty_values_is_understood_too(vnpay):
    vector = VECTORS["vnpay-ipn-003-empty-field"]
    query = vector["expected"]["query_string"] + "&vnp_BankTranNo="
    keeping = query.replace(
        vector["expected"]["vnp_SecureHash"], vector["alternative_signature_keeping_empty"]
    )

    assert vnpay.read_callback(Call(query.encode()), NOW)[0].amount_vnd == 5_000_000
    assert vnpay.read_callback(Call(keeping.encode()), NOW)[0].amount_vnd == 5_000_000


def test_a_pay_link_is_the_vector(a):
    vector = VECTORS["vnpay-pay-001"]
    opened_at = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
    order = Order("DVC26110200001", 150_000, opened_at, opened_at + timedelta(minutes=15))

    link = Vnpay(a.partner()).create("", order, Payer("203.0.113.10"), NOW).pay_url

    said = dict(parse_qsl(link.partition("?")[2]))
    wanted = vector["input"]["params"]
    assert said | {SIGNATURE: "", "vnp_OrderInfo": ""} == wanted | {
        SIGNATURE: "",
        "vnp_OrderInfo": "",
    }
    assert verified(link.partition("?")[2].encode(), [KEY])["vnp_TxnRef"] == "DVC26110200001"


def test_a_query_is_signed_as_in_the_vector(vnpay):
    vector = VECTORS["vnpay-querydr-001"]
    opened_at = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
    order = Order("DVC26110200001", 150_000, opened_at, opened_at)

    body = msgspec.json.decode(vnpay.query("a/query/1", order, NOW).body, type=dict[str, str])

    same = ("vnp_TxnRef", "vnp_TransactionDate", "vnp_IpAddr", "vnp_Command", "vnp_TmnCode")
    assert [body[n] for n in same] == [str(vector["expected"]["body"][n]) for n in same]
    request = {**vector["expected"]["body"]}
    text = vector["canonical"]
    assert sign(KEY, text) == request[SIGNATURE]
    parts = text.split("|")
    parts[0], parts[6], parts[8] = (
        body["vnp_RequestId"],
        body["vnp_CreateDate"],
        body["vnp_OrderInfo"],
    )
    assert sign(KEY, "|".join(parts)) == body[SIGNATURE]


@pytest.mark.parametrize("vector", of_kind("querydr_response"))
def test_the_answer_to_a_query_is_the_vector(a, vector):
    told, incoming = vector["input"], (key_of(vector),)
    vnpay = Vnpay(a.partner(merchant=vector["key"]["vnp_TmnCode"], incoming=incoming))
    answer = told | {SIGNATURE: vector["expected"]["vnp_SecureHash"]}

    order = Order(told["vnp_TxnRef"], 0, NOW, NOW)
    said = vnpay.read_answer(Answer(200, json.dumps(answer).encode()), order, NOW)

    codes = told["vnp_ResponseCode"], told["vnp_TransactionType"], told["vnp_TransactionStatus"]
    assert (said.finding == "paid") is (codes == ("00", "01", "00"))
    if said.finding == "paid":
        amount_vnd = int(told["vnp_Amount"]) // 100
        assert (said.transaction, said.amount_vnd) == (told["vnp_TransactionNo"], amount_vnd)
