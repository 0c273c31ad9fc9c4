"""Whether every application is somewhere, once, and those who count come to the same numbers."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from deploy.audit.evidence import JOURNALED, Evidence
from shared import topics
from shared.events.kernel import RecordDead, RecordParked
from shared.events.payment import FeeAssessed, Mismatched, Overpaid, ReceiptIssued, Settled
from shared.events.reassessments import FeeOverpaid
from shared.working_time import local_day

# columns of the national statistics form
GROUPS = {
    1: "in process", 2: "in process", 3: "not accepted", 4: "in process", 5: "suspended",
    6: "suspended", 7: "settled", 8: "suspended", 9: "settled", 10: "settled",
}  # fmt: skip

_OF_MONEY = (FeeAssessed, Settled, Mismatched, Overpaid, FeeOverpaid, ReceiptIssued)
AMOUNTS = tuple(c.TYPE for c in _OF_MONEY)


def states_add_up(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Find every registered application in exactly one state, in the unit that received it.

    Each unit's received are the sum of its columns, day by day; operations counts the same.  A
    child counts where its agency received it; what it is a part of nowhere, as no agency has it.
    """
    received = {
        h.event.subject: (h.data()["receiving_unit"], local_day(h.event.time))
        for h in evidence.events_of("intake")
        if h.event and h.event.type == "application.registered"
    }
    codes: dict[str, int] = {}
    for heard in evidence.events_of("routing"):
        assert heard.event is not None
        data = heard.data()
        if data.get("national_code"):
            codes[heard.event.subject] = data["national_code"]
    columns: dict[tuple[str, object], Counter[str]] = defaultdict(Counter)
    for application, place in received.items():
        columns[place]["received"] += 1
        columns[place][GROUPS.get(codes.get(application, 0), "nowhere")] += 1
    wrong = [f"{unit} on {day}: {dict(n)}" for (unit, day), n in columns.items() if n["nowhere"]]
    wrong += [f"{a}: has a state and was never received" for a in codes.keys() - received.keys()]
    if evidence.told:
        wrong += _counted_otherwise(evidence, codes)
    return len(received), wrong


def _counted_otherwise(evidence: Evidence, codes: Mapping[str, int]) -> Iterator[str]:
    """Compare what operations counts with what stands on the log."""
    told = evidence.told
    types = Counter(h.event.type for s in JOURNALED for h in evidence.events_of(s) if h.event)
    for type_, n in types.items():
        if told["types"].get(type_, 0) != n:
            yield f"operations counts {told['types'].get(type_, 0)} of {type_}, the log has {n}"
    states = {row["code"]: row["count"] for row in told["states"]}
    for code, n in Counter(codes.values()).items():
        if states.get(code, 0) != n:
            yield f"operations counts {states.get(code, 0)} at code {code}, the log says {n}"
    if sum(n for code, n in states.items() if code) != len(codes):
        yield f"operations counts {states}, the log has {len(codes)} applications"
    yield from _sums_otherwise(evidence, told)
    if told["forks"]:
        yield f"operations saw {told['forks']} events come again with other content"


def _sums_otherwise(evidence: Evidence, told: Mapping[str, Any]) -> Iterator[str]:
    """Compare sums of money, and how much was set aside."""
    vnd: Counter[str] = Counter()
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.type in AMOUNTS:
            data = heard.data()
            vnd[heard.event.type] += data.get("amount_vnd", 0) + data.get("total_vnd", 0)
    for type_ in sorted({*vnd, *told["vnd"]}):
        if (said := told["vnd"].get(type_, 0)) != vnd[type_]:
            yield f"operations counts {said} đồng of {type_}, the log has {vnd[type_]}"
    for kind, name, type_ in (
        ("dead", topics.dead, RecordDead.TYPE),
        ("parked", topics.parked, RecordParked.TYPE),
    ):
        n = _set_aside(evidence, name, type_)
        if told[kind] != n:
            yield f"operations counts {told[kind]} {kind}, the log has {n}"


def _set_aside(evidence: Evidence, name: Callable[[str], str], type_: str) -> int:
    """Return how many notices there are; one that came again counts again, operations does so."""
    found = [heard.event for topic in topics.TOPICS for heard in evidence.log.get(name(topic), ())]
    return sum(event is not None and event.type == type_ for event in found)
