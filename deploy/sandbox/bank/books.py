"""The bank's books: orders, as merchants' links tell of them, and the money it moved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal, NamedTuple

LOCAL = timezone(timedelta(hours=7))
STAMP = "%Y%m%d%H%M%S"
ORDERS_LIMIT = 1_000_000
MOVEMENTS_LIMIT = 2_000_000
PLACE_S = 10_000_000  # between the numbers of partners that were opened in the same second

Status = Literal["open", "paid", "declined"]


class Impossible(Exception):
    """What was asked cannot be done with this order; the sentence says why."""


class Full(Exception):
    """The books take no more: restart the sandbox."""


class Movement(NamedTuple):
    """Money moved from a citizen to a merchant."""

    reference: str
    transaction: str
    amount_vnd: int
    at: str  # local, as the protocol writes it


class Refund(NamedTuple):
    """Money on its way back, there from `done_at`; or that the payer's bank did not take."""

    reference: str
    paid_by: str  # the transaction it is a part of
    transaction: str
    amount_vnd: int
    at: str
    done_at: datetime
    is_refused: bool = False


@dataclass(slots=True)
class Order:
    """An order that a merchant sent a citizen with."""

    reference: str
    amount_vnd: int
    info: str = ""
    return_url: str = ""
    expires: str = ""
    status: Status = "open"
    movements: list[Movement] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    def settlement(self) -> Movement | None:
        """Return the movement that paid the order."""
        return next((m for m in self.movements if m.amount_vnd == self.amount_vnd), None)


class Books:
    """Orders by reference, movements in order.

    Transaction numbers begin with the second the books were opened: a restarted bank gives none
    twice; nor do two with another `place`.
    """

    def __init__(self, now: Callable[[], datetime], place: int = 0) -> None:
        self.now = now
        self._first = (int(now().timestamp()) + place * PLACE_S) * 10_000
        self._orders: dict[str, Order] = {}
        self.movements: list[Movement] = []
        self.refunds: list[Refund] = []
        self._refused = 0

    def stamp(self) -> str:
        """Return the local time, as the protocol writes it."""
        return self.now().astimezone(LOCAL).strftime(STAMP)

    def find(self, reference: str) -> Order | None:
        """Return an order."""
        return self._orders.get(reference)

    def enter(self, order: Order) -> Order:
        """Enter an order, or return the one of its reference.  Raises `Full`, `Impossible`."""
        known = self._orders.get(order.reference)
        if known:
            if known.amount_vnd != order.amount_vnd:
                raise Impossible(f"{order.reference} stands in the books with another amount")
            return known
        if len(self._orders) >= ORDERS_LIMIT:
            raise Full("too many orders")
        self._orders[order.reference] = order
        return order

    def begin(self, order: Order) -> None:
        """Check that an order can be paid now.  Raises `Impossible`."""
        if order.status != "open":
            raise Impossible(f"{order.reference} is {order.status} already")
        if order.expires and order.expires < self.stamp():
            raise Impossible(f"{order.reference} expired at {order.expires}")

    def move(self, order: Order, amount_vnd: int) -> Movement:
        """Move money.  Raises `Full`."""
        if len(self.movements) >= MOVEMENTS_LIMIT:
            raise Full("too many movements")
        movement = Movement(order.reference, self._number(), amount_vnd, self.stamp())
        self.movements.append(movement)
        order.movements.append(movement)
        order.status = "paid"
        return movement

    def give_back(
        self,
        order: Order,
        transaction: str,
        amount_vnd: int,
        after_s: float,
        *,
        is_refused: bool = False,
    ) -> Refund:
        """Give money of a transaction back, after a while; or note that the payer's bank did not
        take it, and none moved.  Raises `Impossible`, `Full`.
        """
        paid_vnd = sum(m.amount_vnd for m in order.movements if m.transaction == transaction)
        given = [r for r in order.refunds if r.paid_by == transaction and not r.is_refused]
        back_vnd = sum(r.amount_vnd for r in given)
        if not 0 < amount_vnd <= paid_vnd - back_vnd:
            raise Impossible(f"{paid_vnd - back_vnd} VND are left of it, not {amount_vnd}")
        if len(self.refunds) >= MOVEMENTS_LIMIT:
            raise Full("too many refunds")
        done_at = self.now() + timedelta(seconds=after_s)
        number, at = self._number(), self.stamp()
        told = order.reference, transaction, number, amount_vnd, at, done_at
        refund = Refund(*told, is_refused)
        if is_refused:
            self._refused += 1
        else:
            self.refunds.append(refund)
        order.refunds.append(refund)
        return refund

    def is_done(self, refund: Refund) -> bool:
        """Tell whether the money is back."""
        return refund.done_at <= self.now()

    def _number(self) -> str:
        return str(self._first + len(self.movements) + len(self.refunds) + self._refused)

    def statement(self) -> Sequence[Movement]:
        """Return all that was moved, in order."""
        return self.movements
