"""SePay webhook: what is signed, when, what is money."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Key, Notice, Refused
from services.payment.gateways.transfers.sepay import DRIFT_S, Sepay, sign, verified
from tests.services.payment.gateways.transfer_vectors import (
    LONG_AGO,
    NOW,
    key,
    vector,
    vectors,
    verdict,
)

KEY = Key(secret="sepayTestWebhookSecret_0001", valid_from=LONG_AGO)
TOLD = json.loads(vector("sepay", "sepay-webhook-001")["input"]["raw_body"])
REFERENCE = "DVC261102000000016"


@pytest.fixture(scope="module")
def sepay(a_watcher) -> Sepay:
    return Sepay(a_watcher("sepay", KEY))


def call(body: bytes, at: datetime = NOW, secret: str = KEY.secret) -> Call:
    timestamp = str(int(at.timestamp()))
    signature = sign(Key(secret=secret, valid_from=LONG_AGO), timestamp, body)
    return headed(body, timestamp, f"sha256={signature}")


def headed(body: bytes, timestamp: str, signature: str) -> Call:
    headers = {"x-sepay-timestamp": timestamp, "x-sepay-signature": signature}
    return Call(headers=[(n.encode(), v.encode()) for n, v in headers.items()], body=body)


def told(**changes: Any) -> bytes:
    own = {"accountNumber": "1234567890", "content": f"NAP {REFERENCE}", "code": REFERENCE}
    return json.dumps(TOLD | own | changes).encode()


def at(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, UTC)


# ---- signatures


@pytest.mark.parametrize("vector", vectors("sepay", "webhook_body"))
def test_a_public_signature_verifies(vector):
    body, time = vector["input"]["raw_body"].encode(), str(vector["input"]["timestamp"])
    signature = vector["expected"]["X-SePay-Signature"]

    assert f"{time}.{vector['input']['raw_body']}" == vector["canonical"]
    assert f"sha256={sign(key(vector), time, body)}" == signature
    assert verified(time, signature, body, [key(vector)], at(int(time)))


@pytest.mark.parametrize("vector", vectors("sepay", "webhook_body negative"))
def test_a_changed_or_late_webhook_is_refused(vector):
    given, expected = vector["input"], vector["expected"]
    heads = given["X-SePay-Timestamp"], given["X-SePay-Signature"]
    body, now = given["raw_body"].encode(), at(given["now"])

    found = verdict(lambda: verified(*heads, body, [key(vector)], now))

    assert (found == "taken") is expected.get("accept", expected.get("signature_valid"))
    if "older" in expected.get("reason", ""):
        assert found == "not_genuine: window"


@pytest.mark.parametrize(
    ("late_s", "expected"),
    [
        (0, "taken"),
        (DRIFT_S, "taken"),
        (-DRIFT_S, "taken"),
        (DRIFT_S + 1, "not_genuine: window"),
        (-DRIFT_S - 1, "not_genuine: window"),
    ],
)
def test_five_minutes_are_allowed_either_way(sepay, late_s, expected):
    sent = call(told())

    assert verdict(lambda: sepay.read_callback(sent, NOW + timedelta(seconds=late_s))) == expected


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [("", "sha256=" + "0" * 64), ("1", ""), ("1e3", "sha256=" + "0" * 64), ("1", "0" * 64)],
)
def test_headers_in_another_form_are_not_genuine(sepay, timestamp, signature):
    sent = headed(told(), timestamp, signature)

    assert verdict(lambda: sepay.read_callback(sent, NOW)) == "not_genuine: form"


def test_a_changed_byte_or_another_key_is_not_genuine(sepay):
    sent = call(told())

    for changed in (sent._replace(body=sent.body + b" "), call(told(), secret="other")):
        found = verdict(lambda c=changed: sepay.read_callback(c, NOW))
        assert found == "not_genuine: signature"


# ---- money


def test_money_that_came_is_told_with_the_order_in_its_text(sepay):
    assert sepay.read_callback(call(told()), NOW) == (
        Notice(REFERENCE, "92704", 150_000, "paid", "in"),
    )
    assert sepay.read_callback(call(told(content="")), NOW)[0].reference == REFERENCE


def test_a_code_of_theirs_that_contradicts_the_text_leaves_no_order(sepay):
    [notice] = sepay.read_callback(call(told(code="DVC261102000000024")), NOW)

    assert (notice.reference, notice.amount_vnd) == ("", 150_000)


def test_money_that_left_is_no_notice_whatever_its_account(sepay):
    sent = call(told(transferType="out", accountNumber="1"))

    assert sepay.read_callback(sent, NOW) == ()


def test_money_on_another_account_has_a_reason_of_its_own(sepay):
    sent = call(told(accountNumber="999"))

    assert verdict(lambda: sepay.read_callback(sent, NOW)) == "not_genuine: merchant"
    assert sepay.read_callback(call(told(accountNumber="9", subAccount="1234567890")), NOW)


@pytest.mark.parametrize(
    "body",
    [
        told(transferType="IN"),
        told(transferType=None),
        told(transferAmount=-5),
        told(transferAmount=150000.0),
        told(transferAmount="150000"),
        told(id="x"),
        told(id=0),
        told(content=["DVC"]),
        told().replace(b'"id"', b'"code": "", "id"'),
        b"[]",
        b"{",
    ],
)
def test_a_signed_webhook_in_another_form_is_unreadable(sepay, body):
    assert verdict(lambda: sepay.read_callback(call(body), NOW)) == "unreadable: form"


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_raise_nothing_but_the_named_error(sepay, body, is_signed):
    sent = call(body) if is_signed else headed(body, "1793586845", "sha256=" + "a" * 64)

    with pytest.raises(Refused):
        sepay.read_callback(sent, NOW)


def test_a_webhook_is_answered_in_their_words(sepay):
    assert sepay.answer("recorded", Call(), NOW).body == b'{"success":true}'
    assert sepay.answer("call_again", Call(), NOW).status == 503
