"""Partners, each behind the same port; one folder per protocol family or kin.

A partner is data: a row says who it is, which family it speaks, with which keys, and what it takes.
A family is code: it turns an order into what a citizen's device needs, and a partner's words into
ours.  Nothing here does I/O: `effects` and `callbacks` carry the bytes.

Reading order: `words` (what is said across the port), `partner` (a row), `Gateway` (the port),
`not_done` (for families that do not do all of it), a small family such as `zalopay`, `families`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from services.payment.gateways.bills import Account
from services.payment.gateways.partner import Key, Partner
from services.payment.gateways.words import (
    JSON,
    Answer,
    Call,
    Declined,
    Notice,
    Offer,
    Order,
    Payer,
    Refund,
    Refunded,
    Refused,
    Reply,
    Said,
    Sending,
    Unsendable,
    Verdict,
    Why,
)
from shared.events.payment import Finding

__all__ = [
    "JSON",
    "Account",
    "Answer",
    "Call",
    "Declined",
    "Gateway",
    "Key",
    "Notice",
    "Offer",
    "Order",
    "Partner",
    "Payer",
    "Refund",
    "Refunded",
    "Refused",
    "Reply",
    "Said",
    "Sending",
    "Unsendable",
    "Verdict",
    "Why",
]


class Gateway(Protocol):
    """A partner, spoken to in its own protocol; what a family does not do, it takes of `not_done`.

    A family that is asked to make orders says `creates_again` besides: see `partners.AsksFirst`.
    """

    @property
    def partner(self) -> Partner:
        """Return the partner's row."""

    @property
    def method(self) -> Literal["GET", "POST"]:
        """Return the method of its callbacks."""

    @property
    def body_limit_bytes(self) -> int:
        """Return how long the body of a callback may be."""

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Offer | Sending:
        """Return what the citizen needs, or what to send to get it.  Raises `Unsendable`.

        `key` names the attempt to create it: the same every time.
        """

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return what the partner offers.  Raises `Refused`, `Declined`."""

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what a callback says; nothing, if it only tries the address.  Raises `Refused`."""

    def read_return(self, query: bytes, at: datetime) -> Finding:
        """Return what a browser that comes back says, for show only; `unknown` if unsigned.

        Raises `Refused`.
        """

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a callback: its parameters and the answers to it."""

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return how the partner is told what became of its callback."""

    def query(self, key: str, order: Order, at: datetime) -> Sending | None:
        """Return a question after an order, `key` names it; None: this partner cannot be asked."""

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what a partner answered about this order.  Raises `Refused`."""

    def refund(self, refund: Refund, at: datetime) -> Sending | None:
        """Return what to send to give money back; None: this partner cannot.

        Raises `Unsendable`.
        """

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund.  Raises `Refused`."""

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending | None:
        """Return a question after a refund; None: this partner cannot be asked."""

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what a partner answered about a refund.  Raises `Refused`."""
