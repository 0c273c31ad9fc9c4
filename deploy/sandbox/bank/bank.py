"""What the bank does: takes orders from links, lets citizens pay, tells the merchant, answers."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from deploy.sandbox.bank.behaviours import STEPS, Behaviour, Step
from deploy.sandbox.bank.books import Books, Impossible, Movement, Order
from deploy.sandbox.bank.caller import Caller
from deploy.sandbox.bank.signing import (
    ANSWER_FIELDS,
    REQUEST_FIELDS,
    BadSignature,
    check_body,
    read_query,
    sign_body,
    signed_query,
)

REQUESTS_LIMIT = 100_000  # ids of queries remembered


class Merchant(NamedTuple):
    """The one merchant of this bank, and the secret it shares with it."""

    code: str
    secret: str


class Bank:
    """A bank with one merchant."""

    def __init__(self, merchant: Merchant, books: Books, caller: Caller) -> None:
        self.books, self.caller = books, caller
        self._merchant = merchant
        self._requests: OrderedDict[str, None] = OrderedDict()
        self._paying: set[asyncio.Task[None]] = set()

    # ---- orders

    def order_of(self, query: str) -> Order:
        """Return the order of a pay link.  Raises `BadSignature`, `Impossible`, `Full`."""
        fields = read_query(self._merchant.secret, query)
        if fields.get("vnp_TmnCode") != self._merchant.code:
            raise Impossible("the link is another merchant's")
        amount = fields.get("vnp_Amount", "")
        if not amount.isdecimal() or len(amount) > 12 or int(amount) % 100:
            raise Impossible("the link has no amount")
        return self.books.enter(
            Order(
                reference=fields.get("vnp_TxnRef", ""),
                amount_vnd=int(amount) // 100,
                info=fields.get("vnp_OrderInfo", ""),
                return_url=fields.get("vnp_ReturnUrl", ""),
                expires=fields.get("vnp_ExpireDate", ""),
            )
        )

    # ---- paying

    def pay(self, order: Order, behaviour: Behaviour) -> list[Movement]:
        """Move the money now; tell the merchant on the side.  Raises `Impossible`, `Full`."""
        self.books.begin(order)
        told: list[tuple[str, int]] = []
        for step in STEPS[behaviour]:
            movement = self._take(order, step)
            told.append((self.notice(order, movement), step.calls))
        task = asyncio.create_task(self._tell(told))
        self._paying.add(task)
        task.add_done_callback(self._paying.discard)
        return order.movements

    def _take(self, order: Order, step: Step) -> Movement | None:
        if step.moves:
            return self.books.move(order, order.amount_vnd + step.off_vnd)
        order.status = "declined"
        return None

    async def _tell(self, told: list[tuple[str, int]]) -> None:
        for query, calls in told:
            for _ in range(calls):
                await self.caller.tell(query)

    def notice(self, order: Order, movement: Movement | None) -> str:
        """Return the signed query string that tells of a payment or a decline."""
        amount_vnd = movement.amount_vnd if movement else order.amount_vnd
        return signed_query(
            self._merchant.secret,
            {
                "vnp_TmnCode": self._merchant.code,
                "vnp_Amount": str(amount_vnd * 100),
                "vnp_BankCode": "NCB" if movement else "VNPAY",
                "vnp_CardType": "ATM",
                "vnp_PayDate": movement.at if movement else self.books.stamp(),
                "vnp_OrderInfo": order.info or order.reference,
                "vnp_TransactionNo": movement.transaction if movement else "0",
                "vnp_ResponseCode": "00" if movement else "24",
                "vnp_TransactionStatus": "00" if movement else "02",
                "vnp_TxnRef": order.reference,
            },
        )

    async def rest(self) -> None:
        """Return when the merchant has been told of everything."""
        while self._paying or self.caller.pending:
            await asyncio.gather(*self._paying)
            await self.caller.rest()

    # ---- queries

    def answer(self, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the signed answer to a querydr request."""
        order = self.books.find(asked.get("vnp_TxnRef", ""))
        code, message = self._refusal(asked)
        if code == "00" and order is None:
            code, message = "91", "Transaction not found"
        said = {
            "vnp_ResponseId": f"{asked.get('vnp_RequestId', '')[:24]}A",
            "vnp_Command": "querydr",
            "vnp_ResponseCode": code,
            "vnp_Message": message,
            "vnp_TmnCode": self._merchant.code,
            "vnp_TxnRef": asked.get("vnp_TxnRef", ""),
        }
        if code == "00" and order:
            said |= _standing(order)
        return sign_body(self._merchant.secret, said, ANSWER_FIELDS)

    def _refusal(self, asked: Mapping[str, str]) -> tuple[str, str]:
        try:
            check_body(self._merchant.secret, asked, REQUEST_FIELDS)
        except BadSignature:
            return "97", "Invalid signature"
        if asked.get("vnp_TmnCode") != self._merchant.code:
            return "02", "Invalid TmnCode"
        if asked.get("vnp_Command") != "querydr":
            return "03", "Invalid command"
        request = asked.get("vnp_RequestId", "")
        if request in self._requests:
            return "94", "Duplicate request"
        self._requests[request] = None
        if len(self._requests) > REQUESTS_LIMIT:
            self._requests.popitem(last=False)
        return "00", "QueryDR Success"


def _standing(order: Order) -> dict[str, str]:
    paid = order.settlement()
    status = "00" if paid else {"declined": "02"}.get(order.status, "01")
    return {
        "vnp_Amount": str(order.amount_vnd * 100),
        "vnp_BankCode": "NCB" if paid else "VNPAY",
        "vnp_PayDate": paid.at if paid else "",
        "vnp_TransactionNo": paid.transaction if paid else "0",
        "vnp_TransactionType": "01",
        "vnp_TransactionStatus": status,
        "vnp_OrderInfo": order.info,
    }
