"""The bank itself: watched accounts, PayOS's orders, and the money that came."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from deploy.sandbox.bank.books import PLACE_S
from deploy.sandbox.posts import Make, Patience, Posts
from deploy.sandbox.transfers import qr, signing
from deploy.sandbox.transfers.behaviours import STEPS, Behaviour, arrived
from deploy.sandbox.transfers.forms import LOCAL, Merchant, Movement, payos_transfer, post

CALLS_LIMIT = 8
ORDERS_LIMIT = 1_000_000
MOVEMENTS_LIMIT = 2_000_000
SAMPLE = 123, "124c33293c43417ab7879e14c8d9eb18", "VQRIO123"  # PayOS tries an address with it


class Impossible(Exception):
    """What was asked cannot be done; the sentence says why."""


class Full(Exception):
    """The books take no more: restart the sandbox."""


@dataclass(slots=True)
class Order:
    """An order that a merchant made at PayOS."""

    merchant: Merchant
    order_code: int
    amount_vnd: int
    text: str
    expires_at: int
    made_at: datetime
    link: str = field(default_factory=lambda: uuid4().hex)
    movements: list[Movement] = field(default_factory=list)

    def paid_vnd(self) -> int:
        """Return what came for it."""
        return sum(m.amount_vnd for m in self.movements)

    def status(self, at: datetime) -> str:
        """Return PayOS's word for how it stands."""
        paid_vnd = self.paid_vnd()
        if paid_vnd >= self.amount_vnd:
            return "PAID"
        if paid_vnd:
            return "UNDERPAID"
        return "EXPIRED" if self.expires_at and at.timestamp() > self.expires_at else "PENDING"


class House:
    """A bank with some merchants.

    Transfers are numbered from the second it was opened; of two with another `place` none alike.
    """

    def __init__(
        self,
        merchants: Iterable[Merchant],
        posts: Posts,
        now: Callable[[], datetime],
        late_s: float,
        place: int = 0,
    ) -> None:
        self.merchants = {m.name: m for m in merchants}
        self.posts, self._now, self._late_s = posts, now, late_s
        self._first = (int(now().timestamp()) + place * PLACE_S) * 10_000
        self._orders: dict[tuple[str, int], Order] = {}
        self._links: dict[str, Order] = {}
        self._texts: dict[tuple[str, str], Order] = {}  # PayOS knows its orders by the text it gave
        self.movements: list[Movement] = []

    # ---- PayOS's orders

    def merchant_of(self, client_id: str, api_key: str) -> Merchant:
        """Return who calls.  Raises `BadSignature`."""
        for merchant in self.merchants.values():
            if merchant.form == "payos" and merchant.client_id == client_id:
                signing.check(merchant.api_key, api_key)
                return merchant
        raise signing.BadSignature("nobody is known by this client id")

    def order(self, merchant: Merchant, asked: Mapping[str, Any]) -> Order:
        """Make an order.  Raises `BadSignature`, `Impossible`, `Full`."""
        signing.check(signing.payos_request(merchant.secret, asked), asked.get("signature"))
        number, amount_vnd = asked.get("orderCode"), asked.get("amount")
        if type(number) is not int or type(amount_vnd) is not int or amount_vnd <= 0:
            raise Impossible("orderCode and amount are whole numbers")
        if (merchant.name, number) in self._orders:
            raise Impossible("the order stands already")
        if len(self._orders) >= ORDERS_LIMIT:
            raise Full("too many orders")
        text = str(asked.get("description", ""))[:25]
        order = Order(
            merchant, number, amount_vnd, text, int(asked.get("expiredAt") or 0), self._now()
        )
        self._orders[merchant.name, number] = self._links[order.link] = order
        self._texts[merchant.name, order.text] = order
        return order

    def find(self, merchant: str, number: int) -> Order | None:
        """Return an order."""
        return self._orders.get((merchant, number))

    def of_link(self, link: str) -> Order | None:
        """Return the order of a page."""
        return self._links.get(link)

    def offered(self, order: Order, page_url: str) -> dict[str, Any]:
        """Return an order as it is told when it is made."""
        merchant = order.merchant
        code = qr.Code(merchant.bank, merchant.account, order.amount_vnd, order.text)
        return {
            "bin": merchant.bank,
            "accountNumber": merchant.account,
            "accountName": "TAI KHOAN THU NGHIEM",
            "amount": order.amount_vnd,
            "description": order.text,
            "orderCode": order.order_code,
            "currency": "VND",
            "paymentLinkId": order.link,
            "status": order.status(self._now()),
            "expiredAt": order.expires_at or None,
            "checkoutUrl": f"{page_url}/web/{order.link}",
            "qrCode": qr.write(code),
        }

    def standing(self, order: Order) -> dict[str, Any]:
        """Return an order as it is told when it is asked after."""
        paid_vnd = order.paid_vnd()
        return {
            "id": order.link,
            "orderCode": order.order_code,
            "amount": order.amount_vnd,
            "amountPaid": paid_vnd,
            "amountRemaining": max(order.amount_vnd - paid_vnd, 0),
            "status": order.status(self._now()),
            "createdAt": order.made_at.astimezone(LOCAL).isoformat(),
            "transactions": [payos_transfer(order.merchant, m) for m in order.movements],
            "cancellationReason": None,
            "canceledAt": None,
        }

    async def try_address(self, merchant: Merchant) -> bool:
        """Tell whether the merchant's address takes a sample, as PayOS does at registration."""
        number, link, text = SAMPLE
        moved = Movement(merchant.name, self._first, 3_000, text, self._now(), number, link)
        return await self.posts.once(self._told(merchant, moved))

    # ---- transfers

    def transfer(self, payload: str, behaviour: Behaviour) -> list[Movement]:
        """Pay by a code.  Raises `NoCode`, `Impossible`, `Full`."""
        code = qr.read(payload)
        for merchant in self.merchants.values():
            if (code.bank, code.account) in merchant.accounts:
                return self.pay(merchant, code.amount_vnd, code.text, behaviour, code.account)
        raise Impossible("nobody here has this account")

    def pay(
        self,
        merchant: Merchant,
        amount_vnd: int,
        text: str,
        behaviour: Behaviour,
        account: str = "",
    ) -> list[Movement]:
        """Move the money now, to the first account if none is said; tell of it on the side.

        Raises `Full`.
        """
        order = self._texts.get((merchant.name, text))
        moved = []
        for step in STEPS[behaviour]:
            if len(self.movements) >= MOVEMENTS_LIMIT:
                raise Full("too many movements")
            movement = Movement(
                merchant=merchant.name,
                number=self._first + len(self.movements) + 1,
                amount_vnd=max(amount_vnd + step.off_vnd, 1),
                text=arrived(text, step),
                at=self._now(),
                order_code=order.order_code if order else 0,
                link=order.link if order else "",
                account=account or merchant.account,
            )
            moved.append(movement)
            self.movements.append(movement)
            if order:
                order.movements.append(movement)
            for _ in range(step.calls):
                told = self._told(merchant, movement)
                self.posts.tell_later(told, self._late_s if step.is_late else 0.0)
        return moved

    def _told(self, merchant: Merchant, moved: Movement) -> Make:
        return lambda: post(merchant, moved, self._now())


def posts(client: httpx.AsyncClient, interval_s: float, patience: Patience | None = None) -> Posts:
    """Return what calls merchants, each at its own address, until a 2xx."""
    return Posts(client, "", interval_s, calls_limit=CALLS_LIMIT, patience=patience)
