"""VNPAY as npm `vnpay` understands it: a merchant's client and verifier, not of our making."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from deploy.sandbox.bank.bank import Bank, Merchant
from deploy.sandbox.bank.books import Books
from services.payment.gateways import Answer, Call, Order, Payer, Refund, Refused
from services.payment.gateways.vnpay.gateway import Vnpay
from tests.peers.asking import ask, needs
from tests.services.payment.office import PARTNER

pytestmark = needs("vnpay")

CODE, SECRET = "DVCQG001", "THUNGHIEMVNPAYSECRETKEY0000001AB"
CONFIG = {"tmnCode": CODE, "secureSecret": SECRET, "vnpayHost": "http://bank.example"}
OPENED_AT = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
NOW = OPENED_AT + timedelta(minutes=10)
ORDER = Order("DVC261102000000014", 150_000, OPENED_AT, OPENED_AT + timedelta(hours=1))
NUMBERS = ("vnp_CreateDate", "vnp_ExpireDate", "vnp_TransactionDate", "vnp_TransactionNo")


@pytest.fixture
def ours() -> Vnpay:
    return Vnpay(msgspec.structs.replace(PARTNER, page_url="http://bank.example"))


@pytest.fixture
def bank() -> Bank:
    return Bank(Merchant(CODE, SECRET), Books(lambda: NOW), None)


def link(ours: Vnpay) -> str:
    return ours.create("", ORDER, Payer("203.0.113.10"), NOW).pay_url


def fields(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def theirs(method: str, data: dict, answer: dict | None = None) -> dict:
    return ask("vnpay", config=CONFIG, method=method, data=data, answer=answer)


def numbered(body: dict[str, str]) -> dict:
    """Return what we sent as their client takes it: without what it adds, numbers as numbers."""
    added = {"vnp_SecureHash", "vnp_Command", "vnp_TmnCode"}
    return {n: int(v) if n in NUMBERS else v for n, v in body.items() if n not in added}


def test_their_client_makes_the_link_that_we_make(ours, bank):
    wanted = fields(link(ours))
    given = {n: v for n, v in wanted.items() if n not in ("vnp_SecureHash", "vnp_Amount")}
    dates = {n: int(v) for n, v in given.items() if n in NUMBERS}

    made = theirs("buildPaymentUrl", given | dates | {"vnp_Amount": 150_000})["result"]

    assert fields(made) == wanted
    assert bank.order_of(urlsplit(made).query).amount_vnd == 150_000


def test_their_verifier_takes_what_we_sign_and_not_what_is_changed(ours):
    signed = fields(link(ours))

    assert theirs("verifyReturnUrl", signed)["result"]["isVerified"] is True
    changed = signed | {"vnp_Amount": "15000100"}
    assert theirs("verifyReturnUrl", changed)["result"]["isVerified"] is False


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_callback_of_the_sandbox_bank_is_to_them_what_it_is_to_us(ours, bank, is_paid):
    order = bank.order_of(urlsplit(link(ours)).query)
    movement = bank.books.move(order, order.amount_vnd) if is_paid else None
    query = bank.notice(order, movement)

    result = theirs("verifyIpnCall", dict(parse_qsl(query)))["result"]

    [notice] = ours.read_callback(Call(query.encode()), NOW)
    assert (result["isVerified"], result["isSuccess"]) == (True, is_paid)
    assert notice.finding == ("paid" if is_paid else "failed")
    assert result["vnp_Amount"] == notice.amount_vnd == 150_000


def test_a_forged_callback_is_a_success_to_them_but_not_verified_and_nothing_to_us(ours, bank):
    order = bank.order_of(urlsplit(link(ours)).query)
    query = bank.notice(order, bank.books.move(order, order.amount_vnd))
    forged = query.replace("vnp_Amount=15000000", "vnp_Amount=25000000")

    result = theirs("verifyIpnCall", dict(parse_qsl(forged)))["result"]

    assert (result["isVerified"], result["isSuccess"]) == (False, True)
    with pytest.raises(Refused):
        ours.read_callback(Call(forged.encode()), NOW)


def test_their_query_is_ours_and_the_banks_answer_verifies_for_both(ours, bank):
    order = bank.order_of(urlsplit(link(ours)).query)
    bank.books.move(order, order.amount_vnd)
    body = json.loads(ours.query("a/query/1", ORDER, NOW).body)
    sent = json.loads(theirs("queryDr", numbered(body))["sent"]["body"])
    assert sent["vnp_SecureHash"] == body["vnp_SecureHash"]

    answer = bank.answer({n: str(v) for n, v in sent.items()})
    result = theirs("queryDr", numbered(body), answer)["result"]

    assert (result["isVerified"], result["isSuccess"]) == (True, True)
    said = ours.read_answer(Answer(200, json.dumps(answer).encode()), ORDER, NOW)
    assert (said.finding, said.amount_vnd) == ("paid", 150_000)


def test_their_refund_is_ours_and_only_they_divide_the_answers_amount(ours, bank):
    order = bank.order_of(urlsplit(link(ours)).query)
    paid = bank.books.move(order, order.amount_vnd)
    refund = Refund(
        key="a/refund/1",
        reference=ORDER.reference,
        transaction=paid.transaction,
        amount_vnd=50_000,
        paid_vnd=150_000,
        opened_at=OPENED_AT,
        reason="",
        by="ketoan01",
        asked_at=NOW,
    )
    body = json.loads(ours.refund(refund, NOW).body)
    asked = numbered(body) | {"vnp_Amount": 50_000}
    sent = json.loads(theirs("refund", asked)["sent"]["body"])
    assert sent["vnp_SecureHash"] == body["vnp_SecureHash"]

    answer = bank.answer({n: str(v) for n, v in sent.items()})
    result = theirs("refund", asked, answer)["result"]

    # they check the answer with a hundredth of its amount: documented answers fail there
    assert (result["isVerified"], result["isSuccess"]) == (False, True)
    done = ours.read_refunded(Answer(200, json.dumps(answer).encode()), refund, NOW)
    assert done.finding == "done"
