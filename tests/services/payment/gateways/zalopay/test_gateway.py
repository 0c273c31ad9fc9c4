"""What we send to ZaloPay, and what its answers mean."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Declined, Offer, Payer, Refused, Unsendable
from services.payment.gateways.hmac_sha256 import sign
from services.payment.gateways.zalopay import signing
from shared.errors import Misconfigured
from tests.services.payment.gateways.wallet_vectors import (
    NOW,
    OPENED_AT,
    ORDER,
    ZALOPAY_KEYS,
    answer,
    body,
    key,
    of_kind,
    zalopay,
)

KEY1 = key(ZALOPAY_KEYS["key1"])
PAYER = Payer("203.0.113.10")
MADE = {
    "return_code": 1,
    "return_message": "Giao dịch thành công",
    "sub_return_code": 1,
    "sub_return_message": "",
    "order_url": "https://wallet.example.vn/openinapp?order=abc",
    "zp_trans_token": "AC-YGb2kvGFAmLzTmQD-PdjA",
    "order_token": "AC-YGb2kvGFAmLzTmQD-PdjA",
    "qr_code": "00020101…",
}
FOUND = {
    "return_code": 1,
    "return_message": "",
    "sub_return_code": 1,
    "is_processing": False,
    "amount": 150_000,
    "zp_trans_id": 261102000000389,
}


# ---- what we send


@pytest.mark.parametrize("vector", of_kind("zalopay", "create_request"))
def test_an_order_is_sent_with_the_fields_of_the_vector_and_signed_like_it(vector):
    wanted, keys = vector["input"], vector["key"]
    reference = wanted["app_trans_id"].partition("_")[2]
    at = datetime.fromtimestamp(wanted["app_time"] / 1_000, UTC)
    order = ORDER._replace(reference=reference, amount_vnd=wanted["amount"], opened_at=at)

    sending = zalopay(keys).create("a/create", order, PAYER, at)

    sent = body(sending)
    assert {*wanted, "app_id", "mac"} <= set(sent)
    assert sent["app_id"] == keys["app_id"]
    same = ("app_trans_id", "amount", "app_time")
    assert [sent[n] for n in same] == [wanted[n] for n in same]
    assert sending.url.endswith("/v2/create")
    assert sent["mac"] == sign(key(keys["key1"]), signing.joined(sent, signing.CREATE))
    assert not {"key1", "key2"} & set(sent)


@pytest.mark.parametrize(
    ("opened_at", "day"),
    [
        (datetime(2026, 11, 2, 16, 59, 59, tzinfo=UTC), "261102"),  # 23:59:59 in Vietnam
        (datetime(2026, 11, 2, 17, 0, tzinfo=UTC), "261103"),  # 00:00 in Vietnam
        (datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC), "261103"),  # 06:59:59 in Vietnam
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "270101"),
    ],
)
def test_an_order_keeps_the_day_it_was_opened_in_vietnam(opened_at, day):
    order = ORDER._replace(opened_at=opened_at)
    later = opened_at + timedelta(hours=7)

    sent = body(zalopay().create("a", order, PAYER, later))
    asked = body(zalopay().query("q", order, later))

    assert sent["app_trans_id"] == asked["app_trans_id"] == f"{day}_{ORDER.reference}"
    assert len(sent["app_trans_id"]) <= 40
    assert sent["app_time"] == int(later.timestamp() * 1_000)


@given(st.integers(0, 500_000_000))
def test_an_orders_name_is_read_back_whatever_the_instant(later_s):
    opened_at = OPENED_AT + timedelta(seconds=later_s)
    order = ORDER._replace(opened_at=opened_at)
    sent = body(zalopay().create("a", order, PAYER, opened_at))
    told = {"app_id": 2600, "app_trans_id": sent["app_trans_id"], "amount": 1, "zp_trans_id": 1}
    data = json.dumps(told)
    called = json.dumps({"data": data, "mac": sign(key(ZALOPAY_KEYS["key2"]), data)})

    [notice] = zalopay().read_callback(Call(body=called.encode()), NOW)

    assert notice.reference == order.reference


@pytest.mark.parametrize(
    ("left_s", "sent_s"), [(10, 300), (900, 900), (86_400, 86_400), (10**7, 2_592_000)]
)
def test_an_order_lives_as_long_as_ours_within_their_bounds(left_s, sent_s):
    order = ORDER._replace(expires_at=NOW + timedelta(seconds=left_s))

    assert body(zalopay().create("a", order, PAYER, NOW))["expire_duration_seconds"] == sent_s


@pytest.mark.parametrize("reference", ["a|b", "", "Đ1", "1" * 34])
def test_what_their_format_cannot_carry_is_not_sent(reference):
    with pytest.raises(Unsendable):
        zalopay().create("a", ORDER._replace(reference=reference), PAYER, NOW)


def test_a_key_and_a_number_of_ours_are_needed():
    with pytest.raises(Unsendable, match="no key"):
        zalopay(outgoing=()).create("a", ORDER, PAYER, NOW)
    for app_id in ("", "x", "²"):
        with pytest.raises(Misconfigured, match="app_id"):
            zalopay(ids={"app_id": app_id})


@pytest.mark.parametrize("vector", of_kind("zalopay", "query_request"))
def test_a_question_is_the_vector(vector):
    day, _, reference = vector["input"]["app_trans_id"].partition("_")
    opened_at = datetime.strptime(f"{day}+0700", "%y%m%d%z")
    order = ORDER._replace(reference=reference, opened_at=opened_at)

    keys, asked = vector["key"], vector["input"]
    wanted = asked | {"app_id": keys["app_id"], "mac": vector["expected"]["mac"]}
    assert body(zalopay(keys).query("q", order, NOW)) == wanted


# ---- an order, answered


def test_an_order_that_was_made_has_a_page_and_a_qr():
    offer = zalopay().read_created(answer(**MADE), ORDER, NOW)

    assert offer == Offer(MADE["order_url"], "", MADE["qr_code"])


@pytest.mark.parametrize("sub", [-401, -402])
def test_a_request_that_was_turned_away_made_no_order(sub):
    with pytest.raises(Declined) as declined:
        zalopay().read_created(answer(return_code=2, sub_return_code=sub), ORDER, NOW)

    assert declined.value.code == str(sub)


@pytest.mark.parametrize(
    "changes",
    [
        {"return_code": 2},
        {"return_code": 2, "sub_return_code": -68},
        {"return_code": 2, "sub_return_code": -500},
        {"return_code": 3, "sub_return_code": -401},
        {"return_code": 0},
        {"return_code": None},
        {"order_url": "javascript:alert(1)"},
        {"order_url": None},
    ],
)
def test_an_answer_that_leaves_a_doubt_is_refused(changes):
    with pytest.raises(Refused):
        zalopay().read_created(answer(**MADE | changes), ORDER, NOW)


# ---- a question, answered


@pytest.mark.parametrize(
    ("code", "sub", "finding"),
    [
        (1, 1, "paid"),
        (2, 2, "failed"),
        (2, -217, "failed"),
        (3, -1, "pending"),
        (2, -101, "not_found"),
        (2, -401, "unknown"),
        (2, -402, "unknown"),
        (2, -500, "unknown"),
        (2, -68, "unknown"),
        (0, 0, "unknown"),
        (-1, -401, "unknown"),
        (4, 1, "unknown"),
    ],
)
def test_an_answer_to_a_query_means(code, sub, finding):
    told = answer(**FOUND | {"return_code": code, "sub_return_code": sub})

    said = zalopay().read_answer(told, ORDER, NOW)

    assert (said.finding, said.code) == (finding, f"{code}/{sub}")
    assert (said.transaction, said.amount_vnd) == (
        ("261102000000389", 150_000) if finding == "paid" else ("", 0)
    )


def test_what_is_still_processed_is_pending_whatever_else_is_said():
    told = answer(**FOUND | {"is_processing": True})

    assert zalopay().read_answer(told, ORDER, NOW).finding == "pending"


@pytest.mark.parametrize(
    "changes",
    [{"zp_trans_id": 0}, {"zp_trans_id": None}, {"amount": None}, {"return_code": {}}],
)
def test_paid_without_a_number_or_an_amount_is_refused(changes):
    with pytest.raises(Refused):
        zalopay().read_answer(answer(**FOUND | changes), ORDER, NOW)


def test_times_are_of_the_instant_not_of_a_server():
    vietnam = OPENED_AT.astimezone(datetime.fromisoformat("2026-01-01T00:00+07:00").tzinfo)

    assert body(zalopay().create("a", ORDER._replace(opened_at=vietnam), PAYER, NOW)) == body(
        zalopay().create("a", ORDER, PAYER, NOW)
    )
