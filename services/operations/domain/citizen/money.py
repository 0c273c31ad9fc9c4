"""Money, for the citizen: what is owed, what was paid, what goes back, which receipts count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.words import Words
from shared.events import Data, disbursements, payment, reassessments, refunds, routing

ON_DEMAND = "on_demand"  # the moment of what an officer demanded
FIRST = ("at_submission", "at_submission_if_late")  # the moments before acceptance
KINDS: Mapping[str, Words] = {
    "fee": Words("Phí", "Fee"),
    "charge": Words("Lệ phí", "Charge"),
    "tax": Words("Thuế", "Tax"),
}
ReceiptStanding = Literal["counts", "adjusted", "replaced", "invalid"]
RECEIPTS: Mapping[ReceiptStanding, Words] = {
    "counts": Words("có giá trị", "counts"),
    "adjusted": Words("đã được điều chỉnh, biên lai khác thay thế", "adjusted: another counts"),
    "replaced": Words("đã được thay thế bằng biên lai khác", "replaced: another counts"),
    "invalid": Words("không còn giá trị", "no longer counts"),
}


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it is cited, what for, and whether it counts."""

    number: str
    kind: Words
    amount_vnd: int
    on: date | None
    standing: ReceiptStanding
    sentence: Words


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """In đồng.  `pay_by`: until when `to_pay_vnd` can be paid, null where no order stands.

    `owed_vnd` is all that is owed; `to_give_back_vnd` is on its way back and not there yet;
    `paid_out_vnd` are allowances.  `is_expired`: the last order was not paid in time.
    """

    owed_vnd: int
    to_pay_vnd: int
    pay_by: datetime | None
    is_expired: bool
    is_waived: bool
    owes_first: bool
    paid_vnd: int
    to_give_back_vnd: int
    given_back_vnd: int
    paid_out_vnd: int
    receipts: tuple[Receipt, ...]


@dataclass
class _Purse:
    fee_vnd: int = 0
    fee_paid_vnd: int = 0
    demanded_vnd: int = 0  # by the last demand: the next one comes when it is paid, or over
    demanded_paid_vnd: int = 0
    moment: str = ""
    is_waived: bool = False
    is_expired: bool = False
    paid_out_vnd: int = 0
    orders: dict[str, payment.Requested] = field(default_factory=dict)
    back_vnd: dict[str, int] = field(default_factory=dict)
    done_vnd: dict[str, int] = field(default_factory=dict)
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)

    def assessed(self, data: payment.FeeAssessed) -> None:
        self.fee_vnd, self.moment = data.total_vnd, data.moment

    def reassessed(self, data: reassessments.FeeReassessed) -> None:
        self.fee_vnd, self.is_waived = data.total_vnd, False
        self.orders.clear()  # an order of another amount is closed

    def waived(self, _: payment.FeeWaived) -> None:
        self.fee_vnd, self.is_waived = 0, True

    def demanded(self, data: routing.PaymentDue) -> None:
        self.demanded_vnd = data.amount_vnd

    def requested(self, data: payment.Requested) -> None:
        self.orders[data.reference], self.is_expired = data, False

    def settled(self, data: payment.Settled) -> None:
        # what other orders of it may still bring goes back
        paid_vnd = data.amount_vnd
        self.orders = {r: o for r, o in self.orders.items() if o.amount_vnd != paid_vnd}
        self.is_expired = False
        if data.moment == ON_DEMAND:
            self.demanded_vnd = 0
            self.demanded_paid_vnd += data.amount_vnd
        else:
            self.fee_paid_vnd += data.amount_vnd

    def over(self, data: payment.Failed | payment.Expired) -> None:
        self.orders.pop(data.reference, None)
        self.is_expired = isinstance(data, payment.Expired)

    def proposed(self, data: refunds.RefundProposed) -> None:
        self.back_vnd[data.refund] = data.amount_vnd

    def refunded(self, data: refunds.RefundDone) -> None:
        self.back_vnd.pop(data.refund, None)
        self.done_vnd[data.refund] = data.amount_vnd

    def kept(self, data: refunds.RefundRejected) -> None:
        self.back_vnd.pop(data.refund, None)

    def paid_out(self, data: disbursements.DisbursementDone) -> None:
        self.paid_out_vnd += data.amount_vnd

    def issued(
        self, data: payment.ReceiptIssued | payment.ReceiptAdjusted | payment.ReceiptReplaced
    ) -> None:
        match data:
            case payment.ReceiptAdjusted():
                self._no_more(data.adjusts_series, data.adjusts, "adjusted")
            case payment.ReceiptReplaced():
                self._no_more(data.replaces_series, data.replaces, "replaced")
        self.receipts[data.series, data.number] = Receipt(
            number=f"{data.series} {data.number}".strip(),
            kind=KINDS.get(data.kind, Words(data.kind, data.kind)),
            amount_vnd=data.amount_vnd,
            on=None if data.issued_on is UNSET else data.issued_on,
            standing="counts",
            sentence=RECEIPTS["counts"],
        )

    def invalidated(self, data: payment.ReceiptInvalidated) -> None:
        self._no_more(data.series, data.number, "invalid")

    def _no_more(self, series: str, number: str, standing: ReceiptStanding) -> None:
        receipt = self.receipts.get((series, number))
        if receipt:
            self.receipts[series, number] = msgspec.structs.replace(
                receipt, standing=standing, sentence=RECEIPTS[standing]
            )


_TAKES: Mapping[type[Data], Callable[[_Purse, Any], None]] = {
    payment.FeeAssessed: _Purse.assessed,
    payment.FeeWaived: _Purse.waived,
    reassessments.FeeReassessed: _Purse.reassessed,
    routing.PaymentDue: _Purse.demanded,
    payment.Requested: _Purse.requested,
    payment.Settled: _Purse.settled,
    payment.Failed: _Purse.over,
    payment.Expired: _Purse.over,
    refunds.RefundProposed: _Purse.proposed,
    refunds.RefundDone: _Purse.refunded,
    refunds.RefundRejected: _Purse.kept,
    disbursements.DisbursementDone: _Purse.paid_out,
    payment.ReceiptIssued: _Purse.issued,
    payment.ReceiptAdjusted: _Purse.issued,
    payment.ReceiptReplaced: _Purse.issued,
    payment.ReceiptInvalidated: _Purse.invalidated,
}


def money(decided: Sequence[Decided], now: datetime) -> Money:
    """Return how things stand with the money of one application."""
    purse = _Purse()
    for _, data in decided:
        if take := _TAKES.get(type(data)):
            take(purse, data)
    fee_vnd = max(0, purse.fee_vnd - purse.fee_paid_vnd)
    owed_vnd = fee_vnd + purse.demanded_vnd
    standing = [order for order in purse.orders.values() if order.expires_at > now]
    order = max(standing, key=lambda order: order.expires_at, default=None)
    return Money(
        owed_vnd=owed_vnd,
        to_pay_vnd=order.amount_vnd if order else 0,
        pay_by=order.expires_at if order else None,
        is_expired=not order and (purse.is_expired or bool(purse.orders)),
        is_waived=purse.is_waived,
        owes_first=fee_vnd > 0 and purse.moment in FIRST,
        paid_vnd=purse.fee_paid_vnd + purse.demanded_paid_vnd,
        to_give_back_vnd=sum(purse.back_vnd.values()),
        given_back_vnd=sum(purse.done_vnd.values()),
        paid_out_vnd=purse.paid_out_vnd,
        receipts=tuple(purse.receipts.values()),
    )
