"""PayOS is asked after orders: only a whole transfer is paid, only its own words decide."""

import pytest

from services.payment.gateways import (
    Answer,
    Refused,
    Said,
)
from services.payment.gateways.transfers.payos import (
    STATUSES,
    Payos,
)
from tests.services.payment.gateways.transfer_vectors import NOW, verdict
from tests.services.payment.gateways.transfers.test_payos import (
    IDS,
    KEY,
    ORDER,
    ORDER_CODE,
    PAID,
    STANDING,
    TRANSFER,
    answer,
    refused,
)


@pytest.fixture(scope="module")
def payos(a_watcher) -> Payos:
    return Payos(a_watcher("payos", KEY, ids=IDS, base_url="http://127.0.0.1:9"))


def test_an_order_is_asked_after_by_its_number(payos):
    sending = payos.query("", ORDER, NOW)

    assert (sending.method, sending.body) == ("GET", b"")
    assert sending.url == f"http://127.0.0.1:9/v2/payment-requests/{ORDER_CODE}"
    assert dict(sending.headers)["x-api-key"] == "api-key-1"


@pytest.mark.parametrize("status", [*STATUSES, "SOMETHING_NEW"])
def test_a_status_without_money_is_never_paid(payos, status):
    said = payos.read_answer(answer(STANDING | {"status": status}), ORDER, NOW)

    assert said == Said("failed" if STATUSES.get(status) == "failed" else "pending", code=status)


def test_a_paid_order_is_told_with_its_transfer(payos):
    said = payos.read_answer(answer(STANDING | PAID), ORDER, NOW)

    assert said == Said("paid", "FT26306000001", 150_000, "PAID")


@pytest.mark.parametrize("wrong_is_first", [True, False])
def test_of_a_wrong_and_a_right_transfer_the_right_one_pays(payos, wrong_is_first):
    wrong = {**TRANSFER, "amount": 1_000, "reference": "FT26306000002"}
    both = [wrong, TRANSFER] if wrong_is_first else [TRANSFER, wrong]
    paid = STANDING | PAID | {"amountPaid": 151_000, "transactions": both}

    assert payos.read_answer(answer(paid), ORDER, NOW) == Said(
        "paid", "FT26306000001", 150_000, "PAID"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"transactions": [TRANSFER, TRANSFER]},  # each was told of in a webhook of its own
        {"status": "EXPIRED"},
        {"status": "CANCELLED", "amountPaid": 1_000, "transactions": []},
        {"status": "UNDERPAID"},
    ],
)
def test_money_that_is_not_one_whole_payment_is_pending(payos, changes):
    said = payos.read_answer(answer(STANDING | PAID | changes), ORDER, NOW)

    assert (said.finding, said.amount_vnd) == ("pending", 0)


def test_a_code_decides_only_if_it_is_in_the_table(payos):
    assert payos.read_answer(refused("101"), ORDER, NOW) == Said("not_found", code="101")
    assert payos.read_answer(refused("20"), ORDER, NOW) == Said("unknown", code="20")


@pytest.mark.parametrize(
    "changed",
    [
        answer(STANDING | PAID | {"orderCode": 5}),
        answer(STANDING | {"transactions": None}),
        Answer(200, b"<html>"),
        Answer(200, b"[]"),
    ],
)
def test_an_answer_about_something_else_is_unreadable(payos, changed):
    assert verdict(lambda: payos.read_answer(changed, ORDER, NOW)) == "unreadable: form"


def test_a_changed_answer_is_not_genuine(payos):
    body = answer(STANDING | PAID).body.replace(b'"amountPaid": 150000', b'"amountPaid": 150001')

    with pytest.raises(Refused, match="signature"):
        payos.read_answer(Answer(200, body), ORDER, NOW)
