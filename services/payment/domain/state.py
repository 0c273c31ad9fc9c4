"""What payment remembers of an application.

An obligation is what is to be paid; an attempt is one order for it with a partner, under a
reference of its own; money is what a partner says it took, each amount that it named for a
transaction once.  Of one transaction only one counts: the others are kept for a person.  A refund
gives back money that no obligation needs, or not any more.
"""

from datetime import datetime
from typing import Literal

import msgspec

from services.payment.domain.assessing import Basis
from services.payment.domain.receipts import Receipt
from shared.events.data import Exemption, FeeLine

Status = Literal["none", "assessed", "open", "settled", "expired", "waived", "refunded"]
AttemptStatus = Literal[
    "open",
    "closed",  # not offered any more, and the partner is still asked whether it was paid
    "paid",
    "failed",
    "expired",
]
# how money stands that is given back, or paid out
Leaving = Literal[
    "proposed",
    "waiting_for_check",  # it is over the limit: a second person has to look at it
    "requested",  # the partner has it, or will have it when it can be reached
    "unknown",  # sent, and nobody knows yet what came of it: the partner is asked
    "by_hand",  # this partner cannot do it: a person does, and records it
    "failed",  # the partner surely did not do it: a person looks at it
    "done",
    "rejected",  # by the second person
]
Transaction = tuple[str, str]  # the partner, and its number of it
KeptAs = Literal["early", "settled", "overpaid", "mismatched"]


class Obligation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is to be paid, and at which moment of the application's life it is asked for.

    `is_superseded`: it was assessed again since, another one counts.
    """

    status: Status
    moment: str
    lines: tuple[FeeLine, ...]
    total_vnd: int
    catalogue_version: str = ""
    illustrative: bool = False
    source: str = ""
    exemption: Exemption | None = None
    is_superseded: bool = False


class Offered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a partner that is asked first gave for a citizen to pay with."""

    pay_url: str = ""
    deep_link: str = ""
    qr: str = ""


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One order.  `asked`: scheduled queries after it so far; `query_key`: of the query without an
    answer; `prompted`: the last step of the schedule, from 1, in which a callback had it asked.

    `create_key`: of the last time its partner was asked to make it, empty where nobody is asked;
    `offered`: what came of that.  `is_mute`: its partner cannot be asked what became of it.
    """

    number: int
    obligation: int
    reference: str
    partner: str
    amount_vnd: int
    opened_at: datetime
    expires_at: datetime
    status: AttemptStatus = "open"
    transaction: str = ""
    asked: int = 0
    prompted: int = 0
    query_key: str = ""
    create_key: str = ""
    offered: Offered | None = None
    is_mute: bool = False

    @property
    def is_unmade(self) -> bool:
        """Tell whether its partner is to make it, and has not said that it did."""
        return bool(self.create_key) and self.offered is None

    @property
    def is_watched(self) -> bool:
        """Tell whether its partner is asked, or waited for."""
        return self.status in ("open", "closed")

    @property
    def is_prompted(self) -> bool:
        """Tell whether its partner was asked beside the schedule, whose timer is still live."""
        return self.prompted > self.asked

    @property
    def timer(self) -> str:
        """Return the name of the timer that is live, or will be after the query under way."""
        return f"order.query.{self.number}.{self.asked + 1}"


class Money(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Money that a partner says it took; `early`: before the order it is for is known."""

    partner: str
    reference: str
    transaction: str
    amount_vnd: int
    kept_as: KeptAs

    @property
    def counts(self) -> bool:
        """Tell whether an obligation was met by it, or it is to be refunded."""
        return self.kept_as in ("settled", "overpaid")

    def moved_by(self, partner: str, transaction: str) -> bool:
        """Tell whether it is of this transaction."""
        return (self.partner, self.transaction) == (partner, transaction)


