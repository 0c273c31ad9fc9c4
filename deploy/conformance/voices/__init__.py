"""How the partner of each family calls back: news in its own words, and any text as it signs it.

A voice is made of a partner's row: it signs with the last of the row's `incoming` keys, and says
that it is for the row's merchant and account.

Reading order: a family, `families` (all of them by name).
"""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar, NamedTuple

from services.payment.gateways import Call, Partner

DAY = "%Y-%m-%d %H:%M:%S"


class News(NamedTuple):
    """Money that came for an order at a time, by a transaction of this number; or that did not."""

    reference: str
    amount_vnd: int
    transaction: int
    at: datetime
    is_paid: bool = True


class Voice(ABC):
    """A partner that speaks.  `tells_failures`: it has words for money that did not come."""

    tells_failures: ClassVar[bool] = True

    def __init__(self, row: Partner) -> None:
        self.row = row

    @abstractmethod
    def text(self, news: News) -> bytes:
        """Return news as this partner writes it, without a signature."""

    @abstractmethod
    def signed(self, text: bytes, at: datetime) -> Call:
        """Return any text as this partner would sign and send it at this time."""
