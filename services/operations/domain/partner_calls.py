"""What a partner and we said to each other about an order, as its own people may read it.  Pure.

Of an application only what names this partner is looked at, and of that only numbers of theirs and
ours, amounts and words of the protocol: nothing of a person, nothing of another partner.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from services.operations.domain.entries import Entry, Gist, gist, in_order
from services.operations.domain.naming import folded
from shared.events import payment, reassessments, refunds, routing

What = Literal[
    "opened",  # we have an order stand with the partner
    "called",  # the partner called us
    "asked",  # we asked: what came of it is the finding
    "made",  # we had the partner make the order: what came of it is the finding
    "settled",
    "overpaid",
    "mismatched",
    "failed",
    "expired",
    "refund_told",
    "refund_done",
    "refund_failed",
]
# `taken`: recorded, or final already, for what was paid for may have ended; either is "stop"
Answer = Literal["", "recorded", "already_final", "taken", "amount_differs", "unknown_order"]
LINES_LIMIT = 200

SAID: Mapping[str, What] = {
    payment.Notified.TYPE: "called",
    payment.Queried.TYPE: "asked",
    payment.Created.TYPE: "made",
    payment.Requested.TYPE: "opened",
    payment.Settled.TYPE: "settled",
    payment.Overpaid.TYPE: "overpaid",
    payment.Mismatched.TYPE: "mismatched",
    payment.Failed.TYPE: "failed",
    payment.Expired.TYPE: "expired",
    refunds.RefundRequested.TYPE: "refund_told",
    refunds.RefundDone.TYPE: "refund_done",
    refunds.RefundFailed.TYPE: "refund_failed",
}
_OVER = frozenset({"settled", "failed", "expired"})
_ENDS = frozenset(  # with these an order may be let go that nobody paid
    {reassessments.FeeReassessed.TYPE, routing.NotAccepted.TYPE, routing.Closed.TYPE}
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said of an order.  `transaction` is the partner's number, `code` its own
    word, `answer` what we answered to its call: empty where it did not call.
    """

    at: datetime
    what: What
    reference: str
    transaction: str
    amount_vnd: int
    finding: str
    code: str
    answer: Answer


class _Order(msgspec.Struct, frozen=True):
    obligation: int = -1


_order = msgspec.json.Decoder(_Order)


def lines(entries: Iterable[Entry], partner: str, asked: str) -> list[Line]:
    """Return all that was said of the orders of this partner that are meant: by our reference, or
    by the partner's transaction; in the order of the log, at most `LINES_LIMIT`.
    """
    found = in_order(entries)
    own = [(entry, g) for entry in found if (g := _of(entry, partner))]
    wanted = _meant(own, asked)
    if not wanted:
        return []
    books = _Books()
    out: list[Line] = []
    for entry in found:
        if entry.type in _ENDS and entry.belongs:
            books.may_be_over = True
        g = _of(entry, partner)
        if g is None and not (entry.type == payment.Expired.TYPE and entry.belongs):
            books.pass_by(entry)
            continue
        g = g or gist(entry.data)
        line = _line(entry, g, books)
        books.take(entry, g, line.what)
        if g.reference in wanted:
            out.append(line)
    return out[:LINES_LIMIT]


def _of(entry: Entry, partner: str) -> Gist | None:
    """Return what a message says, if it is of this partner and to be shown."""
    if entry.type not in SAID or not entry.belongs:
        return None
    g = gist(entry.data)
    return g if g.partner == partner else None


def _meant(own: Sequence[tuple[Entry, Gist]], asked: str) -> set[str]:
    typed = folded(asked)
    return {
        g.reference
        for _, g in own
        if g.reference and typed and typed in (folded(g.reference), folded(g.transaction))
    }


class _Books:
    """What stood on the log when a partner called: what the answer was made of."""

    def __init__(self) -> None:
        self.opened: dict[str, int] = {}  # amounts, by reference
        self.of: dict[str, int] = {}  # obligations, by reference
        self.over: set[str] = set()
        self.may_be_over = False

    def take(self, entry: Entry, g: Gist, what: What) -> None:
        """Take note of an order, and of its end."""
        if what == "opened":
            self.opened[g.reference] = g.amount_vnd
            self.of[g.reference] = _obligation(entry)
        elif what in _OVER:
            self.over.add(g.reference)
            if what == "settled":
                self._met(g.reference)

    def pass_by(self, entry: Entry) -> None:
        """Take note of what another partner brought: it may meet what our order is for."""
        if entry.type in (payment.Requested.TYPE, payment.Settled.TYPE) and entry.belongs:
            g = gist(entry.data)
            if entry.type == payment.Requested.TYPE:
                self.of[g.reference] = _obligation(entry)
            else:
                self._met(g.reference)

    def _met(self, reference: str) -> None:
        obligation = self.of.get(reference, -1)
        if obligation < 0:
            self.may_be_over = True  # an event from before it was told which is met
        self.over |= {r for r, o in self.of.items() if o == obligation and o >= 0}

    def answer(self, g: Gist) -> Answer:
        """Return what a call was answered, in the order that all protocols have."""
        amount_vnd = self.opened.get(g.reference)
        if amount_vnd is None:
            return "unknown_order"
        if amount_vnd != g.amount_vnd:
            return "amount_differs"
        if g.reference in self.over:
            return "already_final"
        return "taken" if self.may_be_over else "recorded"


def _line(entry: Entry, g: Gist, books: _Books) -> Line:
    what = SAID[entry.type]
    return Line(
        at=datetime.fromtimestamp(entry.logged_ms / 1_000, UTC),
        what=what,
        reference=g.reference,
        transaction=g.transaction,
        amount_vnd=g.amount_vnd,
        finding=g.finding,
        code=g.code,
        answer=books.answer(g) if what == "called" else "",
    )


def _obligation(entry: Entry) -> int:
    try:
        return _order.decode(entry.data).obligation
    except (msgspec.DecodeError, UnicodeDecodeError):
        return -1
