"""What banks and our own queries say (`payment.inbox`), and what payment decided
(`payment.events`).

Amounts are whole đồng.  `reference` is our order number in the partner's format.
"""

from datetime import date
from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from shared.events.data import Amount, Data, Exemption, FeeLine, Instant, Strict

# `unaskable`: this partner answers no such question
Finding = Literal["paid", "failed", "pending", "not_found", "deferred", "unknown", "unaskable"]

# --- payment.inbox


class Notified(Strict, frozen=True, kw_only=True):
    """A partner's callback, its signature verified at the edge.  `code` is the partner's own
    word.

    `pending`: neither paid nor surely unpaid (money taken but under suspicion, say): ask, do not
    try again.
    """

    TYPE: ClassVar[str] = "payment.notified"
    partner: str
    reference: str
    transaction: str
    amount_vnd: Amount
    finding: Literal["paid", "failed", "pending"]
    code: str


class Queried(Strict, frozen=True, kw_only=True):
    """What a partner answered when asked by our reference.  `key` is the query's."""

    TYPE: ClassVar[str] = "payment.queried"
    key: str
    partner: str
    reference: str
    finding: Finding
    transaction: str = ""
    amount_vnd: Amount = 0
    code: str = ""


class Created(Strict, frozen=True, kw_only=True):
    """What came of asking a partner for an order: `created` with what a citizen needs to pay it.

    `declined`: there surely is none; `deferred`: it was not asked; `unknown`: there may be one.
    """

    TYPE: ClassVar[str] = "payment.created"
    key: str
    partner: str
    reference: str
    finding: Literal["created", "declined", "unknown", "deferred"]
    pay_url: str = ""
    deep_link: str = ""
    qr: str = ""
    code: str = ""


class Chosen(Strict, frozen=True, kw_only=True):
    """The citizen wants to pay an obligation, by its place in the list, with this partner."""

    TYPE: ClassVar[str] = "payment.chosen"
    obligation: int
    partner: str


class Unstated(Strict, frozen=True, kw_only=True):
    """A partner's statement of a day does not name money that payment holds: it is to be asked.

    `day` is the statement's, as 2026-11-20.
    """

    TYPE: ClassVar[str] = "payment.unstated"
    partner: str
    reference: str
    transaction: str
    amount_vnd: Amount
    day: str


# --- payment.events


class FeeAssessed(Data, frozen=True, kw_only=True):
    """What is to be paid, line by line; `total_vnd` is their sum.

    `illustrative`: a province's resolution sets the amount, and this one only stands in for it;
    `source` is that resolution, where we know it.  `exemption`: what was taken off, and why.
    """

    TYPE: ClassVar[str] = "fee.assessed"
    lines: tuple[FeeLine, ...]
    total_vnd: Amount
    moment: str
    catalogue_version: str
    illustrative: bool = False
    source: str | UnsetType = UNSET
    exemption: Exemption | UnsetType = UNSET


class FeeWaived(Data, frozen=True, kw_only=True):
    """Nothing is to be paid, and why; `exemption` tells what would have been."""

    TYPE: ClassVar[str] = "fee.waived"
    reason: str
    catalogue_version: str
    exemption: Exemption | UnsetType = UNSET


class Requested(Data, frozen=True, kw_only=True):
    """An order stands with a partner, to be paid before `expires_at`.

    `obligation`: which one it is of, by its place in the list (left out in an event from before).
    """

    TYPE: ClassVar[str] = "payment.requested"
    partner: str
    reference: str
    attempt: int
    amount_vnd: Amount
    expires_at: Instant
    obligation: int | UnsetType = UNSET


class CreateRequested(Data, frozen=True, kw_only=True):
    """A partner has to make the order first: ask it.  `key` is claimed before the call."""

    TYPE: ClassVar[str] = "payment.create.requested"
    key: str
    partner: str
    reference: str
    amount_vnd: Amount
    opened_at: Instant
    expires_at: Instant