class Released(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What of a paid attempt is not due any more, and to be refunded; `kind`: of the receipt that
    was lowered by it because an operator let it go.
    """

    attempt: int
    amount_vnd: int
    reason: str = "reassessed"
    kind: str = ""


class Refund(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Money to be given back, of one transaction; `by` is the operator who asked, none: a rule,
    `principal` the human, and `checked_by` who agreed before it came.

    `asked_at`: since when it is wanted; `calls`: how often the partner was called about it;
    `call_key`: of the last time; `told`: the number that it has there; `is_dear`: above the limit,
    it takes a second person; `tries`: as how many refunds its partner was told of it; `is_again`:
    it is asked about one that failed, to send it anew.
    """

    number: int
    partner: str
    reference: str
    transaction: str
    amount_vnd: int
    reason: str
    asked_at: datetime
    by: str = ""
    status: Leaving = "proposed"
    calls: int = 0
    call_key: str = ""
    told: str = ""
    is_dear: bool = False
    principal: str = ""
    checked_by: str = ""
    tries: int = 1
    is_again: bool = False

    @property
    def of(self) -> Transaction:
        """Return the transaction that brought the money."""
        return self.partner, self.transaction

    @property
    def timer(self) -> str:
        """Return the name of the timer at which its partner is called again."""
        this_try = "" if self.tries == 1 else f"{self.tries}."
        return f"refund.{self.number}.{this_try}{self.calls}"


class Disbursement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An allowance to be paid out for a period; `by` asked for this account, `principal`: who.
    `payee` is sealed, `ending` the last four digits; `calls` of this one of `tries`, `call_key` of
    the last of them; `transaction`: the bank's number of it; `is_dear`: it takes a second person;
    `is_again`: a try that failed is asked about, to pay it anew, or may have been paid after all.
    """

    number: int
    period: str
    amount_vnd: int
    decision: str
    bank: str
    ending: str
    payee: str
    by: str
    asked_at: datetime
    status: Leaving = "proposed"
    partner: str = ""
    tries: int = 1
    calls: int = 0
    call_key: str = ""
    transaction: str = ""
    is_dear: bool = False
    principal: str = ""
    is_again: bool = False

    @property
    def timer(self) -> str:
        """Return the name of the timer at which its partner is called again."""
        return f"disbursement.{self.number}.{self.tries}.{self.calls}"


class Payment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The payments of one application; `portal`: whose it is, empty in a state from before it was
    told; `basis`: what its fee was assessed on, none in a state from before it was kept;
    `has_ended`: the application is not accepted, or withdrawn; `is_accepted`: it is accepted, kept
    only where an allowance may follow.
    """

    obligations: tuple[Obligation, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    money: tuple[Money, ...] = ()
    queries: int = 0
    portal: str = ""
    basis: Basis | None = None
    receipts: tuple[Receipt, ...] = ()
    released: tuple[Released, ...] = ()
    refunds: tuple[Refund, ...] = ()
    has_ended: bool = False
    is_accepted: bool = False
    disbursements: tuple[Disbursement, ...] = ()

    def attempt(self, reference: str) -> Attempt | None:
        """Return the attempt with this reference."""
        return next((a for a in self.attempts if a.reference == reference), None)

    def attempts_of(self, obligation: int) -> list[Attempt]:
        """Return the attempts of an obligation, in order."""
        return [a for a in self.attempts if a.obligation == obligation]

    def has_money(self, partner: str, reference: str, transaction: str, amount_vnd: int) -> bool:
        """Tell whether this was said before, to the đồng; another amount is other news."""
        said = partner, reference, transaction, amount_vnd
        return any(
            (m.partner, m.reference, m.transaction, m.amount_vnd) == said for m in self.money
        )

    def counted(self, partner: str, transaction: str) -> Money | None:
        """Return the money that this transaction counts as, once it does."""
        return next((m for m in self.money if m.counts and m.moved_by(partner, transaction)), None)

    def with_lines(self, receipt: Receipt) -> Receipt:
        """Return a receipt with what it is for."""
        if receipt.lines:
            return receipt
        attempt = next(a for a in self.attempts if a.number == receipt.attempt)
        lines = self.obligations[attempt.obligation].lines
        some = tuple(line for line in lines if line.kind == receipt.kind)
        return msgspec.structs.replace(receipt, lines=some)

    def received(self) -> dict[Transaction, Money]:
        """Return the money of each transaction: what it counts as, else the last one told of it.

        Early money is none yet.
        """
        last: dict[Transaction, Money] = {}
        for money in self.money:
            transaction = money.partner, money.transaction
            if money.counts or (money.kept_as == "mismatched" and not self.counted(*transaction)):
                last[transaction] = money
        return last

    def unneeded(self) -> dict[Transaction, int]:
        """Return what came in, by transaction, and no obligation needs, or not any more."""
        found = {t: m.amount_vnd for t, m in self.received().items() if m.kept_as != "settled"}
        for released in self.released:
            attempt = self.attempts[released.attempt - 1]
            transaction = attempt.partner, attempt.transaction
            found[transaction] = found.get(transaction, 0) + released.amount_vnd
        return found

    @property
    def refunded_vnd(self) -> int:
        """Return what was given back."""
        return sum(r.amount_vnd for r in self.refunds if r.status == "done")

    @property
    def to_refund_vnd(self) -> int:
        """Return what came in, no obligation needs, and was not given back yet."""
        return sum(self.unneeded().values()) - self.refunded_vnd

    @property
    def status(self) -> Status:
        """Return how the obligation stands that matters now: the first one not over, or the
        last.
        """
        statuses: list[Status] = [o.status for o in self.obligations if not o.is_superseded] or [
            "none"
        ]
        return next((s for s in statuses if s in ("assessed", "open")), statuses[-1])
