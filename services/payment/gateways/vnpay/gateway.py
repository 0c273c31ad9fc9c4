"""VNPAY 2.1.0: a redirect to their pay page, a callback (IPN), a query (querydr), refunds.

Their words, ours.  A callback is paid only if *both* of its codes are, failed only if both are;
what is not in the tables, or where they differ, is pending: ask, never charge again on a guess.

    vnp_ResponseCode        00 paid · 07 pending (money taken, under suspicion) · RESPONSES: failed
    vnp_TransactionStatus   00 paid · 02 failed · every other: pending
    querydr ResponseCode    00 see the status · 91 not_found · every other: unknown
    of a refund             the tables of `refunds`
    our verdict → RspCode   RSP_CODES; they call again on 01, 04, 97, 99, at most ten times

Signatures are HMAC-SHA512 in hex: over the parameters, sorted and form-encoded, in URLs; over the
values joined with `|` elsewhere.  Amounts on the wire are đồng times 100, times are UTC+7.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from services.payment.gateways import (
    Answer,
    Call,
    Notice,
    Offer,
    Order,
    Partner,
    Payer,
    Refund,
    Refunded,
    Refused,
    Reply,
    Said,
    Sending,
    Unsendable,
    Verdict,
)
from services.payment.gateways.not_done import SendsNoOrder
from services.payment.gateways.vnpay import openapi, refunds
from services.payment.gateways.vnpay.signing import (
    ANSWERED,
    ASKED,
    REFUND_ASKED,
    SIGNATURE,
    answered,
    canonical,
    is_about,
    joined,
    local,
    sign,
    verified,
)
from shared.events.payment import Finding

Callback = Literal["paid", "failed", "pending"]

RESPONSES: Mapping[str, Callback] = {
    "00": "paid",  # ok
    "05": "pending",  # of older lists, which differ
    "06": "pending",  # as well
    "07": "pending",  # money taken, under suspicion
    "09": "failed",  # card not enrolled for internet banking
    "10": "failed",  # wrong card or account data, three times
    "11": "failed",  # expired
    "12": "failed",  # card or account locked
    "13": "failed",  # wrong one-time password
    "24": "failed",  # cancelled by the payer
    "51": "failed",  # not enough money
    "65": "failed",  # over the daily limit
    "75": "failed",  # bank under maintenance
    "79": "failed",  # wrong payment password, too often
    "99": "failed",  # other
}
STATUSES: Mapping[str, Callback] = {
    "00": "paid",
    "01": "pending",  # not completed
    "02": "failed",  # error
    "04": "pending",  # reversed: money taken, not credited
    "05": "pending",  # of a refund, as 06 and 09
    "06": "pending",
    "07": "pending",  # suspected fraud
    "08": "pending",  # timeout
    "09": "pending",
    "10": "pending",  # of delivery and settlement, as 11 and 20
    "11": "pending",
    "20": "pending",
}
QUERY_RESPONSES: Mapping[str, Finding] = {
    "02": "unknown",  # bad merchant
    "03": "unknown",  # bad format
    "08": "unknown",  # busy
    "91": "not_found",
    "94": "unknown",  # a question twice
    "97": "unknown",  # bad signature
    "99": "unknown",  # other
}
RSP_CODES: Mapping[Verdict, tuple[str, str]] = {
    "recorded": ("00", "Confirm Success"),
    "unknown_order": ("01", "Order not found"),
    "already_final": ("02", "Order already confirmed"),
    "amount_differs": ("04", "Invalid amount"),
    "not_genuine": ("97", "Invalid signature"),
    "unreadable": ("99", "Unreadable"),
    "call_again": ("99", "Unknown error"),
}

PAY_PAGE = "/paymentv2/vpcpay.html"
TRANSACTION_API = "/merchant_webapi/api/transaction"
SAFE = re.compile(r"[A-Za-z0-9 .,:_-]{1,100}")  # every vendor sample encodes these alike
AMOUNT = re.compile(r"[0-9]{1,12}")
CODE = re.compile(r"[0-9A-Za-z]{1,8}")
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,100}")
TRANSACTION = re.compile(r"[A-Za-z0-9]{1,32}")
CALLBACK = {
    "vnp_TxnRef": REFERENCE,
    "vnp_Amount": AMOUNT,
    "vnp_ResponseCode": CODE,
    "vnp_TransactionStatus": CODE,
    "vnp_TransactionNo": TRANSACTION,
}
NO_TRANSACTION = "0"  # what they send when no money moved
PAYMENT = "01"  # vnp_TransactionType; of refunds: `refunds`


class Vnpay(SendsNoOrder):
    """A partner that speaks VNPAY."""

    method: Literal["GET"] = "GET"
    body_limit_bytes = 0

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self._answers = {
            verdict: Reply(200, msgspec.json.encode({"RspCode": code, "Message": message}))
            for verdict, (code, message) in RSP_CODES.items()
        }

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Offer:
        """Return the address of the pay page, signed: nothing is sent.  Raises `Unsendable`."""
        parameters = {
            "vnp_Version": "2.1.0",
            "vnp_Command": "pay",
            "vnp_TmnCode": self.partner.merchant,
            "vnp_Amount": str(order.amount_vnd * 100),
            "vnp_CreateDate": local(order.opened_at),
            "vnp_ExpireDate": local(order.expires_at),
            "vnp_CurrCode": "VND",
            "vnp_IpAddr": payer.ip,
            "vnp_Locale": "en" if payer.language == "en" else "vn",
            "vnp_OrderInfo": f"Thanh toan ho so {order.reference}",
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": self.partner.return_url,
            "vnp_TxnRef": order.reference,
        }
        for name in ("vnp_OrderInfo", "vnp_TxnRef", "vnp_IpAddr"):
            if not SAFE.fullmatch(parameters[name]):
                raise Unsendable(f"{name} has characters that not all of theirs encode alike")
        if not AMOUNT.fullmatch(parameters["vnp_Amount"]):
            raise Unsendable("the amount has more than twelve digits on the wire")
        text = canonical(parameters.items())
        signature = sign(self.partner.signing_key(at), text)
        return Offer(f"{self.partner.page_url}{PAY_PAGE}?{text}&{SIGNATURE}={signature}")

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what an IPN says.  Raises `Refused`."""
        return (self._notice(call.query, at),)

    def read_return(self, query: bytes, at: datetime) -> Finding:
        """Return what a browser says that comes back.  Raises `Refused`."""
        return self._notice(query, at).finding

    def _notice(self, query: bytes, at: datetime) -> Notice:
        given = verified(query, self.partner.verifying_keys(at))
        if given.get("vnp_TmnCode") != self.partner.merchant:
            raise Refused("not_genuine", "signed for another merchant", "merchant")
        finding = callback_finding(
            _read(given, "vnp_ResponseCode", CODE), _read(given, "vnp_TransactionStatus", CODE)
        )
        transaction = _read(given, "vnp_TransactionNo", TRANSACTION)
        if finding == "paid" and transaction == NO_TRANSACTION:
            raise Refused("unreadable", "paid, but without a transaction number")
        return Notice(
            reference=_read(given, "vnp_TxnRef", REFERENCE),
            transaction=transaction,
            amount_vnd=_dong(_read(given, "vnp_Amount", AMOUNT)),
            finding=finding,
            code=f"{given['vnp_ResponseCode']}/{given['vnp_TransactionStatus']}",
        )

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for an IPN."""
        return openapi.callback(CALLBACK, RSP_CODES)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to an IPN."""
        return self._answers[verdict]

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a querydr request."""
        return self._question(key, order.reference, order.opened_at, at)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what querydr answered about this order.  Raises `Refused`."""
        given = answered(answer.body, ANSWERED, self.partner.verifying_keys(at))
        code = given.get("vnp_ResponseCode", "")
        if code != "00":
            return Said(QUERY_RESPONSES.get(code, "unknown"), code=code[:8])
        is_about(given, self.partner.merchant, order.reference)
        return _said(given)

    def refund(self, refund: Refund, at: datetime) -> Sending:
        """Return a refund request; sent again, it gives no more.  Raises `Unsendable`."""
        values = refunds.asked(self.partner, refund, _request_id(refund.key), at)
        return self._sending(values, REFUND_ASKED, at)

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund.  Raises `Refused`."""
        return refunds.read_refunded(self.partner, answer, refund, at)

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending:
        """Return a querydr request: it answers about the refund once there is one."""
        return self._question(key, refund.reference, refund.opened_at, at)

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what querydr answered about a refund.  Raises `Refused`."""
        return refunds.read_refund_answer(self.partner, answer, refund, at)

    def _question(self, key: str, reference: str, opened_at: datetime, at: datetime) -> Sending:
        values = {
            "vnp_RequestId": _request_id(key),
            "vnp_Version": "2.1.0",
            "vnp_Command": "querydr",
            "vnp_TmnCode": self.partner.merchant,
            "vnp_TxnRef": reference,
            "vnp_OrderInfo": f"Truy van {reference}",
            "vnp_TransactionDate": local(opened_at),
            "vnp_CreateDate": local(at),
            "vnp_IpAddr": self.partner.server_ip,
        }
        return self._sending(values, ASKED, at)

    def _sending(self, values: dict[str, str], names: Sequence[str], at: datetime) -> Sending:
        signature = sign(self.partner.signing_key(at), joined(values, names))
        body = msgspec.json.encode(values | {SIGNATURE: signature})
        return Sending(f"{self.partner.base_url}{TRANSACTION_API}", body)


