"""Whole valid objects; a test changes only what matters to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.payment.domain.terms import Terms
from services.payment.gateways import Key, Partner

LONG_AGO = datetime(2025, 7, 1, tzinfo=UTC)

PARTNER = Partner(
    name="vnpay",
    family="vnpay",
    merchant="DVCQG001",
    outgoing=(Key(secret="THUNGHIEMVNPAYSECRETKEY0000001AB", valid_from=LONG_AGO),),
    incoming=(Key(secret="THUNGHIEMVNPAYSECRETKEY0000001AB", valid_from=LONG_AGO),),
    terms=Terms(
        partner="vnpay",
        lifetime_s=24 * 3600,
        min_vnd=1_000,
        max_vnd=9_999_999_999,
        active_from=LONG_AGO,
    ),
    pay_url="https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
    query_url="http://127.0.0.1:9/merchant_webapi/api/transaction",
    return_url="https://thanhtoan.example.vn/vnpay/return?channel=web",
    server_ip="203.0.113.20",
)


@pytest.fixture(scope="session")
def a_partner() -> Callable[..., Partner]:
    def make(**changes: Any) -> Partner:
        return msgspec.structs.replace(PARTNER, **changes)

    return make
