"""ZaloPay: money that goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from services.payment.gateways import Refused, Unsendable
from services.payment.gateways.hmac_sha256 import sign
from services.payment.gateways.zalopay import signing
from tests.services.payment.gateways.wallet_vectors import (
    NOW,
    REFUND,
    ZALOPAY_KEYS,
    answer,
    body,
    key,
    of_kind,
    zalopay,
)

KEY1 = key(ZALOPAY_KEYS["key1"])


@pytest.mark.parametrize("vector", of_kind("zalopay", "refund_request"))
def test_a_refund_is_sent_with_the_fields_of_the_vector_and_signed_like_it(vector):
    wanted, keys = vector["input"], vector["key"]
    at = datetime.fromtimestamp(wanted["timestamp"] / 1_000, UTC)
    refund = REFUND._replace(
        amount_vnd=wanted["amount"], transaction=wanted["zp_trans_id"], asked_at=at
    )

    sent = body(zalopay(keys).refund(refund, at))

    assert set(sent) == {*wanted, "app_id", "mac"}
    same = ("zp_trans_id", "amount", "timestamp")
    assert [sent[n] for n in same] == [wanted[n] for n in same]
    assert sent["m_refund_id"].split("_")[1:2] == [str(keys["app_id"])] == [str(sent["app_id"])]
    assert sent["mac"] == sign(key(keys["key1"]), signing.joined(sent, signing.REFUND))


def test_a_refund_keeps_its_number_over_midnight():
    asked_at = datetime(2026, 11, 5, 16, 59, tzinfo=UTC)
    refund = REFUND._replace(asked_at=asked_at)
    later = asked_at + timedelta(hours=1)

    sent, asked = (
        body(zalopay().refund(refund, asked_at)),
        body(zalopay().query_refund("q", refund, later)),
    )
    other = body(zalopay().refund(refund._replace(key="a/refund/2"), asked_at))

    assert sent["m_refund_id"] == asked["m_refund_id"] != other["m_refund_id"]
    assert sent["m_refund_id"].startswith("261105_2600_")
    assert len(sent["m_refund_id"]) <= 40
    assert asked["timestamp"] == int(later.timestamp() * 1_000)
    assert asked["mac"] == sign(KEY1, signing.joined(asked, signing.QUERY_REFUND))


@pytest.mark.parametrize(
    "changes", [{"amount_vnd": 150_001}, {"amount_vnd": 0}, {"transaction": "1|2"}]
)
def test_a_refund_beyond_what_was_paid_is_not_sent(changes):
    with pytest.raises(Unsendable):
        zalopay().refund(REFUND._replace(**changes), NOW)


@pytest.mark.parametrize(
    ("code", "sub", "finding"),
    [
        (1, 1, "done"),
        (2, -13, "failed"),
        (3, 0, "pending"),
        (2, -101, "unknown"),
        (2, -500, "unknown"),
        (9, 1, "unknown"),
    ],
)
def test_an_answer_about_a_refund_means(code, sub, finding):
    told = answer(return_code=code, sub_return_code=sub, refund_id=261102000000777)

    done = zalopay().read_refunded(told, REFUND, NOW)

    assert (done.finding, done.transaction) == (finding, "261102000000777")
    assert done == zalopay().read_refund_answer(told, REFUND, NOW)


@pytest.mark.parametrize("sub", [-401, -402])
def test_a_refund_that_was_turned_away_gave_nothing_and_a_question_says_nothing(sub):
    told = answer(return_code=2, sub_return_code=sub)

    assert zalopay().read_refunded(told, REFUND, NOW).finding == "failed"
    assert zalopay().read_refund_answer(told, REFUND, NOW).finding == "unknown"


@pytest.mark.parametrize("refund_id", [None, "", "x", {}])
def test_a_refund_whose_number_cannot_be_read(refund_id):
    told = answer(return_code=3, refund_id=refund_id)
    if refund_id == {}:
        with pytest.raises(Refused):
            zalopay().read_refunded(told, REFUND, NOW)
    else:
        assert zalopay().read_refunded(told, REFUND, NOW) == ("pending", "", "3")
