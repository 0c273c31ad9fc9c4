"""Whatever a partner answers, it is read, or refused with the named errors; and never more."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Answer, Call, Declined, Refused
from services.payment.gateways.flat_json import Malformed, read
from services.payment.gateways.hmac_sha256 import sign
from services.payment.gateways.momo_signing import NOTIFIED, signed_text
from services.payment.gateways.vnpay import Vnpay
from services.payment.gateways.vnpay_signing import ANSWERED, REFUND_ANSWERED, SIGNATURE, joined
from services.payment.gateways.vnpay_signing import sign as vnpay_sign
from tests.services.payment.gateways.vnpay_vectors import KEY
from tests.services.payment.gateways.wallet_vectors import (
    MOMO_KEYS,
    NOW,
    ORDER,
    REFUND,
    key,
    momo,
    zalopay,
)
from tests.services.payment.office import PARTNER

NAMES = st.sampled_from(
    [
        *("partnerCode", "orderId", "requestId", "amount", "resultCode", "transId", "payUrl"),
        *("deeplink", "qrCodeUrl", "signature", "return_code", "sub_return_code", "qr_code"),
        *("is_processing", "zp_trans_id", "order_url", "refund_id", "data", "mac", "type"),
    ]
)
WORDS = st.sampled_from(
    [MOMO_KEYS["partnerCode"], ORDER.reference, 0, 1, 2, 3, 150_000, 42, "-101", "https://a.vn/b"]
)
LEAVES = (
    WORDS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
)
VALUES = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(NAMES, LEAVES, max_size=2)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=12).map(lambda o: json.dumps(o).encode())
ANSWERS = OBJECTS | st.binary(max_size=60)


@pytest.mark.parametrize("gateway", [momo(), zalopay(), Vnpay(PARTNER)], ids=lambda g: str(type(g)))
@given(body=ANSWERS)
def test_an_answer_is_read_or_refused(gateway, body):
    answer = Answer(200, body)
    for read_it in (
        lambda: gateway.read_created(answer, ORDER, NOW),
        lambda: gateway.read_answer(answer, ORDER, NOW),
        lambda: gateway.read_refunded(answer, REFUND, NOW),
        lambda: gateway.read_refund_answer(answer, REFUND, NOW),
    ):
        try:
            read_it()
        except (Refused, Declined):
            continue


def test_half_a_character_is_refused():
    body = json.dumps({SIGNATURE: "00", "vnp_ResponseCode": "\ud800"}).encode()

    with pytest.raises(Malformed, match="half a character"):
        Vnpay(PARTNER).read_answer(Answer(200, body), ORDER, NOW)
    with pytest.raises(Refused, match="half a character") as refused:
        zalopay().read_callback(Call(body=b'{"data": "\\udc00", "mac": "00"}'), NOW)
    assert refused.value.verdict == "not_genuine"


@given(body=OBJECTS)
def test_a_signed_callback_of_momo_is_read_or_refused(body):
    try:
        text = signed_text(MOMO_KEYS["accessKey"], read(body), NOTIFIED)
    except Malformed:
        return
    signed = json.loads(body) | {"signature": sign(key(MOMO_KEYS["secretKey"]), text)}
    try:
        [notice] = momo().read_callback(Call(body=json.dumps(signed).encode()), NOW)
    except Refused:
        return
    assert notice.finding != "paid" or notice.transaction.strip("0")


@given(
    told=st.dictionaries(
        st.sampled_from(ANSWERED),
        st.sampled_from(["00", "01", "02", "05", "DVCQG001", ORDER.reference, "5000000", ""])
        | st.text(st.characters(), max_size=6),
    )
)
def test_a_signed_answer_of_vnpay_is_read_or_refused(told):
    gateway, readers = Vnpay(PARTNER), ((ANSWERED, False), (REFUND_ANSWERED, True))
    for names, is_refund in readers:
        body = json.dumps(told | {SIGNATURE: vnpay_sign(KEY, joined(told, names))}).encode()
        answer = Answer(200, body)
        try:
            if is_refund:
                gateway.read_refunded(answer, REFUND, NOW)
            else:
                gateway.read_answer(answer, ORDER, NOW)
                gateway.read_refund_answer(answer, REFUND, NOW)
        except Refused:
            continue
