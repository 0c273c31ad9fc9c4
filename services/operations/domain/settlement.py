"""What moved with partners, and what follows of it for a period.  Pure.

Each event of payment by which money moved is a row, by partner, day (of the log, in Viet Nam) and
application; so sums of rows are sums of the log, in whatever order and however often it was read.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import msgspec

from services.operations.domain.entries import Entry, gist
from services.operations.domain.facts import logged_day
from shared.events import disbursements, payment, refunds
from shared.events.reconciliation import StatementReconciled

Kind = Literal["settled", "overpaid", "mismatched", "refunded", "disbursed", "returned"]
Equation = Literal["balance", "carried", "lines", "books"]
Outcome = Literal["equal", "differs", "partly", "nothing"]
MOVES: Mapping[str, Kind] = {
    payment.Settled.TYPE: "settled",
    payment.Overpaid.TYPE: "overpaid",
    payment.Mismatched.TYPE: "mismatched",  # where it stands: came, and settles nothing
    refunds.RefundDone.TYPE: "refunded",
    disbursements.DisbursementDone.TYPE: "disbursed",
    disbursements.DisbursementFailed.TYPE: "returned",  # where it was paid out before
}
LOOKED: tuple[Kind, ...] = ("mismatched", "returned")  # whether one counts its journey says
PERIOD = "[0-9]{4}-[0-9]{2}(-[0-9]{2})?"
_PERIOD = re.compile(PERIOD)
_OF_TRANSACTIONS = frozenset(
    contract.TYPE
    for contract in (payment.Settled, payment.Overpaid, payment.Mismatched, refunds.RefundProposed)
)


class Period(NamedTuple):
    """Days, both included."""

    first: date
    last: date

    @property
    def before(self) -> "Period | None":
        """Return the days of the year before it: balances begin with the budget's year."""
        begins = date(self.first.year, 1, 1)
        return Period(begins, self.first - timedelta(days=1)) if begins < self.first else None

    @property
    def months(self) -> "list[Period]":
        """Return it month by month."""
        out, first = list[Period](), self.first
        while first <= self.last:
            ends = first.replace(day=monthrange(first.year, first.month)[1])
            out.append(Period(first, min(ends, self.last)))
            first = ends + timedelta(days=1)
        return out


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What moved: settled what was due; came though nothing needed it, or by another amount than
    was asked for (`overpaid_vnd`); went back; was paid out as allowances; and came back of those.
    `moves`: how many there were.
    """

    moves: int = 0
    settled_vnd: int = 0
    overpaid_vnd: int = 0
    refunded_vnd: int = 0
    disbursed_vnd: int = 0
    returned_vnd: int = 0

    @property
    def collected_vnd(self) -> int:
        """Return all that came."""
        return self.settled_vnd + self.overpaid_vnd

    @property
    def net_vnd(self) -> int:
        """Return what stays of it."""
        return self.collected_vnd - self.refunded_vnd - self.disbursed_vnd + self.returned_vnd


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What statements say, the last one of each day.  `withheld_vnd` is the fee where it was kept
    of the money, and `paid_vnd` what was left of that; `fee_vnd` is the fee either way.
    `to_pay_vnd`: what came by them without what left, which the partner has of ours of these days.
    """

    days: int
    opening_vnd: int
    paid_vnd: int
    left_vnd: int
    withheld_vnd: int
    closing_vnd: int
    fee_vnd: int
    to_pay_vnd: int


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Two numbers that have to be equal, as sums; `differing`: of how many days, or of one to the
    next, they are not, which in sums may cancel.
    """

    name: Equation
    one_vnd: int
    other_vnd: int
    differing: int = 0

    @property
    def is_equal(self) -> bool:
        """Tell whether they are, each of them."""
        return self.one_vnd == self.other_vnd and not self.differing


def period_of(text: str) -> Period | None:
    """Return a day (2026-11-20) or a month (2026-11); None: it is neither."""
    if not _PERIOD.fullmatch(text):
        return None
    try:
        first = date.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01")
    except ValueError:
        return None
    if len(text) > len("2026-11"):
        return Period(first, first)
    return Period(first, first.replace(day=monthrange(first.year, first.month)[1]))


def move_of(entry: Entry) -> dict[str, Any] | None:
    """Return the row of an event by which money moved; None: none did."""
    kind, g = MOVES.get(entry.type), gist(entry.data)
    if kind is None or not entry.is_decided or not g.partner or (kind == "returned" and not g.by):
        return None
    place = f"{moved_with(g.partner)}{logged_day(entry)}/{entry.application}/{entry.sequence:06d}"
    row: dict[str, Any] = {"_id": place, "kind": kind, "vnd": g.amount_vnd, "unit": g.unit}
    if kind in LOOKED:
        row |= {"application": entry.application, "of": g.disbursement, "sequence": entry.sequence}
    return row


def moved_with(partner: str) -> str:
    """Return how rows of what moved with a partner begin; a day follows."""
    return f"={partner}/"


def wrong_amounts(entries: Iterable[Entry]) -> set[int]:
    """Return the numbers of the events by which money came by another amount than was asked for,
    and did not count since: of a transaction the last one that was told before it was given back.
    """
    stands, is_fixed = dict[tuple[str, str], int](), set[tuple[str, str]]()
    own = (e for e in entries if e.type in _OF_TRANSACTIONS and e.is_decided)
    for entry in sorted(own, key=lambda e: e.sequence):
        g = gist(entry.data)
        of = g.partner, g.transaction
        if entry.type != payment.Mismatched.TYPE:
            is_fixed.add(of)
            if entry.type != refunds.RefundProposed.TYPE:
                stands.pop(of, None)
        elif of not in is_fixed:
            stands[of] = entry.sequence
    return {*stands.values()}


def came_back(entries: Iterable[Entry], disbursement: str, sequence: int) -> bool:
    """Tell whether an allowance had been paid out when it was said that it was not."""
    was = [
        (e.sequence, MOVES[e.type])
        for e in entries
        if MOVES.get(e.type) in ("disbursed", "returned")
        and e.is_decided
        and e.sequence < sequence
        and gist(e.data).disbursement == disbursement
    ]
    return bool(was) and max(was)[1] == "disbursed"


def plus(one: Sums, kind: Kind, moves: int, vnd: int) -> Sums:
    """Return sums with more of a kind."""
    name = "overpaid_vnd" if kind == "mismatched" else f"{kind}_vnd"
    more = {name: getattr(one, name) + vnd, "moves": one.moves + moves}
    return msgspec.structs.replace(one, **more)


def together(found: Iterable[Sums]) -> Sums:
    """Return all of them as one."""
    some = [*found]
    names = Sums.__struct_fields__
    return Sums(**{name: sum(getattr(one, name) for one in some) for name in names})


def withheld_vnd(word: StatementReconciled) -> int:
    """Return the fee where the statement says what is left of the money, else nothing: what is
    told of its lines is always what was paid.
    """
    kept_vnd = _lines_vnd(word) - word.paid_vnd - word.left_vnd
    return word.fee_vnd if kept_vnd == word.fee_vnd else 0


def stated(days: Sequence[StatementReconciled]) -> Stated:
    """Return what the statements of days say, in their order."""
    paid, left = sum(w.paid_vnd for w in days), sum(w.left_vnd for w in days)
    kept = sum(map(withheld_vnd, days))
    return Stated(
        days=len(days),
        opening_vnd=days[0].opening_vnd if days else 0,
        paid_vnd=paid,
        left_vnd=left,
        withheld_vnd=kept,
        closing_vnd=days[-1].closing_vnd if days else 0,
        fee_vnd=sum(w.fee_vnd for w in days),
        to_pay_vnd=paid - left,
    )


def checks(days: Sequence[StatementReconciled], books: Sequence[tuple[int, int]]) -> list[Check]:
    """Return what has to be equal: in each statement, from one to the next, of its lines, and
    between our books of each day and it: by how much they differ, and what of that is known.
    """
    found = [
        _each("balance", [(w.opening_vnd + w.paid_vnd - w.left_vnd, w.closing_vnd) for w in days]),
        _each("lines", [(_lines_vnd(w), w.paid_vnd + w.left_vnd + withheld_vnd(w)) for w in days]),
        _each("books", books),
    ]
    if any(w.opening_vnd for w in days[1:]):  # else its format has no balances
        next_to = [(a.closing_vnd, b.opening_vnd) for a, b in pairwise(days) if _follows(a, b)]
        found.insert(1, _each("carried", next_to))
    return found


def outcome(found: Iterable[bool], compared: int, untold: int) -> Outcome:
    """Return what checks came to, of so many days that have a statement, and so many that have
    money and none.
    """
    if not all(found):
        return "differs"
    if not compared:
        return "nothing"
    return "partly" if untold else "equal"


def _each(name: Equation, pairs: Sequence[tuple[int, int]]) -> Check:
    """Compare each pair: faults of two days do not make up for each other."""
    return Check(
        name=name,
        one_vnd=sum(one for one, _ in pairs),
        other_vnd=sum(other for _, other in pairs),
        differing=sum(one != other for one, other in pairs),
    )


def _follows(one: StatementReconciled, other: StatementReconciled) -> bool:
    return other.day - one.day == timedelta(days=1)


def _lines_vnd(word: StatementReconciled) -> int:
    """Return the sum of all lines: those that match, and those that break."""
    named = (found.amount_vnd for found in word.breaks if found.kind != "missing_there")
    return word.matched_vnd + sum(named)
