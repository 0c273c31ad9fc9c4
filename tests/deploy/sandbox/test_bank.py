"""The bank by itself: its words are VNPAY's, and it calls until it is heard."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from deploy.sandbox.bank.bank import Bank
from deploy.sandbox.bank.behaviours import STEPS, Behaviour
from deploy.sandbox.bank.books import Books
from deploy.sandbox.bank.signing import (
    ANSWER_FIELDS,
    REFUND_ANSWER_FIELDS,
    REFUND_FIELDS,
    REQUEST_FIELDS,
    BadSignature,
    check_body,
    mac,
    read_query,
    sign_body,
    signed_query,
)
from deploy.sandbox.posts import CALLS_LIMIT
from tests.deploy.sandbox.bank_side import MERCHANT, NOW, Merchants, link, pay, told

VECTORS = json.loads(
    (Path(__file__).parents[2] / "contracts" / "payment_vectors_vnpay.json").read_text()
)["vectors"]
# ---- the signature


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_its_signatures_are_vnpays(vector):
    kind, key, expected = vector["kind"], vector["key"]["vnp_HashSecret"], vector["expected"]
    if kind in ("pay_url", "ipn_or_return_query") and expected["python_quote_plus_matches"]:
        filled = {n: v for n, v in vector["input"]["params"].items() if v}
        wanted = expected.get("query_string") or urlsplit(expected["url"]).query
        assert signed_query(key, filled) == wanted
        assert read_query(key, wanted)["vnp_SecureHash"] == expected["vnp_SecureHash"]
    elif kind == "querydr_request":
        body = {n: str(v) for n, v in expected["body"].items()}
        check_body(key, body, REQUEST_FIELDS)
    elif kind == "refund_request":
        check_body(key, {n: str(v) for n, v in expected["body"].items()}, REFUND_FIELDS)
    elif kind == "refund_response":
        signed = sign_body(key, vector["input"], REFUND_ANSWER_FIELDS)
        assert signed["vnp_SecureHash"] == expected["vnp_SecureHash"]
    elif kind == "querydr_response":
        signed = sign_body(key, vector["input"], ANSWER_FIELDS)
        assert signed["vnp_SecureHash"] == expected["vnp_SecureHash"]
    elif expected.get("signature_valid") is False:
        with pytest.raises(BadSignature):
            read_query(key, vector["input"]["query_string"])
    else:
        assert mac(key, vector.get("canonical", "")) or expected["signature_valid"]


# ---- paying


def test_every_behaviour_has_its_steps():
    assert set(STEPS) == set(get_args(Behaviour))


@pytest.mark.parametrize(
    ("behaviour", "amounts_vnd", "calls"),
    [
        ("pay", [16_000], ["00"]),
        ("early", [16_000], ["00"]),
        ("twice", [16_000, 16_000], ["00", "00", "00"]),
        ("decline", [], ["24"]),
        ("wrong_amount_first", [17_000, 16_000], ["00", "00"]),
        ("silent", [16_000], []),
    ],
)
async def test_a_behaviour_moves_and_tells(bank_of, behaviour, amounts_vnd, calls):
    merchant = Merchants()
    http = bank_of(merchant)

    transactions = await pay(http, behaviour)
    statement = await told(http)

    assert [p["amount_vnd"] for p in statement["payments"]] == amounts_vnd
    assert [p["transaction"] for p in statement["payments"]] == transactions
    assert len(set(transactions)) == len(amounts_vnd)
    assert [h["vnp_ResponseCode"] for h in merchant.heard] == calls
    assert statement["answers"] == ({"00": len(calls)} if calls else {})


async def test_an_order_is_paid_once(bank_of):
    http = bank_of(Merchants())
    await pay(http, "pay")

    again = await http.post("/sandbox/pay", json={"pay_url": link()})

    assert again.status_code == 409
    assert len((await told(http))["payments"]) == 1


async def test_an_order_may_be_known_by_its_reference_alone(bank_of):
    merchant = Merchants("01", "01", "00")
    http = bank_of(merchant)
    body = {"reference": "DVC9", "amount_vnd": 16_000, "behaviour": "early"}

    assert (await http.post("/sandbox/pay", json=body)).status_code == 202
    statement = await told(http)

    assert statement["answers"] == {"01": 2, "00": 1}
    assert [h["vnp_TxnRef"] for h in merchant.heard] == ["DVC9"] * 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"pay_url": link().replace("1600000", "1600100")}, 400),
        ({"pay_url": link(vnp_TmnCode="OTHER")}, 409),
        ({"pay_url": link(vnp_ExpireDate="20261120085959")}, 409),
        ({"pay_url": link(vnp_Amount="x")}, 409),
        ({"pay_url": link(), "behaviour": "steal"}, 422),
        ({"reference": "DVC1"}, 422),
        ({}, 422),
        ([], 422),
    ],
)
async def test_what_cannot_be_paid_is_refused(bank_of, body, status):
    http = bank_of(Merchants())

    assert (await http.post("/sandbox/pay", json=body)).status_code == status
    assert (await told(http))["payments"] == []


async def test_the_page_shows_the_order_and_sends_the_payer_back(bank_of):
    http = bank_of(Merchants())
    page = await http.get(link(vnp_OrderInfo="<b>Ho so</b>"))

    assert page.status_code == 200
    assert "16.000 ₫" in page.text
    assert "<b>" not in page.text
    form = {"pay_url": link(vnp_OrderInfo="<b>Ho so</b>"), "behaviour": "pay"}
    back = await http.post("/sandbox/pay", data=form)
    assert back.status_code == 303
    address, _, query = back.headers["location"].partition("?")
    assert address == "http://payment.example/v1/return/vnpay"
    assert read_query(MERCHANT.secret, query)["vnp_ResponseCode"] == "00"
    assert (await http.get(link())).status_code == 400, "it is paid"


async def test_a_changed_link_has_no_page(bank_of):
    page = await bank_of(Merchants()).get(link().replace("1600000", "100"))

    assert page.status_code == 400


# ---- callbacks


@pytest.mark.parametrize(
    "not_heard", ["01", "04", "97", "99", 500, 404, httpx.ConnectError("refused"), "x"]
)
async def test_it_calls_again_until_it_is_heard(bank_of, not_heard):
    http = bank_of(Merchants(not_heard, not_heard, "02"))
    await pay(http, "pay")

    statement = await told(http)

    assert Counter(statement["answers"]).total() == 3
    assert (statement["answers"]["02"], statement["given_up"]) == (1, 0)


async def test_it_calls_ten_times_at_most(bank_of):
    merchant = Merchants("99")
    http = bank_of(merchant)
    await pay(http, "pay")

    statement = await told(http)

    assert len(merchant.heard) == CALLS_LIMIT == 10
    assert statement["given_up"] == 1


# ---- queries


async def query(http, **changes):
    asked = {
        "vnp_RequestId": "Q1",
        "vnp_Version": "2.1.0",
        "vnp_Command": "querydr",
        "vnp_TmnCode": MERCHANT.code,
        "vnp_TxnRef": "DVC1",
    } | changes
    body = sign_body(MERCHANT.secret, asked, REQUEST_FIELDS)
    answer = (await http.post("/merchant_webapi/api/transaction", json=body)).json()
    check_body(MERCHANT.secret, answer, ANSWER_FIELDS)
    return answer["vnp_ResponseCode"], answer.get("vnp_TransactionStatus")


@pytest.mark.parametrize(
    ("behaviour", "status"), [("silent", "00"), ("decline", "02"), ("wrong_amount_first", "00")]
)
async def test_a_query_finds_out(bank_of, behaviour, status):
    http = bank_of(Merchants())
    await pay(http, behaviour)

    assert await query(http) == ("00", status)


async def test_a_query_is_checked(bank_of):
    http = bank_of(Merchants())
    await http.get(link())

    assert await query(http) == ("00", "01")
    assert await query(http) == ("94", None)
    assert await query(http, vnp_RequestId="Q2", vnp_TxnRef="DVC404") == ("91", None)
    assert await query(http, vnp_RequestId="Q3", vnp_TmnCode="OTHER") == ("02", None)
    assert await query(http, vnp_RequestId="Q4", vnp_Command="pay") == ("03", None)
    bad = await http.post("/merchant_webapi/api/transaction", json={"vnp_RequestId": "Q5"})
    assert bad.json()["vnp_ResponseCode"] == "97"
    assert (await http.post("/merchant_webapi/api/transaction", content=b"x")).status_code == 422


def test_a_restarted_bank_gives_no_number_twice():
    first, second = Books(lambda: NOW), Books(lambda: NOW + timedelta(seconds=1))

    assert first._first + 9_999 < second._first


def test_a_notice_tells_what_the_protocol_asks_for():
    required = (
        "TmnCode Amount BankCode OrderInfo TransactionNo ResponseCode TransactionStatus TxnRef"
    )
    bank = Bank(MERCHANT, Books(lambda: NOW), None)
    order = bank.order_of(urlsplit(link()).query)

    fields = dict(parse_qsl(bank.notice(order, None)))

    assert {f"vnp_{name}" for name in required.split()} <= set(fields)
    assert (fields["vnp_TransactionNo"], fields["vnp_TransactionStatus"]) == ("0", "02")
