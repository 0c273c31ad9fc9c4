"""The money equation: of each transaction, what came in is needed, owed, or was given back.

What came in and what was given back is taken from the events, what is needed and owed from the
journal's last word on the application: two accounts of the same money, which have to meet.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from deploy.audit.evidence import Evidence, Payment
from shared.events.payment import Mismatched, Overpaid, Settled
from shared.events.refunds import RefundDone, RefundProposed, RefundRejected

_COUNTS = (Settled.TYPE, Overpaid.TYPE)
_MONEY = (*_COUNTS, Mismatched.TYPE)
_BACK = (RefundProposed.TYPE, RefundRejected.TYPE, RefundDone.TYPE)

Transaction = tuple[str, str]  # the partner, and its number of it
Vnd = Mapping[Transaction, int]


class _Said:
    """What the events of one application say."""

    def __init__(self) -> None:
        self.received: dict[Transaction, int] = {}
        self.under_way: Counter[Transaction] = Counter()  # proposed, and not turned down
        self.given_back: Counter[Transaction] = Counter()
        self.by_partners: Counter[Transaction] = Counter()  # of it: nobody else recorded it
        self.ended: Counter[str] = Counter()  # how often, by refund
        self.references: dict[Transaction, str] = {}
        self._counted: set[Transaction] = set()

    def hear(self, type_: str, data: Mapping[str, Any]) -> None:
        transaction, amount_vnd = _of(data), data["amount_vnd"]
        self.references[transaction] = data["reference"]
        if type_ in _MONEY:
            if type_ in _COUNTS or transaction not in self._counted:
                self.received[transaction] = amount_vnd
            if type_ in _COUNTS:
                self._counted.add(transaction)
        elif type_ == RefundProposed.TYPE:
            self._counted.add(transaction)  # another amount as well, once it is to go back
            self.under_way[transaction] += amount_vnd
        elif type_ == RefundRejected.TYPE:
            self.under_way[transaction] -= amount_vnd
        else:
            self.given_back[transaction] += amount_vnd
            self.by_partners[transaction] += 0 if data.get("by") else amount_vnd
            self.ended[data["refund"]] += 1


def money_adds_up(evidence: Evidence) -> Iterator[str]:
    """Compare the two accounts of each application's money."""
    said: dict[str, _Said] = defaultdict(_Said)
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.type in (*_MONEY, *_BACK):
            said[heard.event.subject].hear(heard.event.type, heard.data())
    remembered = states(evidence)
    for application, events in said.items():
        for wrong in _compare(events, remembered.get(application, {})):
            yield f"{application}: {wrong}"
    if evidence.given_back is not None:
        yield from _against_the_bank(evidence.given_back, said.values())


def _against_the_bank(moved: Iterable[Payment], said: Collection[_Said]) -> Iterator[str]:
    """Find what a partner gave back unasked, and what we take for done and it is not.

    Where it is told by order alone, an order's transactions are compared in one.
    """
    back: Counter[Transaction] = Counter()
    by_order: set[str] = set()
    for payment in moved:
        by_order |= set() if payment.transaction else {payment.partner}
        back[payment.partner, payment.transaction or payment.reference] += payment.amount_vnd
    asked, done = Counter[Transaction](), Counter[Transaction]()
    for events in said:
        for (partner, transaction), reference in events.references.items():
            place = partner, reference if partner in by_order else transaction
            asked[place] += events.under_way[partner, transaction]
            done[place] += events.by_partners[partner, transaction]
    for place in sorted({*back, *done}):
        if not done[place] <= back[place] <= asked[place]:
            yield (
                f"of {place[1]} {place[0] or 'the bank'} gave {back[place]} đồng back:"
                f" {done[place]} are recorded so, {asked[place]} were asked for"
            )


def _compare(said: _Said, state: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"refund {r} was done {n} times" for r, n in said.ended.items() if n > 1)
    needed, unneeded = _accounts(state)
    done = Counter[Transaction]()
    for refund in state.get("refunds", ()):
        if refund.get("status") == "done":
            done[_of(refund)] += refund["amount_vnd"]
    for transaction in sorted({*said.received, *needed, *unneeded, *said.under_way}):
        received, kept = said.received.get(transaction, 0), needed.get(transaction, 0)
        owed = unneeded.get(transaction, 0) - done[transaction]
        back = said.given_back[transaction]
        if received != kept + owed + back or min(kept, owed) < 0:
            yield (
                f"{received} đồng came by {transaction[1]}, {kept} are needed, {owed} owed,"
                f" {back} given back"
            )
        if said.under_way[transaction] > received:
            more = said.under_way[transaction]
            yield f"{more} đồng of {transaction[1]} are to go back, and {received} came"


def _accounts(state: Mapping[str, Any]) -> tuple[Vnd, Vnd]:
    """Return what is needed and what is not, of each transaction, by the state's own money."""
    last: dict[Transaction, Mapping[str, Any]] = {}
    counted = {_of(m) for m in state.get("money", ()) if _counts(m)}
    for money in state.get("money", ()):
        if _counts(money) or (money["kept_as"] == "mismatched" and _of(money) not in counted):
            last[_of(money)] = money
    released: Counter[int] = Counter()
    for part in state.get("released", ()):
        released[part["attempt"]] += part["amount_vnd"]
    needed: dict[Transaction, int] = {}
    unneeded = {t: m["amount_vnd"] for t, m in last.items() if m["kept_as"] != "settled"}
    for attempt in state.get("attempts", ()):
        if attempt.get("status") == "paid":
            free = released[attempt["number"]]
            needed[_of(attempt)] = attempt["amount_vnd"] - free
            unneeded[_of(attempt)] = free
    return needed, unneeded


def _of(said: Mapping[str, Any]) -> Transaction:
    return said.get("partner", ""), said["transaction"]


def _counts(money: Mapping[str, Any]) -> bool:
    return money["kept_as"] in ("settled", "overpaid")


def states(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """Return what payment remembers of each application."""
    rows: Iterable[Mapping[str, Any]] = evidence.journals["payment"]
    texts = {row["application"]: row["state"] for row in rows if "state" in row}
    return {a: msgspec.json.decode(text) or {} for a, text in texts.items()}
