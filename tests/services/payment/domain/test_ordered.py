"""What a state says of its orders to whoever matches a statement with them."""

from datetime import UTC, datetime

import pytest

from services.payment.domain.ordered import orders_in
from services.payment.domain.state import Attempt, Money, Obligation, Payment

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "brought"),
    [
        ({"kept_as": "settled"}, ("paid/T0",)),
        ({"kept_as": "overpaid"}, ("paid/T0",)),  # to be refunded already
        ({"kept_as": "mismatched"}, ()),
        ({"partner": "b-bank"}, ()),
        ({"amount_vnd": 15_999, "kept_as": "overpaid"}, ()),
        ({"reference": "DVC2"}, ()),
    ],
)
def test_a_state_says_what_money_of_its_amount_an_order_brought(changes, brought) -> None:
    obligation = Obligation(status="settled", moment="m", lines=(), total_vnd=16_000)
    attempt = Attempt(
        number=1,
        obligation=0,
        reference="DVC1",
        partner="a-bank",
        amount_vnd=16_000,
        opened_at=NOON,
        expires_at=NOON,
    )
    whole = {"partner": "a-bank", "reference": "DVC1", "transaction": "T0", "amount_vnd": 16_000}
    money = Money(**({"kept_as": "settled"} | whole | changes))
    state = Payment(obligations=(obligation,), attempts=(attempt,), money=(money,))
    assert dict(orders_in("app", state))["DVC1"].brought == brought
