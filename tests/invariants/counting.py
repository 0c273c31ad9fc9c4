"""How often each fault really happened, found out afterwards.  Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from deploy.audit.evidence import Evidence, Heard
from services.operations.domain.dead.letters import ANSWERED
from shared import topics
from shared.events import Event
from shared.events.cancelling import Cancelled
from shared.events.portal import Submitted
from shared.events.refunds import RefundDone, RefundProposed, RefundRequested
from shared.placement import home
from tests.invariants.echo import EARLY_ID, NOT_JSON, Odd
from tests.invariants.faults import (
    ALL,
    CANCELLED,
    FAULTS,
    LANED,
    OUTSIDE,
    RETRIED,
    TO_MEND,
    Fault,
    external,
)
from tests.invariants.partners import of_partners
from tests.invariants.told import of_carriers

OFF_MS = 2_000  # a clock that differs by so much from the broker's is off
MISTAKE = "Planted"
NO_ORDER = "no order has the reference"  # so far: payment keeps each such callback aside


@dataclass(frozen=True, slots=True)
class Seen:
    """What the faults are counted in; `noted` was seen while it happened."""

    evidence: Evidence
    lanes: int
    deaths: Mapping[str, Counter[str]]
    noted: Counter[Fault]
    odd: Sequence[Odd]


def exercised(seen: Seen) -> dict[Fault, int]:
    """Return how often each fault of the table happened."""
    found = Counter(seen.noted)
    for service in ALL:
        for step, times in seen.deaths[service].items():
            found[Fault("killed", f"{service} at {step}")] = times
    for part in (_copies, _early, _odd, _elsewhere, _clocks, _mistakes, _cancelled, _retried):
        found.update(part(seen))
    found.update(of_partners(seen.evidence))
    found.update(of_carriers(seen.evidence))
    return {fault: found[fault] for fault in FAULTS}


def _copies(seen: Seen) -> Iterator[Fault]:
    """Tell copies of the same bytes from what an edge took twice, and late ones from others."""
    for topic in OUTSIDE:
        first: dict[tuple[str, str, str], bytes] = {}
        last: dict[str, str] = {}  # application → the message that came last
        for record, event in _events(seen.evidence.log[topic]):
            kind = external(event.type)
            if not kind:
                continue
            name = (event.subject, event.source, event.id)
            if name in first:
                is_same = first[name] == record.record.value
                yield Fault("doubled on the log" if is_same else "doubled at the edge", kind)
                if last[event.subject] != event.id:
                    yield Fault("overtaken", kind)
            first.setdefault(name, record.record.value or b"")
            last[event.subject] = event.id


def _early(seen: Seen) -> Iterator[Fault]:
    log = seen.evidence.log
    submitted = _first_ms(log["portal.submissions"], Submitted.TYPE)
    for topic in OUTSIDE:
        for record, event in _events(log[topic]):
            submitted_ms = submitted.get(event.subject, 0)
            if event.id.startswith(EARLY_ID) and record.record.timestamp_ms < submitted_ms:
                yield Fault("early", external(event.type))
    reasons = {heard.data().get("reason", "") for heard, _ in _events(log["payment.inbox.dead"])}
    yield from (Fault("early", "bank callbacks") for r in reasons if r.startswith(NO_ORDER))
    answered = _first_ms(log["notify.inbox"], "notice.answered", "key")
    for key, at_ms in _first_ms(log["notify.inbox"], "notice.receipt_arrived", "key").items():
        if at_ms < answered.get(key, at_ms):
            yield Fault("early", "delivery receipts")


def _odd(seen: Seen) -> Iterator[Fault]:
    """Find the odd records that each lane which reads them set aside: dead, or held."""
    for odd in seen.odd:
        places = {
            (h.record.topic, h.record.partition, h.record.offset)
            for h in seen.evidence.log[odd.topic]
            if h.record.key == odd.key.encode()
        }
        aside = [*seen.evidence.log[topics.dead(odd.topic)],
                 *seen.evidence.log[topics.parked(odd.topic)]]  # fmt: skip
        by_service = _places(aside)
        readers = [service for service in LANED if odd.topic in topics.reads(service)]
        is_aside = all(places & by_service[service] for service in readers)
        if is_aside and (odd.kind != TO_MEND or _is_taken(seen, odd)):
            yield Fault(odd.kind, odd.topic)


def _is_taken(seen: Seen, odd: Odd) -> bool:
    """Tell whether a mended copy was sent, however often, and a lane has decided it."""
    sent = {
        (h.record.topic, h.record.partition, h.record.offset)
        for h in seen.evidence.log[odd.topic]
        if h.event and h.event.subject == odd.key and h.event.causationid.endswith(ANSWERED)
    }
    causes = (row["cause"] for name in LANED for row in seen.evidence.journals[name]
              if "archived" not in row and row["application"] == odd.key)  # fmt: skip
    return any((c["topic"], c["partition"], c["offset"]) in sent for c in causes)


def _places(aside: Collection[Heard]) -> dict[str, set[tuple[str, int, int]]]:
    """Return where what was set aside stands, by the service that did so."""
    found: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for data in (heard.data() for heard in aside if heard.event):
        found[data["service"]].add((data["topic"], data["partition"], data["offset"]))
    return found


def _elsewhere(seen: Seen) -> Iterator[Fault]:
    """Find what stood on another lane and was sent home as it was: there it stands later."""
    for topic in OUTSIDE:
        at_home: dict[bytes, int] = {}  # when it last came there
        strayed: dict[bytes, int] = {}  # when it first came elsewhere
        for heard, event in _events(seen.evidence.log[topic]):
            value, ms = heard.record.value or b"", heard.record.timestamp_ms
            if heard.record.partition == home(event.subject, seen.lanes):
                at_home[value] = max(ms, at_home.get(value, ms))
            else:
                strayed[value] = min(ms, strayed.get(value, ms))
        sent = [value for value, ms in strayed.items() if at_home.get(value, ms) > ms]
        yield from (Fault("wrong partition", topic) for _ in sent)


def _clocks(seen: Seen) -> Iterator[Fault]:
    for service in LANED:
        events = list(_events(seen.evidence.log[f"{service}.events"]))
        off = [int(e.time.timestamp() * 1000) - h.record.timestamp_ms for h, e in events]
        if off and abs(median(off)) > OFF_MS:
            yield from (Fault("clock off", service) for _ in off)


def _mistakes(seen: Seen) -> Iterator[Fault]:
    """Find the applications that a mistake held and that nobody holds any more."""
    held: dict[str, set[str]] = defaultdict(set)
    for topic, records in seen.evidence.log.items():
        if topic.endswith(".parked"):
            for heard in records:
                if heard.event and (data := heard.data())["reason"].startswith(MISTAKE):
                    held[data["service"]].add(heard.event.subject)
    for service, applications in held.items():
        latest = {row["application"]: row for row in seen.evidence.journals[service]}
        for application in applications:
            if not latest[application].get("held"):
                yield Fault("mistaken release taken back", service)


def _cancelled(seen: Seen) -> Iterator[Fault]:
    """Find what two cancelled, and what went back of it because they did, with no third person."""
    for heard, event in _events(seen.evidence.events_of("routing")):
        if event.type == Cancelled.TYPE and heard.data().get("checked_by"):
            yield Fault(CANCELLED, "routing")
    agreed: set[str] = set()
    for heard, event in _events(seen.evidence.events_of("payment")):
        said = heard.data() if event.type in (RefundProposed.TYPE, RefundDone.TYPE) else {}
        if said.get("reason") == "cancelled" and said.get("checked_by"):
            agreed.add(said["refund"])
        elif event.type == RefundDone.TYPE and said["refund"] in agreed:
            yield Fault(CANCELLED, "payment")


def _retried(seen: Seen) -> Iterator[Fault]:
    """Find the refunds that failed, were sent anew by another name, and then were done."""
    anew: set[str] = set()
    for heard, event in _events(seen.evidence.events_of("payment")):
        said = heard.data() if event.type in (RefundRequested.TYPE, RefundDone.TYPE) else {}
        if said.get("name"):
            anew.add(said["refund"])
        elif event.type == RefundDone.TYPE and said["refund"] in anew and not said.get("by"):
            yield Fault(RETRIED, "payment")


def _events(records: Collection[Heard]) -> Iterator[tuple[Heard, Event]]:
    for heard in records:
        if heard.event and heard.record.value != NOT_JSON:
            yield heard, heard.event


def _first_ms(records: Collection[Heard], type_: str = "", field: str = "") -> dict[str, int]:
    """Return when the first message of each application, or with each value of a field, came."""
    found: dict[str, int] = {}
    for heard, event in _events(records):
        if not type_ or event.type == type_:
            name = str(heard.data()[field]) if field else event.subject
            found[name] = min(found.get(name, heard.record.timestamp_ms), heard.record.timestamp_ms)
    return found
