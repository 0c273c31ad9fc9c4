"""What we send to VNPAY to give money back, and what its answers mean."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Answer, Refund, Refused, Unsendable
from services.payment.gateways.vnpay.gateway import Vnpay
from services.payment.gateways.vnpay.refunds import REFUSALS, STATUSES, plain
from services.payment.gateways.vnpay.signing import (
    ANSWERED,
    REFUND_ANSWERED,
    REFUND_ASKED,
    SIGNATURE,
    joined,
    sign,
)
from tests.services.payment.gateways.vnpay.vnpay_vectors import KEY, NOW, VECTORS, key_of, of_kind

REFUND = Refund(
    key="a/refund/1",
    reference="DVC26110200001",
    transaction="14700001",
    amount_vnd=150_000,
    paid_vnd=150_000,
    opened_at=datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC),
    reason="withdrawn",
    by="ketoan01",
    asked_at=NOW,
)
TOLD = VECTORS["vnpay-refund-resp-001"]["input"]
ASKED_AFTER = VECTORS["vnpay-querydr-resp-001"]["input"] | {
    "vnp_TransactionType": "02",
    "vnp_TransactionNo": "14700009",
}


def signed(told: dict[str, str], names=REFUND_ANSWERED) -> Answer:
    body = told | {SIGNATURE: sign(KEY, joined(told, names))}
    return Answer(200, json.dumps(body).encode())


@pytest.mark.parametrize("vector", of_kind("refund_request"))
def test_a_refund_is_sent_with_the_fields_of_the_vector_and_signed_like_it(a, vector):
    wanted, keys = vector["expected"]["body"], vector["key"]
    amount_vnd = wanted["vnp_Amount"] // 100
    is_whole = wanted["vnp_TransactionType"] == "02"
    opened_at = datetime.strptime(f"{wanted['vnp_TransactionDate']}+0700", "%Y%m%d%H%M%S%z")
    at = datetime.strptime(f"{wanted['vnp_CreateDate']}+0700", "%Y%m%d%H%M%S%z")
    refund = REFUND._replace(
        reference=wanted["vnp_TxnRef"],
        transaction=str(wanted["vnp_TransactionNo"]),
        amount_vnd=amount_vnd,
        paid_vnd=amount_vnd if is_whole else amount_vnd + 1,
        opened_at=opened_at,
        by=wanted["vnp_CreateBy"],
    )
    key = key_of(vector)
    gateway = Vnpay(
        a.partner(
            merchant=keys["vnp_TmnCode"], server_ip=wanted["vnp_IpAddr"], outgoing=(key,)
        )
    )  # fmt: skip

    sent = json.loads(gateway.refund(refund, at).body)

    ours = {"vnp_RequestId", "vnp_OrderInfo", SIGNATURE}  # our words, and what follows from them
    assert {n: str(v) for n, v in wanted.items() if n not in ours} == {
        n: v for n, v in sent.items() if n not in ours
    }
    assert sent[SIGNATURE] == sign(key, joined(sent, REFUND_ASKED))


def test_a_part_is_no_whole_and_is_a_hundred_times_as_much_on_the_wire_once(vnpay):
    part = json.loads(vnpay.refund(REFUND._replace(amount_vnd=50_000), NOW).body)

    assert (part["vnp_TransactionType"], part["vnp_Amount"]) == ("03", "5000000")


def test_a_refund_has_a_name_of_its_own_the_same_every_time(vnpay):
    first = json.loads(vnpay.refund(REFUND, NOW).body)
    again = json.loads(vnpay.refund(REFUND, NOW + timedelta(days=1)).body)
    other = json.loads(vnpay.refund(REFUND._replace(key="a/refund/2"), NOW).body)
    asked = json.loads(vnpay.query_refund("a/refund/1/query/1", REFUND, NOW).body)

    assert first["vnp_RequestId"] == again["vnp_RequestId"] != other["vnp_RequestId"]
    assert asked["vnp_Command"] == "querydr"
    assert asked["vnp_TransactionDate"] == first["vnp_TransactionDate"] == "20261102093015"
    assert asked["vnp_RequestId"] != first["vnp_RequestId"]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_vnd": 150_001},
        {"amount_vnd": 0},
        {"amount_vnd": -1},
        {"transaction": ""},
        {"transaction": "0"},
        {"transaction": "1|2"},
    ],
)
def test_a_refund_beyond_what_was_paid_or_without_their_number_is_not_sent(vnpay, changes):
    with pytest.raises(Unsendable):
        vnpay.refund(REFUND._replace(**changes), NOW)


@given(st.text(max_size=100))
def test_who_asked_is_written_in_letters_that_all_encode_alike(name):
    assert plain(name)
    assert all(c.isascii() and (c.isalnum() or c in " .,:_-") for c in plain(name))


def test_a_vietnamese_name_stays_readable():
    assert plain("Đặng Thị Thử|Nghiệm") == "Dang Thi Thu-Nghiem"


# ---- answers


@pytest.mark.parametrize("vector", of_kind("refund_response"))
def test_the_answer_of_the_vector_is_read(a, vector):
    told, keys = vector["input"], vector["key"]
    key = key_of(vector)
    gateway = Vnpay(a.partner(merchant=keys["vnp_TmnCode"], incoming=(key,)))
    amount_vnd = int(told["vnp_Amount"]) // 100
    refund = REFUND._replace(
        reference=told["vnp_TxnRef"], amount_vnd=amount_vnd, paid_vnd=amount_vnd
    )
    body = told | {SIGNATURE: vector["expected"][SIGNATURE]}

    done = gateway.read_refunded(Answer(200, json.dumps(body).encode()), refund, NOW)

    if told["vnp_ResponseCode"] == "00":
        assert done.finding == STATUSES[told["vnp_TransactionStatus"]]
        assert done.transaction == told["vnp_TransactionNo"]
    else:
        assert done.finding == REFUSALS[told["vnp_ResponseCode"]]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"vnp_TransactionStatus": "00"}, "done"),
        ({"vnp_TransactionStatus": "05"}, "pending"),
        ({"vnp_TransactionStatus": "06"}, "pending"),
        ({"vnp_TransactionStatus": "09"}, "failed"),
        ({"vnp_TransactionStatus": "77"}, "pending"),
        *(({"vnp_ResponseCode": code}, finding) for code, finding in REFUSALS.items()),
        ({"vnp_ResponseCode": "77"}, "unknown"),
        ({"vnp_ResponseCode": ""}, "unknown"),
    ],
)
def test_an_answer_to_a_refund_means(vnpay, changes, finding):
    assert vnpay.read_refunded(signed(TOLD | changes), REFUND, NOW).finding == finding


def test_nothing_is_failed_that_may_have_moved_money():
    unsure = {"08", "94", "98", "99"}

    assert {c for c, finding in REFUSALS.items() if finding != "failed"} == unsure
    assert {s for s, finding in STATUSES.items() if finding == "failed"} == {"02", "09"}


@pytest.mark.parametrize(
    "changes",
    [
        {"vnp_TxnRef": "DVC2"},
        {"vnp_TmnCode": "DVCQG002"},
        {"vnp_Amount": "150000"},
        {"vnp_TransactionType": "01"},
    ],
)
def test_an_answer_about_something_else_is_refused(vnpay, changes):
    with pytest.raises(Refused, match="about another"):
        vnpay.read_refunded(signed(TOLD | changes), REFUND, NOW)


def test_an_answer_that_is_not_signed_as_it_stands_is_refused(vnpay):
    answer = signed(TOLD)
    for body in (
        answer.body.replace(b'"05"', b'"00"'),
        answer.body[:-1] + b', "vnp_TransactionStatus": "00"}',
        json.dumps(TOLD).encode(),
        b"[]",
        b"",
    ):
        with pytest.raises(Refused):
            vnpay.read_refunded(Answer(200, body), REFUND, NOW)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"vnp_TransactionStatus": "00"}, "done"),
        ({"vnp_TransactionStatus": "06"}, "pending"),
        ({"vnp_TransactionStatus": "09"}, "failed"),
        ({"vnp_TransactionStatus": "00", "vnp_TransactionType": "03"}, "done"),
        ({"vnp_TransactionStatus": "00", "vnp_TransactionType": "01"}, "unknown"),
        ({"vnp_TransactionStatus": "00", "vnp_Amount": "5000000"}, "unknown"),
        ({"vnp_ResponseCode": "91"}, "unknown"),
        ({"vnp_ResponseCode": "08"}, "unknown"),
    ],
)
def test_querydr_about_a_refund_means(vnpay, changes, finding):
    answer = signed(ASKED_AFTER | changes, ANSWERED)

    assert vnpay.read_refund_answer(answer, REFUND, NOW).finding == finding


def test_querydr_about_another_order_is_refused(vnpay):
    with pytest.raises(Refused, match="another order"):
        vnpay.read_refund_answer(signed(ASKED_AFTER | {"vnp_TxnRef": "X"}, ANSWERED), REFUND, NOW)
