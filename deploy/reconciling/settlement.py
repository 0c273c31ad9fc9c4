"""What settled in a period, by the unit that it is for and by partner, to the đồng.

A day at a time is folded from payment's log, by the instants at which payment decided; so a period
of any length needs the room of its fullest day.  Whom money is for is said by the receipt where it
is, and by routing's journal where it is not.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.events.data import Instant
from shared.events.payment import Overpaid, ReceiptIssued, Settled

_HEARD = {type_: f'"{type_}"'.encode() for type_ in (Settled.TYPE, Overpaid.TYPE)}
_RECEIPT = f'"{ReceiptIssued.TYPE}"'.encode()

Units = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]  # application → competent unit


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    type: str
    subject: str
    time: Instant
    sequence: str
    data: msgspec.Raw


class _Money(msgspec.Struct, frozen=True, gc=False):
    partner: str
    amount_vnd: int


class _Receipt(msgspec.Struct, frozen=True, gc=False):
    kind: str
    amount_vnd: int
    unit: str = ""


_envelope = msgspec.json.Decoder(_Envelope)
_money = msgspec.json.Decoder(_Money)
_receipt = msgspec.json.Decoder(_Receipt)


@dataclass
class Sum:
    """What settled: how often, how much, and of that by kind; `overpaid_vnd` settled nothing."""

    settled: int = 0
    settled_vnd: int = 0
    fee_vnd: int = 0
    charge_vnd: int = 0
    tax_vnd: int = 0
    overpaid_vnd: int = 0

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
    """One settlement, or money that settled nothing; receipts of it follow."""

    partner: str
    sum: Sum
    unit: str = ""


class DayOfMoney:
    """One day, as it is heard; `partner`: of that one alone, empty: of all."""

    def __init__(self, since: datetime, until: datetime, partner: str = "") -> None:
        self._since, self._until, self._partner = since, until, partner
        self._items: dict[str, list[_Item]] = {}  # by application
        self._last: dict[str, int] = {}  # application → number of what was heard last

    def hear(self, value: bytes | None) -> None:
        """Take in a record of `payment.events`; what is heard twice counts once."""
        if value is None or not (_RECEIPT in value or any(t in value for t in _HEARD.values())):
            return
        event = _envelope.decode(value)
        if not self._since <= event.time < self._until:
            return
        if int(event.sequence or 0) <= self._last.get(event.subject, 0):
            return
        if event.type in _HEARD:
            self._last[event.subject] = int(event.sequence)
            self._take(event, _money.decode(event.data))
        elif event.type == ReceiptIssued.TYPE and event.subject in self._items:
            self._last[event.subject] = int(event.sequence)
            self._receive(self._items[event.subject][-1], _receipt.decode(event.data))

    def _take(self, event: _Envelope, money: _Money) -> None:
        if event.type == Settled.TYPE:
            taken = Sum(settled=1, settled_vnd=money.amount_vnd)
        else:
            taken = Sum(overpaid_vnd=money.amount_vnd)
        self._items.setdefault(event.subject, []).append(_Item(money.partner, taken))

    def _receive(self, item: _Item, receipt: _Receipt) -> None:
        name = f"{receipt.kind}_vnd"
        if name in ("fee_vnd", "charge_vnd", "tax_vnd"):
            setattr(item.sum, name, getattr(item.sum, name) + receipt.amount_vnd)
        item.unit = receipt.unit or item.unit

    async def add_to(self, sums: dict[tuple[str, str], Sum], units: Units) -> None:
        """Add this day to the sums by unit and partner.  Raises `Unknown`."""
        untold = [a for a, items in self._items.items() if any(not i.unit for i in items)]
        known = await units(untold)
        for application, items in self._items.items():
            for item in items:
                if item.partner == (self._partner or item.partner):
                    unit = item.unit or known.get(application, "")
                    sums.setdefault((unit, item.partner), Sum()).add(item.sum)
