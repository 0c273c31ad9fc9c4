"""Whether money is where it belongs: settlements, receipts, orders, refunds, allowances, and the
own books of each partner.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from deploy.audit.disbursements import allowances_leave_once
from deploy.audit.evidence import Evidence
from deploy.audit.refunds import money_adds_up
from shared.events.payment import (
    FeeAssessed,
    Mismatched,
    Notified,
    Overpaid,
    ReceiptAdjusted,
    ReceiptIssued,
    ReceiptReplaced,
    Requested,
    Settled,
)

NO_OFFSET = -1  # of a dead letter that never stood in the inbox: a callback
NUMBERED = (ReceiptIssued.TYPE, ReceiptAdjusted.TYPE, ReceiptReplaced.TYPE)
MONEY = (Settled.TYPE, Overpaid.TYPE, Mismatched.TYPE, ReceiptIssued.TYPE)


class _Booked(NamedTuple):
    """What payment says of a transaction of a partner."""

    partner: str
    transaction: str
    reference: str
    amount_vnd: int
    application: str
    type: str


def money_settles_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Match settlements, receipts and the partners' own books."""
    settled: Counter[str] = Counter()
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    # obligations, by application and the moment they are due: an officer may demand again
    assessed, met = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    due_vnd: dict[tuple[str, str], set[int]] = defaultdict(set)
    booked: list[_Booked] = []
    wrong: list[str] = []
    for heard in evidence.events_of("payment"):
        assert heard.event is not None
        application, type_ = heard.event.subject, heard.event.type
        if type_ == FeeAssessed.TYPE:
            fee = heard.data()
            assessed[application, fee.get("moment", "")] += 1
            due_vnd[application, fee.get("moment", "")].add(fee["total_vnd"])
        if type_ not in MONEY:
            continue
        data = heard.data()
        totals[application][type_] += data["amount_vnd"]
        if type_ == Settled.TYPE:
            settled[data["reference"]] += 1
            met[application, data.get("moment", "")] += 1
            if data["amount_vnd"] not in due_vnd[application, data.get("moment", "")]:
                wrong.append(f"{application}: settled by {data['amount_vnd']} đồng, never due")
        if "transaction" in data:
            names = data.get("partner", ""), data["transaction"], data["reference"]
            booked.append(_Booked(*names, data["amount_vnd"], application, type_))
    wrong += [f"order {r} settled {n} times" for r, n in settled.items() if n != 1]
    wrong += [
        f"{application}: {assessed[application, moment]} obligations {moment!r} settled {n} times"
        for (application, moment), n in met.items()
        if n > assessed[application, moment]
    ]
    for application, sums in totals.items():
        if sums[Settled.TYPE] != sums[ReceiptIssued.TYPE]:
            wrong.append(f"{application}: receipts and settlements differ: {dict(sums)}")
    ordered = _ordered(evidence)
    wrong += [f"order {r} is one of {sorted(a)}" for r, a in ordered.items() if len(a) > 1]
    wrong += _booked_elsewhere(booked, ordered)
    wrong += _against_the_bank(evidence, booked, ordered)
    wrong += _told_in_vain(evidence, booked, ordered)
    wrong += money_adds_up(evidence)
    wrong += allowances_leave_once(evidence)
    wrong += _numbered_twice(evidence)
    return len(settled) + len(evidence.paid), wrong


def _ordered(evidence: Evidence) -> dict[str, set[str]]:
    """Return whose orders the references are: of one application each."""
    found: dict[str, set[str]] = defaultdict(set)
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.type == Requested.TYPE:
            found[heard.data()["reference"]].add(heard.event.subject)
    return dict(found)


def _booked_elsewhere(
    booked: Collection[_Booked], ordered: Mapping[str, set[str]]
) -> Iterator[str]:
    """Find money that an application has for an order which is not its own."""
    counted = {(b.partner, b.transaction) for b in booked if b.type != Mismatched.TYPE}
    for b in booked:
        whose = ordered.get(b.reference, set())
        # money that came early for an order that never opened is overpaid: nobody ordered it;
        # whatever else is told of a transaction that counts is kept for a person
        is_aside = b.type == Overpaid.TYPE or (b.partner, b.transaction) in counted
        if b.application not in whose and not (is_aside and not whose):
            yield f"{b.application}: has {b.transaction} for {b.reference}, which is not its order"


def _against_the_bank(
    evidence: Evidence, booked: Iterable[_Booked], ordered: Mapping[str, set[str]]
) -> Iterator[str]:
    """Compare what payment has with what each partner moved, order and amount."""
    said = Counter((b.partner, b.transaction, b.reference, b.amount_vnd) for b in booked)
    counted = Counter((b.partner, b.transaction) for b in booked if b.type != Mismatched.TYPE)
    # another amount told of the same transaction stands beside it, for a person: it does not count
    for _, transaction, _, _ in (entry for entry, times in said.items() if times > 1):
        yield f"transaction {transaction} kept twice as the same"
    for _, transaction in (t for t, times in counted.items() if times > 1):
        yield f"transaction {transaction} counted twice"
    aside = _aside(evidence) - ordered.keys()
    for p in evidence.paid:
        kept = (p.partner, p.transaction, p.reference, p.amount_vnd) in said
        if not kept and p.reference not in aside:
            bank = p.partner or "the bank"
            yield f"{bank} moved {p.amount_vnd} đồng for {p.reference}, nobody has that"
    moved = {(p.partner, p.transaction) for p in evidence.paid}
    for partner, transaction in {(b.partner, b.transaction) for b in booked} - moved:
        yield f"transaction {transaction} is nobody's: {partner or 'the bank'} never moved it"


def _told_in_vain(
    evidence: Evidence, booked: Iterable[_Booked], ordered: Mapping[str, set[str]]
) -> Iterator[str]:
    """Find what a bank's callback said of our orders, to the đồng, and payment has nowhere."""
    said = {(b.partner, b.transaction, b.reference, b.amount_vnd) for b in booked}
    for heard in evidence.log["payment.inbox"]:
        if heard.event is None or heard.event.type != Notified.TYPE:
            continue
        told = heard.data()
        if told["finding"] != "paid" or told["reference"] not in ordered:
            continue
        names = told.get("partner", ""), told["transaction"], told["reference"]
        if (*names, told["amount_vnd"]) not in said:
            yield (
                f"the bank told of {told['amount_vnd']} đồng for {told['reference']}"
                f" ({told['transaction']}), nobody has that"
            )


def _numbered_twice(evidence: Evidence) -> Iterator[str]:
    """Find receipts that share a number of one series and unit."""
    given: Counter[tuple[str, str, str]] = Counter()
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.type in NUMBERED:
            told = heard.data()
            given[told.get("unit", ""), told.get("series", ""), told["number"]] += 1
    for (unit, series, number), times in given.items():
        if times > 1:
            yield f"receipt {unit} {series} {number} is given out {times} times"


def _aside(evidence: Evidence) -> set[str]:
    """Return the references of callbacks that were kept aside for an operator."""
    letters = [h.data() for h in evidence.log["payment.inbox.dead"] if h.event]
    return {d["reason"].rpartition(" ")[2] for d in letters if d.get("offset") == NO_OFFSET}
