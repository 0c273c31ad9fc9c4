"""A fee assessed again: who asks for it, and what comes of that; all of it is payment's."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from shared.events.data import Amount, Data, Exemption, FeeLine, Strict

# --- payment.inbox


class ReassessmentAsked(Strict, frozen=True, kw_only=True):
    """The fee rests on other facts, says an officer or an operator, and why.  What is left out
    stays as it was.  `for_units`: the units, or whole provinces, that the sender speaks for (none:
    it is not limited to any).
    """

    TYPE: ClassVar[str] = "fee.reassessment_asked"
    by: str
    reason: str
    copies: int | UnsetType = UNSET
    case: str | UnsetType = UNSET
    pages: int | UnsetType = UNSET
    exemption: str | UnsetType = UNSET
    for_units: tuple[str, ...] = ()


# --- payment.events


class FeeReassessed(Data, frozen=True, kw_only=True):
    """The fee was assessed again: what was due `before`, what is due now, who asked and why.

    `further_vnd` of it is still to be paid, by an obligation that follows; `overpaid_vnd` was paid
    too much.  An order of before is closed.
    """

    TYPE: ClassVar[str] = "fee.reassessed"
    by: str
    reason: str
    before: tuple[FeeLine, ...]
    lines: tuple[FeeLine, ...]
    before_vnd: Amount
    total_vnd: Amount
    further_vnd: Amount
    overpaid_vnd: Amount
    catalogue_version: str
    exemption: Exemption | UnsetType = UNSET


class ReassessmentRejected(Data, frozen=True, kw_only=True):
    """The fee stays as it is; `reason` says what to do instead (`reason_vi`: in Vietnamese)."""

    TYPE: ClassVar[str] = "fee.reassessment_rejected"
    by: str
    code: str
    reason: str
    reason_vi: str


class FeeOverpaid(Data, frozen=True, kw_only=True):
    """Of what settled an order this much is not due any more: to be refunded."""

    TYPE: ClassVar[str] = "fee.overpaid"
    partner: str
    reference: str
    transaction: str
    amount_vnd: Amount
    reason: str
