"""What ZaloPay's callback means, who sent it, and how it is answered."""

import json
from datetime import timedelta
from typing import get_args
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Key, Refused, Verdict
from services.payment.gateways.hmac_sha256 import sign
from services.payment.gateways.zalopay.gateway import RETURN_CODES
from services.payment.gateways.zalopay.signing import REDIRECT, joined
from tests.services.payment.gateways.wallet_vectors import (
    LONG_AGO,
    NOW,
    ZALOPAY_KEYS,
    call,
    key,
    of_kind,
    vectors,
    zalopay,
)

KEY1, KEY2 = key(ZALOPAY_KEYS["key1"]), key(ZALOPAY_KEYS["key2"])
TOLD = json.loads(vectors("zalopay")["zalopay-callback-001"]["input"]["data"])
BINDING = {"app_id": 2600, "app_trans_id": "261102_1", "binding_id": "b", "status": 1}


def signed(kind: object = 1, data: str | None = None, by: Key = KEY2, **changes: object) -> Call:
    data = json.dumps(TOLD | changes) if data is None else data
    return call({"data": data, "mac": sign(by, data), "type": kind})


@pytest.mark.parametrize("vector", of_kind("zalopay", "callback_body"))
def test_a_callback_says_what_the_vector_says(vector):
    told = json.loads(vector["input"]["data"])
    sent = call(vector["input"] | {"mac": vector["expected"]["mac"]})

    [notice] = zalopay(vector["key"]).read_callback(sent, NOW)

    assert notice.reference == told["app_trans_id"].partition("_")[2]
    assert notice.transaction == str(told["zp_trans_id"])
    assert (notice.amount_vnd, notice.finding) == (told["amount"], "paid")


@pytest.mark.parametrize("vector", of_kind("zalopay", "callback_body negative"))
def test_each_negative_vector_is_answered_as_it_says(vector):
    gateway, sent = zalopay(vector["key"]), call(vector["input"]["body"])
    ordered = json.loads(vectors("zalopay")[vector["base"]]["input"]["data"])
    amount_vnd = vector["input"].get("order_amount_vnd", ordered["amount"])
    verdict: Verdict = "recorded"
    try:
        [notice] = gateway.read_callback(sent, NOW)
    except Refused as refused:
        verdict = refused.verdict
    else:
        if notice.reference != ordered["app_trans_id"].partition("_")[2]:
            verdict = "unknown_order"
        elif notice.amount_vnd != amount_vnd:
            verdict = "amount_differs"

    if not vector["expected"]["mac_valid"]:
        assert verdict == "not_genuine"
    code = json.loads(gateway.answer(verdict, sent, NOW).body)["return_code"]
    assert code == vector["expected"].get("return_code", code)
    assert code not in (1, 2)


def test_the_key_of_what_we_send_does_not_verify_what_comes():
    with pytest.raises(Refused):
        zalopay().read_callback(signed(by=KEY1), NOW)


def test_another_apps_callback_is_not_genuine():
    with pytest.raises(Refused, match="another app") as refused:
        zalopay().read_callback(signed(app_id=2601), NOW)

    assert (refused.value.verdict, refused.value.why) == ("not_genuine", "merchant")


def test_an_agreement_is_acknowledged_and_pays_nothing():
    assert zalopay().read_callback(signed(2, json.dumps(BINDING)), NOW) == ()


