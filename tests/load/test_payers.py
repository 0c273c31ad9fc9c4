"""The benchmark's bank signs as VNPAY does: our gateway takes its callbacks."""

from datetime import UTC, datetime

import pytest

from services.payment.domain.terms import Terms
from services.payment.gateways import Call, Key, Partner, Refused
from services.payment.gateways.vnpay.gateway import Vnpay
from tests.load.payers import callback

SECRET = "0" * 32
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TERMS = Terms(
    partner="vnpay", lifetime_s=900, min_vnd=1, max_vnd=1_000_000_000, active_from=LONG_AGO
)


def gateway() -> Vnpay:
    key = Key(secret=SECRET, valid_from=LONG_AGO)
    return Vnpay(
        Partner(
            name="vnpay", title="", kind="bank", family="vnpay", merchant="MC01", outgoing=(key,),
            incoming=(key,), terms=TERMS, base_url="", page_url="", callback_url="", return_url="",
        )
    )  # fmt: skip


def sent(secret: str = SECRET) -> bytes:
    query = callback(
        "MC01", secret.encode(), "MC260302000001", 150_000, "10000001", "20260302160000"
    )
    return query.encode()


def test_a_callback_is_genuine_and_paid() -> None:
    notice = gateway().read_callback(Call(sent()), AT)[0]
    assert (notice.reference, notice.transaction) == ("MC260302000001", "10000001")
    assert (notice.amount_vnd, notice.finding) == (150_000, "paid")


def test_a_callback_with_another_secret_is_not() -> None:
    with pytest.raises(Refused):
        gateway().read_callback(Call(sent("1" * 32)), AT)
