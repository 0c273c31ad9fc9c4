"""Casso webhook v2: what is signed, what is money, what is answered."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Key, Notice, Order, Payer, Refused, Unsendable
from services.payment.gateways.exact_json import read
from services.payment.gateways.transfers import vietqr
from services.payment.gateways.transfers.casso import Casso, sign, texts, verified
from services.payment.gateways.transfers.gateway import STATUSES
from tests.services.payment.gateways.transfer_vectors import (
    LONG_AGO,
    NOW,
    key,
    spellings,
    vector,
    vectors,
    verdict,
)

KEY = Key(secret="cassoTestChecksumKey_0001", valid_from=LONG_AGO)
TOLD = vector("casso", "casso-webhook-v2-001")["input"]["body"]["data"]
REFERENCE = "DVC261102000000016"
ORDER = Order(REFERENCE, 150_000, NOW, NOW)


@pytest.fixture(scope="module")
def casso(a_watcher) -> Casso:
    return Casso(a_watcher("casso", KEY))


def call(data: Any = None, raw: bytes = b"", style: int = 0, secret: str = "") -> Call:
    body = raw or json.dumps({"error": 0, "data": data}).encode()
    signed = list(texts("1793586845123", read(body)))[style]
    signature = sign(Key(secret=secret or KEY.secret, valid_from=LONG_AGO), signed)
    return Call(headers=signature_of(f"t=1793586845123,v1={signature}"), body=body)


def signature_of(value: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"application/json"), (b"x-casso-signature", value.encode())]


def told(**changes: Any) -> dict[str, Any]:
    return TOLD | {"description": f"NAP {REFERENCE} le phi"} | changes


# ---- signatures


@pytest.mark.parametrize("vector", vectors("casso", "webhook_v2_body"))
def test_a_public_signature_verifies_however_its_body_is_spelt(vector):
    header, time = vector["expected"]["X-Casso-Signature"], str(vector["input"]["t"])

    for body in spellings(vector["input"]["body"]):
        [signed, *_] = texts(time, read(body))
        assert signed == vector["canonical"]
        assert f"t={time},v1={sign(key(vector), signed)}" == header
        assert verified(header, body, [key(vector)])["data"]


@pytest.mark.parametrize("vector", vectors("casso", "webhook_v2_body negative"))
def test_a_changed_webhook_is_refused_and_another_order_of_names_is_not(vector):
    given = vector["input"]
    expected = "taken" if vector["expected"]["signature_valid"] else "not_genuine: signature"

    for body in spellings(given["body"]):
        assert verdict(lambda b=body: verified(given["header"], b, [key(vector)])) == expected


@pytest.mark.parametrize("style", [0, 1, 2])
def test_vietnamese_text_verifies_in_each_languages_writing(casso, style):
    sent = call(told(description=f"Lệ phí / {REFERENCE}"), style=style)

    assert casso.read_callback(sent, NOW)[0].reference == REFERENCE


@pytest.mark.parametrize(
    "header",
    ["", "t=1,v1=00", "v1=" + "0" * 128, "t=x,v1=" + "0" * 128, "t=1,v1=" + "0" * 128 + ",v2=1"],
)
def test_a_header_in_another_form_is_not_genuine(casso, header):
    sent = Call(headers=signature_of(header), body=call(told()).body)

    assert verdict(lambda: casso.read_callback(sent, NOW)) == "not_genuine: form"


def test_a_header_or_a_name_that_stands_twice_is_not_genuine(casso):
    sent = call(told())
    twice = sent.body.replace(b'"error": 0', b'"error": 0, "error": 0')

    for changed in (sent._replace(headers=[*sent.headers] * 2), sent._replace(body=twice)):
        assert verdict(lambda c=changed: casso.read_callback(c, NOW)) == "not_genuine: form"


def test_a_body_nested_too_deep_is_not_genuine(casso):
    body = b'{"error":' + b"[" * 800 + b"]" * 800 + b"}"
    sent = Call(headers=signature_of("t=1,v1=" + "0" * 128), body=body)

    assert verdict(lambda: casso.read_callback(sent, NOW)) == "not_genuine: form"


def test_another_key_is_not_genuine(casso):
    sent = call(told(), secret="another")

    assert verdict(lambda: casso.read_callback(sent, NOW)) == "not_genuine: signature"


# ---- money


def test_money_that_came_is_told_with_the_order_in_its_text(casso):
    assert casso.read_callback(call(told()), NOW) == (
        Notice(REFERENCE, f"1234567890/{TOLD['reference']}", 150_000, "paid", "in"),
    )


def test_a_transfer_is_known_again_under_another_id(casso):
    again = casso.read_callback(call(told(id=90002)), NOW)

    assert again == casso.read_callback(call(told()), NOW)
    [other] = casso.read_callback(call(told(reference="FT26306000009")), NOW)
    assert other.transaction == "1234567890/FT26306000009"


@pytest.mark.parametrize("reference", ["", None, "0", "  ", "x" * 41, "số 1"])
def test_without_a_number_of_the_bank_a_transfer_has_cassos(casso, reference):
    [notice] = casso.read_callback(call(told(reference=reference)), NOW)

    assert notice.transaction == "90001"


def test_blanks_in_a_number_of_the_bank_say_nothing(casso):
    [notice] = casso.read_callback(call(told(reference=" FT 26306 ")), NOW)

    assert notice.transaction == "1234567890/FT26306"


def test_money_without_one_reference_in_its_text_is_told_without(casso):
    for said in ("nop le phi", f"{REFERENCE} DVC261102000000024", None):
        [notice] = casso.read_callback(call(told(description=said)), NOW)
        assert (notice.reference, notice.amount_vnd) == ("", 150_000)


def test_a_try_of_the_address_and_money_that_left_are_no_notice(casso):
    assert casso.read_callback(call(told(id=0, accountNumber="88888888")), NOW) == ()
    assert casso.read_callback(call(told(amount=-150_000)), NOW) == ()


def test_money_on_another_account_has_a_reason_of_its_own(casso):
    other = call(told(accountNumber="999"))
    virtual = call(told(accountNumber="999", virtualAccountNumber="1234567890"))

    assert verdict(lambda: casso.read_callback(other, NOW)) == "not_genuine: merchant"
    assert casso.read_callback(virtual, NOW)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"error": 0, "data": told(amount="150000")}),
        json.dumps({"error": 0, "data": told(amount=150000.0)}),
        json.dumps({"error": 0, "data": told(amount=10**13)}),
        json.dumps({"error": 0, "data": told(id=2**53)}),
        json.dumps({"error": 0, "data": told(id=-1)}),
        json.dumps({"error": 0, "data": told(id=None)}),
        json.dumps({"error": 0, "data": told(description=7)}),
        json.dumps({"error": 0, "data": [told()]}),  # as v1 had it
        json.dumps({"error": 1, "data": told()}),
        json.dumps({"data": told()}),
        json.dumps({"error": 0}),
    ],
)
def test_a_signed_webhook_in_another_form_is_unreadable(casso, body):
    sent = call(raw=body.encode())

    assert verdict(lambda: casso.read_callback(sent, NOW)) == "unreadable: form"


@given(st.binary(max_size=300), st.text(max_size=20) | st.just("t=1,v1=" + "a" * 128))
def test_any_bytes_raise_nothing_but_the_named_error(casso, body, header):
    sent = Call(headers=signature_of(header), body=body)

    with pytest.raises(Refused):
        casso.read_callback(sent, NOW)


# ---- what we say


@pytest.mark.parametrize("verdict", STATUSES)
def test_only_what_nobody_wrote_down_is_to_be_told_again(casso, verdict):
    reply = casso.answer(verdict, Call(), NOW)

    assert (reply.status == 200) is (json.loads(reply.body) == {"error": 0})
    assert (reply.status == 200) is (
        verdict in ("recorded", "unknown_order", "amount_differs", "already_final")
    )


def test_a_citizen_is_offered_a_code_of_our_account_with_the_reference(casso):
    offer = casso.create("", ORDER, Payer("203.0.113.10"), NOW)

    assert vietqr.read(offer.qr) == vietqr.Transfer("970436", "1234567890", 150_000, REFERENCE)


def test_no_code_is_offered_of_an_account_that_nobody_watches(casso, a_watcher):
    other = casso.partner.account
    assert other
    unknown_bank = a_watcher("casso", KEY, account=type(other)(bank="000000", number="1", name=""))

    elsewhere = type(other)(bank="970436", number="999", name="")

    with pytest.raises(Unsendable, match="watches"):
        casso.create("", ORDER._replace(account=elsewhere), Payer(""), NOW)
    with pytest.raises(Unsendable, match="bank"):
        Casso(unknown_bank).create("", ORDER, Payer(""), NOW)
    with pytest.raises(Unsendable):
        Casso(a_watcher("casso", KEY, account=None)).create("", ORDER, Payer(""), NOW)


def test_accounts_of_other_units_are_watched_when_the_row_names_them(a_watcher):
    casso = Casso(a_watcher("casso", KEY, ids={"accounts": "777 888"}))

    assert casso.read_callback(call(told(accountNumber="888")), NOW)


def test_who_watches_an_account_is_asked_nothing_and_gives_nothing_back(casso):
    assert casso.query("", ORDER, NOW) is None
    assert casso.refund(None, NOW) is casso.query_refund("", None, NOW) is None
    assert casso.read_return(b"", NOW) == "unknown"
