"""Whatever a partner answers to us, it is read, refused or declined: nothing else is raised."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import Answer, Declined, Gateway, Refund, Refused
from services.payment.gateways.asked import Receipts
from services.payment.gateways.neutral.gateway import Neutral
from services.payment.gateways.platform.gateway import CONFIRMED, Platform
from services.payment.gateways.platform.keypay import DETAIL, REFUND, REFUND_DETAIL, Keypay
from services.payment.gateways.platform.piped import Ambiguous, checksum, keyed, piped
from tests.services.payment.gateways.neutral.neutral_words import ROW, THEIRS, proof
from tests.services.payment.gateways.platform.piped_vectors import (
    NOW,
    ORDER,
    SECRET,
    key,
    keypay_row,
    platform_row,
)

BACK = Refund("R1", ORDER.reference, "FT1", 1, 2, NOW, "", "", NOW, "KPR1")
WORDS = [
    *(
        "MaLoi",
        "TrangThaiGD",
        "MaGiaoDich",
        "UrlThanhToan",
        "UrlBienLai",
        "error_code",
        "message",
        "status",
    ),
    *("error", "payment_url", "transaction_code", "transaction_refund_code", "trans_amount"),
    *("SoTien", "function", "request_id", "kind", "reference", "amount_vnd", "code", "pay_url"),
]
values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
some = values | st.sampled_from(["00", "0", "paid", "done", "VND", "status", ORDER.reference])
objects = st.dictionaries(st.sampled_from(WORDS), some | st.lists(some, max_size=2), max_size=8)


def platform(said: dict[str, Any]) -> Answer:
    whole = {"MaDoiTac": "PORTAL-HT01", "MaThamChieu": ORDER.reference, "MaTienTe": "VND"}
    body = {**whole, "ThoiGianGD": "20261102213015", **said}
    with suppress(Ambiguous):
        body["MaXacThuc"] = checksum(key(SECRET), piped(body, CONFIRMED))
    return Answer(200, json.dumps(body).encode())


def keypay(said: dict[str, Any]) -> Answer:
    about = {"client_id": "41", "command": "PAY", "transaction_id": ORDER.reference}
    names = {2: REFUND, 3: REFUND_DETAIL}.get(len(said), DETAIL)
    back = {"amount": "1", "command": "REFUND", "reason": "Hoan tien R1"}
    signed = about | (back if names != DETAIL else {}) | {"transaction_refund_code": "KPR1"}
    check_sum = keyed(key("kp-public-key-2"), piped(signed, names))
    return Answer(
        200, json.dumps({"error": "0", **signed, **said, "check_sum": check_sum}).encode()
    )


def neutral(said: dict[str, Any]) -> Answer:
    head = {"function": "status", "request_id": "bank-1", "merchant": "MC0001"}
    body = json.dumps({**head, **said}).encode()
    return Answer(404 if "code" in said else 200, body, proof(body, THEIRS))


FAMILIES = [
    pytest.param(Platform(platform_row()), platform, id="platform"),
    pytest.param(Keypay(keypay_row()), keypay, id="keypay"),
    pytest.param(Neutral(ROW), neutral, id="neutral"),
]


@pytest.mark.parametrize(("gateway", "answered"), FAMILIES)
@given(said=objects)
def test_whatever_is_answered_under_a_signature_is_read_or_refused(gateway, answered, said):
    _read(gateway, answered(said))


@pytest.mark.parametrize(("gateway", "_"), FAMILIES)
@given(body=st.binary(max_size=100) | st.text(max_size=60).map(str.encode))
def test_whatever_bytes_are_answered_are_refused(gateway, _, body):
    _read(gateway, Answer(200, body, proof(body, THEIRS)))


def _read(gateway: Gateway, answer: Answer) -> None:
    for read in (
        lambda: gateway.read_created(answer, ORDER, NOW),
        lambda: gateway.read_answer(answer, ORDER, NOW),
        lambda: gateway.read_refunded(answer, BACK, NOW),
        lambda: gateway.read_refund_answer(answer, BACK, NOW),
    ):
        with suppress(Refused, Declined):
            read()
    if isinstance(gateway, Receipts):
        with suppress(Refused, Declined):
            gateway.read_receipt(answer, ORDER, "FT1", NOW)
