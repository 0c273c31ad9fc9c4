"""What settled in a period and what went back, by the unit that it is for and by partner.

A day at a time is folded from payment's log, by the instants at which payment decided; so a period
of any length needs the room of its fullest day.  Whom money is for is said by the receipt where it
is, else by payment's journal, which has the receipt of what is given back later, and by routing's
where no receipt stands.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.payment.domain.state import Payment
from shared.events.data import Instant
from shared.events.disbursements import DisbursementDone
from shared.events.payment import (
    Overpaid,
    ReceiptAdjusted,
    ReceiptInvalidated,
    ReceiptIssued,
    Settled,
)
from shared.events.refunds import RefundDone

_MONEY = {  # what moved, and as what it is summed
    Settled.TYPE: "settled_vnd",
    Overpaid.TYPE: "overpaid_vnd",
    RefundDone.TYPE: "given_back_vnd",
    DisbursementDone.TYPE: "paid_out_vnd",
}
_LOWERED = (ReceiptAdjusted.TYPE, ReceiptInvalidated.TYPE)
_HEARD = tuple(f'"{type_}"'.encode() for type_ in (*_MONEY, *_LOWERED, ReceiptIssued.TYPE))

Units = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]  # application → competent unit
Payments = Callable[[Sequence[str]], Awaitable[Mapping[str, Payment]]]  # as they stand now


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    type: str
    subject: str
    time: Instant
    sequence: str
    data: msgspec.Raw


class _Money(msgspec.Struct, frozen=True, gc=False):
    partner: str
    amount_vnd: int
    reference: str = ""


class _Receipt(msgspec.Struct, frozen=True, gc=False):
    kind: str
    amount_vnd: int
    number: str = ""
    series: str = ""
    unit: str = ""
    before_vnd: int = 0  # of one that is adjusted: what the one before it was of


_envelope = msgspec.json.Decoder(_Envelope)
_money = msgspec.json.Decoder(_Money)
_receipt = msgspec.json.Decoder(_Receipt)


@dataclass
class Sum:
    """What settled: how often, how much, and of that by kind; `overpaid_vnd` settled nothing.

    `lowered_vnd`: of what settled, then or before, not due any more, by its receipts;
    `given_back_vnd` left, whatever it had come for; `paid_out_vnd`: allowances.
    """

    settled: int = 0
    settled_vnd: int = 0
    fee_vnd: int = 0
    charge_vnd: int = 0
    tax_vnd: int = 0
    overpaid_vnd: int = 0
    lowered_vnd: int = 0
    given_back_vnd: int = 0
    paid_out_vnd: int = 0

    @property
    def net_vnd(self) -> int:
        """Return what settled without what is not due any more: what a unit may keep."""
        return self.settled_vnd - self.lowered_vnd

    @property
    def without_receipt_vnd(self) -> int:
        """Return what no receipt was issued for: it should be nothing."""
        return self.settled_vnd - self.fee_vnd - self.charge_vnd - self.tax_vnd

    def add(self, other: "Sum") -> None:
        """Add another."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class _Item:
    """One movement, or a receipt that was lowered; receipts of a settlement follow it.

    `reference`: of the order that brought the money; `receipt`: its unit, series and number.
    """

    partner: str
    sum: Sum
    unit: str = ""
    reference: str = ""
    receipt: tuple[str, str, str] | None = None

    def fill(self, payment: Payment) -> None:
        """Say whose it is, as far as that is known."""
        if self.receipt and not self.partner:
            receipts = [r for r in payment.receipts if r.name == self.receipt]
            self.partner = payment.attempts[receipts[0].attempt - 1].partner if receipts else ""
        attempt = payment.attempt(self.reference)
        if attempt and not self.unit:
            units = [r.unit for r in payment.receipts if r.attempt == attempt.number]
            self.unit = units[0] if units else ""


class DayOfMoney:
    """One day, as it is heard; `partner`: of that one alone, empty: of all."""

    def __init__(self, since: datetime, until: datetime, partner: str = "") -> None:
        self._since, self._until, self._partner = since, until, partner
        self._items: dict[str, list[_Item]] = {}  # by application
        self._last: dict[str, int] = {}  # application → number of what was heard last

    def hear(self, value: bytes | None) -> None:
        """Take in a record of `payment.events`; what is heard twice counts once."""
        if value is None or not any(type_ in value for type_ in _HEARD):
            return
        event = _envelope.decode(value)
        if not self._since <= event.time < self._until:
            return
        if int(event.sequence or 0) <= self._last.get(event.subject, 0):
            return
        items = self._items.get(event.subject, [])
        if event.type in _MONEY:
            items = self._items.setdefault(event.subject, [])
            items.append(_moved(event.type, _money.decode(event.data)))
        elif event.type in _LOWERED:
            items = self._items.setdefault(event.subject, [])
            items.append(_lowered(_receipt.decode(event.data)))
        elif event.type == ReceiptIssued.TYPE and items:
            self._receive(items[-1], _receipt.decode(event.data))
        else:
            return
        self._last[event.subject] = int(event.sequence)

    def _receive(self, item: _Item, receipt: _Receipt) -> None:
        name = f"{receipt.kind}_vnd"
        if name in ("fee_vnd", "charge_vnd", "tax_vnd"):
            setattr(item.sum, name, getattr(item.sum, name) + receipt.amount_vnd)
        item.unit = receipt.unit or item.unit

    async def add_to(
        self, sums: dict[tuple[str, str], Sum], units: Units, payments: Payments
    ) -> None:
        """Add this day to the sums by unit and partner.  Raises `Unknown`."""
        await self._fill(payments)
        untold = [a for a, items in self._items.items() if any(not i.unit for i in items)]
        known = await units(untold)
        for application, items in self._items.items():
            for item in items:
                if item.partner == (self._partner or item.partner):
                    unit = item.unit or known.get(application, "")
                    sums.setdefault((unit, item.partner), Sum()).add(item.sum)

    async def _fill(self, payments: Payments) -> None:
        untold = {
            application: some
            for application, items in self._items.items()
            if (some := [i for i in items if not i.partner or (i.reference and not i.unit)])
        }
        for application, payment in (await payments([*untold])).items():
            for item in untold[application]:
                item.fill(payment)


def _moved(type_: str, money: _Money) -> _Item:
    moved = Sum(settled=int(type_ == Settled.TYPE))
    setattr(moved, _MONEY[type_], money.amount_vnd)
    # of what settles, the receipt follows: nothing is to be looked up
    reference = money.reference if type_ in (Overpaid.TYPE, RefundDone.TYPE) else ""
    return _Item(money.partner, moved, reference=reference)


def _lowered(receipt: _Receipt) -> _Item:
    less_vnd = receipt.before_vnd - receipt.amount_vnd if receipt.before_vnd else receipt.amount_vnd
    name = receipt.unit, receipt.series, receipt.number
    return _Item("", Sum(lowered_vnd=less_vnd), unit=receipt.unit, receipt=name)
