"""What MoMo's callback means, who sent it, and how it is answered."""

import json
from datetime import timedelta
from typing import get_args
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Refused, Verdict
from services.payment.gateways.exact_json import read
from services.payment.gateways.hmac_sha256 import sign
from services.payment.gateways.momo.gateway import RESULTS, STATUSES
from services.payment.gateways.momo.signing import NOTIFIED, signed_text
from tests.services.payment.gateways.wallet_vectors import (
    LONG_AGO,
    MOMO_KEYS,
    NOW,
    call,
    key,
    momo,
    of_kind,
    vectors,
)

SUCCESS = vectors("momo")["momo-ipn-001-success"]
KEY = key(MOMO_KEYS["secretKey"])


def signed(text: str = "", secret: str = KEY.secret, **changes: object) -> bytes:
    """Return a callback, signed as it stands; `text` is put in the place of the amount."""
    whole = json.dumps(SUCCESS["input"] | changes)
    if text:
        whole = whole.replace('"amount": 150000', f'"amount": {text}')
    text = signed_text(MOMO_KEYS["accessKey"], read(whole), NOTIFIED)
    return f'{whole[:-1]}, "signature": "{sign(key(secret), text)}"}}'.encode()


@pytest.mark.parametrize("vector", of_kind("momo", "ipn_body"))
def test_a_callback_says_what_the_vector_says(vector):
    body = vector["input"] | vector["expected"]

    [notice] = momo(vector["key"]).read_callback(call(body), NOW)

    assert notice.reference == body["orderId"]
    assert notice.transaction == str(body["transId"])
    assert notice.amount_vnd == body["amount"]
    assert notice.code == str(body["resultCode"])
    assert notice.finding == RESULTS[notice.code].callback


@pytest.mark.parametrize("vector", of_kind("momo", "ipn_body negative"))
def test_each_negative_vector_changes_nothing(vector):
    ordered = vectors("momo")[vector["base"]]["input"]
    amount_vnd = vector["input"].get("order_amount_vnd", ordered["amount"])
    gateway, sent = momo(vector["key"]), call(vector["input"]["body"])
    verdict: Verdict = "recorded"
    try:
        [notice] = gateway.read_callback(sent, NOW)
    except Refused as refused:
        verdict = refused.verdict
    else:
        if notice.reference != ordered["orderId"]:
            verdict = "unknown_order"
        elif notice.amount_vnd != amount_vnd:
            verdict = "amount_differs"

    if not vector["expected"]["signature_valid"]:
        assert verdict == "not_genuine"
    assert verdict != "recorded"
    is_theirs = verdict != "not_genuine"
    assert (gateway.answer(verdict, sent, NOW).status == 204) is is_theirs


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        *((code, "failed") for code in (1001, 1006, 1005, 1017, 4100)),
        *((code, "pending") for code in (9000, 1000, 7000, 7002, 8000)),
        *((code, "pending") for code in (10, 42, 99, -1, 1008, 77777)),
        (0, "paid"),
    ],
)
def test_a_code_means(code, finding):
    [notice] = momo().read_callback(call(signed(resultCode=code)), NOW)

    assert (notice.finding, notice.code) == (finding, str(code))


def test_nothing_but_zero_is_paid_and_an_authorised_payment_is_not():
    paid = [code for code, meaning in RESULTS.items() if "paid" in meaning or "done" in meaning]

    assert paid == ["0"]


def test_numbers_are_verified_as_they_were_written_and_only_whole_dong_are_read():
    [notice] = momo().read_callback(call(signed('"150000"')), NOW)

    assert notice.amount_vnd == 150_000
    for amount in ("150000.0", "1.5e5", "-150000", "1500000000000", "null", "true"):
        with pytest.raises(Refused) as refused:
            momo().read_callback(call(signed(amount)), NOW)
        assert refused.value.verdict == "unreadable"


