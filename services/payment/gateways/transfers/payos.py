"""PayOS: an order with a page and a VietQR code of its own; a webhook for each transfer; a query.

Their words, ours.  What is in no table is pending: ask, never charge again on a guess.

    webhook data.code        00 paid · every other: pending
    order status             STATUSES; PAID counts with its one transfer, a final word without money
                             only where no money came; PENDING, PROCESSING, UNDERPAID: pending
    query code               00 see the status · 101 not_found · every other: unknown
    create code              00 an order · REFUSALS: surely none · every other: nobody knows
    our verdict → status     transfers.STATUSES, with {"success": true} or {"success": false}

Signatures are HMAC-SHA256 in hex over `data` alone; refusals carry none.  Our reference is their
`orderCode`, without its letters.  When the address is registered they try it with a sample order of
some account, which has to be answered 2xx like all that they signed and is not ours: it is kept.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.payment.gateways import (
    JSON,
    Answer,
    Call,
    Declined,
    Notice,
    Offer,
    Order,
    Payer,
    Refused,
    Said,
    Sending,
    Unsendable,
)
from services.payment.gateways.exact_json import Value, read
from services.payment.gateways.transfers import openapi, vietqr
from services.payment.gateways.transfers.gateway import TransferGateway, money, text, whole
from services.payment.gateways.transfers.payos_signing import request_text, sign, verified
from services.payment.gateways.transfers.text import DIGITS, PREFIX
from shared.events.payment import Finding

STATUSES: Mapping[str, Finding] = {
    "PAID": "paid",
    "CANCELLED": "failed",
    "EXPIRED": "failed",
    "FAILED": "failed",
    "PENDING": "pending",
    "PROCESSING": "pending",
    "UNDERPAID": "pending",
}
QUERY_CODES: Mapping[str, Finding] = {"101": "not_found"}
REFUSALS = frozenset({"20", "214", "401"})  # a wrong value; the channel is closed; wrong keys
OK = "00"
# the sample order of their documentation, with which an address is tried
SAMPLE = 123, "124c33293c43417ab7879e14c8d9eb18"
DESCRIPTION_LIMIT = 25  # of accounts that PayOS is not linked to: 9; `ids` says it then

_SAFE = re.compile(r"[^&\x00-\x1f]{1,255}")  # the signature separates by `&`, and escapes nothing
_REFERENCE = re.compile(rf"{PREFIX}([0-9]{{{DIGITS}}})")
_TRANSACTION = re.compile(r"(?!0\Z)[A-Za-z0-9._-]{1,64}")
# what might be signed as other names and values than these
_AMBIGUOUS_NAME, _AMBIGUOUS_VALUE = re.compile("[&=]"), re.compile("&[^&]*=")
_LINK = re.compile(r"https?://[!-~]{1,500}")
_MEANS = {
    "data": "all that is signed",
    "orderCode": "our reference, without its letters",
    "amount": "in đồng, of this transfer",
    "accountNumber": "where the money came",
    "reference": "the bank's number of the transfer",
    "currency": "VND",
    "code": "00: paid",
    "signature": "HMAC-SHA256 in hex over data, sorted, name=value joined by &",
}
_EXAMPLE = {
    "code": "00",
    "desc": "success",
    "success": True,
    "data": {
        "orderCode": 261102000000016,
        "amount": 16000,
        "description": "DVC261102000000016",
        "accountNumber": "1234567890",
        "reference": "FT26306000001",
        "transactionDateTime": "2026-11-02 09:34:05",
        "currency": "VND",
        "paymentLinkId": "8f3c0b0de1f24f0ea1b2c3d4e5f60718",
        "code": "00",
        "desc": "success",
    },
    "signature": "…",
}


class Payos(TransferGateway):
    """A partner that speaks PayOS."""

    creates_again = False  # an orderCode twice is turned away

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return the request for an order.  Raises `Unsendable`."""
        limit = int(self.partner.ids.get("description_limit", DESCRIPTION_LIMIT))
        fields: dict[str, str | int] = {
            "orderCode": order_code(order.reference),
            "amount": order.amount_vnd,
            "description": order.reference[-limit:],
            "cancelUrl": self.partner.return_url,
            "returnUrl": self.partner.return_url,
        }
        if not _SAFE.fullmatch(self.partner.return_url):
            raise Unsendable("a return address with `&` in it: two requests would sign alike")
        fields["signature"] = sign(self.partner.signing_key(at), request_text(fields))
        fields["expiredAt"] = int(order.expires_at.timestamp())
        url = f"{self.partner.base_url}/v2/payment-requests"
        return Sending(url, msgspec.json.encode(fields), headers=(*JSON, *self._identity()))

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return the page and the QR code of an order.  Raises `Refused`, `Declined`."""
        code = _code(answer)
        if code in REFUSALS:
            raise Declined(code)
        if code != OK:
            raise Refused("unreadable", f"nobody knows whether {code} made an order")
        data = verified(answer.body, self.partner.verifying_keys(at))
        if whole(data, "amount") != order.amount_vnd:
            raise Refused("unreadable", "an order of another amount")
        _check_order(data, order)
        pay_url, qr = text(data, "checkoutUrl"), text(data, "qrCode")
        if not _LINK.fullmatch(pay_url):
            raise Refused("unreadable", "checkoutUrl is no address")
        try:
            asked = vietqr.read(qr)
        except vietqr.NotVietQr as error:
            raise Refused("unreadable", f"qrCode: {error}") from error
        if asked.amount_vnd != order.amount_vnd:
            raise Refused("unreadable", "qrCode asks for another amount")
        return Offer(pay_url=pay_url, qr=qr)

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return the money that came.  Raises `Refused`."""
        data = verified(call.body, self.partner.verifying_keys(at))
        if any(_is_ambiguous(name, value) for name, value in data.items()):
            raise Refused("unreadable", "`&name=` stands inside of a value: it may be two")
        number = whole(data, "orderCode")
        if (number, text(data, "paymentLinkId")) == SAMPLE:
            return ()
        if text(data, "currency") not in ("", "VND"):
            raise Refused("unknown_order", "another currency", "currency")
        named = text(data, "accountNumber"), text(data, "virtualAccountNumber")
        if self.accounts and self.accounts.isdisjoint(named):
            raise Refused("unknown_order", "money on an account that is not ours", "merchant")
        code, amount_vnd = text(data, "code"), money(data, "amount")
        if amount_vnd <= 0:
            raise Refused("unreadable", "no money came")
        return (
            Notice(
                reference=reference_of(number),
                transaction=_transaction(data),
                amount_vnd=amount_vnd,
                finding="paid" if code == OK else "pending",
                code=code[:8],
            ),
        )

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a webhook."""
        return openapi.callback({}, _EXAMPLE, _MEANS, self.accepted, self.refused)

    def query(self, key: str, order: Order, at: datetime) -> Sending | None:
        """Return a question after an order."""
        url = f"{self.partner.base_url}/v2/payment-requests/{order_code(order.reference)}"
        return Sending(url, b"", method="GET", headers=self._identity())

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return how an order stands.  Raises `Refused`."""
        code = _code(answer)
        if code != OK:
            return Said(QUERY_CODES.get(code, "unknown"), code=code)
        data = verified(answer.body, self.partner.verifying_keys(at))
        _check_order(data, order)
        return _said(data, order.amount_vnd)

    def _identity(self) -> tuple[tuple[str, str], ...]:
        key = self.partner.ids.get("api_key", "")
        return ("x-client-id", self.partner.merchant), ("x-api-key", key)


