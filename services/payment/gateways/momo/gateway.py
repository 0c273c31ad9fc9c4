"""MoMo v2: an order is sent and answered with a page, an app's link and a QR; a callback (IPN).

Their `resultCode`, ours.  What is not in the table means nothing: ask, never charge again on it.

    resultCode              callback    query       refund      answer to an order
    PAID                    paid        paid        done        made
    WAITING                 pending     pending     pending     nobody knows
    NOT_TAKEN (a request)   pending     unknown     unknown     DECLINED: none; else nobody knows
    NOT_FOUND               pending     not_found   unknown     nobody knows
    FINAL                   failed      failed      failed      nobody knows
    BEFORE                  failed      failed      unknown     nobody knows
    our verdict → status    STATUSES, always without a body: 204 of all that is theirs and kept;
                            when they call again is not published

Callbacks and what we send are signed with HMAC-SHA256 (`signing`); so is the answer to an
order, if at all, with or without its message.  Answers to questions are not.  Amounts are đồng, our
reference is their `orderId`; a refund has an `orderId` of its own.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from services.payment.gateways import (
    Answer,
    Call,
    Declined,
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
    wallets,
)
from services.payment.gateways.exact_json import field, raw, read
from services.payment.gateways.hmac_sha256 import matches, sign
from services.payment.gateways.momo import openapi, signing
from services.payment.gateways.momo.signing import SIGNATURE, signed_text
from shared.errors import Misconfigured
from shared.events.payment import Finding


class Meaning(NamedTuple):
    """What a `resultCode` says in a callback, in the answer to a query, and of a refund."""

    callback: Literal["paid", "failed", "pending"]
    query: Finding
    refund: Literal["done", "failed", "pending", "unknown"]


PAID = Meaning("paid", "paid", "done")
WAITING = Meaning("pending", "pending", "pending")
NOT_TAKEN = Meaning("pending", "unknown", "unknown")
NOT_FOUND = Meaning("pending", "not_found", "unknown")
FINAL = Meaning("failed", "failed", "failed")
BEFORE = Meaning("failed", "failed", "unknown")  # given back already, maybe: ask
RESULTS: Mapping[str, Meaning] = {
    "0": PAID,
    "9000": WAITING,  # authorised, to be confirmed: not paid before that
    "1000": WAITING,  # the payer has not confirmed yet
    "7000": WAITING,  # being processed
    "7002": WAITING,  # being processed by the payer's bank
    "8000": WAITING,  # the payer is to confirm again
    "10": NOT_TAKEN,  # under maintenance
    "11": NOT_TAKEN,  # access denied
    "12": NOT_TAKEN,  # this version is not supported
    "13": NOT_TAKEN,  # the merchant is not authenticated
    "20": NOT_TAKEN,  # bad format
    "21": NOT_TAKEN,  # bad amount
    "22": NOT_TAKEN,  # amount out of range
    "40": NOT_TAKEN,  # a requestId twice
    "41": NOT_TAKEN,  # an orderId twice
    "42": NOT_FOUND,  # no such orderId
    "43": NOT_TAKEN,  # a like transaction is being processed
    "45": NOT_TAKEN,  # an item's id twice
    "47": NOT_TAKEN,  # a value cannot be applied
    "98": NOT_TAKEN,  # no QR could be made
    "99": NOT_TAKEN,  # unknown error
    "1001": FINAL,  # not enough money
    "1002": FINAL,  # refused by the issuer
    "1003": FINAL,  # cancelled after it was authorised
    "1004": FINAL,  # over the payer's limit
    "1005": FINAL,  # expired
    "1006": FINAL,  # refused by the payer
    "1007": FINAL,  # the payer's account is not active
    "1017": FINAL,  # cancelled by the merchant
    "1026": FINAL,  # against a promotion's rules
    "1080": FINAL,  # the refund failed; another may be asked for
    "1081": BEFORE,  # the refund is refused: given back already, maybe
    "1088": FINAL,  # this payment cannot be refunded
    "2019": FINAL,
    "4001": FINAL,
    "4002": FINAL,
    "4100": FINAL,
}
# of an order that was sent: the request was turned away before there was one
DECLINED = frozenset({"10", "11", "12", "13", "20", "21", "22", "45", "47"})
STATUSES: Mapping[Verdict, int] = {
    "recorded": 204,
    "already_final": 204,
    "amount_differs": 204,
    "unreadable": 204,
    "unknown_order": 204,
    "not_genuine": 400,
    "call_again": 503,
}

API = "/v2/gateway/api"
MIN_VND, MAX_VND = 1_000, 50_000_000
REFERENCE = re.compile(r"[0-9a-zA-Z](?:[-_.]?[0-9a-zA-Z]){0,99}")
CODE = re.compile(r"-?[0-9]{1,8}")
CALLBACK = {
    "orderId": REFERENCE,
    "amount": wallets.AMOUNT,
    "resultCode": CODE,
    "transId": wallets.TRANSACTION,
}


class Momo:
    """A partner that speaks MoMo; its `ids` have our `access_key`."""

    method: Literal["POST"] = "POST"
    body_limit_bytes = 16 << 10
    creates_again = True  # a requestId twice is one request

    def __init__(self, partner: Partner) -> None:
        if not partner.ids.get("access_key"):
            raise Misconfigured(f"partner {partner.name}: ids.access_key is missing")
        self.partner = partner
        self._answers = {verdict: Reply(status, b"") for verdict, status in STATUSES.items()}

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return what makes an order there; sent again, it makes no other.  Raises `Unsendable`."""
        _check_amount(order.amount_vnd)
        if not REFERENCE.fullmatch(order.reference):
            raise Unsendable("the reference has another form than their orderId")
        left_s = (order.expires_at - at).total_seconds()
        values = {
            "requestId": wallets.request_id(key),
            "amount": order.amount_vnd,
            "orderId": order.reference,
            "orderInfo": f"Thanh toán hồ sơ {order.reference}",
            "redirectUrl": self.partner.return_url,
            "ipnUrl": self.partner.callback_url,
            "extraData": "",
            "requestType": "captureWallet",
            "orderExpireTime": max(1, int(left_s // 60)),  # minutes
            "lang": "en" if payer.language == "en" else "vi",
        }
        return self._sending("create", signing.CREATE, values, at)

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return the page, the link and the QR.  Raises `Refused`, `Declined`."""
        given = read(answer.body, proved=True)
        if signature := raw(given, SIGNATURE):
            forms = (signing.CREATED, signing.CREATED_WITHOUT_MESSAGE)
            texts = [self._text(given, names) for names in forms]
            if not matches(signature, texts, self.partner.verifying_keys(at)):
                raise Refused("not_genuine", "the answer's signature does not verify")
        code = field(given, "resultCode", CODE)
        if code in DECLINED:
            raise Declined(code)
        if RESULTS.get(code) is not PAID:
            raise Refused("unreadable", f"nobody knows whether there is an order: {code}")
        self._check_about(given, order.reference, order.amount_vnd)
        page = wallets.page(given, "payUrl")
        return Offer(page, wallets.shown(given, "deeplink"), wallets.shown(given, "qrCodeUrl"))

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what an IPN says.  Raises `Refused`."""
        return (self._notice(read(call.body), at),)

    def read_return(self, query: bytes, at: datetime) -> Finding:
        """Return what a browser says that comes back.  Raises `Refused`."""
        given = wallets.browser(query)
        return self._notice(given, at).finding if SIGNATURE in given else "unknown"

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for an IPN."""
        return openapi.callback(CALLBACK, STATUSES)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to an IPN."""
        return self._answers[verdict]

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a question after an order."""
        return self._question(key, order.reference, at)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what was answered about this order.  Raises `Refused`."""
        given = read(answer.body, proved=True)
        code = field(given, "resultCode", CODE)
        finding = RESULTS.get(code, NOT_TAKEN).query
        if finding in ("unknown", "pending"):
            return Said(finding, code=code)
        self._check_about(given, order.reference)
        if finding != "paid":
            return Said(finding, code=code)
        amount_vnd = int(field(given, "amount", wallets.AMOUNT))
        return Said(finding, wallets.transaction(given, "transId"), amount_vnd, code)

    def refund(self, refund: Refund, at: datetime) -> Sending:
        """Return what gives money back; sent again, it gives no more.  Raises `Unsendable`."""
        wallets.check_refund(refund)
        _check_amount(refund.amount_vnd)
        values = {
            "orderId": _refund_id(refund),
            "requestId": wallets.request_id(refund.key),
            "amount": refund.amount_vnd,
            "transId": int(refund.transaction),
            "lang": "vi",
            "description": f"Hoàn tiền hồ sơ {refund.reference}",
        }
        return self._sending("refund", signing.REFUND, values, at)

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund.  Raises `Refused`."""
        given = read(answer.body, proved=True)
        code = field(given, "resultCode", CODE)
        finding = RESULTS.get(code, NOT_TAKEN).refund
        if finding in ("unknown", "pending"):
            return Refunded(finding, code=code)
        if finding == "failed":
            self._check_about(given, _refund_id(refund))
            return Refunded(finding, code=code)
        self._check_about(given, _refund_id(refund), refund.amount_vnd)
        return Refunded(finding, wallets.transaction(given, "transId"), code)

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending:
        """Return a question after a refund."""
        return self._question(key, _refund_id(refund), at)

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what was answered about a refund.  Raises `Refused`."""
        return self.read_refunded(answer, refund, at)

    def _notice(self, given: Mapping[str, Any], at: datetime) -> Notice:
        try:
            signature, text = raw(given, SIGNATURE), self._text(given, signing.NOTIFIED)
        except Refused as error:
            raise Refused("not_genuine", error.reason, "form") from error
        if not matches(signature, [text], self.partner.verifying_keys(at)):
            raise Refused("not_genuine", "the signature does not verify")
        if given.get("partnerCode") != self.partner.merchant:
            raise Refused("not_genuine", "signed for another merchant", "merchant")
        reference, amount, code, number = (field(given, n, f) for n, f in CALLBACK.items())
        finding = RESULTS.get(code, NOT_TAKEN).callback
        if finding == "paid":
            number = wallets.transaction(given, "transId")
        return Notice(reference, number, int(amount), finding, code)

    def _question(self, key: str, order_id: str, at: datetime) -> Sending:
        asked = {"requestId": wallets.request_id(key), "orderId": order_id, "lang": "vi"}
        return self._sending("query", signing.QUERY, asked, at)

    def _sending(
        self, what: str, names: Sequence[str], values: Mapping[str, object], at: datetime
    ) -> Sending:
        body = {"partnerCode": self.partner.merchant, **values}
        body[SIGNATURE] = sign(self.partner.signing_key(at), self._text(body, names))
        return Sending(f"{self.partner.base_url}{API}/{what}", msgspec.json.encode(body))

    def _text(self, values: Mapping[str, Any], names: Sequence[str]) -> str:
        return signed_text(self.partner.ids["access_key"], values, names)

    def _check_about(
        self, given: Mapping[str, Any], order_id: str, amount_vnd: int | None = None
    ) -> None:
        if (given.get("partnerCode"), given.get("orderId")) != (self.partner.merchant, order_id):
            raise Refused("unreadable", "an answer about another order")
        if amount_vnd is not None and raw(given, "amount") != str(amount_vnd):
            raise Refused("unreadable", "an answer about another amount")


def _check_amount(amount_vnd: int) -> None:
    if not MIN_VND <= amount_vnd <= MAX_VND:
        raise Unsendable(f"MoMo moves {MIN_VND} to {MAX_VND} VND at a time, not {amount_vnd}")


def _refund_id(refund: Refund) -> str:
    return f"RF{wallets.request_id(refund.key)}"
