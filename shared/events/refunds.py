"""What is asked for, said and decided of money that is given back; all of it is payment's.

`refund` is what a refund is called everywhere; it begins with the application's id.  `principal` is
the human behind `by`, `checked_principal` behind `checked_by` (`shared.principals`), if known.
"""

from typing import ClassVar, Literal

from shared.events.data import Amount, Data, Instant, Strict, Text

WhyNot = Literal["unknown_refund", "not_over", "unaskable", "unchecked"]

# --- payment.inbox


class RefundAsked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """An operator wants this much of a transaction given back, and says why; `checked_by` agreed to
    it before it was sent.  `if_mismatched`: only of money that came by another amount than was
    asked for, and settles nothing.
    """

    TYPE: ClassVar[str] = "refund.asked"
    partner: str
    transaction: str
    amount_vnd: Amount
    by: str
    reason: Text
    principal: str = ""
    checked_by: str = ""
    checked_principal: str = ""
    if_mismatched: bool = False


class RefundChecked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A second person has looked at a refund over the limit; or two have, in a round."""

    TYPE: ClassVar[str] = "refund.checked"
    refund: str
    approved: bool
    by: str
    reason: Text
    principal: str = ""
    checked_by: str = ""
    checked_principal: str = ""


class RefundRecorded(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A person gave it back, or found that it was; `transaction` is the bank's number of that."""

    TYPE: ClassVar[str] = "refund.recorded"
    refund: str
    transaction: str
    by: str
    reason: Text
    principal: str = ""


class RefundRetried(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """Two persons want one that failed, or waits for a person, tried again: its partner is asked
    first what became of it.
    """

    TYPE: ClassVar[str] = "refund.retried"
    refund: str
    by: str
    reason: Text
    principal: str = ""
    checked_by: str = ""
    checked_principal: str = ""


class RefundAnswered(Strict, frozen=True, kw_only=True):
    """What came of a call to a partner about a refund; `key` is the call's.

    `by_hand`: this partner cannot do it, or cannot be asked; `deferred`: it was not called.
    """

    TYPE: ClassVar[str] = "payment.refunded"
    key: str
    refund: str
    finding: Literal["done", "failed", "pending", "unknown", "deferred", "by_hand"]
    transaction: str = ""
    code: str = ""


# --- payment.events


class _Refund(Data, frozen=True, kw_only=True):
    """`reference` and `transaction` are those of the order that was paid."""

    refund: str
    partner: str
    reference: str
    transaction: str
    amount_vnd: Amount


class RefundProposed(_Refund, frozen=True, kw_only=True):
    """Money is to be given back; `by` is the operator who asked, empty: a rule; `checked_by` has
    agreed.

    `reason`: `overpaid`, `amount_differs`, `reassessed`, `not_accepted`, `cancelled`, `withdrawn`,
    `asked`.
    """

    TYPE: ClassVar[str] = "refund.proposed"
    reason: str
    by: str
    checked_by: str = ""


class RefundRefused(Data, frozen=True, kw_only=True):
    """What an operator asked for is not given back.  `unknown_transaction`: this application has no
    such money; `more_than_is_left`: so much of it does not stay to be given back, or it counts
    by now and was asked for only as money that settles nothing.
    """

    TYPE: ClassVar[str] = "refund.refused"
    partner: str
    transaction: str
    amount_vnd: Amount
    by: str
    because: Literal["unknown_transaction", "more_than_is_left"]


class RefundWaiting(_Refund, frozen=True, kw_only=True):
    """It waits for a second person to `check` it, or for a `person` to give it back."""

    TYPE: ClassVar[str] = "refund.waiting"
    waits_for: Literal["check", "person"]


class _RefundCall(_Refund, frozen=True, kw_only=True):
    """`key` is claimed before the call; `paid_vnd` and `opened_at` are of the order.

    `asked_at`: since when it is wanted; `told`: the partner's own number of the refund, if any;
    `name`: what the partner knows this try by, empty: as `refund`.
    """

    key: str
    paid_vnd: Amount
    opened_at: Instant
    asked_at: Instant
    told: str
    reason: str
    by: str
    name: str = ""


class RefundRequested(_RefundCall, frozen=True, kw_only=True):
    """The partner has to give it back: tell it, once."""

    TYPE: ClassVar[str] = "refund.requested"


class RefundQueryRequested(_RefundCall, frozen=True, kw_only=True):
    """Nobody knows what became of it: ask the partner."""

    TYPE: ClassVar[str] = "refund.query.requested"


class RefundDone(_Refund, frozen=True, kw_only=True):
    """It was given back; `told` is the partner's number of that, `by` who recorded it, if somebody
    did; `unit`: of whose money, empty in an event from before it was told.
    """

    TYPE: ClassVar[str] = "refund.done"
    told: str
    by: str = ""
    unit: str = ""


class RefundFailed(_Refund, frozen=True, kw_only=True):
    """The partner surely did not give it back, `code` is its word: a person looks at it."""

    TYPE: ClassVar[str] = "refund.failed"
    code: str


class RefundRetryRefused(Data, frozen=True, kw_only=True):
    """It is not tried again.  `unknown_refund`: this application has none of that name; `not_over`:
    it is under way, done, or waits to be looked at; `unaskable`: its partner made no order of ours,
    or was never told; `unchecked`: nobody else agreed.
    """

    TYPE: ClassVar[str] = "refund.retry_refused"
    refund: str
    by: str
    because: WhyNot


class RefundRejected(_Refund, frozen=True, kw_only=True):
    """The second person does not agree."""

    TYPE: ClassVar[str] = "refund.rejected"
    by: str
    reason: str
