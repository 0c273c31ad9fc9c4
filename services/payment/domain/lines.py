"""An entry of a partner's statement, as the rules see it."""

from datetime import datetime
from typing import Literal, NamedTuple

Movement = Literal["paid", "refunded", "disbursed"]


class Line(NamedTuple):
    """An entry.  `reference`: of ours, empty if it names none; `transaction`: the partner's own
    number; `number`: its place in the file, for people.
    """

    reference: str
    transaction: str
    amount_vnd: int
    booked_at: datetime
    kind: Movement
    number: int

    @property
    def signed_vnd(self) -> int:
        """Return what it does to the balance: refunds and disbursements leave."""
        return self.amount_vnd if self.kind == "paid" else -self.amount_vnd

    @property
    def key(self) -> str:
        """Return what tells it from other lines: a refund may bear the payment's number."""
        return f"{self.kind}/{self.transaction}"
