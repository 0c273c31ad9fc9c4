"""Payment's money of some hours, folded from what it decided: each event, in the log's order.

The log keeps by time what no table does.  Of millions of events a day few are of one partner, so
the type is looked for in the bytes before anything is decoded.
"""

from collections.abc import Mapping, Sequence

import msgspec

from services.payment.domain.lines import Movement
from services.payment.domain.matching import Held, gone
from services.payment.domain.state import KeptAs
from shared.events.data import Instant
from shared.events.disbursements import DisbursementDone
from shared.events.payment import Mismatched, Overpaid, ReceiptIssued, Settled
from shared.events.refunds import RefundDone

KEPT: Mapping[str, KeptAs] = {
    Settled.TYPE: "settled",
    Overpaid.TYPE: "overpaid",
    Mismatched.TYPE: "mismatched",
}
GONE: Mapping[str, Movement] = {RefundDone.TYPE: "refunded", DisbursementDone.TYPE: "disbursed"}
_MONEY = tuple(f'"{type_}"'.encode() for type_ in (*KEPT, *GONE))
_RECEIPT = f'"{ReceiptIssued.TYPE}"'.encode()


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    type: str
    subject: str
    time: Instant
    sequence: str
    data: msgspec.Raw


class _Money(msgspec.Struct, frozen=True, gc=False):
    partner: str
    reference: str
    transaction: str
    amount_vnd: int
    expected_vnd: int = 0
    told: str = ""  # of a refund: its own number
    by: str = ""  # of what left: who did it by hand, no partner's statement names that


class _Receipt(msgspec.Struct, frozen=True, gc=False):
    amount_vnd: int


_envelope = msgspec.json.Decoder(_Envelope)
_money = msgspec.json.Decoder(_Money)
_receipt = msgspec.json.Decoder(_Receipt)


class Holdings:
    """The money of one partner.  What is heard twice counts once: events are numbered."""

    def __init__(self, partner: str) -> None:
        self._partner = partner
        self._needle = f'"{partner}"'.encode()
        self._held: dict[str, list[Held]] = {}
        self._last: dict[str, tuple[int, str]] = {}  # application → last number, and what settled
        self._due_vnd: dict[str, int] = {}  # by key; of what settled

    def hear(self, value: bytes | None) -> None:
        """Take in a record of `payment.events`."""
        if value is None:
            return
        if _RECEIPT in value:
            self._hear_receipt(_envelope.decode(value))
        elif self._needle in value and any(type_ in value for type_ in _MONEY):
            self._hear_money(_envelope.decode(value))

    def _hear_money(self, event: _Envelope) -> None:
        if event.type not in (*KEPT, *GONE) or self._has_heard(event):
            return
        money = _money.decode(event.data)
        if money.partner != self._partner or money.by:
            return
        held = _held(event, money)
        self._held.setdefault(held.key, []).append(held)
        settled = held.key if held.kept_as == "settled" else ""
        self._last[event.subject] = int(event.sequence), settled

    def _hear_receipt(self, event: _Envelope) -> None:
        """What an application was asked for is the sum of the receipts that follow: they come from
        the lines of the fee, not from the money.
        """
        if event.type != ReceiptIssued.TYPE or event.subject not in self._last:
            return
        if self._has_heard(event):
            return
        settled = self._last[event.subject][1]
        self._last[event.subject] = int(event.sequence), settled
        if settled:
            amount_vnd = _receipt.decode(event.data).amount_vnd
            self._due_vnd[settled] = self._due_vnd.get(settled, 0) + amount_vnd

    def _has_heard(self, event: _Envelope) -> bool:
        last, _ = self._last.get(event.subject, (0, ""))
        return int(event.sequence) <= last

    def by_key(self) -> Mapping[str, Sequence[Held]]:
        """Return what was heard, by the key of the line that should name it.

        Where no receipt was heard, what settled is what was due: the lane saw to it.
        """
        for key, money in self._held.items():
            for place, held in enumerate(money):
                if held.kept_as == "settled":
                    money[place] = held._replace(due_vnd=self._due_vnd.get(key, held.amount_vnd))
        return self._held


def _held(event: _Envelope, money: _Money) -> Held:
    if event.type in GONE:
        named = event.subject, money.reference, money.told or money.transaction
        return gone(GONE[event.type], *named, money.amount_vnd, event.time)
    return Held(
        event.subject,
        money.reference,
        money.transaction,
        money.amount_vnd,
        KEPT[event.type],
        money.expected_vnd,
        event.time,
    )
