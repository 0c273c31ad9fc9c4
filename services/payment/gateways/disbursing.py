"""What a partner that pays out does besides: money of ours to the account of a payee."""

from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

import msgspec

from services.payment.gateways import Answer, Refunded, Sending

Disbursed = Refunded  # a partner says the same of both


class Payee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose account it is: personal, so sealed wherever it is kept; `bank` is its NAPAS BIN."""

    name: str
    bank: str
    number: str

    def __repr__(self) -> str:
        return "Payee()"


class Disbursement(NamedTuple):
    """Money to pay out.  `reference` is ours and names it at the partner, `asked_at` says since
    when it is wanted: both the same every time.
    """

    reference: str
    amount_vnd: int
    purpose: str
    asked_at: datetime


@runtime_checkable
class Disburses(Protocol):
    """A partner that pays out; who is paid is told once, and asked after by our reference."""

    def disburse(self, disbursement: Disbursement, payee: Payee, at: datetime) -> Sending:
        """Return what to send to pay out; repeated, it is the same.  Raises `Unsendable`."""

    def read_disbursed(self, answer: Answer, disbursement: Disbursement, at: datetime) -> Disbursed:
        """Return what became of it.  Raises `Refused`."""

    def query_disbursement(self, key: str, disbursement: Disbursement, at: datetime) -> Sending:
        """Return a question after it; `key` names the question."""

    def read_disbursement_answer(
        self, answer: Answer, disbursement: Disbursement, at: datetime
    ) -> Disbursed:
        """Return what a partner answered about it.  Raises `Refused`."""
