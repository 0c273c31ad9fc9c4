"""Our own protocol for banks: nine functions, flat JSON, signed in both directions.

Their words, ours.  What is not in a table is pending (payments, money out) or unknown.

    status of a payment     active pending · paid · failed, expired, cancelled: failed
    status of money out     done · failed · pending: a refund, a disbursement
    code of a problem       status: unknown_reference not_found · create DECLINES · out FAILS
    our verdict → answer    ANSWERS: 200 with an outcome, or a problem (RFC 9457) with its code

`functions` has the functions field by field, `messages` what every one has in common,
`request_signature` the signature, `questions` what is asked besides payments and refunds;
docs/banks.md and docs/contracts/bank.yaml describe it to who builds the other side.
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
from services.payment.gateways.disbursing import Disbursed, Disbursement, Payee
from services.payment.gateways.exact_json import read
from services.payment.gateways.neutral import openapi
from services.payment.gateways.neutral.functions import FUNCTIONS, checked
from services.payment.gateways.neutral.questions import Questions
from services.payment.gateways.not_done import SignsNoReturn
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME, signed
from shared.events.payment import Finding

PAYMENTS: Mapping[str, Literal["paid", "failed", "pending"]] = {
    "active": "pending",
    "paid": "paid",
    "failed": "failed",
    "expired": "failed",
    "cancelled": "failed",
}
REFUNDS: Mapping[str, Literal["done", "failed", "pending"]] = {
    "done": "done",
    "failed": "failed",
    "pending": "pending",
}
QUERY_PROBLEMS: Mapping[str, Finding] = {"unknown_reference": "not_found"}
# problems after which the bank has surely not done it
DECLINES = frozenset({"amount_not_taken", "account_not_taken", "expired", "not_now"})
FAILS = frozenset({"refund_exceeds", "not_paid", "amount_not_taken", "account_not_taken"})
ANSWERS: Mapping[Verdict, tuple[int, str, str]] = {
    "recorded": (200, "recorded", ""),
    "already_final": (200, "already_final", ""),
    "unknown_order": (404, "unknown_reference", "No such order yet: call again."),
    "amount_differs": (409, "amount_differs", "Not the order's amount: kept for a person."),
    "not_genuine": (401, "not_genuine", "Not signed by you, for us, now: check key and clock."),
    "unreadable": (422, "unreadable", "Signed by you, but not as described."),
    "call_again": (503, "not_now", "Could not be kept just now: call again."),
}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
NAPAS_UNDER_VND = 500_000_000  # what is as much or more goes by CITAD
PROBLEM = "application/problem+json"
NO_MONEY = frozenset({"", "0"})  # the transaction where none moved


class Neutral(SignsNoReturn, Questions):
    """A bank that speaks our own protocol."""

    method: Literal["POST"] = "POST"
    body_limit_bytes = 16 << 10
    creates_again = True  # an x-request-id twice is one request

    # ---- the citizen pays

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return what makes a payment; whoever is about to pay, it is the same request.

        Raises `Unsendable`.
        """
        account = order.account or self.partner.account
        values = {
            "reference": order.reference,
            "amount_vnd": order.amount_vnd,
            "currency": "VND",
            "opened_at": int(order.opened_at.timestamp()),
            "expires_at": int(order.expires_at.timestamp()),
            "purpose": f"Thanh toan ho so {order.reference}",
            "return_url": self.partner.return_url,
            "account_bank": account.bank if account else "",
            "account_number": account.number if account else "",
            "account_name": account.name if account else "",
        }
        return self.ask("create", key, values, at)

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return what the bank offers.  Raises `Refused`, `Declined`."""
        try:
            given = self.read("create", answer, at)
        except Declined as declined:
            if declined.code in DECLINES:
                raise
            raise Refused("unreadable", f"no offer, and perhaps one made: {declined}") from None
        if given["reference"] != order.reference or given["status"] != "active":
            raise Refused("unreadable", "an answer about another order, or one that is over")
        if given["pay_url"] and not given["pay_url"].startswith(f"{self.partner.page_url}/"):
            raise Refused("unreadable", "pay_url is no page of this partner")
        return Offer(given["pay_url"], given["deep_link"], given["qr"])

    # ---- they call

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what a call says.  Raises `Refused`."""
        self._verify(call.header(TIME), call.header(SIGNATURE), call.body, at)
        own = self._own(read(call.body), "notify", call.header(ID))
        given = checked(own, FUNCTIONS["notify"].asks)
        finding = PAYMENTS.get(given["status"], "pending")
        if finding == "paid" and given["transaction"] in NO_MONEY:
            raise Refused("unreadable", "paid, but without a transaction")
        return (
            Notice(
                reference=given["reference"],
                transaction=given["transaction"],
                amount_vnd=given["amount_vnd"],
                finding=finding,
                code=given["status"],
            ),
        )

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a call."""
        return openapi.callback(ANSWERS)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to a call, signed as what we send is."""
        status, code, detail = ANSWERS[verdict]
        request_id = _request_id(call)
        head = {"function": "notify", "request_id": request_id, "merchant": self.partner.merchant}
        if status == 200:
            body = msgspec.json.encode({**head, "outcome": code})
        else:
            problem = {"type": "about:blank", "title": code, "status": status, "detail": detail}
            body = msgspec.json.encode({**head, **problem, "code": code})
        try:
            proof = ((ID, request_id), *signed(self.partner.signing_key(at), body, at))
        except Unsendable:  # no key is valid: the answer is as true unsigned, and the bank sees it
            proof = ()
        headers = tuple((name.encode(), value.encode()) for name, value in proof)
        return Reply(status, body, "application/json" if status == 200 else PROBLEM, headers)

    # ---- we ask

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a question after a payment."""
        return self.ask("status", key, {"kind": "payment", "reference": order.reference}, at)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what the bank answered about this order.  Raises `Refused`."""
        try:
            given = self.read("status", answer, at)
        except Declined as declined:
            return Said(QUERY_PROBLEMS.get(declined.code, "unknown"), code=declined.code)
        self._about(given, "payment", order.reference)
        status = given["status"]
        finding = PAYMENTS.get(status, "pending")
        if finding != "paid":
            return Said(finding, code=status)
        if given["transaction"] in NO_MONEY:
            raise Refused("unreadable", "paid, but without a transaction")
        return Said("paid", given["transaction"], given["amount_vnd"], status)

    # ---- money back

    def refund(self, refund: Refund, at: datetime) -> Sending:
        """Return what gives money back; repeated, it is the same refund.  Raises `Unsendable`."""
        values = {
            "refund": refund.key,
            "reference": refund.reference,
            "amount_vnd": refund.amount_vnd,
            "currency": "VND",
            "transaction": refund.transaction,
            "paid_vnd": refund.paid_vnd,
            "reason": refund.reason,
        }
        return self.ask("refund", refund.key, values, at)

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund.  Raises `Refused`."""
        try:
            given = self.read("refund", answer, at)
        except Declined as declined:
            return Refunded("failed" if declined.code in FAILS else "unknown", code=declined.code)
        if (given["refund"], given["amount_vnd"]) != (refund.key, refund.amount_vnd):
            raise Refused("unreadable", "an answer about another refund")
        return _refunded(given)

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending:
        """Return a question after a refund."""
        return self.ask("status", key, {"kind": "refund", "reference": refund.key}, at)

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what the bank answered about a refund.  Raises `Refused`."""
        return self._stands("refund", refund.key, refund.amount_vnd, answer, at)

    def _stands(
        self, kind: str, reference: str, amount_vnd: int, answer: Answer, at: datetime
    ) -> Refunded:
        try:
            given = self.read("status", answer, at)
        except Declined as declined:
            return Refunded("unknown", code=declined.code)
        self._about(given, kind, reference)
        if given["amount_vnd"] != amount_vnd:
            raise Refused("unreadable", f"a {kind} of another amount")
        return _refunded(given)

    def _about(self, given: Mapping[str, Any], kind: str, reference: str) -> None:
        if (given["kind"], given["reference"]) != (kind, reference):
            raise Refused("unreadable", f"an answer about another {kind}")

    # ---- money out

    def disburse(self, disbursement: Disbursement, payee: Payee, at: datetime) -> Sending:
        """Return what pays out; repeated, it is the same disbursement.  Raises `Unsendable`."""
        values = {
            "disbursement": disbursement.reference,
            "route": route(self.partner, payee, disbursement.amount_vnd),
            "amount_vnd": disbursement.amount_vnd,
            "currency": "VND",
            "bank": payee.bank,
            "number": payee.number,
            "name": payee.name,
            "purpose": disbursement.purpose,
        }
        return self.ask("disburse", disbursement.reference, values, at)

    def read_disbursed(self, answer: Answer, disbursement: Disbursement, at: datetime) -> Disbursed:
        """Return what became of it.  Raises `Refused`."""
        try:
            given = self.read("disburse", answer, at)
        except Declined as declined:
            return Refunded("failed" if declined.code in FAILS else "unknown", code=declined.code)
        told = given["disbursement"], given["amount_vnd"]
        if told != (disbursement.reference, disbursement.amount_vnd):
            raise Refused("unreadable", "an answer about another disbursement")
        return _refunded(given)

    def query_disbursement(self, key: str, disbursement: Disbursement, at: datetime) -> Sending:
        """Return a question after it."""
        asked = {"kind": "disbursement", "reference": disbursement.reference}
        return self.ask("status", key, asked, at)

    def read_disbursement_answer(
        self, answer: Answer, disbursement: Disbursement, at: datetime
    ) -> Disbursed:
        """Return what the bank answered about it.  Raises `Refused`."""
        return self._stands(
            "disbursement", disbursement.reference, disbursement.amount_vnd, answer, at
        )


def route(partner: Partner, payee: Payee, amount_vnd: int) -> str:
    """Return how money gets to a payee: within the bank, at once by NAPAS, or by CITAD."""
    if partner.account and partner.account.bank == payee.bank:
        return "same_bank"
    return "napas" if amount_vnd < NAPAS_UNDER_VND else "citad"


def _refunded(given: Mapping[str, Any]) -> Refunded:
    status = given["status"]
    return Refunded(REFUNDS.get(status, "pending"), given["transaction"], status)


def _request_id(call: Call) -> str:
    try:
        found = call.header(ID)
    except Refused:
        return ""
    return found if REQUEST_ID.fullmatch(found) else ""
