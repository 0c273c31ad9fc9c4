"""What happened with each partner, counted afterwards in payment's events and in their own books.

Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from deploy.audit.evidence import Evidence
from shared.events.cancelling import Cancelled
from shared.events.payment import Created, Failed, Notified, Overpaid, Queried, Requested, Settled
from shared.events.refunds import RefundDone, RefundRejected
from shared.partners import LIMITS
from tests.invariants.faults import BEFELL, CAME_BACK, LET_ALONE, PAID, Fault
from tests.invariants.paying import BY_NAME, CALLED, PARTNERS

_CAME, _WENT = (Settled.TYPE, Overpaid.TYPE), (RefundDone.TYPE, RefundRejected.TYPE)
OVER = ("done", "rejected")  # how a refund can end
LATE_MS = 4_000  # from its order to the word of it: no citizen and no call takes so long


class Ledger(NamedTuple):
    """What a run had of one partner, in orders, payments and đồng."""

    partner: str
    family: str
    orders: int
    payments: int
    doubled: int  # calls that came twice at the same instant
    refunds: int
    paid_vnd: int
    back_vnd: int


def ledgers(evidence: Evidence, found: Mapping[Fault, int]) -> list[Ledger]:
    """Return what there was of each partner."""
    orders = Counter(data["partner"] for data in _said(evidence, Requested.TYPE))
    refunds = Counter(data["partner"] for data in _said(evidence, RefundDone.TYPE))
    made = []
    for row in PARTNERS:
        paid = [p.amount_vnd for p in evidence.paid if p.partner == row.name]
        back = [d["amount_vnd"] for d in _said(evidence, RefundDone.TYPE)
                if d["partner"] == row.name]  # fmt: skip
        doubled = found.get(Fault(BEFELL["doubled"], row.name), 0)
        counts = orders[row.name], len(paid), doubled, refunds[row.name], sum(paid), sum(back)
        made.append(Ledger(row.name, row.family, *counts))
    return made


def unheard(evidence: Evidence) -> list[str]:
    """Return the partners that gave up telling us and are never asked: their money is not known."""
    return [
        f"{name} gave up {times} of its calls, and nobody asks it"
        for (name, what), times in evidence.befell.items()
        if what == "given_up" and BY_NAME[name].family not in CALLED
    ]


def not_given_back(evidence: Evidence) -> list[str]:
    """Return the refunds that came to no end: neither done nor turned down."""
    rows = evidence.journals["payment"]
    states = {row["application"]: row["state"] for row in rows if row.get("state")}
    return [
        f"{application}: refund {refund['number']} at {refund['partner']} is still"
        f" {refund.get('status', 'proposed')}, after {refund.get('calls', 0)} calls"
        for application, state in states.items()
        for refund in (msgspec.json.decode(state) or {}).get("refunds", ())
        if refund.get("status", "proposed") not in OVER
    ]


def wrongly_cancelled(evidence: Evidence) -> list[str]:
    """Return what was cancelled more than once, and money of it that did not go back, though
    nobody turned that down.
    """
    ends = Counter(heard.event.subject for heard in evidence.events_of("routing")
                   if heard.event and heard.event.type == Cancelled.TYPE)  # fmt: skip
    kept: Counter[tuple[str, str]] = Counter()
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.subject in ends and heard.event.type in _CAME + _WENT:
            data, sign = heard.data(), 1 if heard.event.type in _CAME else -1
            kept[heard.event.subject, data["transaction"]] += sign * data["amount_vnd"]
    return [
        *(f"{application} was cancelled {n} times" for application, n in ends.items() if n > 1),
        *(f"{application} was cancelled, and {vnd} đồng of {transaction} are kept"
          for (application, transaction), vnd in kept.items() if vnd > 0),
    ]  # fmt: skip


def of_partners(evidence: Evidence) -> Iterator[Fault]:
    """Find what had its effect, partner by partner."""
    for data in _said(evidence, Settled.TYPE):
        yield Fault(PAID, data["partner"])
    for data in _said(evidence, Failed.TYPE):
        if data["reason"] == "declined":
            yield Fault("declined", data["partner"])
    for data in _said(evidence, RefundDone.TYPE):
        yield Fault("gave back", data["partner"])
    for (partner, what), times in evidence.befell.items():
        yield from [Fault(BEFELL[what], partner)] * times if what in BEFELL else ()
    yield from _amounts(evidence)
    yield from _silent(evidence)
    yield from _late(evidence)
    yield from _circuits(evidence)


def _amounts(evidence: Evidence) -> Iterator[Fault]:
    moved: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for p in evidence.paid:
        moved[p.partner, p.reference][p.amount_vnd] += 1
    for (partner, _), amounts in moved.items():
        if max(amounts.values()) > 1:
            yield Fault("paid twice", partner)
        if len(amounts) > 1:
            yield Fault("another amount came", partner)


def _silent(evidence: Evidence) -> Iterator[Fault]:
    """Find orders whose money was heard of by a question, before any call."""
    heard: set[tuple[str, str]] = set()
    for data, _ in _inbox(evidence):
        if data["finding"] == "paid" and (place := (data["partner"], data["reference"])):
            if place not in heard and "key" in data:
                yield Fault("found out by asking", data["partner"])
            heard.add(place)


def _circuits(evidence: Evidence) -> Iterator[Fault]:
    """Find who was called in vain, then let alone, then called again and answered.

    Whom citizens choose meanwhile they are refused: that is noted where it happens.
    """
    said = [
        (heard.record.timestamp_ms, data["partner"], data["finding"])
        for heard in evidence.log["payment.inbox"]
        if heard.event and heard.event.type in (Created.TYPE, Queried.TYPE)
        for data in [heard.data()]
    ]
    in_vain: Counter[str] = Counter()
    for _, partner, finding in sorted(said):
        if finding == "unknown":
            in_vain[partner] += 1
        elif in_vain[partner] >= LIMITS.failures:
            if finding == "deferred":
                yield Fault(LET_ALONE, partner)
            else:
                yield Fault(CAME_BACK, BY_NAME[partner].family)
        if finding not in ("deferred", "unknown"):
            in_vain[partner] = 0


def _late(evidence: Evidence) -> Iterator[Fault]:
    opened = {
        heard.data()["reference"]: heard.record.timestamp_ms
        for heard in evidence.events_of("payment")
        if heard.event and heard.event.type == Requested.TYPE
    }
    told: set[str] = set()
    for data, at_ms in _inbox(evidence):
        reference = data["reference"]
        if "key" not in data and reference in opened and reference not in told:
            told.add(reference)
            if at_ms - opened[reference] > LATE_MS:
                yield Fault("told much later", data["partner"])


def _inbox(evidence: Evidence) -> Iterator[tuple[dict[str, Any], int]]:
    for heard in evidence.log["payment.inbox"]:
        if heard.event and heard.event.type in (Notified.TYPE, Queried.TYPE):
            yield heard.data(), heard.record.timestamp_ms


def _said(evidence: Evidence, type_: str) -> Iterator[dict[str, Any]]:
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.type == type_:
            yield heard.data()
