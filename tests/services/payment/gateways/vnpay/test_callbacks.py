"""What a callback means, who sent it, and with which key."""

from datetime import timedelta
from urllib.parse import parse_qsl, quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Call, Key, Order, Payer, Refused
from services.payment.gateways.vnpay.gateway import RESPONSES, Vnpay, callback_finding
from services.payment.gateways.vnpay.signing import (
    SIGNATURE,
    canonical,
    sign,
    verified,
)
from tests.services.payment.gateways.vnpay.vnpay_vectors import KEY, NOW, SUCCESS, VECTORS


def callback(secret: str = KEY.secret, **changes: str) -> bytes:
    parameters = VECTORS["vnpay-ipn-001-success"]["input"]["params"] | changes
    text = canonical(parameters.items())
    key = msgspec.structs.replace(KEY, secret=secret)
    return f"{text}&{SIGNATURE}={sign(key, text)}".encode()


def test_both_codes_must_say_paid(vnpay):
    found = {
        (response, status): vnpay.read_callback(
            Call(callback(vnp_ResponseCode=response, vnp_TransactionStatus=status)), NOW
        )[0].finding
        for response in (*RESPONSES, "98")
        for status in ("00", "01", "02", "04", "07", "20")
    }

    assert [codes for codes, finding in found.items() if finding == "paid"] == [("00", "00")]
    assert found["24", "02"] == "failed"
    assert found["07", "00"] == found["24", "00"] == found["00", "02"] == "pending"
    assert found["98", "02"] == "pending", "an unknown word is never a failure"


def test_two_declines_have_the_same_transaction_number(vnpay):
    query = VECTORS["vnpay-ipn-002-cancelled"]["expected"]["query_string"].encode()

    notice = vnpay.read_callback(Call(query), NOW)[0]

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
        vnpay.read_callback(Call(callback(**changes)), NOW)[0]

    assert refused.value.verdict == "unreadable"


def test_another_merchants_callback_is_not_genuine(vnpay):
    with pytest.raises(Refused, match="another merchant"):
        vnpay.read_callback(Call(callback(vnp_TmnCode="DVCQG002")), NOW)


def test_a_hash_type_and_foreign_parameters_are_ignored(vnpay):
    query = b"utm_source=mail&utm_source=mail&" + SUCCESS + b"&vnp_SecureHashType=HmacSHA512&x&="

    assert vnpay.read_callback(Call(query), NOW)[0].amount_vnd == 150_000


def test_an_upper_case_signature_verifies(vnpay):
    text, _, signature = SUCCESS.rpartition(b"=")

    assert vnpay.read_callback(Call(text + b"=" + signature.upper()), NOW)[0].amount_vnd == 150_000


@pytest.mark.parametrize("name", ["vnp_Amount", "vnp%5FAmount", SIGNATURE])
def test_a_parameter_that_stands_twice_is_refused(vnpay, name):
    value = dict(parse_qsl(SUCCESS.decode()))[name.replace("%5F", "_")]

    with pytest.raises(Refused, match="twice"):
        vnpay.read_callback(Call(SUCCESS + f"&{name}={value}".encode()), NOW)


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

    assert vnpay.read_callback(Call(callback()), NOW)[0].amount_vnd == 150_000
    assert vnpay.read_callback(Call(callback(fresh.secret)), NOW)[0].amount_vnd == 150_000
    with pytest.raises(Refused):
        vnpay.read_callback(Call(callback(fresh.secret)), NOW - timedelta(seconds=1))
    with pytest.raises(Refused):
        vnpay.read_callback(Call(callback()), NOW + timedelta(days=1))
    link = vnpay.create("", order, Payer("203.0.113.10"), NOW).pay_url
    assert verified(link.partition("?")[2].encode(), [fresh])


def test_the_key_of_one_direction_does_not_verify_the_other(a):
    ours = Key(secret="OURSECRETOURSECRETOURSECRET00001", valid_from=KEY.valid_from)
    vnpay = Vnpay(a.partner(outgoing=(ours,)))

    with pytest.raises(Refused):
        vnpay.read_callback(Call(callback(ours.secret)), NOW)


def test_a_key_does_not_show_its_secret():
    assert KEY.secret not in repr(KEY)


@given(st.sampled_from(sorted(RESPONSES)), st.text(max_size=3))
def test_a_callback_is_paid_by_both_codes_only(response, status):
    paid = callback_finding(response, status) == "paid"

    assert paid is (response == status == "00")
