"""What reconciling partners' statements found, and what operators say of it
(`payment.reconciliation`); the key is the partner.

Amounts are whole đồng, days are Viet Nam's.  `principal` is the human behind `by`,
`checked_principal` behind `checked_by` (`shared.principals`); empty: unknown.
"""

from datetime import date
from typing import ClassVar, Literal

import msgspec

from shared.events.data import Amount, Data, Instant, Strict, Text

BreakKind = Literal["missing_here", "missing_there", "amount", "duplicate", "late", "unknown"]
BreakCause = Literal[
    "order_waits",  # the order is open, and payment has not the money
    "order_over",  # the order was over when the money came, and payment has it not
    "order_amount",  # another amount than the order's
    "held_amount",  # another amount than payment holds of that transaction
    "asked_amount",  # payment holds it, and the application was asked for another
    "held_elsewhere",  # it stands with another order, or its order's money with another number
    "repeated",  # the same line stands in the file before
    "other_partner",  # the order is another partner's
    "foreign",  # it names no order of ours
    "not_sent",  # money left that payment has sent nobody
    "unstated",  # payment holds it, and no line names it
]
Cure = Literal["settle", "refund", "ask", "person"]
Because = Literal["corrected", "cured", "stated", "person"]
# `over`: it is closed already; `not_waiting`: nothing waits for a second person, or no longer;
# `same_person`: who asked may not agree; `rejected`: a second person does not
RefusedBecause = Literal["unknown_break", "over", "not_waiting", "same_person", "rejected"]


class BreakOpened(Data, frozen=True, kw_only=True):
    """A line and what we have do not match; `amount_vnd` is the line's, `expected_vnd` ours.

    `cure`: `settle` and `refund`, the application was told as by a callback; `ask`, the partner
    was; `person`: a person decides.  `line` is 0 where no line names it.
    """

    TYPE: ClassVar[str] = "reconciliation.break_opened"
    partner: str
    day: date
    break_id: str
    kind: BreakKind
    cause: BreakCause
    cure: Cure
    movement: Literal["paid", "refunded", "disbursed"]
    application: str
    reference: str
    transaction: str
    amount_vnd: Amount
    expected_vnd: Amount
    booked_at: Instant
    line: int


class BreakClosed(Data, frozen=True, kw_only=True):
    """A break is none any more: a corrected statement has it otherwise, its cure worked, another
    day's statement names it, or a person says so; `reason` and `by` are that person's, `checked_by`
    is who agreed.
    """

    TYPE: ClassVar[str] = "reconciliation.break_closed"
    partner: str
    day: date
    break_id: str
    kind: BreakKind
    amount_vnd: Amount
    because: Because
    reason: str = ""
    by: str = ""
    checked_by: str = ""


class CloseAsked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """An operator says that a break is settled, and how; `checked_by` agreed to it before, so that
    nobody else has to.
    """

    TYPE: ClassVar[str] = "reconciliation.close_asked"
    partner: str
    break_id: str
    by: str
    reason: Text
    principal: str = ""
    checked_by: str = ""
    checked_principal: str = ""


class CloseChecked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A second person agrees that it is, or does not; `asked` is the id of the message that asked
    for it.
    """

    TYPE: ClassVar[str] = "reconciliation.close_checked"
    partner: str
    break_id: str
    asked: str
    approved: bool
    by: str
    reason: Text
    principal: str = ""


class CloseWaiting(Data, frozen=True, kw_only=True):
    """A second person has to agree: the break is of more money than one may decide about."""

    TYPE: ClassVar[str] = "reconciliation.close_waiting"
    partner: str
    break_id: str
    asked: str
    by: str
    amount_vnd: Amount


class CloseRefused(Data, frozen=True, kw_only=True):
    """A break is not closed at this wish; `by` is who asked or agreed, `reason` of who rejects."""

    TYPE: ClassVar[str] = "reconciliation.close_refused"
    partner: str
    break_id: str
    asked: str
    by: str
    because: RefusedBecause
    reason: str = ""


class BreakSum(msgspec.Struct, frozen=True, kw_only=True):
    """The breaks of one kind, those without a line among them."""

    kind: BreakKind
    count: int
    amount_vnd: int


class DaySum(msgspec.Struct, frozen=True, kw_only=True):
    """What came on a day by our books; no `day`: one that nobody looked at, or not as come."""

    day: date | None
    amount_vnd: int


class StatementReconciled(Data, frozen=True, kw_only=True):
    """Every line of a file is matched or a break; `correction` counts the files before it of that
    partner and day.  `paid_vnd`: what came in by its lines, `left_vnd`: what left; `fee_vnd`: the
    partner's fee, as its row has it.

    `beside`: of what came and matches, what payment took in on other days (Viet Nam's);
    `later_vnd`: what it took in that day after the hours that the statement is of.
    """

    TYPE: ClassVar[str] = "statement.reconciled"
    partner: str
    day: date
    sha256: str
    correction: int
    lines: int
    opening_vnd: int
    closing_vnd: int
    paid_vnd: Amount
    left_vnd: Amount
    matched: int
    matched_vnd: Amount
    breaks: tuple[BreakSum, ...]
    fee_vnd: Amount = 0
    beside: tuple[DaySum, ...] = ()
    later_vnd: Amount = 0
