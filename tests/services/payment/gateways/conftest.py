"""VNPAY as a partner."""

import pytest

from services.payment.gateways.vnpay import Vnpay


@pytest.fixture(scope="module")
def vnpay(a) -> Vnpay:
    return Vnpay(a.partner())