def order_code(reference: str) -> int:
    """Return our reference as they write it.  Raises `Unsendable`."""
    given = _REFERENCE.fullmatch(reference)
    if not given:
        raise Unsendable(f"{reference} is no reference of {DIGITS} digits")
    return int(given[1])


def reference_of(order_code: int) -> str:
    """Return the reference that they write so; empty if it can be none."""
    return f"{PREFIX}{order_code:0{DIGITS}d}" if 0 <= order_code < 10**DIGITS else ""


def _check_order(data: Mapping[str, Value], order: Order) -> None:
    if whole(data, "orderCode") != order_code(order.reference):
        raise Refused("unreadable", "an answer about another order")


def _said(data: Mapping[str, Value], asked_vnd: int) -> Said:
    """Return how it stands.  Of several transfers the one that is as was asked for pays it, if it
    is one: its webhook may be lost, and nobody would come to know.
    """
    status, paid_vnd = text(data, "status"), whole(data, "amountPaid")
    finding = STATUSES.get(status, "pending")
    transfers = data.get("transactions")
    if not isinstance(transfers, Sequence) or isinstance(transfers, str):
        raise Refused("unreadable", "transactions are no list")
    if finding == "failed" and not paid_vnd and not transfers:
        return Said("failed", code=status[:16])
    some = [one for one in transfers if isinstance(one, Mapping)]
    paying = some if len(transfers) == 1 else [t for t in some if money(t, "amount") == asked_vnd]
    if finding != "paid" or len(paying) != 1:
        return Said("pending", code=status[:16])
    return Said("paid", _transaction(paying[0]), money(paying[0], "amount"), status)


def _transaction(fields: Mapping[str, Value]) -> str:
    number = text(fields, "reference")
    if not _TRANSACTION.fullmatch(number):
        raise Refused("unreadable", "reference is missing or has another form than expected")
    return number


def _code(answer: Answer) -> str:
    return text(read(answer.body, proved=True), "code")[:8]


def _is_ambiguous(name: str, value: Value) -> bool:
    is_split = isinstance(value, str) and bool(_AMBIGUOUS_VALUE.search(value))
    return is_split or bool(_AMBIGUOUS_NAME.search(name))