@pytest.mark.parametrize(
    "changes",
    [
        {"transId": 0},
        {"transId": ""},
        {"transId": "A1"},
        {"orderId": "-x"},
        {"orderId": ""},
        {"orderId": "a" * 101},
        {"resultCode": ""},
        {"resultCode": 0.5},
    ],
)
def test_a_signed_callback_in_another_form_is_unreadable(changes):
    with pytest.raises(Refused) as refused:
        momo().read_callback(call(signed(**changes)), NOW)

    assert (refused.value.verdict, refused.value.why) == ("unreadable", "form")


def test_another_merchants_callback_is_not_genuine():
    with pytest.raises(Refused, match="another merchant") as refused:
        momo().read_callback(call(signed(partnerCode="MOMOOTHER")), NOW)

    assert (refused.value.verdict, refused.value.why) == ("not_genuine", "merchant")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        signed()[:-1] + b', "amount": 150000}',
        signed()[:-1] + b', "resultCode": 0}',
        signed().replace(b'"signature"', b'"sig"'),
        signed().replace(b"150000", b"150001"),
        signed(secret="another"),
        signed()[:-1] + b', "signature": {}}',
        b'{"amount": {}, "signature": ""}',
    ],
)
def test_what_is_not_signed_as_it_stands_is_not_genuine(body):
    with pytest.raises(Refused) as refused:
        momo().read_callback(call(body), NOW)

    assert refused.value.verdict == "not_genuine"


def test_two_keys_overlap_while_they_are_rotated():
    end = NOW + timedelta(days=1)
    old = key(KEY.secret)
    fresh = key("another")
    rotated = momo(
        incoming=(
            type(old)(secret=old.secret, valid_from=LONG_AGO, valid_to=end),
            type(fresh)(secret=fresh.secret, valid_from=NOW),
        )
    )

    assert rotated.read_callback(call(signed()), NOW)
    assert rotated.read_callback(call(signed(secret="another")), NOW)
    with pytest.raises(Refused):
        rotated.read_callback(call(signed(secret="another")), NOW - timedelta(seconds=1))
    with pytest.raises(Refused):
        rotated.read_callback(call(signed()), end)


# ---- the browser


def test_a_browser_shows_what_it_was_given_and_only_if_it_is_signed():
    fields = json.loads(signed())
    query = urlencode(fields).encode()

    assert momo().read_return(query, NOW) == "paid"
    assert momo().read_return(query.partition(b"&signature")[0], NOW) == "unknown"
    for wrong in (query.replace(b"=150000", b"=150001"), query + b"&amount=1", b"&" * 9_000):
        with pytest.raises(Refused):
            momo().read_return(wrong + b"&signature=", NOW)


# ---- the answer


def test_all_that_is_theirs_and_kept_is_answered_204_and_nothing_else_is():
    answers = {verdict: momo().answer(verdict, Call(), NOW) for verdict in get_args(Verdict)}

    heard = {verdict for verdict, reply in answers.items() if reply.status == 204}
    assert heard == set(STATUSES) - {"not_genuine", "call_again"}
    assert all(reply.body == b"" for reply in answers.values())
    assert all(reply.status >= 400 for verdict, reply in answers.items() if verdict not in heard)
    assert set(STATUSES) == set(answers)


def test_a_callback_is_described_with_all_that_is_signed_and_every_answer():
    described = momo().callback_described()

    schema = described["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["required"]) == {*NOTIFIED, "signature"} == set(schema["properties"])
    assert set(described["responses"]) == {"204", "400", "503"}


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: f'{{"amount": {t}'.encode()))
def test_arbitrary_bodies_and_queries_raise_nothing_but_the_named_error(some):
    with pytest.raises(Refused) as refused:
        momo().read_callback(Call(body=some), NOW)
    assert refused.value.verdict == "not_genuine"
    with pytest.raises(Refused):
        momo().read_return(b"signature=" + some.replace(b"&", b"") + b"&amount=1", NOW)
