"""MoMo as npm `momo-payment-api` understands it: a merchant's client, not of our making."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from deploy.sandbox.wallets.books import Books, Merchant
from deploy.sandbox.wallets.wallet import Wallet
from services.payment.gateways import Answer, Order, Payer
from services.payment.gateways.hmac_sha256 import matches
from services.payment.gateways.momo import signing
from tests.peers.asking import ask, needs
from tests.services.payment.gateways.wallet_vectors import MOMO_KEYS, key, momo

pytestmark = needs("momo")

OPENED_AT = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
ORDER = Order("DVC261102000000014", 150_000, OPENED_AT, OPENED_AT + timedelta(hours=1))
KEY, ACCESS = MOMO_KEYS["secretKey"], MOMO_KEYS["accessKey"]
MERCHANT = Merchant("momo", "momo", MOMO_KEYS["partnerCode"], KEY, KEY, ACCESS)


@pytest.fixture
def sandbox() -> Wallet:
    return Wallet([MERCHANT], Books(lambda: OPENED_AT), {}, 0.0)


def theirs(method: str, data: dict, answer: dict | None = None) -> tuple[dict, dict]:
    said = ask("momo", keys=MOMO_KEYS, method=method, data=data, answer=answer)
    return json.loads(said["sent"]["body"]), said["result"]


def ours() -> dict:
    return json.loads(momo().create("a/create", ORDER, Payer("", "en"), OPENED_AT).body)


def test_their_client_signs_an_order_as_we_do_and_the_wallet_takes_both(sandbox):
    given = {n: v for n, v in ours().items() if n not in ("signature", "orderExpireTime")}

    sent, _ = theirs("createPayment", given)

    assert sent["signature"] == ours()["signature"]
    answers = [sandbox.momo("create", body, "http://wallet") for body in (sent, ours())]
    assert [said["resultCode"] for said in answers] == [0, 0]
    assert answers[0] == answers[1], "one order: it is the same request"


def test_the_wallets_answer_is_to_us_what_it_is_to_them(sandbox):
    answer = sandbox.momo("create", ours(), "http://wallet")

    _, result = theirs("createPayment", ours(), answer)

    offer = momo().read_created(Answer(200, json.dumps(answer).encode()), ORDER, OPENED_AT)
    assert (offer.pay_url, offer.deep_link, offer.qr) == (
        result["payUrl"],
        result["deeplink"],
        result["qrCodeUrl"],
    )


@pytest.mark.parametrize("order_info", ["Lệ phí & phí", "a=b&c", ""])
def test_what_they_sign_verifies_by_our_reading_of_it(order_info):
    given = ours() | {"orderInfo": order_info or "x", "extraData": "eyJhIjoxfQ=="}

    sent, _ = theirs("createPayment", given)

    text = signing.signed_text(ACCESS, sent, signing.CREATE)
    assert matches(sent["signature"], [text], [key(KEY)])
    assert not matches(sent["signature"], [text + " "], [key(KEY)])


def test_their_refund_without_a_description_is_taken_by_the_wallet(sandbox):
    sandbox.momo("create", ours(), "http://wallet")
    order = sandbox.books.find(MERCHANT, ORDER.reference)
    paid = sandbox.books.move(order, order.amount_vnd)
    given = {"orderId": "RF1", "requestId": "r1", "amount": 50_000}

    sent, _ = theirs("refundPayment", given | {"transId": int(paid.transaction)})

    assert sandbox.momo("refund", sent, "")["resultCode"] == 0
    text = signing.signed_text(ACCESS, sent, signing.REFUND)
    assert matches(sent["signature"], [text], [key(KEY)])
