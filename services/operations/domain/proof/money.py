"""What partners told of is what payment has, once, and no more goes back than was let go.

Two accounts of the same money stand on the log: what came in at `payment.inbox` (callbacks,
answers, statements), and what payment made of it.  Of each transaction they have to meet, to the
đồng.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from services.operations.domain.proof.tally import Journey, Moment, Proof, read_as
from shared.events.payment import (
    FeeAssessed,
    Mismatched,
    Notified,
    Overpaid,
    Queried,
    ReceiptIssued,
    Settled,
)
from shared.events.refunds import RefundDone, RefundProposed, RefundRejected

_TELLS = frozenset({Notified.TYPE, Queried.TYPE})
_INBOX = "payment.inbox"
_MAY_WAIT = "it may wait for its order"
_KEPT_AS = {
    Settled.TYPE: "settled",
    Overpaid.TYPE: "overpaid",
    Mismatched.TYPE: "mismatched",
}
_BACK = frozenset({RefundProposed.TYPE, RefundRejected.TYPE, RefundDone.TYPE})
_HEARD = _BACK | {*_KEPT_AS, FeeAssessed.TYPE, ReceiptIssued.TYPE}

_Transaction = tuple[str, str]  # the partner, and its number of it


class _Said(msgspec.Struct, frozen=True):
    """The fields of money that any of these messages has; a default means: not there."""

    partner: str = ""
    reference: str = ""
    transaction: str = ""
    amount_vnd: int = 0
    total_vnd: int = 0
    finding: str = ""
    moment: str = ""
    refund: str = ""


class _Money(NamedTuple):
    """What is told of a transaction: told again so, it is no news; otherwise it is."""

    partner: str
    transaction: str
    reference: str
    amount_vnd: int

    @property
    def moved_by(self) -> _Transaction:
        return self.partner, self.transaction

    @property
    def shown(self) -> str:
        """Return how it is shown to a person."""
        partner = self.partner or "the bank"
        return f"{self.amount_vnd:,} đồng by {self.transaction} of {partner}"


class _Booked(NamedTuple):
    kept_as: str
    money: _Money
    logged_ms: int


_said = msgspec.json.Decoder(_Said)
_NOTHING = _Said()


class _Account:
    """The money of one application: what was told, what was booked, what went back."""

    def __init__(self) -> None:
        self.told: dict[_Money, int] = {}  # when it was first told
        self.booked: list[_Booked] = []
        self.standing: dict[_Transaction, _Booked] = {}  # what it counts as, else the last of it
        self.counting = set[_Transaction]()  # what is told of them from then on stands beside it
        self.due_vnd: dict[str, set[int]] = defaultdict(set)  # by moment
        self.assessed = 0
        self.receipts = Counter[str]()  # đồng, by the partner of the settlement before them
        self.settlements: list[tuple[str, _Money]] = []  # with the moment each is for
        self.released, self.refunded = Counter[_Transaction](), Counter[_Transaction]()
        self.done = Counter[str]()  # by refund
        self.references: dict[_Transaction, str] = {}
        self.last_ms = 0

    def hear_told(self, entry: Entry) -> None:
        """Take in what a partner told."""
        said = read_as(_said, entry.data, _NOTHING)
        if said.finding == "paid":
            self.told.setdefault(_money(said), entry.logged_ms)

    def hear_decided(self, entry: Entry) -> None:
        """Take in what payment made of it."""
        said = read_as(_said, entry.data, _NOTHING)
        self.last_ms = max(self.last_ms, entry.logged_ms)
        if entry.type in _KEPT_AS:
            self._book(_KEPT_AS[entry.type], said, entry.logged_ms)
        elif entry.type in _BACK:
            self._go_back(entry.type, said)
        elif entry.type == FeeAssessed.TYPE:
            self.assessed += 1
            self.due_vnd[said.moment].add(said.total_vnd)
        else:
            partner = self.settlements[-1][1].partner if self.settlements else ""
            self.receipts[partner] += said.amount_vnd

    def _book(self, kept_as: str, said: _Said, logged_ms: int) -> None:
        money = _money(said)
        booked = _Booked(kept_as, money, logged_ms)
        if kept_as != "mismatched" or money.moved_by not in self.counting:
            self.standing[money.moved_by] = booked
        if kept_as != "mismatched":
            self.counting.add(money.moved_by)
        self.booked.append(booked)
        self.references[money.moved_by] = money.reference
        if kept_as == "settled":
            self.settlements.append((said.moment, money))

    def _go_back(self, type_: str, said: _Said) -> None:
        transaction = said.partner, said.transaction
        self.references.setdefault(transaction, said.reference)
        if type_ == RefundProposed.TYPE:
            self.counting.add(transaction)  # another amount as well, once it is to go back
            self.released[transaction] += said.amount_vnd
        elif type_ == RefundRejected.TYPE:
            self.released[transaction] -= said.amount_vnd
        else:
            self.refunded[transaction] += said.amount_vnd
            self.done[said.refund] += 1

    def was_due(self, moment: str, amount_vnd: int) -> bool:
        """Tell whether this was asked for; in old events no moment is told."""
        asked = [self.due_vnd[moment]] if moment else self.due_vnd.values()
        return any(amount_vnd in some for some in asked)


def money_adds_up(journey: Journey, moment: Moment, into: Proof) -> None:
    """Check the money of one application."""
    account = _Account()
    decided = [e for e in journey.entries if e.type in _HEARD and e.sequence]
    for entry in journey.entries:
        if entry.type in _TELLS and entry.topic == _INBOX:
            account.hear_told(entry)
    for entry in sorted(decided, key=lambda e: e.sequence):
        if entry.service == "payment":
            account.hear_decided(entry)
    if account.told or account.booked or account.released or account.receipts:
        _add_up(account, into)
        _is_all_there(account, journey, moment, into)
        _settles_once(account, journey.application, moment, into)
        _goes_back_once(account, journey.application, into)


def _add_up(account: _Account, into: Proof) -> None:
    """Add the sums of this application."""
    for kept_as, money, _ in account.booked:
        if kept_as != "mismatched":
            into.add_vnd(money.partner, kept_as, money.amount_vnd)
    for kept_as, money, _ in account.standing.values():
        if kept_as == "mismatched":
            into.add_vnd(money.partner, kept_as, money.amount_vnd)
    for (partner, _), amount_vnd in _received(account).items():
        into.add_vnd(partner, "received", amount_vnd)
    for partner, amount_vnd in account.receipts.items():
        into.add_vnd(partner, "receipts", amount_vnd)
    for (partner, _), amount_vnd in account.released.items():
        into.add_vnd(partner, "released", amount_vnd)
    for (partner, _), amount_vnd in account.refunded.items():
        into.add_vnd(partner, "refunded", amount_vnd)


def _received(account: _Account) -> dict[_Transaction, int]:
    """Return what came by each transaction, as partners told: of amounts that they told beside each
    other the one that it counts as, if it is one of them, else the last.
    """
    found: dict[_Transaction, int] = {}
    for told in account.told:
        stands = account.standing.get(told.moved_by)
        if stands is None or stands.money not in account.told or stands.money == told:
            found[told.moved_by] = told.amount_vnd
    return found


def _is_all_there(account: _Account, journey: Journey, moment: Moment, into: Proof) -> None:
    """Match what was told with what was booked, one by one."""
    kept = {booked.money for booked in account.booked}
    is_held = "payment" in journey.held
    kind, why = ("money_held", "payment holds it") if is_held else ("money", _MAY_WAIT)
    received = _received(account)
    for told in sorted(account.told.keys() - kept):
        called = journey.application, told.reference
        if moment.bears(kind, account.told[told]):
            into.wait(kind, *called, f"{told.shown}: {why}", account.told[told])
            if told.moved_by not in account.standing:
                into.add_vnd(told.partner, "waiting", received.pop(told.moved_by, 0))
        else:
            detail = f"{told.shown} was told of, and nobody has it"
            into.blame("unbooked", *called, f"{detail}: {why}" if is_held else detail)
    for money in sorted(kept - account.told.keys()):
        detail = f"{money.shown} is booked, and no partner told of it"
        into.blame("untold", journey.application, money.reference, detail)
    _counts_once(account, journey.application, into)


def _counts_once(account: _Account, application: str, into: Proof) -> None:
    counted = Counter(b.money.moved_by for b in account.booked if b.kept_as != "mismatched")
    for transaction, times in counted.items():
        if times > 1:
            detail = f"transaction {transaction[1]} counts {times} times"
            into.blame("counted_twice", application, account.references[transaction], detail)


def _settles_once(account: _Account, application: str, moment: Moment, into: Proof) -> None:
    settled = Counter(money.reference for _, money in account.settlements)
    for reference, times in settled.items():
        if times > 1:
            into.blame("settled_twice", application, reference, f"settled {times} times")
    references = ", ".join(sorted(settled))
    if max(settled.values(), default=0) < 2 and settled.total() > account.assessed:
        detail = f"{account.assessed} obligations were settled {settled.total()} times"
        into.blame("settled_twice", application, references, detail)
    for due, money in account.settlements:
        if not account.was_due(due, money.amount_vnd):
            detail = f"settled by {money.amount_vnd:,} đồng, which were never due"
            into.blame("never_due", application, money.reference, detail)
    settled_vnd = sum(money.amount_vnd for _, money in account.settlements)
    receipts_vnd = account.receipts.total()
    awaited_vnd = settled_vnd - receipts_vnd
    if awaited_vnd and moment.bears("receipt", account.last_ms):
        partner = account.settlements[-1][1].partner if account.settlements else ""
        into.add_vnd(partner, "receipts_awaited", awaited_vnd)
        into.wait("receipt", application, references, f"for {awaited_vnd:,} đồng", account.last_ms)
    elif awaited_vnd:
        detail = f"{settled_vnd:,} đồng settled, receipts are of {receipts_vnd:,}"
        into.blame("receipts_differ", application, references or "none settled", detail)


def _goes_back_once(account: _Account, application: str, into: Proof) -> None:
    for refund, times in account.done.items():
        if times > 1:
            into.blame("refunded_twice", application, refund, f"done {times} times")
    for transaction in sorted({*account.released, *account.refunded}):
        reference = account.references[transaction]
        released, refunded = account.released[transaction], account.refunded[transaction]
        stands = account.standing.get(transaction)
        came = stands.money.amount_vnd if stands else 0
        if refunded > released:
            detail = f"{refunded:,} đồng went back, {released:,} were let go"
            into.blame("refunded_unreleased", application, reference, detail)
        if released > came:
            detail = f"{released:,} đồng were let go, {came:,} came"
            into.blame("released_above", application, reference, detail)


def _money(said: _Said) -> _Money:
    return _Money(said.partner, said.transaction, said.reference, said.amount_vnd)
