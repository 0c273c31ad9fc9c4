"""The wallet by itself: its words are MoMo's and ZaloPay's, and it calls until it is heard."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from deploy.sandbox.wallets import signing
from tests.deploy.sandbox.wallet_side import (
    HEARD,
    MOMO,
    START,
    ZALOPAY,
    Merchants,
    ordered,
    paid,
)

CONTRACTS = Path(__file__).parents[2] / "contracts"
KINDS = {
    "create_request": "create",
    "create_response": "created",
    "ipn_body": "told",
    "query_request": "query",
    "refund_request": "refund",
    "confirm_request": "confirm",
    "refund_request_with_fee": "refund_with_fee",
    "query_refund_request": "query_refund",
}

WORDS = {"momo": "204", "zalopay": "1"}  # of who has heard


def vectors(family):
    text = (CONTRACTS / f"payment_vectors_{family}.json").read_text()
    kept = [v for v in json.loads(text)["vectors"] if v["kind"] in KINDS]
    return [pytest.param(v, id=v["id"]) for v in kept]


# ---- the signatures


@pytest.mark.parametrize("vector", vectors("momo"))
def test_its_momo_signatures_are_the_vectors(vector):
    keys, whole = vector["key"], {"partnerCode": vector["key"]["partnerCode"]} | vector["input"]

    made = signing.momo(keys["secretKey"], keys["accessKey"], KINDS[vector["kind"]], whole)

    assert made == vector["expected"]["signature"]


@pytest.mark.parametrize("vector", vectors("zalopay"))
def test_its_zalopay_macs_are_the_vectors(vector):
    whole = {"app_id": vector["key"]["app_id"]} | vector["input"]

    made = signing.zalopay(vector["key"]["key1"], KINDS[vector["kind"]], whole)

    assert made == vector["expected"]["mac"]


# ---- paying


@pytest.mark.parametrize("form", ["momo", "zalopay"])
@pytest.mark.parametrize(
    ("behaviour", "amounts_vnd", "calls"),
    [
        ("pay", [16_000], 1),
        ("twice", [16_000, 16_000], 3),
        ("decline", [], 1),
        ("wrong_amount_first", [17_000, 16_000], 2),
        ("silent", [16_000], 0),
    ],
)
async def test_a_behaviour_moves_and_tells(wallet_of, form, behaviour, amounts_vnd, calls):
    merchants = Merchants(HEARD[form])
    statement = await paid(wallet_of(merchants), form, behaviour)

    assert [p["amount_vnd"] for p in statement["payments"]] == amounts_vnd
    assert {p["partner"] for p in statement["payments"]} <= {form}
    if form == "zalopay" and behaviour == "decline":
        calls = 0  # a failure is never told
    assert len(merchants.heard) == calls
    assert statement["answers"] == ({WORDS[form]: calls} if calls else {})


async def test_what_momo_tells_is_signed_and_says_what_happened(wallet_of):
    merchants = Merchants()
    await paid(wallet_of(merchants), "momo", "decline")

    [told] = merchants.heard
    assert (told["resultCode"], told["orderId"]) == (1006, "DVC1")
    assert told["signature"] == signing.momo(MOMO.ours, "AK", "told", told)


async def test_what_zalopay_tells_is_signed_with_the_other_key_as_it_stands(wallet_of):
    merchants = Merchants(HEARD["zalopay"])
    statement = await paid(wallet_of(merchants), "zalopay", "pay")

    [told] = merchants.heard
    data = json.loads(told["data"])
    assert told["mac"] == signing.mac(ZALOPAY.ours, told["data"])
    assert str(data["zp_trans_id"]) == statement["payments"][0]["transaction"]
    assert data["app_trans_id"] == "261120_DVC1"


@pytest.mark.parametrize("form", ["momo", "zalopay"])
async def test_an_order_is_paid_once_and_not_when_it_is_over(wallet_of, form):
    http = wallet_of(Merchants(HEARD[form]))
    link = await ordered(http, form)
    http.clock.now += timedelta(days=1)
    assert (await http.post("/sandbox/pay", json={"pay_url": link})).status_code == 409
    http.clock.now = START
    assert (await http.post("/sandbox/pay", json={"pay_url": link})).status_code == 202
    assert (await http.post("/sandbox/pay", json={"pay_url": link})).status_code == 409


@pytest.mark.parametrize("form", ["momo", "zalopay"])
async def test_the_page_shows_the_order_and_sends_the_payer_back(wallet_of, form):
    http = wallet_of(Merchants(HEARD[form]))
    link = await ordered(http, form)

    page = await http.get(link)
    back = await http.post("/sandbox/pay", data={"pay_url": link, "behaviour": "pay"})

    assert "16.000 ₫" in page.text
    assert "<b>" not in page.text
    assert back.status_code == 303
    address, _, query = back.headers["location"].partition("?")
    assert address == f"http://payment/v1/return/{form}"
    fields = dict(parse_qsl(query, keep_blank_values=True))
    if form == "momo":
        assert fields["signature"] == signing.momo(MOMO.ours, "AK", "told", fields)
    else:
        assert fields["checksum"] == signing.zalopay(ZALOPAY.ours, "back", fields)
    assert (await http.get(link)).status_code == 409, "it is paid"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"pay_url": "x"}, 409), ({}, 422), ([], 422), ({"pay_url": "", "behaviour": "steal"}, 422)],
)
async def test_what_cannot_be_paid_is_refused(wallet_of, body, status):
    assert (await wallet_of(Merchants()).post("/sandbox/pay", json=body)).status_code == status


# ---- callbacks


@pytest.mark.parametrize(
    ("form", "not_heard", "word"),
    [
        ("momo", (200, None), "200"),
        ("momo", (503, None), "503"),
        ("zalopay", (200, {"return_code": 0}), "0"),
        ("zalopay", (204, None), "204"),
        ("zalopay", (200, {"return_code": "1"}), "none"),
        ("zalopay", (500, {"return_code": 1}), "500"),
    ],
)
async def test_it_calls_again_until_it_is_heard(wallet_of, form, not_heard, word):
    merchants = Merchants(not_heard, not_heard, HEARD[form])
    statement = await paid(wallet_of(merchants), form, "pay")

    assert statement["answers"] == {word: 2, WORDS[form]: 1}
    assert merchants.heard[0] == merchants.heard[2], "the same each time"


@pytest.mark.parametrize("code", [1, 2, -1])
async def test_zalopay_stops_at_every_other_code(wallet_of, code):
    merchants = Merchants((200, {"return_code": code}))
    await paid(wallet_of(merchants), "zalopay", "pay")

    assert len(merchants.heard) == 1


@pytest.mark.parametrize("form", ["momo", "zalopay"])
async def test_it_gives_up_after_three_more_calls(wallet_of, form):
    merchants = Merchants((503, None))
    statement = await paid(wallet_of(merchants), form, "pay")

    assert len(merchants.heard) == 4
    assert statement["given_up"] == 1
