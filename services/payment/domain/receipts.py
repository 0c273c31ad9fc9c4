"""Receipts: one for each kind of what was paid, numbered per unit, year and kind.

Fee (phí) and charge (lệ phí) never share a receipt.  A number is claimed before the event says it,
counts from 1 in each series and starts again each 1 January in Viet Nam.  What was issued is never
cancelled: a later one adjusts or replaces it, and what is paid back makes it invalid.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET

from shared.catalogue.fees import Kind
from shared.events import Data
from shared.events.data import FeeLine
from shared.events.payment import (
    ReceiptAdjusted,
    ReceiptInvalidated,
    ReceiptIssued,
    ReceiptReplaced,
)

LETTERS: Mapping[str, str] = {"fee": "P", "charge": "L", "tax": "T"}  # phí, lệ phí, thuế
KINDS: tuple[Kind, ...] = ("fee", "charge", "tax")
DIGITS = 8  # Decree 254/2026, art. 23.2

ReceiptStatus = Literal["valid", "adjusted", "replaced", "invalid"]
ReceiptTrigger = Literal[
    "lowered",  # less of it is due, the rest is to be refunded
    "reworded",  # the amount stays, what it is for does not
    "refunded",  # all of it was paid back, or none of it is due
]


class Series(NamedTuple):
    """Where numbers are counted: a unit, a year in Viet Nam, a kind."""

    unit: str
    year: int
    kind: str

    @property
    def code(self) -> str:
        """Return what stands on a receipt: the kind's letter and the year (`L26`)."""
        return f"{LETTERS[self.kind]}{self.year % 100:02d}"


class Claim(NamedTuple):
    """Whose number it is: the `nth` receipt of a kind for an attempt; and where it is counted."""

    application: str
    attempt: int
    kind: str
    nth: int
    unit: str
    on: date

    @property
    def owner(self) -> str:
        """Return what a row says whose the number is."""
        return f"{self.application}/{self.attempt}/{self.kind}/{self.nth}"

    @property
    def series(self) -> Series:
        """Return where its number is counted."""
        return Series(self.unit, self.on.year, self.kind)


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A receipt as it is remembered; `by` is the number of the one that counts instead of it, in
    the same series or a later one, `of` the number of the one that it counts instead of.  Without
    `lines` it is for those of its kind of the obligation that was paid.

    `unit` is empty on one from before receipts had series; its number is made of the order's.
    """

    kind: str
    number: str
    attempt: int
    amount_vnd: int
    lines: tuple[FeeLine, ...] = ()
    series: str = ""
    unit: str = ""
    on: date | None = None
    status: ReceiptStatus = "valid"
    by: str = ""
    of: str = ""

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what tells it from every other."""
        return self.unit, self.series, self.number


class Desk(msgspec.Struct, kw_only=True):
    """Where receipts are written while a decision is made.

    `number` gives the number of a claim; `unit` is empty where nobody knows which unit it is.
    """

    application: str
    unit: str
    on: date
    number: Callable[[Claim], int]
    receipts: tuple[Receipt, ...]
    events: list[Data]

    def issue(self, attempt: int, reference: str, lines: Sequence[FeeLine]) -> None:
        """Issue a receipt for each kind of what an attempt has paid."""
        for kind in KINDS:
            some = tuple(line for line in lines if line.kind == kind)
            if some:
                new = self._new(attempt, kind, some, reference)
                kept = msgspec.structs.replace(new, lines=())
                self.receipts = (*self.receipts, kept)
                self.events.append(_issued(new, self.on))

    def tell(self, receipt: Receipt, trigger: ReceiptTrigger, why: str, *lines: FeeLine) -> None:
        """Make the move of the table; `lines` are what counts from now on."""
        if (move := MOVES[receipt.status][trigger]) is not None:
            move(self, receipt, why, lines)

    def put(self, old: Receipt, *, status: ReceiptStatus, by: str = "") -> None:
        """Give a receipt another status."""
        self.receipts = tuple(
            msgspec.structs.replace(r, status=status, by=by) if r.name == old.name else r
            for r in self.receipts
        )

    def instead(self, old: Receipt, lines: Sequence[FeeLine], status: ReceiptStatus) -> Receipt:
        """Write the one that counts instead of an old one, under a number of its own."""
        reference = old.number.rpartition("-")[0] or old.number
        new = self._new(old.attempt, old.kind, tuple(lines), reference, of=old.number)
        self.put(old, status=status, by=new.number)
        self.receipts = (*self.receipts, new)
        return new

    def _new(
        self, attempt: int, kind: str, lines: tuple[FeeLine, ...], reference: str, of: str = ""
    ) -> Receipt:
        nth = sum((r.attempt, r.kind) == (attempt, kind) for r in self.receipts)
        claim = Claim(self.application, attempt, kind, nth, self.unit, self.on)
        more = f"{nth + 1}" if nth else ""
        return Receipt(
            kind=kind,
            number=f"{self.number(claim):0{DIGITS}d}"
            if self.unit
            else f"{reference}-{LETTERS[kind]}{more}",
            attempt=attempt,
            amount_vnd=sum(line.amount_vnd for line in lines),
            lines=lines,
            series=claim.series.code if self.unit else "",
            unit=self.unit,
            on=self.on,
            of=of,
        )


