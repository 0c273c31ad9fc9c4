"""PayOS: what we send, what its webhooks and answers mean."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.payment.gateways import (
    Answer,
    Call,
    Declined,
    Key,
    Notice,
    Offer,
    Order,
    Payer,
    Unsendable,
)
from services.payment.gateways.exact_json import read
from services.payment.gateways.transfers import vietqr
from services.payment.gateways.transfers.payos import (
    REFUSALS,
    Payos,
    order_code,
    reference_of,
)
from services.payment.gateways.transfers.payos_signing import request_text, sign, texts
from tests.services.payment.gateways.transfer_vectors import LONG_AGO, NOW, vector, verdict

KEY = Key(secret="payosChecksumKeyForTestsOnly_0001", valid_from=LONG_AGO)
IDS = {"api_key": "api-key-1"}
REFERENCE, ORDER_CODE = "DVC261102000000016", 261102000000016
ORDER = Order(REFERENCE, 150_000, NOW, NOW + timedelta(hours=1))
TOLD = vector("payos", "payos-webhook-001")["input"]["data"] | {"orderCode": ORDER_CODE}
QR = vietqr.payload(vietqr.Transfer("970436", "1234567890", 150_000, REFERENCE))
CREATED = {
    "bin": "970436",
    "accountNumber": "1234567890",
    "accountName": "KHO BAC THU NGHIEM",
    "amount": 150_000,
    "description": REFERENCE,
    "orderCode": ORDER_CODE,
    "currency": "VND",
    "paymentLinkId": "8f3c0b0de1f24f0ea1b2c3d4e5f60718",
    "status": "PENDING",
    "checkoutUrl": "https://pay.example.vn/web/8f3c0b0de1f24f0ea1b2c3d4e5f60718",
    "qrCode": QR,
}
TRANSFER = {"reference": "FT26306000001", "amount": 150_000, "accountNumber": "1234567890"}
STANDING = {
    "id": CREATED["paymentLinkId"],
    "orderCode": ORDER_CODE,
    "amount": 150_000,
    "amountPaid": 0,
    "amountRemaining": 150_000,
    "status": "PENDING",
    "transactions": [],
    "canceledAt": None,
}
PAID = {"status": "PAID", "amountPaid": 150_000, "transactions": [TRANSFER]}


@pytest.fixture(scope="module")
def payos(a_watcher) -> Payos:
    return Payos(a_watcher("payos", KEY, ids=IDS, base_url="http://127.0.0.1:9"))


def signed(data: dict[str, Any], code: str = "00") -> bytes:
    body = {"code": code, "desc": "", "data": data, "success": True}
    signature = sign(KEY, next(texts(read(json.dumps(data).encode()))))
    return json.dumps(body | {"signature": signature}).encode()


def call(**changes: Any) -> Call:
    return Call(body=signed(TOLD | changes))


def answer(data: dict[str, Any]) -> Answer:
    return Answer(200, signed(data))


def refused(code: str) -> Answer:
    return Answer(200, json.dumps({"code": code, "desc": "…", "data": None}).encode())


# ---- creating


def test_an_order_is_sent_signed_with_our_reference_as_a_number(payos):
    sending = payos.create("", ORDER, Payer("203.0.113.10"), NOW)
    sent = json.loads(sending.body)

    assert (sending.method, sending.url) == ("POST", "http://127.0.0.1:9/v2/payment-requests")
    assert dict(sending.headers) == {
        "content-type": "application/json",
        "x-client-id": payos.partner.merchant,
        "x-api-key": "api-key-1",
    }
    assert sent["signature"] == sign(KEY, request_text(sent))
    assert (sent["orderCode"], sent["amount"]) == (ORDER_CODE, 150_000)
    assert (sent["description"], sent["expiredAt"]) == (REFERENCE, 1793592000)


def test_a_description_is_as_short_as_the_account_needs(a_watcher):
    payos = Payos(a_watcher("payos", KEY, ids=IDS | {"description_limit": "9"}))

    sent = json.loads(payos.create("", ORDER, Payer(""), NOW).body)

    assert sent["description"] == REFERENCE[-9:]


def test_what_their_format_cannot_carry_is_not_sent(payos, a_watcher):
    ambiguous = Payos(a_watcher("payos", KEY, ids=IDS, return_url="https://a.example/?b=1&c=2"))

    with pytest.raises(Unsendable):
        payos.create("", ORDER._replace(reference="DVC1"), Payer(""), NOW)
    with pytest.raises(Unsendable, match="&"):
        ambiguous.create("", ORDER, Payer(""), NOW)


def test_an_offer_has_their_page_and_their_code(payos):
    assert payos.read_created(answer(CREATED), ORDER, NOW) == Offer(CREATED["checkoutUrl"], "", QR)


@pytest.mark.parametrize(
    "changes",
    [
        {"orderCode": ORDER_CODE + 1},
        {"amount": 150_001},
        {"checkoutUrl": "javascript:alert(1)"},
        {"checkoutUrl": None},
        {"qrCode": QR[:-1] + "x"},
        {"qrCode": vietqr.payload(vietqr.Transfer("970436", "1234567890", 1, REFERENCE))},
    ],
)
def test_an_offer_that_is_not_of_this_order_is_not_shown(payos, changes):
    found = verdict(lambda: payos.read_created(answer(CREATED | changes), ORDER, NOW))

    assert found == "unreadable: form"


def test_an_unsigned_offer_is_not_shown(payos):
    body = answer(CREATED).body.replace(b"pay.example.vn", b"pay.evil.example")

    found = verdict(lambda: payos.read_created(Answer(200, body), ORDER, NOW))

    assert found == "not_genuine: signature"


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_in_the_table_surely_made_no_order(payos, code):
    with pytest.raises(Declined, match=code):
        payos.read_created(refused(code), ORDER, NOW)


@pytest.mark.parametrize("code", ["231", "99", ""])
def test_of_any_other_refusal_nobody_knows(payos, code):
    assert verdict(lambda: payos.read_created(refused(code), ORDER, NOW)) == "unreadable: form"


# ---- webhooks


def test_money_that_came_is_told_with_its_order(payos):
    assert payos.read_callback(call(), NOW) == (
        Notice(REFERENCE, "FT26306000001", 150_000, "paid", "00"),
    )


def test_only_their_word_for_paid_is_paid(payos):
    [notice] = payos.read_callback(call(code="01"), NOW)

    assert (notice.finding, notice.code) == ("pending", "01")


def test_what_stands_outside_of_the_data_decides_nothing(payos):
    body = json.loads(call(code="01").body) | {"success": True, "code": "00"}

    [notice] = payos.read_callback(Call(body=json.dumps(body).encode()), NOW)

    assert notice.finding == "pending"


def test_an_order_that_is_not_ours_is_answered_like_one_that_is(payos):
    [notice] = payos.read_callback(call(orderCode=10**15), NOW)

    assert notice.reference == ""
    assert payos.answer("unknown_order", call(), NOW).status == 200
    assert payos.answer("unknown_order", call(), NOW).body == b'{"success":true}'


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"currency": "USD"}, "unknown_order: currency"),
        ({"accountNumber": "999"}, "unknown_order: merchant"),
        ({"accountNumber": "999", "virtualAccountNumber": "1234567890"}, "taken"),
        ({"orderCode": "261102000000016"}, "unreadable: form"),
        ({"amount": 150000.0}, "unreadable: form"),
        ({"amount": -1}, "unreadable: form"),
        ({"reference": ""}, "unreadable: form"),
        ({"reference": "FT 1|2"}, "unreadable: form"),
        ({"description": "A & B"}, "taken"),
        ({"description": "x&orderCode=1&p="}, "unreadable: form"),
        ({"accountNumber=1&amount": 5}, "unreadable: form"),
        ({"amount": 10**13}, "unreadable: form"),
        ({"reference": "0"}, "unreadable: form"),
    ],
)
def test_each_fault_has_its_reason(payos, changes, expected):
    assert verdict(lambda: payos.read_callback(call(**changes), NOW)) == expected


def test_an_account_is_checked_where_one_is_configured(a_watcher):
    payos = Payos(a_watcher("payos", KEY, account=None))

    assert payos.read_callback(call(accountNumber="999"), NOW)


def test_a_reference_is_the_same_there_and_back():
    assert reference_of(order_code("DVC000000000000018")) == "DVC000000000000018"
    assert reference_of(-1) == reference_of(10**15) == ""
