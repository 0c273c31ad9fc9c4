"""What only some families can say when they are asked: the part of the port that is optional.

A family has a protocol of these by having its methods; see also `partners.AsksFirst`.
"""

from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from services.payment.gateways import Answer, Order, Sending


class TheirReceipt(NamedTuple):
    """A partner's own receipt: where it is to be had, or the PDF itself."""

    url: str = ""
    pdf: bytes = b""
    number: str = ""
    is_valid: bool = True


@runtime_checkable
class Receipts(Protocol):
    """A family whose partners give a receipt of their own of what was paid."""

    def ask_receipt(self, order: Order, transaction: str, at: datetime) -> Sending:
        """Return a question after the receipt of a paid order.  Raises `Unsendable`."""

    def read_receipt(
        self, answer: Answer, order: Order, transaction: str, at: datetime
    ) -> TheirReceipt:
        """Return their receipt as they gave it.  Raises `Refused`, `Declined` (there is none)."""
