"""Whether every application is somewhere, once, and those who count come to the same numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from deploy.audit.evidence import JOURNALED, Evidence
from shared.working_time import local_day

# columns of the national statistics form
GROUPS = {
    1: "in process", 2: "in process", 3: "not accepted", 4: "in process", 5: "suspended",
    6: "suspended", 7: "settled", 8: "suspended", 9: "settled", 10: "settled",
}  # fmt: skip


def states_add_up(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Find every registered application in exactly one state, in the unit that received it.

    Each unit's received are the sum of its columns, day by day; operations counts the same.
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
    if told["forks"]:
        yield f"operations saw {told['forks']} events come again with other content"
