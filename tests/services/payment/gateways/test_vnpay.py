"""VNPAY's public vectors, and what must hold for any input."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.payment.gateways import Key, Order, Payer, Refused, Unsendable
from services.payment.gateways.vnpay import RESPONSES, RSP_CODES, Vnpay, callback_finding
from services.payment.gateways.vnpay_signing import (
    ANSWERED,
    SIGNATURE,
    canonical,
    joined,
    sign,
    verified,
)

VECTORS_FILE = Path(__file__).parents[3] / "contracts" / "payment_vectors_vnpay.json"
VECTORS: dict[str, dict[str, Any]] = {
    v["id"]: v for v in json.loads(VECTORS_FILE.read_text())["vectors"]
}
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
KEY = Key(secret="THUNGHIEMVNPAYSECRETKEY0000001AB", valid_from=datetime(2025, 7, 1, tzinfo=UTC))
SUCCESS = VECTORS["vnpay-ipn-001-success"]["expected"]["query_string"].encode()


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(v, id=i) for i, v in VECTORS.items() if v["kind"] == kind]


@pytest.fixture(scope="module")
def vnpay(a) -> Vnpay:
    return Vnpay(a.partner())


# ---- vectors


@pytest.mark.parametrize(
    "vector",
    [p for k in ("pay_url", "ipn_or_return_query") for p in of_kind(k)],
)
def test_the_published_vectors_verify(vector):
    expected = vector["expected"]
    query = expected.get("query_string") or expected["url"].partition("?")[2]

    filled = {n: v for n, v in vector["input"]["params"].items() if v}
    assert verified(query.encode(), [KEY]) == filled | {SIGNATURE: expected["vnp_SecureHash"]}


@pytest.mark.parametrize(
    "vector",
    [p for k in ("pay_url", "ipn_or_return_query") for p in of_kind(k)],
)
def test_the_signature_of_a_vector_is_computed_from_its_parameters(vector):
    filled = [(n, v) for n, v in vector["input"]["params"].items() if v]
    same_encoder = vector["expected"]["python_quote_plus_matches"]

    assert (sign(KEY, canonical(filled)) == vector["expected"]["vnp_SecureHash"]) is same_encoder


@pytest.mark.parametrize("vector", of_kind("ipn_or_return_query negative"))
def test_each_negative_vector_is_answered_as_documented(vnpay, vector):
    query = vector["input"]["query_string"].encode()
    order_amount_vnd = vector["input"].get("order_amount_vnd", 150_000)
    try:
        notice = vnpay.read_callback(query, NOW)
    except Refused as refused:
        verdict = refused.verdict
    else:
        assert vector["expected"]["signature_valid"]
        if notice.reference != "DVC26110200001":
            verdict = "unknown_order"
        elif notice.amount_vnd != order_amount_vnd:
            verdict = "amount_differs"
        else:
            verdict = "recorded"

    assert RSP_CODES[verdict][0] == vector["expected"]["RspCode"]


def test_a_sender_that_signs_empty_values_is_understood_too(vnpay):
    vector = VECTORS["vnpay-ipn-003-empty-field"]
    query = vector["expected"]["query_string"] + "&vnp_BankTranNo="
    keeping = query.replace(
        vector["expected"]["vnp_SecureHash"], vector["alternative_signature_keeping_empty"]
    )

    assert vnpay.read_callback(query.encode(), NOW).amount_vnd == 5_000_000
    assert vnpay.read_callback(keeping.encode(), NOW).amount_vnd == 5_000_000


def test_a_pay_link_is_the_vector(a):
    vector = VECTORS["vnpay-pay-001"]
    opened_at = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
    order = Order("DVC26110200001", 150_000, opened_at, opened_at + timedelta(minutes=15))

    link = Vnpay(a.partner()).pay_link(order, Payer("203.0.113.10"), NOW)

    said = dict(parse_qsl(link.partition("?")[2]))
    wanted = vector["input"]["params"]
    assert said | {SIGNATURE: "", "vnp_OrderInfo": ""} == wanted | {
        SIGNATURE: "",
        "vnp_OrderInfo": "",
    }
    assert verified(link.partition("?")[2].encode(), [KEY])["vnp_TxnRef"] == "DVC26110200001"


def test_a_query_is_signed_as_in_the_vector(vnpay):
    vector = VECTORS["vnpay-querydr-001"]
    opened_at = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
    order = Order("DVC26110200001", 150_000, opened_at, opened_at)

    body = msgspec.json.decode(vnpay.query("a/query/1", order, NOW), type=dict[str, str])

    same = ("vnp_TxnRef", "vnp_TransactionDate", "vnp_IpAddr", "vnp_Command", "vnp_TmnCode")
    assert [body[n] for n in same] == [str(vector["expected"]["body"][n]) for n in same]
    request = {**vector["expected"]["body"]}
    text = vector["canonical"]
    assert sign(KEY, text) == request[SIGNATURE]
    parts = text.split("|")
    parts[0], parts[6], parts[8] = (
        body["vnp_RequestId"],
        body["vnp_CreateDate"],
        body["vnp_OrderInfo"],
    )
    assert sign(KEY, "|".join(parts)) == body[SIGNATURE]


def test_the_answer_to_a_query_is_the_vector(vnpay):
    vector = VECTORS["vnpay-querydr-resp-001"]
    answer = vector["input"] | {SIGNATURE: vector["expected"]["vnp_SecureHash"]}

    said = vnpay.read_answer(json.dumps(answer).encode(), "DVC26110200001", NOW)

    assert (said.finding, said.transaction, said.amount_vnd) == ("paid", "14700001", 150_000)


# ---- what a callback means


def callback(secret: str = KEY.secret, **changes: str) -> bytes:
    parameters = VECTORS["vnpay-ipn-001-success"]["input"]["params"] | changes
    text = canonical(parameters.items())
    key = msgspec.structs.replace(KEY, secret=secret)
    return f"{text}&{SIGNATURE}={sign(key, text)}".encode()


def test_both_codes_must_say_paid(vnpay):
    found = {
        (response, status): vnpay.read_callback(
            callback(vnp_ResponseCode=response, vnp_TransactionStatus=status), NOW
        ).finding
        for response in (*RESPONSES, "98")
        for status in ("00", "01", "02", "04", "07", "20")
    }

    assert [codes for codes, finding in found.items() if finding == "paid"] == [("00", "00")]
    assert found["24", "02"] == "failed"
    assert found["07", "00"] == found["24", "00"] == found["00", "02"] == "pending"
    assert found["98", "02"] == "pending", "an unknown word is never a failure"


def test_two_declines_have_the_same_transaction_number(vnpay):
    query = VECTORS["vnpay-ipn-002-cancelled"]["expected"]["query_string"].encode()

    notice = vnpay.read_callback(query, NOW)

    assert (notice.finding, notice.transaction, notice.code) == ("failed", "0", "24/02")


@pytest.mark.parametrize(
    "changes",
    [
        {"vnp_Amount": "015000000x"},
        {"vnp_Amount": "15000050"},
        {"vnp_Amount": "1" * 13},
        {"vnp_TransactionNo": "0"},
        {"vnp_TransactionNo": ""},
        {"vnp_TxnRef": "a b"},
        {"vnp_ResponseCode": ""},
    ],
)
def test_a_signed_callback_in_another_form_is_unreadable(vnpay, changes):
    with pytest.raises(Refused) as refused:
        vnpay.read_callback(callback(**changes), NOW)

    assert refused.value.verdict == "unreadable"


def test_another_merchants_callback_is_not_genuine(vnpay):
    with pytest.raises(Refused, match="another merchant"):
        vnpay.read_callback(callback(vnp_TmnCode="DVCQG002"), NOW)


def test_a_hash_type_and_foreign_parameters_are_ignored(vnpay):
    query = b"utm_source=mail&utm_source=mail&" + SUCCESS + b"&vnp_SecureHashType=HmacSHA512&x&="

    assert vnpay.read_callback(query, NOW).amount_vnd == 150_000


def test_an_upper_case_signature_verifies(vnpay):
    text, _, signature = SUCCESS.rpartition(b"=")

    assert vnpay.read_callback(text + b"=" + signature.upper(), NOW).amount_vnd == 150_000


@pytest.mark.parametrize("name", ["vnp_Amount", "vnp%5FAmount", SIGNATURE])
def test_a_parameter_that_stands_twice_is_refused(vnpay, name):
    value = dict(parse_qsl(SUCCESS.decode()))[name.replace("%5F", "_")]

    with pytest.raises(Refused, match="twice"):
        vnpay.read_callback(SUCCESS + f"&{name}={value}".encode(), NOW)


@pytest.mark.parametrize("text", ["Phi *thu* (ban ~2!) 'A'", "Lệ phí hộ tịch"])
@pytest.mark.parametrize("safe", ["", "!'()*~"])
def test_every_senders_encoder_is_understood(vnpay, text, safe):
    parameters = VECTORS["vnpay-ipn-001-success"]["input"]["params"] | {"vnp_OrderInfo": text}
    query = "&".join(f"{n}={quote(v, safe=safe)}" for n, v in sorted(parameters.items()))
    signature = sign(KEY, query)
    reordered = "&".join(reversed(query.split("&")))

    given = verified(f"{reordered}&{SIGNATURE}={signature}".encode(), [KEY])

    assert given["vnp_OrderInfo"] == text


# ---- keys


def test_two_keys_overlap_while_they_are_rotated(a):
    fresh = Key(secret="ANOTHERSECRETOFTHEPARTNER0000002", valid_from=NOW)
    old = Key(secret=KEY.secret, valid_from=KEY.valid_from, valid_to=NOW + timedelta(days=1))
    vnpay = Vnpay(a.partner(outgoing=(old, fresh), incoming=(old, fresh)))
    order = Order("DVC1", 10_000, NOW, NOW)

    assert vnpay.read_callback(callback(), NOW).amount_vnd == 150_000
    assert vnpay.read_callback(callback(fresh.secret), NOW).amount_vnd == 150_000
    with pytest.raises(Refused):
        vnpay.read_callback(callback(fresh.secret), NOW - timedelta(seconds=1))
    with pytest.raises(Refused):
        vnpay.read_callback(callback(), NOW + timedelta(days=1))
    link = vnpay.pay_link(order, Payer("203.0.113.10"), NOW)
    assert verified(link.partition("?")[2].encode(), [fresh])


def test_the_key_of_one_direction_does_not_verify_the_other(a):
    ours = Key(secret="OURSECRETOURSECRETOURSECRET00001", valid_from=KEY.valid_from)
    vnpay = Vnpay(a.partner(outgoing=(ours,)))

    with pytest.raises(Refused):
        vnpay.read_callback(callback(ours.secret), NOW)


def test_a_key_does_not_show_its_secret():
    assert KEY.secret not in repr(KEY)


# ---- what we send


@pytest.mark.parametrize(
    "order",
    [
        Order("DVC*1", 10_000, NOW, NOW),
        Order("DVC|1", 10_000, NOW, NOW),
        Order("Đ1", 10_000, NOW, NOW),
        Order("DVC1", 10_000_000_000, NOW, NOW),
    ],
)
def test_what_their_format_cannot_carry_is_not_sent(vnpay, order):
    with pytest.raises(Unsendable):
        vnpay.pay_link(order, Payer("203.0.113.10"), NOW)


def answered(**changes: str) -> bytes:
    answer = VECTORS["vnpay-querydr-resp-001"]["input"] | changes
    return json.dumps(answer | {SIGNATURE: sign(KEY, joined(answer, ANSWERED))}).encode()


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"vnp_TransactionStatus": "02"}, "failed"),
        ({"vnp_TransactionStatus": "01"}, "pending"),
        ({"vnp_TransactionStatus": "07"}, "pending"),
        ({"vnp_TransactionType": "02"}, "pending"),
        ({"vnp_ResponseCode": "91"}, "not_found"),
        ({"vnp_ResponseCode": "08"}, "unknown"),
        ({"vnp_ResponseCode": "94"}, "unknown"),
    ],
)
def test_an_answer_to_a_query_means(vnpay, changes, finding):
    assert vnpay.read_answer(answered(**changes), "DVC26110200001", NOW).finding == finding


@pytest.mark.parametrize(
    "body",
    [
        answered().replace(b"15000000", b"15000100"),
        answered(vnp_TxnRef="DVC2"),
        answered(vnp_Amount="x"),
        answered(vnp_TransactionNo="0"),
        b"",
        b"[]",
        b'{"a": {}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_trusted_is_refused(vnpay, body):
    with pytest.raises(Refused):
        vnpay.read_answer(body, "DVC26110200001", NOW)


# ---- for any input

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).map(
    "vnp_".__add__
)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
parameters = st.dictionaries(names, values, max_size=8).map(
    lambda d: {n: v for n, v in d.items() if not n.startswith(SIGNATURE)}
)


def signed(given_parameters: dict[str, str]) -> bytes:
    return urlencode(
        given_parameters | {SIGNATURE: sign(KEY, canonical(given_parameters.items()))}
    ).encode()


@given(parameters)
@example({"vnp_": "", "vnp_a": "\udcff".encode("utf-8", "replace").decode()})
def test_what_is_signed_verifies(some):
    given_back = verified(signed(some), [KEY])

    assert {n: v for n, v in given_back.items() if n != SIGNATURE} == some


@given(parameters.filter(bool), st.data())
def test_any_tampering_is_refused(some, data):
    name = data.draw(st.sampled_from(sorted(some)))
    other = data.draw(values.filter(lambda v: v != some[name]))
    added = data.draw(names.filter(lambda n: n not in some and not n.startswith(SIGNATURE)))
    tampered = data.draw(
        st.sampled_from(
            [
                some | {name: other},
                some | {added: "1"},
                *([{n: v for n, v in some.items() if n != name}] if some[name] else []),
            ]
        )
    )
    signature = sign(KEY, canonical(some.items()))
    query = urlencode(tampered | {SIGNATURE: signature}).encode()

    with pytest.raises(Refused):
        verified(query, [KEY])


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: f"vnp_A={t}".encode()))
@example(b"vnp_SecureHash=" + "ệ".encode() + b"&vnp_A=\xff%ED%A0%80")
@example(b"&" * 5_000)
@example(b"vnp_A=" + b"1" * 9_000)
def test_arbitrary_query_strings_raise_nothing_but_the_named_error(vnpay, query):
    with pytest.raises(Refused):
        vnpay.read_callback(query, NOW)


@given(st.binary(max_size=40).map(lambda b: b.replace(b"&", b"").replace(b"=", b"")))
def test_bytes_that_are_no_utf8_verify_as_they_came(some):
    segments = b"&".join(sorted([b"vnp_A=" + some, b"vnp_B=1"]))
    signature = sign(KEY, segments.decode("utf-8", "surrogateescape"))

    assert verified(segments + f"&{SIGNATURE}={signature}".encode(), [KEY])["vnp_B"] == "1"


@given(st.sampled_from(sorted(RESPONSES)), st.text(max_size=3))
def test_a_callback_is_paid_by_both_codes_only(response, status):
    paid = callback_finding(response, status) == "paid"

    assert paid is (response == status == "00")
