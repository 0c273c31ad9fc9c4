"""VNPAY as a partner, and those that watch accounts."""

from collections.abc import Callable
from typing import Any

import pytest

from services.payment.gateways import Account, Key, Partner
from services.payment.gateways.vnpay.gateway import Vnpay


@pytest.fixture(scope="module")
def vnpay(a) -> Vnpay:
    return Vnpay(a.partner())


@pytest.fixture(scope="module")
def a_watcher(a) -> Callable[..., Partner]:
    """A partner that tells of transfers to one account, with the key of a vector."""

    def make(family: str, key: Key, **changes: Any) -> Partner:
        account = Account(bank="970436", number="1234567890", name="KHO BAC THU NGHIEM")
        own = {"family": family, "account": account, "outgoing": (key,), "incoming": (key,)}
        return a.partner(**{**own, **changes})

    return make
