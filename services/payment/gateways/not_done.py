"""What a family does not do, said once: it inherits from what its protocol has not.

Who asks takes None or *unknown* for an answer; what answers nothing is refused.
"""

from datetime import datetime

from services.payment.gateways.words import (
    Answer,
    Offer,
    Order,
    Refund,
    Refunded,
    Refused,
    Said,
    Sending,
)
from shared.events.payment import Finding


class SendsNoOrder:
    """A family that makes what the citizen needs by itself: nothing is sent, none answers."""

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Raise `Refused`: nothing was sent that this could answer."""
        raise _unasked()


class SignsNoReturn:
    """A family whose payers come back with nothing that is signed, or not at all."""

    def read_return(self, query: bytes, at: datetime) -> Finding:
        """Return that nobody knows."""
        return "unknown"


class AnswersNoQuery:
    """A family that cannot be asked after an order."""

    def query(self, key: str, order: Order, at: datetime) -> Sending | None:
        """Return nothing: the order waits for a callback, or its end."""
        return None

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Raise `Refused`: nothing was asked that this could answer."""
        raise _unasked()


class GivesNothingBack:
    """A family that has no refund: a person transfers the money, and says so."""

    def refund(self, refund: Refund, at: datetime) -> Sending | None:
        """Return nothing: a person transfers it."""
        return None

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Raise `Refused`: nothing was sent that this could answer."""
        raise _unasked()

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending | None:
        """Return nothing: a person knows."""
        return None

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Raise `Refused`: nothing was asked that this could answer."""
        raise _unasked()


def _unasked() -> Refused:
    return Refused("unreadable", "an answer to nothing: this partner was not asked")
