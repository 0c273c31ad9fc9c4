"""The wallet's books: orders as merchants sent them, money moved, and money given back."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

ORDERS_LIMIT = 500_000
MOVEMENTS_LIMIT = 1_000_000
PLACE_S = 10_000_000  # between the numbers of partners that were opened in the same second

Form = Literal["momo", "zalopay"]
Status = Literal["open", "paid", "declined"]


class Impossible(Exception):
    """What was asked cannot be done with this order; the sentence says why."""


class Full(Exception):
    """The books take no more: restart the sandbox."""


class Merchant(NamedTuple):
    """A merchant: `code` is its partnerCode or app_id; `theirs` signs what it sends, `ours` what we
    tell it.
    """

    name: str
    form: Form
    code: str
    theirs: str
    ours: str
    access_key: str = ""


class Movement(NamedTuple):
    """Money moved from a citizen to a merchant."""

    partner: str
    reference: str  # as the merchant numbered its order
    transaction: str
    amount_vnd: int
    at: str


@dataclass(slots=True)
class Order:
    """An order that a merchant sent."""

    merchant: Merchant
    number: str
    amount_vnd: int
    expires_at: datetime
    callback_url: str
    return_url: str
    info: str = ""
    request: str = ""
    status: Status = "open"
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    movements: list[Movement] = field(default_factory=list)
    back_vnd: dict[str, int] = field(default_factory=dict)  # by transaction

    def settlement(self) -> Movement | None:
        """Return the movement that paid the order."""
        return next((m for m in self.movements if m.amount_vnd == self.amount_vnd), None)


class Refund(NamedTuple):
    """Money on its way back, there from `done_at`."""

    number: str
    order: Order
    paid_by: str  # the transaction it is a part of
    transaction: str
    amount_vnd: int
    done_at: datetime


class Books:
    """Orders and refunds by merchant and number, movements in order.

    Transaction numbers begin with the second the books were opened: a restarted wallet gives none
    twice; nor do two with another `place`.
    """

    def __init__(self, now: Callable[[], datetime], place: int = 0) -> None:
        self.now = now
        self._next = (int(now().timestamp()) + place * PLACE_S) * 100_000
        self._orders: dict[tuple[str, str], Order] = {}
        self._tokens: dict[str, Order] = {}
        self._by_transaction: dict[tuple[str, str], Order] = {}
        self._refunds: dict[tuple[str, str], Refund] = {}
        self.movements: list[Movement] = []

    def ms(self) -> int:
        """Return the time in milliseconds."""
        return int(self.now().timestamp() * 1_000)

    def find(self, merchant: Merchant, number: str) -> Order | None:
        """Return an order."""
        return self._orders.get((merchant.name, number))

    def of_token(self, token: str) -> Order | None:
        """Return the order of a pay page."""
        return self._tokens.get(token)

    def of_transaction(self, merchant: Merchant, transaction: str) -> Order | None:
        """Return the order that a transaction paid."""
        return self._by_transaction.get((merchant.name, transaction))

    def refund_of(self, merchant: Merchant, number: str) -> Refund | None:
        """Return a refund."""
        return self._refunds.get((merchant.name, number))

    def enter(self, order: Order) -> Order:
        """Enter a new order.  Raises `Full`."""
        if len(self._orders) >= ORDERS_LIMIT:
            raise Full("too many orders")
        self._orders[order.merchant.name, order.number] = order
        self._tokens[order.token] = order
        return order

    def begin(self, order: Order) -> None:
        """Check that an order can be paid now.  Raises `Impossible`."""
        if order.status != "open":
            raise Impossible(f"{order.number} is {order.status} already")
        if self.is_over(order):
            raise Impossible(f"{order.number} expired at {order.expires_at:%Y-%m-%d %H:%M:%S %Z}")

    def is_over(self, order: Order) -> bool:
        """Tell whether an order has expired."""
        return order.expires_at <= self.now()

    def move(self, order: Order, amount_vnd: int) -> Movement:
        """Move money.  Raises `Full`."""
        if len(self.movements) >= MOVEMENTS_LIMIT:
            raise Full("too many movements")
        at = self.now().isoformat(timespec="seconds")
        merchant = order.merchant
        movement = Movement(merchant.name, order.number, self._number(), amount_vnd, at)
        self.movements.append(movement)
        order.movements.append(movement)
        order.status = "paid"
        self._by_transaction[merchant.name, movement.transaction] = order
        return movement

    def give_back(
        self, order: Order, transaction: str, number: str, amount_vnd: int, after_s: float
    ) -> Refund:
        """Give money of a transaction back, after a while.  Raises `Impossible`."""
        paid_vnd = sum(m.amount_vnd for m in order.movements if m.transaction == transaction)
        left_vnd = paid_vnd - order.back_vnd.get(transaction, 0)
        if not 0 < amount_vnd <= left_vnd:
            raise Impossible(f"{left_vnd} VND are left of {transaction}, not {amount_vnd}")
        order.back_vnd[transaction] = order.back_vnd.get(transaction, 0) + amount_vnd
        done_at = self.now() + timedelta(seconds=after_s)
        refund = Refund(number, order, transaction, self._number(), amount_vnd, done_at)
        self._refunds[order.merchant.name, number] = refund
        return refund

    def is_done(self, refund: Refund) -> bool:
        """Tell whether the money is back."""
        return refund.done_at <= self.now()

    def refunds(self) -> list[Refund]:
        """Return all refunds, in order."""
        return list(self._refunds.values())

    def _number(self) -> str:
        self._next += 1
        return str(self._next)
