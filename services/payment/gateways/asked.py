"""What only some families can say when they are asked: the part of the port that is optional.

A family has a protocol of these by having its methods; see also `partners.AsksFirst`.
"""

from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from services.payment.gateways import Account, Answer, Order, Sending


class TheirReceipt(NamedTuple):
    """A partner's own receipt: where it is to be had, or the PDF itself."""

    url: str = ""
    pdf: bytes = b""
    number: str = ""
    is_valid: bool = True


class Holder(NamedTuple):
    """Whose an account is, as its bank has it; the name may be unknown, or nobody's."""

    name: str
    state: Literal["open", "closed", "unknown"]


@runtime_checkable
class Receipts(Protocol):
    """A family whose partners give a receipt of their own of what was paid."""

    def ask_receipt(self, order: Order, transaction: str, at: datetime) -> Sending:
        """Return a question after the receipt of a paid order.  Raises `Unsendable`."""

    def read_receipt(
        self, answer: Answer, order: Order, transaction: str, at: datetime
    ) -> TheirReceipt:
        """Return their receipt as they gave it.  Raises `Refused`, `Declined` (there is none)."""


@runtime_checkable
class Accounts(Protocol):
    """A family whose partners say whose an account is, and from which one a payment came.

    What they say is personal: it is shown to who asked, logged nowhere and kept nowhere.
    """

    def ask_account(self, bank: str, number: str, at: datetime) -> Sending:
        """Return a question after the holder of an account.  Raises `Unsendable`."""

    def read_account(self, answer: Answer, bank: str, number: str, at: datetime) -> Holder:
        """Return the holder.  Raises `Refused`, `Declined` (the partner does not say)."""

    def ask_payer(self, reference: str, transaction: str, at: datetime) -> Sending:
        """Return a question after the account that a payment came from.  Raises `Unsendable`."""

    def read_payer(self, answer: Answer, reference: str, transaction: str, at: datetime) -> Account:
        """Return that account.  Raises `Refused`, `Declined` (the partner does not say)."""