def _issued(new: Receipt, on: date) -> ReceiptIssued:
    return ReceiptIssued(
        number=new.number,
        kind=new.kind,
        amount_vnd=new.amount_vnd,
        lines=new.lines,
        series=new.series,
        unit=new.unit,
        year=on.year if new.unit else 0,
        issued_on=on,
    )


# ---- what becomes of one that was issued

Move = Callable[[Desk, Receipt, str, Sequence[FeeLine]], None]


def _adjust(desk: Desk, old: Receipt, why: str, lines: Sequence[FeeLine]) -> None:
    new = desk.instead(old, lines, "adjusted")
    desk.events.append(
        ReceiptAdjusted(
            number=new.number,
            series=new.series,
            unit=new.unit,
            kind=new.kind,
            adjusts=old.number,
            adjusts_series=old.series,
            before_vnd=old.amount_vnd,
            amount_vnd=new.amount_vnd,
            lines=new.lines,
            reason=why,
            issued_on=new.on or UNSET,
        )
    )


def _replace(desk: Desk, old: Receipt, why: str, lines: Sequence[FeeLine]) -> None:
    new = desk.instead(old, lines, "replaced")
    desk.events.append(
        ReceiptReplaced(
            number=new.number,
            series=new.series,
            unit=new.unit,
            kind=new.kind,
            replaces=old.number,
            replaces_series=old.series,
            amount_vnd=new.amount_vnd,
            lines=new.lines,
            reason=why,
            issued_on=new.on or UNSET,
        )
    )


def _invalidate(desk: Desk, old: Receipt, why: str, _: Sequence[FeeLine]) -> None:
    desk.put(old, status="invalid")
    desk.events.append(
        ReceiptInvalidated(
            number=old.number,
            series=old.series,
            unit=old.unit,
            kind=old.kind,
            amount_vnd=old.amount_vnd,
            reason=why,
        )
    )


# None: another one counts already, or nothing does
MOVES: Mapping[ReceiptStatus, Mapping[ReceiptTrigger, Move | None]] = {
    "valid": {"lowered": _adjust, "reworded": _replace, "refunded": _invalidate},
    "adjusted": {"lowered": None, "reworded": None, "refunded": None},
    "replaced": {"lowered": None, "reworded": None, "refunded": None},
    "invalid": {"lowered": None, "reworded": None, "refunded": None},
}


def with_receipts(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state of before receipts were kept, with those that its payments were given."""
    kept = []
    for attempt in state.get("attempts", ()):
        if attempt.get("status") != "paid":
            continue
        obligation = state["obligations"][attempt["obligation"]]
        back = {"status": "invalid"} if obligation["status"] == "refunded" else {}
        for kind in KINDS:
            if some := [line for line in obligation["lines"] if line["kind"] == kind]:
                number = f"{attempt['reference']}-{LETTERS[kind]}"
                sum_vnd = sum(line["amount_vnd"] for line in some)
                same = {"kind": kind, "number": number, "attempt": attempt["number"]}
                kept.append(same | {"amount_vnd": sum_vnd} | back)
    return state | ({"receipts": kept} if kept else {})