def test_a_payment_is_not_made_an_agreement_by_the_type_that_nobody_signed():
    [notice] = zalopay().read_callback(signed(2), NOW)

    assert notice.finding == "paid"
    with pytest.raises(Refused) as refused:
        zalopay().read_callback(signed(1, json.dumps(BINDING)), NOW)
    assert refused.value.verdict == "unreadable"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": -1},
        {"amount": 1.5},
        {"amount": None},
        {"zp_trans_id": 0},
        {"zp_trans_id": None},
        {"app_trans_id": "DVC1"},
        {"app_trans_id": "26110_DVC1"},
        {"app_trans_id": "261102_"},
        {"app_trans_id": "261102_" + "1" * 34},
        {"app_trans_id": "261102_Đ"},
        {"data": ""},
        {"data": "[]"},
        {"data": json.dumps(TOLD)[:-1] + ', "amount": 1}'},
    ],
)
def test_a_signed_callback_in_another_form_is_unreadable(changes):
    with pytest.raises(Refused) as refused:
        zalopay().read_callback(signed(**changes), NOW)

    assert (refused.value.verdict, refused.value.why) == ("unreadable", "form")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        signed().body[:-1] + b', "type": 1}',
        signed().body[:-1] + b', "data": "{}"}',
        signed().body.replace(b'"mac"', b'"m"'),
        signed().body.replace(b"150000", b"150001"),
        signed().body.replace(b'\\"amount\\": ', b'\\"amount\\":'),
        b'{"data": {}, "mac": "", "type": 1}',
    ],
)
def test_what_is_not_signed_as_it_stands_is_not_genuine(body):
    with pytest.raises(Refused) as refused:
        zalopay().read_callback(call(body), NOW)

    assert refused.value.verdict == "not_genuine"


def test_two_keys_overlap_while_they_are_rotated():
    end, fresh = NOW + timedelta(days=1), Key(secret="another", valid_from=NOW)
    old = Key(secret=KEY2.secret, valid_from=LONG_AGO, valid_to=end)
    rotated = zalopay(incoming=(old, fresh))

    assert rotated.read_callback(signed(), NOW)
    assert rotated.read_callback(signed(by=fresh), NOW)
    with pytest.raises(Refused):
        rotated.read_callback(signed(by=fresh), NOW - timedelta(seconds=1))
    with pytest.raises(Refused):
        rotated.read_callback(signed(), end)


# ---- the browser


def test_a_browser_shows_what_it_was_given_and_only_if_it_is_signed():
    fields = {
        "appid": "2600",
        "apptransid": "261102_DVC1",
        "pmcid": "38",
        "bankcode": "",
        "amount": "150000",
        "discountamount": "0",
        "status": "1",
    }

    def back(by=KEY2, **changes):
        whole = fields | changes
        return urlencode(whole | {"checksum": sign(by, joined(whole, REDIRECT))}).encode()

    assert zalopay().read_return(back(), NOW) == "paid"
    assert zalopay().read_return(back(status="-49"), NOW) == "pending"
    assert zalopay().read_return(urlencode(fields).encode(), NOW) == "unknown"
    for wrong in (back(by=KEY1), back(appid="2601"), back() + b"&status=1", back() + b"0"):
        with pytest.raises(Refused):
            zalopay().read_return(wrong, NOW)


# ---- the answer


def test_each_verdict_is_answered_with_a_code_and_only_what_is_recorded_is_success():
    gateway = zalopay()
    replies = {verdict: gateway.answer(verdict, Call(), NOW) for verdict in get_args(Verdict)}
    codes = {verdict: json.loads(reply.body) for verdict, reply in replies.items()}

    assert {reply.status for reply in replies.values()} == {200}
    assert {v: said["return_code"] for v, said in codes.items()} == {
        "recorded": 1,
        "already_final": 2,
        "unknown_order": 0,
        "call_again": 0,
        "unreadable": 0,
        "amount_differs": -1,
        "not_genuine": -1,
    }
    assert all(set(said) == {"return_code", "return_message"} for said in codes.values())


def test_a_callback_is_described_with_every_answer():
    described = zalopay().callback_described()

    content = described["responses"]["200"]["content"]["application/json"]
    assert set(content["examples"]) == set(RETURN_CODES) == set(get_args(Verdict))


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: f'{{"data": {t}'.encode()))
def test_arbitrary_bodies_and_queries_raise_nothing_but_the_named_error(some):
    with pytest.raises(Refused) as refused:
        zalopay().read_callback(Call(body=some), NOW)
    assert refused.value.verdict == "not_genuine"
    with pytest.raises(Refused):
        zalopay().read_return(b"checksum=" + some.replace(b"&", b""), NOW)


@given(st.text(max_size=200) | st.dictionaries(st.text(), st.integers()).map(json.dumps))
def test_arbitrary_signed_data_is_refused_or_read_and_never_more(data):
    with pytest.raises(Refused):
        zalopay().read_callback(signed(1, data), NOW)
