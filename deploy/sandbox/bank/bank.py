"""What the bank does: takes orders from links, lets citizens pay, tells the merchant, answers."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import httpx
import msgspec

from deploy.sandbox.bank.books import Books, Impossible, Movement, Order, Refund
from deploy.sandbox.bank.signing import (
    ANSWER_FIELDS,
    REFUND_ANSWER_FIELDS,
    REFUND_FIELDS,
    REQUEST_FIELDS,
    BadSignature,
    check_body,
    read_query,
    sign_body,
    signed_query,
)
from deploy.sandbox.posts import NOTHING, Make, Post, Posts
from deploy.sandbox.till import Till

HEARD = frozenset({"00", "02"})
REQUESTS_LIMIT = 100_000  # ids of queries and refunds remembered
WHOLE, PART = "02", "03"  # vnp_TransactionType of a refund


class Answer(msgspec.Struct):
    """What is read of a merchant's answer."""

    RspCode: str


class Merchant(NamedTuple):
    """The one merchant of this bank, and the secret it shares with it."""

    code: str
    secret: str


class Bank:
    """A bank with one merchant."""

    def __init__(
        self, merchant: Merchant, books: Books, posts: Posts, refund_after_s: float = 0.0
    ) -> None:
        self.books, self.till = books, Till(books, posts, self._told)
        self._merchant, self.refund_after_s = merchant, refund_after_s
        self.refuses_refunds = False  # the payer's bank takes none, today
        self._requests: OrderedDict[str, None] = OrderedDict()

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

    def _told(self, order: Order, movement: Movement | None) -> Make:
        query = self.notice(order, movement)
        return lambda: Post(query=query)

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

    # ---- queries and refunds

    def answer(self, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the signed answer to a querydr or a refund request."""
        order = self.books.find(asked.get("vnp_TxnRef", ""))
        is_refund = asked.get("vnp_Command") == "refund"
        code, message = self._refusal(asked, REFUND_FIELDS if is_refund else REQUEST_FIELDS)
        standing: dict[str, str] = {}
        if code == "00" and order is None:
            code, message = "91", "Transaction not found"
        elif code == "00" and order and is_refund:
            code, message, standing = self._give_back(order, asked)
        elif code == "00" and order:
            standing = self._last_refund(order) or _standing(order)
        said = {
            "vnp_ResponseId": f"{asked.get('vnp_RequestId', '')[:24]}A",
            "vnp_Command": "refund" if is_refund else "querydr",
            "vnp_ResponseCode": code,
            "vnp_Message": message,
            "vnp_TmnCode": self._merchant.code,
            "vnp_TxnRef": asked.get("vnp_TxnRef", ""),
        }
        fields = REFUND_ANSWER_FIELDS if is_refund else ANSWER_FIELDS
        return sign_body(self._merchant.secret, said | standing, fields)

    def _refusal(self, asked: Mapping[str, str], fields: Sequence[str]) -> tuple[str, str]:
        try:
            check_body(self._merchant.secret, asked, fields)
        except BadSignature:
            return "97", "Invalid signature"
        if asked.get("vnp_TmnCode") != self._merchant.code:
            return "02", "Invalid TmnCode"
        if asked.get("vnp_Command") not in ("querydr", "refund"):
            return "03", "Invalid command"
        request = asked.get("vnp_RequestId", "")
        if request in self._requests:
            return "94", "Duplicate request"
        self._requests[request] = None
        if len(self._requests) > REQUESTS_LIMIT:
            self._requests.popitem(last=False)
        return "00", "Success"

    def _give_back(self, order: Order, asked: Mapping[str, str]) -> tuple[str, str, dict[str, str]]:
        amount, kind = asked.get("vnp_Amount", ""), asked.get("vnp_TransactionType", "")
        if not amount.isdecimal() or len(amount) > 12 or int(amount) % 100:
            return "93", "Invalid amount", {}
        amount_vnd, transaction = int(amount) // 100, asked.get("vnp_TransactionNo", "")
        paid_vnd = sum(m.amount_vnd for m in order.movements if m.transaction == transaction)
        if not paid_vnd:
            return "95", "Nothing was paid", {}
        if kind != (WHOLE if amount_vnd == paid_vnd else PART):
            return "03", "Invalid type", {}
        try:
            refund = self.books.give_back(
                *(order, transaction, amount_vnd, self.refund_after_s),
                is_refused=self.refuses_refunds,
            )
        except Impossible:
            return "02", "More than is left", {}
        return "00", "Refund accepted", self._refunded(refund, paid_vnd)

    def _last_refund(self, order: Order) -> dict[str, str]:
        if not order.refunds:
            return {}
        refund = order.refunds[-1]
        paid_vnd = sum(m.amount_vnd for m in order.movements if m.transaction == refund.paid_by)
        return self._refunded(refund, paid_vnd)

    def _refunded(self, refund: Refund, paid_vnd: int) -> dict[str, str]:
        status = "00" if self.books.is_done(refund) else "05"
        return {
            "vnp_Amount": str(refund.amount_vnd * 100),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": refund.at,
            "vnp_TransactionNo": refund.transaction,
            "vnp_TransactionType": WHOLE if refund.amount_vnd == paid_vnd else PART,
            "vnp_TransactionStatus": "09" if refund.is_refused else status,
            "vnp_OrderInfo": f"Hoan tien {refund.reference}",
        }


def word(response: httpx.Response) -> str:
    """Return what a merchant said to a callback.  Raises `msgspec.DecodeError`."""
    if response.status_code != httpx.codes.OK:
        return NOTHING
    return msgspec.json.decode(response.content, type=Answer).RspCode


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