class QueryRequested(Data, frozen=True, kw_only=True):
    """A partner has been silent: ask it.  `key` is claimed before the call."""

    TYPE: ClassVar[str] = "payment.query.requested"
    key: str
    partner: str
    reference: str
    opened_at: Instant


class Settled(Data, frozen=True, kw_only=True):
    """An obligation is met, once; `moment` says which: `on_demand` is an officer's, not the fee.

    `unit`: whose money it is, which received the application; empty in an event from before it was
    told.
    """

    TYPE: ClassVar[str] = "payment.settled"
    partner: str
    reference: str
    transaction: str
    amount_vnd: Amount
    moment: str = ""
    unit: str = ""


class Failed(Data, frozen=True, kw_only=True):
    """An attempt ended without money; `code` is the partner's, `reason` ours.

    `declined`: by the partner; `not_created`: it did not make the order, as far as we know;
    `expired`: its time is over, while another attempt of the obligation may still be paid.
    """

    TYPE: ClassVar[str] = "payment.failed"
    partner: str
    reference: str
    code: str
    reason: str


class Expired(Data, frozen=True, kw_only=True):
    """The order is over without money; no attempt of its obligation may be paid any more.

    `moment` says which, as of money that settles one; both it and `partner`, whose order the last
    one was, are empty in an event from before they were told.
    """

    TYPE: ClassVar[str] = "payment.expired"
    reference: str
    moment: str = ""
    partner: str = ""


class Mismatched(Data, frozen=True, kw_only=True):
    """A partner reported another amount than ours: kept for a person, nothing settled.

    Or a transaction that counts already was reported again as something else, another amount or
    another order's: `expected_vnd` is what it counts as.  `unit` as of money that settles; empty in
    an event from before it was told.
    """

    TYPE: ClassVar[str] = "payment.mismatched"
    partner: str
    reference: str
    transaction: str
    expected_vnd: Amount
    amount_vnd: Amount
    unit: str = ""


class Overpaid(Data, frozen=True, kw_only=True):
    """Money came that no obligation needs (double or late): to be refunded, never lost; `unit` is
    that of the application, as of money that settles.
    """

    TYPE: ClassVar[str] = "payment.overpaid"
    partner: str
    reference: str
    transaction: str
    amount_vnd: Amount
    unit: str = ""


class ReceiptIssued(Data, frozen=True, kw_only=True):
    """A receipt; fee and charge have numbers of their own.

    `number` counts from 1 in a `series` (kind and year: `L26`) of a `unit`, and again from 1 each
    year.  In an event from before there were series it is made of the order's reference.
    """

    TYPE: ClassVar[str] = "receipt.issued"
    number: str
    kind: str
    amount_vnd: Amount
    lines: tuple[FeeLine, ...]
    series: str = ""
    unit: str = ""
    year: int = 0
    issued_on: date | UnsetType = UNSET


class ReceiptAdjusted(Data, frozen=True, kw_only=True):
    """Less of it is due than was paid: this one counts instead of the one that it `adjusts`, which
    was of `before_vnd`.  The rest is to be refunded.
    """

    TYPE: ClassVar[str] = "receipt.adjusted"
    number: str
    series: str
    unit: str
    kind: str
    adjusts: str
    adjusts_series: str
    before_vnd: Amount
    amount_vnd: Amount
    lines: tuple[FeeLine, ...]
    reason: str
    issued_on: date | UnsetType = UNSET


class ReceiptReplaced(Data, frozen=True, kw_only=True):
    """The same amount, for what it is really for: this one counts instead of `replaces`."""

    TYPE: ClassVar[str] = "receipt.replaced"
    number: str
    series: str
    unit: str
    kind: str
    replaces: str
    replaces_series: str
    amount_vnd: Amount
    lines: tuple[FeeLine, ...]
    reason: str
    issued_on: date | UnsetType = UNSET


class ReceiptInvalidated(Data, frozen=True, kw_only=True):
    """Nothing of it is due any more: it counts no longer, and none counts instead."""

    TYPE: ClassVar[str] = "receipt.invalidated"
    number: str
    series: str
    unit: str
    kind: str
    amount_vnd: Amount
    reason: str
