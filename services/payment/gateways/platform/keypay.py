"""KeyPay 3.0, through the national portal: create, callback, detail, refund, refund detail.

Their words, ours.  What is not in a table is pending: ask, never charge again on a guess.

    callback status         0 paid, they say · every other: not paid; ours in both cases: pending
    detail status           0 paid · every other: pending
    refund status           0 done · every other: pending
    error of an answer      0 see the rest · every other: not done (create) or unknown
    our verdict → return_code   0 recorded (again too) · -1 every other

check_sum is HMAC-SHA256 over values joined by `|`: with key 1 (`outgoing`) in what we send, with
key 2 (`incoming`) in what they send.  A callback's status is *not* one of those values: whoever saw
a callback of a declined payment could send it again as paid.  So a callback is a reason to ask, one
for each status that it may have, and the detail, which we fetch ourselves, decides.  An answer is
believed only with a check_sum of key 2 over the values of our own question.  `ids` of the partner's
row says where each is sent: `create_path`, `detail_path`, `refund_path`, `refund_detail_path`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

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
)
from services.payment.gateways.exact_json import dong, field, read, text
from services.payment.gateways.not_done import SignsNoReturn
from services.payment.gateways.platform import openapi
from services.payment.gateways.platform.bill import receipt_data
from services.payment.gateways.platform.piped import Ambiguous, is_one_of, keyed, piped

CREATED = ("addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version")
DETAIL = ("client_id", "command", "transaction_id")
REFUND = ("amount", "client_id", "command", "reason", "transaction_id")
REFUND_DETAIL = ("client_id", "command", "transaction_refund_code")
CHECKSUM = "check_sum"
VERSION = "3.0"
PAY, GIVE_BACK = "PAY", "REFUND"

PAYMENTS: Mapping[str, Literal["paid"]] = {"0": "paid"}
REFUNDS: Mapping[str, Literal["done"]] = {"0": "done"}
OK = "0"
ANSWERS: Mapping[Verdict, tuple[int, str]] = {
    "recorded": (0, "Đã nhận"),
    "already_final": (0, "Đã ghi nhận trước đó"),
    "unknown_order": (-1, "Không có mã giao dịch này"),
    "amount_differs": (-1, "Số tiền khác với khoản phải nộp"),
    "not_genuine": (-1, "check_sum không đúng"),
    "unreadable": (-1, "Bản tin sai định dạng"),
    "call_again": (-1, "Lỗi khác, xin gọi lại"),
}

STATUS = re.compile(r"-?[0-9A-Za-z_]{1,16}")
TOLD = re.compile(r"-?[0-9]{1,3}")  # in a callback: unsigned, so few
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,50}")
NUMBER = re.compile(r"(?!0$)[A-Za-z0-9._/-]{1,64}")  # 0: none
NAMED = re.compile(r"[A-Za-z0-9 ._/-]{1,100}")


class Keypay(SignsNoReturn):
    """KeyPay as a partner; its `merchant` is our client_id."""

    method: Literal["POST"] = "POST"
    body_limit_bytes = 64 << 10
    creates_again = False  # nothing is published

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self._answers = {
            verdict: Reply(200, msgspec.json.encode({"return_code": code, "return_msg": message}))
            for verdict, (code, message) in ANSWERS.items()
        }

    # ---- the citizen pays

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return what makes an order.  Raises `Unsendable`."""
        signed = {
            "addition_fee": "0",
            "client_id": self.partner.merchant,
            "command": PAY,
            "trans_amount": str(order.amount_vnd),
            "transaction_id": order.reference,
            "version": VERSION,
        }
        beside = {
            "locale": "en" if payer.language == "en" else "vi",
            "country_code": "VN",
            "currency_code": "VND",
            "environment": "1",
            "return_url": self.partner.return_url,
            "bill_info": receipt_data(self.partner, order),
        }
        return self._sending("create_path", signed, CREATED, at, beside)

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return where the citizen pays, under our partner's `page_url`.

        Raises `Refused`, `Declined`.
        """
        given = read(answer.body)
        if (error := _code(given, "error")) != OK:
            raise Declined(error)
        self._verify(given, self._asked(order.reference), DETAIL, at)
        url = given.get("payment_url")
        if not isinstance(url, str) or not url.startswith(f"{self.partner.page_url}/"):
            raise Refused("unreadable", "payment_url is no page of this partner")
        return Offer(pay_url=url)

    # ---- they call

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return that there is something to ask about.  Raises `Refused`."""
        given = read(call.body)
        self._verify(given, given, CREATED, at)
        if given.get("client_id") != self.partner.merchant:
            raise Refused("not_genuine", "signed for another client", "merchant")
        if given.get("command") != PAY or given.get("version") != VERSION:
            raise Refused("unreadable", "not a callback of a payment of version 3.0")
        if given.get("currency_code", "VND") != "VND":
            raise Refused("unreadable", "currency_code is not VND", "currency")
        return (
            Notice(
                reference=text(given, "transaction_id", REFERENCE),
                transaction="",
                amount_vnd=dong(given, "trans_amount"),
                finding="pending",
                code=_unproved(given),
            ),
        )

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a callback."""
        return openapi.keypay_callback(ANSWERS)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to a callback."""
        return self._answers[verdict]

    # ---- we ask

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a question after an order's detail."""
        return self._sending("detail_path", self._asked(order.reference), DETAIL, at)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what the detail says.  Raises `Refused`."""
        given = read(answer.body)
        if (error := _code(given, "error")) != OK:
            return Said("unknown", code=error)
        self._verify(given, self._asked(order.reference), DETAIL, at)
        if given.get("transaction_id") != order.reference:
            raise Refused("unreadable", "an answer about another order")
        status = _code(given, "status")
        if PAYMENTS.get(status) != "paid":
            return Said("pending", code=status)
        if given.get("currency_code", "VND") != "VND":
            raise Refused("unreadable", "currency_code is not VND", "currency")
        number = text(given, "transaction_code", NUMBER)
        return Said("paid", number, dong(given, "trans_amount"), status)

    # ---- money back

    def refund(self, refund: Refund, at: datetime) -> Sending:
        """Return what gives money back; its `reason` names our refund.  Raises `Unsendable`."""
        return self._sending("refund_path", self._given_back(refund), REFUND, at)

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund.  Raises `Refused`."""
        given = read(answer.body)
        if (error := _code(given, "error")) != OK:
            return Refunded("unknown", code=error)
        self._verify(given, self._given_back(refund), REFUND, at)
        return _refunded(given)

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending | None:
        """Return a question by their number of the refund; None if they told none."""
        if not refund.number:
            return None
        asked = self._asked_back(refund)
        return self._sending("refund_detail_path", asked, REFUND_DETAIL, at)

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what the detail of a refund says.  Raises `Refused`."""
        given = read(answer.body)
        if (error := _code(given, "error")) != OK:
            return Refunded("unknown", code=error)
        self._verify(given, self._asked_back(refund), REFUND_DETAIL, at)
        if given.get("transaction_refund_code") != refund.number:
            raise Refused("unreadable", "an answer about another refund")
        return _refunded(given)

    # ---- both ways

    def _asked(self, reference: str) -> dict[str, str]:
        return {
            "client_id": self.partner.merchant,
            "command": PAY,
            "transaction_id": reference,
        }

    def _given_back(self, refund: Refund) -> dict[str, str]:
        reason = f"Hoan tien {refund.key}"
        if not NAMED.fullmatch(reason):
            raise Unsendable("the refund's key has characters that their reason does not take")
        return {
            "amount": str(refund.amount_vnd),
            "client_id": self.partner.merchant,
            "command": GIVE_BACK,
            "reason": reason,
            "transaction_id": refund.reference,
        }

    def _asked_back(self, refund: Refund) -> dict[str, str]:
        return {
            "client_id": self.partner.merchant,
            "command": GIVE_BACK,
            "transaction_refund_code": refund.number,
        }

    def _sending(
        self,
        path: str,
        message: Mapping[str, str],
        signed: Sequence[str],
        at: datetime,
        beside: Mapping[str, Any] | None = None,
    ) -> Sending:
        try:
            proof = keyed(self.partner.signing_key(at), piped(message, signed))
        except Ambiguous as error:
            raise Unsendable(str(error)) from error
        url = f"{self.partner.base_url}{self.partner.ids.get(path, '')}"
        return Sending(url, msgspec.json.encode({**message, **(beside or {}), CHECKSUM: proof}))

    def _verify(
        self,
        given: Mapping[str, Any],
        values: Mapping[str, Any],
        names: Sequence[str],
        at: datetime,
    ) -> None:
        """Check that check_sum is key 2's over these values.  Raises `Refused`."""
        try:
            signed = piped(values, names)
        except Ambiguous as error:
            raise Refused("not_genuine", str(error), "form") from error
        keys = self.partner.verifying_keys(at)
        if not is_one_of(given.get(CHECKSUM), [keyed(key, signed) for key in keys]):
            raise Refused("not_genuine", "check_sum does not verify")


def _code(given: Mapping[str, Any], name: str) -> str:
    return field(given, name, STATUS)


def _unproved(given: Mapping[str, Any]) -> str:
    """Return the status of a callback, which tells it from another of the same order."""
    try:
        return field(given, "status", TOLD)
    except Refused:
        return ""


def _refunded(given: Mapping[str, Any]) -> Refunded:
    status = _code(given, "status")
    number = text(given, "transaction_refund_code", NUMBER)
    return Refunded(REFUNDS.get(status, "pending"), number, status)
