"""One order at a bank, what is known of it, and what is to be given back of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from deploy.conformance.our_scripts import How
from services.payment.gateways import Offer, Order, Refund, Sending

PART_VND, OFF_VND = 8_000, 1_000
BY, REASON = "conformance", "Hoan tien thu nghiem"
# what each refund of an order is called
SUFFIX: Mapping[How, str] = {
    "part": "1",
    "rest": "2",
    "whole": "3",
    "more than was paid": "4",
    "before it is paid": "5",
    "another key": "6",
}


@dataclass(slots=True)
class Scene:
    """One order; `given` are its refunds, `told` the bank's own number of the last of them."""

    number: int
    order: Order
    offer: Offer = field(default_factory=Offer)
    transaction: str = ""
    given: dict[How, Refund] = field(default_factory=dict)
    told: str = ""
    last: Sending | None = None

    def refund(self, how: How, at: datetime) -> Refund:
        """Return a refund: the same one whenever it is wanted so."""
        paid_vnd = self.order.amount_vnd
        amounts: Mapping[How, int] = {
            "part": PART_VND,
            "rest": paid_vnd - PART_VND,
            "more than was paid": paid_vnd + OFF_VND,
        }
        amount_vnd = amounts.get(how, paid_vnd)
        wanted = Refund(
            key=f"RF{self.number}.{SUFFIX[how]}",
            reference=self.order.reference,
            transaction=self.transaction or f"{self.number}",
            amount_vnd=amount_vnd,
            # what is told of the payment is as untrue as the amount, and still a part of it
            paid_vnd=paid_vnd if amount_vnd <= paid_vnd else amount_vnd + OFF_VND,
            opened_at=self.order.opened_at,
            reason=REASON,
            by=BY,
            asked_at=at,
        )
        return self.given.setdefault(how, wanted)

    def known(self, how: How, at: datetime) -> Refund:
        """Return a refund with the bank's own number of it."""
        return self.refund(how, at)._replace(number=self.told)


def changed(order: Order, how: How, at: datetime) -> Order:
    """Return an order as it is sent."""
    if how == "already over":
        since = order.expires_at - order.opened_at
        return order._replace(opened_at=at - 2 * since, expires_at=at - since)
    return (
        order._replace(amount_vnd=order.amount_vnd + OFF_VND) if how == "another amount" else order
    )
