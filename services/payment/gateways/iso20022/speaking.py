"""What a bank says, held to its signature, its schema and our accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from services.payment.gateways import Answer, Partner, Refunded, Refused
from services.payment.gateways.iso20022 import outcomes
from services.payment.gateways.request_signature import SIGNATURE, TIME, verify
from services.payment.iso20022 import strict
from services.payment.iso20022.reports import INTRADAY, Head, Movement, read_reports
from services.payment.iso20022.statuses import OF_TRANSFERS, Status, read_statuses
from services.payment.iso20022.words import Malformed


class Spoken:
    """A bank of which we have one account, or more."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self._accounts = partner.account_numbers

    def told(self, answer: Answer, key: str, at: datetime) -> Refunded:
        """Return what the bank says of a transfer of ours.  Raises `Refused`."""
        statuses = self.statuses(answer, OF_TRANSFERS, at)
        try:
            return outcomes.told(statuses, key)
        except Malformed as error:
            raise refused(error) from error

    def found(self, answer: Answer, key: str, amount_vnd: int, at: datetime) -> Refunded:
        """Return what became of it: by a report, or a later status.  Raises `Refused`."""
        if strict.named(answer.body) in OF_TRANSFERS:
            return self.told(answer, key, at)
        return outcomes.booked(self.booked(answer, at), key, amount_vnd)

    def statuses(self, answer: Answer, messages: Sequence[str], at: datetime) -> tuple[Status, ...]:
        """Return all that an answer says.  Raises `Refused`."""
        self.verify_answer(answer, at)
        try:
            return read_statuses(answer.body, messages)
        except Malformed as error:
            raise refused(error) from error

    def booked(self, answer: Answer, at: datetime) -> list[Movement]:
        """Return what an answer reports of our accounts.  Raises `Refused`."""
        self.verify_answer(answer, at)
        try:
            found = list(read_reports([answer.body], INTRADAY))
        except Malformed as error:
            raise refused(error) from error
        for head in found:
            if isinstance(head, Head):
                self.check_account(head)
        return [m for m in found if isinstance(m, Movement)]

    def verify(self, time: str, signature: str, body: bytes, at: datetime) -> None:
        """Check that these bytes are signed by the bank, now.  Raises `Refused`."""
        verify(self.partner.verifying_keys(at), time, signature, body, at)

    def verify_answer(self, answer: Answer, at: datetime) -> None:
        """Check the same of an answer.  Raises `Refused`."""
        given = answer.headers
        self.verify(given.get(TIME, ""), given.get(SIGNATURE, ""), answer.body, at)

    def check_account(self, head: Head) -> None:
        """Check that a report is about an account of ours.  Raises `Refused`."""
        if head.account not in self._accounts:
            raise Refused("not_genuine", "about an account that is not ours here", "merchant")


def refused(error: Malformed) -> Refused:
    """Return a message that cannot be taken as what was refused."""
    why: Literal["currency", "form"] = "currency" if error.code == "AM03" else "form"
    return Refused("unreadable", f"{error.code} at {error.path}: {error.why}", why)
