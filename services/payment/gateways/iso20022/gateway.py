"""ISO 20022: requests to pay, credits as they are booked, refunds as transfers.

What a bank sends, and what it is to us; `services/payment/iso20022/words.py` has its codes.

    camt.054 credit         Sts BOOK paid · every other pending
    … returned, reversed    never an order's money: kept for a person
    camt.054 debit          one of our own transfers: nothing to an order
    pain.014 of a request   RJCT CANC failed (but for DUPL, AM05) · every other pending
    pain.002 of a transfer  ACSC ACCC done · RJCT CANC failed (DUPL, AM05: unknown) · pending
    camt.052 in an answer   a booked credit of an order paid · a booked debit of a transfer done,
                            its booked return failed
    our verdict → answer    ANSWERS, in JSON: the standard has no answer to camt.054

An order's reference is the end-to-end reference; where a payer could not give one, it is looked for
in what the payer wrote.  `request_signature` says who it is from, `sent` what we send.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    Verdict,
)
from services.payment.gateways.disbursing import Disbursed, Disbursement, Payee
from services.payment.gateways.iso20022 import openapi, sent
from services.payment.gateways.iso20022.entries import notice, shown
from services.payment.gateways.iso20022.outcomes import code
from services.payment.gateways.iso20022.sent import identity
from services.payment.gateways.iso20022.speaking import Spoken, refused
from services.payment.gateways.not_done import SignsNoReturn
from services.payment.gateways.request_signature import SIGNATURE, TIME
from services.payment.iso20022 import strict
from services.payment.iso20022.reports import (
    NOTIFICATIONS,
    Head,
    read_reports,
)
from services.payment.iso20022.statuses import (
    OF_REQUESTS,
    read_statuses,
)
from services.payment.iso20022.words import Malformed

ANSWERS: Mapping[Verdict, tuple[int, str, str]] = {
    "recorded": (202, "recorded", "Recorded."),
    "already_final": (202, "already_final", "Recorded before, or final already."),
    "amount_differs": (202, "amount_differs", "Not the order's amount: kept for a person."),
    "unknown_order": (404, "unknown_order", "No such order yet: send it again."),
    "not_genuine": (401, "not_genuine", "Not signed by you, for us, now: check key and clock."),
    "unreadable": (422, "unreadable", "Signed by you, but not as its schema says."),
    "call_again": (503, "not_now", "Could not be kept just now: send it again."),
}
KEPT = (202, "kept", "It names no order: kept for a person.")
TAKEN = (*NOTIFICATIONS, *OF_REQUESTS)


class Iso20022(SignsNoReturn, Spoken):
    """A bank that speaks ISO 20022; its `ids` have `accounts`, more of ours, parted by blanks."""

    method: Literal["POST"] = "POST"
    body_limit_bytes = 256 << 10
    creates_again = True  # the second request of a name is refused as DUPL, and the first stands

    def __init__(self, partner: Partner) -> None:
        super().__init__(partner)
        self._answers = {v: _reply(*answer) for v, answer in ANSWERS.items()}

    # ---- the citizen pays

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return a request to pay: pain.013.  Raises `Unsendable`."""
        return sent.request(self.partner, key, order, at)

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return where the citizen agrees to it.  Raises `Refused`, `Declined`."""
        for status in self.statuses(answer, OF_REQUESTS, at):
            if status.key not in ("", order.reference):
                raise Refused("unreadable", "an answer about another order")
            if status.outcome == "failed":
                raise Declined(code(status))
        return Offer(f"{self.partner.page_url}/pay/{order.reference}")

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what a message says of orders.  Raises `Refused`."""
        self.verify(call.header(TIME), call.header(SIGNATURE), call.body, at)
        try:
            return tuple(self._notices(call.body))
        except Malformed as error:
            raise refused(error) from error

    def _notices(self, body: bytes) -> Iterator[Notice]:
        if strict.named(body) in OF_REQUESTS:
            for said in read_statuses(body, OF_REQUESTS):
                if said.key:
                    finding: Literal["failed", "pending"]
                    finding = "failed" if said.outcome == "failed" else "pending"
                    yield Notice(shown(said.key), "", 0, finding, code(said))
            return
        for found in read_reports([body], TAKEN, self.body_limit_bytes):
            if isinstance(found, Head):
                self.check_account(found)
            elif told := notice(found):
                yield told

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a message to us."""
        return openapi.callback(TAKEN, ANSWERS)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer; money that names no order at all is not to be sent again.

        An answer to a request has no amount that could differ.
        """
        if verdict == "unknown_order" and not self._names_an_order(call.body):
            return _reply(*KEPT)
        if verdict == "amount_differs" and strict.named(call.body) in OF_REQUESTS:
            return self._answers["recorded"]
        return self._answers[verdict]

    def _names_an_order(self, body: bytes) -> bool:
        try:
            return any(n.reference for n in self._notices(body))
        except (Malformed, Refused):
            return True

    # ---- we ask

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a question after what was booked for an order."""
        account = order.account.number if order.account else ""
        return sent.question(self.partner, key, order.reference, order.opened_at, at, account)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what a report has of this order.  Raises `Refused`."""
        found = [n for m in self.booked(answer, at) if (n := notice(m))]
        ours = sorted(
            (n for n in found if n.reference == order.reference), key=lambda n: n.finding != "paid"
        )
        for one in ours:
            return Said(one.finding, one.transaction, one.amount_vnd, one.code)
        return Said("not_found")

    # ---- refunds

    def refund(self, refund: Refund, at: datetime) -> Sending:
        """Return a transfer back to where the money came from: pain.001.  Raises `Unsendable`."""
        return sent.transfer(self.partner, refund, at)

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what the bank says at once.  Raises `Refused`."""
        return self.told(answer, identity("R", refund.key), at)

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending:
        """Return a question after what was booked for a refund."""
        reference = identity("R", refund.key)
        account = refund.account.number if refund.account else ""
        return sent.question(self.partner, key, reference, refund.asked_at, at, account)

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund: a report, or a later status.  Raises `Refused`."""
        return self.found(answer, identity("R", refund.key), refund.amount_vnd, at)

    # ---- money out

    def disburse(self, disbursement: Disbursement, payee: Payee, at: datetime) -> Sending:
        """Return a transfer to a payee: pain.001.  Raises `Unsendable`."""
        return sent.disbursement(self.partner, disbursement, payee, at)

    def read_disbursed(self, answer: Answer, disbursement: Disbursement, at: datetime) -> Disbursed:
        """Return what the bank says at once.  Raises `Refused`."""
        return self.told(answer, sent.out(disbursement), at)

    def query_disbursement(self, key: str, disbursement: Disbursement, at: datetime) -> Sending:
        """Return a question after what was booked for it."""
        reference = sent.out(disbursement)
        return sent.question(self.partner, key, reference, disbursement.asked_at, at)

    def read_disbursement_answer(
        self, answer: Answer, disbursement: Disbursement, at: datetime
    ) -> Disbursed:
        """Return what became of it: a report, or a later status.  Raises `Refused`."""
        return self.found(answer, sent.out(disbursement), disbursement.amount_vnd, at)


def _reply(status: int, code: str, detail: str) -> Reply:
    return Reply(status, msgspec.json.encode({"code": code, "detail": detail}))