# ---- words


def callback_finding(response: str, status: str) -> Callback:
    """Return what the two codes of a callback mean together."""
    first = RESPONSES.get(response, "pending")
    second = STATUSES.get(status, "pending")
    return first if first == second else "pending"


def _said(given: Mapping[str, str]) -> Said:
    status = _read(given, "vnp_TransactionStatus", CODE)
    finding, kind = STATUSES.get(status, "pending"), given.get("vnp_TransactionType")
    if kind != PAYMENT and (kind or finding == "paid"):
        finding = "pending"  # it is about a refund
    if finding != "paid":
        return Said(finding, code=f"00/{status}")
    transaction = _read(given, "vnp_TransactionNo", TRANSACTION)
    if transaction == NO_TRANSACTION:
        raise Refused("unreadable", "paid, but without a transaction number")
    amount_vnd = _dong(_read(given, "vnp_Amount", AMOUNT))
    return Said("paid", transaction, amount_vnd, f"00/{status}")


def _read(given: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    value = given.get(name, "")
    if not form.fullmatch(value):
        raise Refused("unreadable", f"{name} is missing or has another form than documented")
    return value


def _dong(wire: str) -> int:
    amount_vnd, rest = divmod(int(wire), 100)
    if rest:
        raise Refused("unreadable", "vnp_Amount is not a whole number of đồng")
    return amount_vnd


def _request_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
