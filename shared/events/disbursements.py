"""What is asked for, said and decided of allowances that are paid out; all of it is payment's.

`disbursement` is what one is called everywhere; it begins with the application's id.  `payee` is
sealed with the application's key: nobody reads it but the call that pays.  `bank` is the payee's,
by its NAPAS number, and `ending` the last four digits of the account.  `principal` is the human
behind `by` (`shared.principals`); empty: unknown.
"""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from shared.events.data import Amount, Data, Instant, Strict, Text

WhyNot = Literal["unknown_disbursement", "not_over", "doubtful", "unaskable", "unchecked"]

# --- payment.inbox


class DisbursementAsked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody wants an allowance paid out, for a period, by a decision that grants it."""

    TYPE: ClassVar[str] = "disbursement.asked"
    period: str
    amount_vnd: Amount
    decision: Text
    bank: str
    ending: str
    payee: str
    by: str
    principal: str = ""


class DisbursementChecked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A second person has looked at it; or two have, in a round."""

    TYPE: ClassVar[str] = "disbursement.checked"
    disbursement: str
    approved: bool
    by: str
    reason: Text
    principal: str = ""
    checked_by: str = ""
    checked_principal: str = ""


class DisbursementCorrected(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """One that failed is to be tried again, to this account."""

    TYPE: ClassVar[str] = "disbursement.corrected"
    disbursement: str
    bank: str
    ending: str
    payee: str
    by: str
    reason: Text
    principal: str = ""


class DisbursementRecorded(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A person paid it, or found that it was paid; or that it was not, or came back.

    `transaction` is the bank's number of what shows that.
    """

    TYPE: ClassVar[str] = "disbursement.recorded"
    disbursement: str
    finding: Literal["paid", "not_paid"]
    transaction: str
    by: str
    reason: Text
    principal: str = ""


class DisbursementRetried(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """Two persons want one that failed, or waits for a person, tried again to the same account: its
    partner is asked first what became of it.
    """

    TYPE: ClassVar[str] = "disbursement.retried"
    disbursement: str
    by: str
    reason: Text
    principal: str = ""
    checked_by: str = ""
    checked_principal: str = ""


class DisbursementAnswered(Strict, frozen=True, kw_only=True):
    """What came of a call to a partner about a disbursement; `key` is the call's.

    `by_hand`: this partner cannot do it, or cannot be asked; `deferred`: it was not called.
    """

    TYPE: ClassVar[str] = "payment.disbursed"
    key: str
    disbursement: str
    finding: Literal["done", "failed", "pending", "unknown", "deferred", "by_hand"]
    transaction: str = ""
    code: str = ""


# --- payment.events


class _Disbursement(Data, frozen=True, kw_only=True):
    disbursement: str
    period: str
    amount_vnd: Amount
    bank: str
    ending: str


class DisbursementProposed(_Disbursement, frozen=True, kw_only=True):
    """An allowance is to be paid out; `by` asked for it."""

    TYPE: ClassVar[str] = "disbursement.proposed"
    decision: Text
    by: str
    catalogue_version: str


class DisbursementWaiting(_Disbursement, frozen=True, kw_only=True):
    """It waits for a second person to `check` it, or for a `person` to see to it; `is_doubtful`: a
    try of it that had failed may have been paid, so only that person can say.
    """

    TYPE: ClassVar[str] = "disbursement.waiting"
    waits_for: Literal["check", "person"]
    is_doubtful: bool | UnsetType = UNSET


class _DisbursementCall(_Disbursement, frozen=True, kw_only=True):
    """`key` is claimed before the call; `reference` is what the partner knows it by, `asked_at`
    since when it is asked of the partner.
    """

    key: str
    partner: str
    reference: str
    asked_at: Instant


class DisbursementRequested(_DisbursementCall, frozen=True, kw_only=True):
    """The partner has to pay it out: tell it, once."""

    TYPE: ClassVar[str] = "disbursement.requested"
    payee: str


class DisbursementQueryRequested(_DisbursementCall, frozen=True, kw_only=True):
    """Nobody knows what became of it: ask the partner."""

    TYPE: ClassVar[str] = "disbursement.query.requested"


class DisbursementDone(_Disbursement, frozen=True, kw_only=True):
    """It was paid out; `transaction` is the bank's number of that, `by` who recorded it, if
    somebody did.  No partner: it was paid by hand.  `unit`: which received the application, empty
    in an event from before it was told.
    """

    TYPE: ClassVar[str] = "disbursement.done"
    partner: str
    reference: str
    transaction: str
    by: str = ""
    unit: str = ""


class DisbursementFailed(_Disbursement, frozen=True, kw_only=True):
    """It surely was not paid, `code` is the partner's word; or it came back, as `by` recorded;
    `unit` as of one that was paid.
    """

    TYPE: ClassVar[str] = "disbursement.failed"
    partner: str
    reference: str
    code: str
    by: str = ""
    unit: str = ""


class DisbursementRetryRefused(Data, frozen=True, kw_only=True):
    """It is not tried again.  `unknown_disbursement`: this application has none of that name;
    `not_over`: it is under way, done, or waits to be looked at; `doubtful`: only a person can say
    what became of it; `unaskable`: no partner was told; `unchecked`: nobody else agreed.
    """

    TYPE: ClassVar[str] = "disbursement.retry_refused"
    disbursement: str
    by: str
    because: WhyNot


class DisbursementRejected(_Disbursement, frozen=True, kw_only=True):
    """The second person does not agree."""

    TYPE: ClassVar[str] = "disbursement.rejected"
    by: str
    reason: str
