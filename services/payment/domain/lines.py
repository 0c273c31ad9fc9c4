"""An entry of a partner's statement, as the rules see it."""

from datetime import datetime
from typing import Literal, NamedTuple

Movement = Literal["paid", "refunded", "disbursed"]


class Line(NamedTuple):
    """An entry.  `reference`: of ours, empty if it names none; `transaction`: the partner's own
    number; `number`: its place in the file, for people; `called`: what we called the transfer, of
    money that left.
    """

    reference: str
    transaction: str
    amount_vnd: int
    booked_at: datetime
    kind: Movement
    number: int
    called: str = ""

    @property
    def signed_vnd(self) -> int:
        """Return what it does to the balance: refunds and disbursements leave."""
        return self.amount_vnd if self.kind == "paid" else -self.amount_vnd

    @property
    def key(self) -> str:
        """Return what tells it from other lines: a refund may bear the payment's number."""
        return f"{self.kind}/{self.transaction}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all that tells it: our own name of it first, where it has one."""
        return (f"{self.kind}/{self.called}", self.key) if self.called else (self.key,)
