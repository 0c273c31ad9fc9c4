"""A bench for each test."""

import pytest

from tests.services.payment.webhooks.memory import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
