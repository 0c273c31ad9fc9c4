"""What KeyPay does: create, callback, detail, refund, refund detail."""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from deploy.sandbox.bank.books import Books, Impossible, Movement, Order
from deploy.sandbox.platform.platform import JSON, Message, Shared
from deploy.sandbox.platform.signing import (
    CREATE,
    DETAIL,
    REFUND,
    REFUND_DETAIL,
    check_sum,
    require,
)
from deploy.sandbox.posts import Make, Post, Posts
from deploy.sandbox.till import Till

HEARD = frozenset({"0"})
REFUNDS_LIMIT = 100_000


class Keypay:
    """KeyPay, before one client; `shared.theirs` is key 1, `shared.ours` key 2."""

    def __init__(self, shared: Shared, books: Books, posts: Posts, page_url: str) -> None:
        self._shared, self._page_url = shared, page_url
        self._refunds: dict[str, tuple[Order, int]] = {}
        self.till = Till(books, posts, self._told)

    def create(self, asked: Message) -> Message:
        """Enter an order.  Raises `BadChecksum`."""
        self._require(asked, CREATE)
        amount = asked.get("trans_amount")
        if not isinstance(amount, str) or not amount.isdecimal():
            return _failed("5")
        order = Order(str(asked["transaction_id"]), int(amount), str(asked.get("version")))
        try:
            self.till.books.enter(order)
        except Impossible:
            return _failed("7")
        page = f"{self._page_url}/keypay/pay/{order.reference}"
        return self._answered(self._about(order), DETAIL, payment_url=page)

    def detail(self, asked: Message) -> Message:
        """Say how an order stands.  Raises `BadChecksum`."""
        self._require(asked, DETAIL)
        order = self.till.books.find(str(asked.get("transaction_id")))
        if order is None:
            return _failed("3")
        paid = order.settlement()
        return self._answered(
            self._about(order),
            DETAIL,
            status=0 if paid else 1,
            trans_amount=order.amount_vnd,
            currency_code="VND",
            transaction_code=f"KP{paid.transaction}" if paid else "",
        )

    def refund(self, asked: Message) -> Message:
        """Give money back, no more than is left.  Raises `BadChecksum`."""
        self._require(asked, REFUND)
        order, amount = self.till.books.find(str(asked.get("transaction_id"))), asked.get("amount")
        if order is None or not isinstance(amount, str) or not amount.isdecimal():
            return _failed("3")
        paid_vnd = sum(m.amount_vnd for m in order.movements)
        given_vnd = sum(vnd for other, vnd in self._refunds.values() if other is order)
        if given_vnd + int(amount) > paid_vnd or len(self._refunds) >= REFUNDS_LIMIT:
            return _failed("9")
        code = f"KPR{len(self._refunds) + 1:06d}"
        self._refunds[code] = order, int(amount)
        signed = {field: asked[field] for field in REFUND.split()}
        return self._answered(signed, REFUND, status=0, transaction_refund_code=code)

    def refunds(self) -> list[dict[str, Any]]:
        """Return all that was given back: which order's it is said, not which payment's."""
        return [
            {
                "reference": order.reference,
                "transaction": code,
                "of": "",
                "amount_vnd": amount_vnd,
            }
            for code, (order, amount_vnd) in self._refunds.items()
        ]

    def refund_detail(self, asked: Message) -> Message:
        """Say how a refund stands.  Raises `BadChecksum`."""
        self._require(asked, REFUND_DETAIL)
        if asked.get("transaction_refund_code") not in self._refunds:
            return _failed("3")
        signed = {field: asked[field] for field in REFUND_DETAIL.split()}
        return self._answered(signed, REFUND_DETAIL, status=0)

    def _about(self, order: Order) -> dict[str, Any]:
        return {
            "client_id": self._shared.merchant,
            "command": "PAY",
            "transaction_id": order.reference,
        }

    def _require(self, asked: Message, fields: str) -> None:
        require(check_sum(self._shared.theirs, asked, fields), asked.get("check_sum"))

    def _answered(self, signed: Mapping[str, Any], fields: str, **beside: Any) -> Message:
        proof = check_sum(self._shared.ours, signed, fields)
        return {"error": "0", "msg": "", **signed, **beside, "check_sum": proof}

    def _told(self, order: Order, movement: Movement | None) -> Make:
        said = {
            **self._about(order),
            "addition_fee": "0",
            "trans_amount": str(movement.amount_vnd if movement else order.amount_vnd),
            "version": "3.0",
        }
        message = {
            **said,
            "status": 0 if movement else 1,
            "transaction_code": f"KP{movement.transaction}" if movement else "",
            "check_sum": check_sum(self._shared.ours, said, CREATE),
        }
        return lambda: Post(msgspec.json.encode(message), JSON)


def word(response: httpx.Response) -> str:
    """Return what a client said to a callback.  Raises `msgspec.DecodeError`."""
    if response.status_code != httpx.codes.OK:
        return str(response.status_code)
    return str(msgspec.json.decode(response.content, type=dict[str, Any]).get("return_code", ""))


def _failed(error: str) -> Message:
    return {"error": error, "msg": "refused"}
