"""What there is to tell, in numbers: money, notices, latencies.  Pure, from the evidence."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from deploy.audit.evidence import Evidence, Heard
from shared import topics
from shared.events import Event, intake, notify, payment, portal, routing

Instants = Mapping[str, Mapping[str, datetime]]  # application → event type → first time


class Money(NamedTuple):
    """What was asked for and what came; amounts in đồng."""

    orders: int  # references opened with the bank
    settlements: int
    settled_vnd: int
    receipts: Mapping[str, int]  # kind → đồng
    failed: int
    expired: int
    overpaid: int
    overpaid_vnd: int
    mismatched: int
    mismatched_vnd: int
    early: int  # orders that were paid before they were known
    queries: Mapping[str, int]  # finding → how many
    found_by_query: int
    moved: int  # transactions in the bank's own books
    moved_vnd: int
    matched: int  # of these, how many payment knows, to the đồng
    partners: int  # who moved it

    @property
    def receipts_vnd(self) -> int:
        """Return the sum of all receipts."""
        return sum(self.receipts.values())


class Latency(NamedTuple):
    """How long a stretch took; `waits_for` names whose time it is, empty if only ours."""

    name: str
    waits_for: str
    measured: int
    p50_s: float
    p95_s: float


class Notices(NamedTuple):
    """How the notices of one milestone ended."""

    milestone: str
    outcomes: Mapping[str, int]


OUTCOMES = ("delivered", "sent", "dropped", "failed", "requested")
MILESTONES = (  # as an application meets them
    "registered",
    "interlinked_registered",
    "refused",
    "payment_requested",
    "payment_settled",
    "accepted",
    "not_accepted",
    "supplement_requested",
    "transferred",
    "apologised",
    "result_ready",
    "result_posted",
    "returned",
    "interlinked_ended",
)


def states(evidence: Evidence) -> Counter[int]:
    """Return how many dossiers stand at each national code, by the log."""
    codes: dict[str, int] = {}
    for heard in evidence.events_of("routing"):
        assert heard.event
        codes[heard.event.subject] = heard.data()["national_code"] or codes.get(
            heard.event.subject, 0
        )
    return Counter(code for code in codes.values() if code)


def most_telling(evidence: Evidence) -> str:
    """Return the application that is worth a look: returned, told by many ways, paid, and not
    without a detour.

    Among these the one with the fewest events; empty if there is none at all.
    """
    types: dict[str, Counter[str]] = defaultdict(Counter)
    ways: Counter[str] = Counter()
    for service in ("intake", "routing", "payment"):
        for heard in evidence.events_of(service):
            assert heard.event
            types[heard.event.subject][heard.event.type] += 1
            if heard.event.type == intake.Registered.TYPE:
                agreed = heard.data().get("notices", {})
                ways[heard.event.subject] = sum(map(len, agreed.values()))

    def worth(application: str) -> tuple[bool, int, bool, bool, int]:
        met = types[application]
        has_detour = any(type_ in met for type_ in DETOURS)
        is_paid = payment.Settled.TYPE in met
        is_returned = routing.Returned.TYPE in met
        return is_returned, ways[application], is_paid, has_detour, -met.total()

    return max(types, key=worth, default="")


DETOURS = (payment.Failed.TYPE, routing.SupplementRequested.TYPE, payment.Mismatched.TYPE)


def money(evidence: Evidence) -> Money:
    """Return what was asked for, what came, and what the bank says of it."""
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for heard in evidence.events_of("payment"):
        assert heard.event
        said[heard.event.type].append(heard.data())
    receipts: Counter[str] = Counter()
    for data in said[payment.ReceiptIssued.TYPE]:
        receipts[data["kind"]] += data["amount_vnd"]
    known = {(data["transaction"], data["amount_vnd"]) for type_ in _KEPT for data in said[type_]}
    heard_of = list(_first(evidence, "payment.inbox"))
    asked = [h.data() for h in heard_of if _type(h) == payment.Queried.TYPE]
    return Money(
        orders=len(said[payment.Requested.TYPE]),
        settlements=len(said[payment.Settled.TYPE]),
        settled_vnd=_sum(said[payment.Settled.TYPE]),
        receipts=receipts,
        failed=len(said[payment.Failed.TYPE]),
        expired=len(said[payment.Expired.TYPE]),
        overpaid=len(said[payment.Overpaid.TYPE]),
        overpaid_vnd=_sum(said[payment.Overpaid.TYPE]),
        mismatched=len(said[payment.Mismatched.TYPE]),
        mismatched_vnd=_sum(said[payment.Mismatched.TYPE]),
        early=len(_unplaced(evidence)),
        queries=Counter(data["finding"] for data in asked),
        found_by_query=sum(data["finding"] == "paid" for data in asked),
        moved=len(evidence.paid),
        moved_vnd=sum(p.amount_vnd for p in evidence.paid),
        matched=sum((p.transaction, p.amount_vnd) in known for p in evidence.paid),
        partners=len({p.partner for p in evidence.paid}),
    )


def _unplaced(evidence: Evidence) -> set[str]:
    """Return the callbacks that were kept aside since no order had their reference yet."""
    dead = evidence.log[topics.dead("payment.inbox")]
    return {heard.event.id for heard in dead if heard.event}


_KEPT = (payment.Settled.TYPE, payment.Overpaid.TYPE, payment.Mismatched.TYPE)


def notices(evidence: Evidence) -> list[Notices]:
    """Return how notices ended, by milestone: each notice counts once, as it stands last."""
    found: dict[str, Counter[str]] = {name: Counter() for name in MILESTONES}
    for (_, milestone, _), outcome in _last(evidence).items():
        found.setdefault(milestone, Counter())[outcome] += 1
    return [Notices(name, outcomes) for name, outcomes in found.items() if outcomes]


def ways(evidence: Evidence) -> Counter[str]:
    """Return how many notices there were, by channel."""
    return Counter(way.partition("@")[0] for _, _, way in _last(evidence))


def _last(evidence: Evidence) -> dict[tuple[str, str, str], str]:
    last: dict[tuple[str, str, str], str] = {}
    for heard in evidence.events_of("notify"):
        assert heard.event
        if outcome := _OUTCOME.get(heard.event.type):
            data = heard.data()
            last[heard.event.subject, data["milestone"], data["channel"]] = outcome
    return last


_OUTCOME = {
    notify.NoticeRequested.TYPE: "requested",
    notify.NoticeSent.TYPE: "sent",
    notify.NoticeDelivered.TYPE: "delivered",
    notify.NoticeFailed.TYPE: "failed",
    notify.NoticeDropped.TYPE: "dropped",
}

# a stretch from one event to another, and whose time it is besides ours
STRETCHES: Sequence[tuple[str, str, str, str]] = (
    ("submitted → registered", "", portal.Submitted.TYPE, intake.Registered.TYPE),
    ("registered → routed", "", intake.Registered.TYPE, routing.Routed.TYPE),
    ("payment requested → callback", "citizen", payment.Requested.TYPE, payment.Notified.TYPE),
    ("callback → settled", "", payment.Notified.TYPE, payment.Settled.TYPE),
    ("routed → accepted", "officer", routing.Routed.TYPE, routing.Accepted.TYPE),
    ("accepted → result ready", "officer", routing.Accepted.TYPE, routing.Settled.TYPE),
    ("result ready → returned", "officer", routing.Settled.TYPE, routing.Returned.TYPE),
    ("submitted → returned", "all", portal.Submitted.TYPE, routing.Returned.TYPE),
)
_TIMED = ("portal.submissions", "intake.events", "routing.events", "payment.inbox",
          "payment.events")  # fmt: skip


def latencies(evidence: Evidence) -> list[Latency]:
    """Return how long each stretch took, from the times that the events themselves carry."""
    times = _instants(evidence)
    found = []
    for name, waits_for, begin, end in STRETCHES:
        took = sorted(
            (of[end] - of[begin]).total_seconds()
            for of in times.values()
            if begin in of and end in of and of[end] >= of[begin]
        )
        if took:
            found.append(
                Latency(name, waits_for, len(took), percentile(took, 50), percentile(took, 95))
            )
    return found


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest value that so many per cent are not above."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _instants(evidence: Evidence) -> Instants:
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for topic in _TIMED:
        for heard in evidence.log[topic]:
            event = heard.event
            if event and not _is_other(event):
                found[event.subject].setdefault(event.type, event.time)
    return found


def _is_other(event: Event) -> bool:
    """Tell what is of the same type and begins or ends no stretch."""
    if event.type == payment.Notified.TYPE:
        return msgspec.json.decode(event.data, type=payment.Notified).finding != "paid"
    return False


def _first(evidence: Evidence, topic: str) -> Iterator[Heard]:
    """Yield the first occurrence of each message of a topic."""
    seen: set[tuple[str, str]] = set()
    for heard in evidence.log[topic]:
        if heard.event and (heard.event.source, heard.event.id) not in seen:
            seen.add((heard.event.source, heard.event.id))
            yield heard


def _type(heard: Heard) -> str:
    return heard.event.type if heard.event else ""


def _sum(found: Sequence[Mapping[str, Any]]) -> int:
    return sum(data["amount_vnd"] for data in found)
