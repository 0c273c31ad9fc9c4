"""Money, for the citizen: what is owed, what was paid, what goes back, which receipts count."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.owed import ON_DEMAND, Ledger, Owed
from services.operations.domain.citizen.sentences import StateName
from services.operations.domain.citizen.words import Words
from services.operations.domain.entries import Entry, gist
from shared.events import Data, disbursements, payment, refunds

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
# where payment ends what is open as well
CLOSED: frozenset[StateName] = frozenset({"not_accepted", "withdrawn", "refused"})


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it is cited, what for, and whether it counts."""

    number: str
    kind: Words
    amount_vnd: int
    on: date | None
    standing: ReceiptStanding
    sentence: Words


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """In đồng.  `to_pay_vnd` is what can be paid now, `pay_by` until when, null where nothing can;
    of several the earliest.

    `owed_vnd` is all that is owed, `owed` each of it; `to_give_back_vnd` is on its way back and not
    there yet; `paid_out_vnd` are allowances.  `is_expired`: something was not paid in time.
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
    owed: tuple[Owed, ...] = ()


@dataclass
class _Purse:
    paid_vnd: int = 0
    is_waived: bool = False
    paid_out_vnd: int = 0
    back_vnd: dict[str, int] = field(default_factory=dict)
    done_vnd: dict[str, int] = field(default_factory=dict)
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)

    def assessed(self, data: payment.FeeAssessed) -> None:
        if data.moment != ON_DEMAND:
            self.is_waived = False

    def waived(self, _: payment.FeeWaived) -> None:
        self.is_waived = True

    def settled(self, data: payment.Settled) -> None:
        self.paid_vnd += data.amount_vnd

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
    payment.Settled: _Purse.settled,
    refunds.RefundProposed: _Purse.proposed,
    refunds.RefundDone: _Purse.refunded,
    refunds.RefundRejected: _Purse.kept,
    disbursements.DisbursementDone: _Purse.paid_out,
    payment.ReceiptIssued: _Purse.issued,
    payment.ReceiptAdjusted: _Purse.issued,
    payment.ReceiptReplaced: _Purse.issued,
    payment.ReceiptInvalidated: _Purse.invalidated,
}


def made(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the orders that partners said they made."""
    said = (gist(e.data) for e in entries if e.type == payment.Created.TYPE and e.belongs)
    return frozenset(one.reference for one in said if one.finding == "created")


def money(decided: Sequence[Decided], now: datetime, made: frozenset[str] = frozenset()) -> Money:
    """Return how things stand with the money of one application."""
    purse, ledger = _Purse(), Ledger(made)
    for one in decided:
        ledger.take(one.data)
        if take := _TAKES.get(type(one.data)):
            take(purse, one.data)
    return with_owed(
        Money(
            owed_vnd=0,
            to_pay_vnd=0,
            pay_by=None,
            is_expired=False,
            is_waived=purse.is_waived,
            owes_first=ledger.owes_first,
            paid_vnd=purse.paid_vnd,
            to_give_back_vnd=sum(purse.back_vnd.values()),
            given_back_vnd=sum(purse.done_vnd.values()),
            paid_out_vnd=purse.paid_out_vnd,
            receipts=tuple(purse.receipts.values()),
        ),
        ledger.owed(now),
    )


def with_owed(money: Money, owed: Sequence[Owed]) -> Money:
    """Return the same with this owed."""
    payable = [each for each in owed if each.pay_by]
    return msgspec.structs.replace(
        money,
        owed_vnd=sum(each.amount_vnd for each in owed),
        to_pay_vnd=sum(each.amount_vnd for each in payable),
        pay_by=min((each.pay_by for each in payable if each.pay_by), default=None),
        is_expired=any(each.standing == "expired" for each in owed),
        owed=tuple(owed),
    )


def at_the_end(money: Money, state: StateName) -> Money:
    """Return the same for an application that is over: only what payment still takes is owed."""
    is_closed = state in CLOSED
    return with_owed(money, [o for o in money.owed if o.standing == "payable" and not is_closed])
