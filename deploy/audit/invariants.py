"""What must always hold, one function each: pure, from the evidence to a finding."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from deploy.audit.evidence import JOURNALED, Evidence, Heard
from deploy.audit.personal import Search
from shared.placement import home
from shared.store import Row
from shared.trace import trace_id

SHOWN = 20  # violations kept in a finding; the rest are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one invariant: what was counted, and what is wrong, empty if it holds."""

    number: int
    sentence: str
    counted: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong, and something was looked at."""
        return not self.wrong and self.counted > 0


Check = Callable[[Evidence], tuple[int, Iterable[str]]]


def submissions_answered_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Count, for each acknowledged submission, how often it was registered or refused."""
    answers: Counter[str] = Counter()
    for heard in evidence.events_of("intake"):
        assert heard.event is not None
        if heard.event.type in ("application.registered", "application.refused"):
            answers[heard.event.subject] += 1
    wrong = [f"{a}: answered {answers[a]} times" for a in evidence.acknowledged if answers[a] != 1]
    extra = [a for a, n in answers.items() if n > 1]
    return len(evidence.acknowledged), [*wrong, *(f"{a}: answered twice" for a in extra)]


def money_settles_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Match settlements, receipts and the bank's own books."""
    settled: Counter[str] = Counter()
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    # obligations, by application and the moment they are due: an officer may demand again
    assessed, met = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    known: dict[str, int] = {}  # transaction → amount
    wrong: list[str] = []
    for heard in evidence.events_of("payment"):
        assert heard.event is not None
        application, type_ = heard.event.subject, heard.event.type
        if type_ == "fee.assessed":
            assessed[application, heard.data().get("moment", "")] += 1
        if type_ not in _MONEY:
            continue
        data = heard.data()
        totals[application][type_] += data["amount_vnd"]
        if type_ == "payment.settled":
            settled[data["reference"]] += 1
            met[application, data.get("moment", "")] += 1
        if "transaction" in data:
            if data["transaction"] in known:
                wrong.append(f"transaction {data['transaction']} counted twice")
            known[data["transaction"]] = data["amount_vnd"]
    wrong += [f"order {r} settled {n} times" for r, n in settled.items() if n != 1]
    wrong += [
        f"{application}: {assessed[application, moment]} obligations {moment!r} settled {n} times"
        for (application, moment), n in met.items()
        if n > assessed[application, moment]
    ]
    for application, sums in totals.items():
        if sums["payment.settled"] != sums["receipt.issued"]:
            wrong.append(f"{application}: receipts and settlements differ: {dict(sums)}")
    lost = [p for p in evidence.paid if known.get(p.transaction) != p.amount_vnd]
    wrong += [
        f"the bank moved {p.amount_vnd} đồng for {p.reference}, nobody has that" for p in lost
    ]
    return len(settled) + len(evidence.paid), wrong


_MONEY = ("payment.settled", "payment.overpaid", "payment.mismatched", "receipt.issued")


def notices_reach_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Count what the gateway was handed per application, milestone and channel."""
    handed: Counter[str] = Counter()
    for key, times in evidence.handed.items():
        handed[key.rpartition("/")[0]] += times  # the last part of a key is the attempt
    wrong = [f"{notice}: handed {n} times" for notice, n in handed.items() if n != 1]
    sent: Counter[str] = Counter()
    for heard in evidence.events_of("notify"):
        assert heard.event is not None
        if heard.event.type == "notice.sent":
            data = heard.data()
            sent[f"{heard.event.subject}/{data['milestone']}/{data['channel']}"] += 1
    wrong += [f"{notice}: sent, never handed" for notice in sent if notice not in handed]
    wrong += [f"{notice}: handed, never told" for notice in handed if notice not in sent]
    return sum(handed.values()), wrong


def events_are_contiguous(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Compare each service's log with its journal, application by application."""
    counted = 0
    wrong: list[str] = []
    for service in JOURNALED:
        numbers: dict[str, list[tuple[int, Heard]]] = defaultdict(list)
        for heard in evidence.events_of(service):
            assert heard.event is not None
            counted += 1
            numbers[heard.event.subject].append((int(heard.event.sequence), heard))
        journal = _by_application(evidence.journals[service])
        for application in numbers.keys() | journal.keys():
            wrong += _compare(service, application, numbers[application], journal[application])
    return counted, wrong


def _compare(
    service: str, application: str, found: list[tuple[int, Heard]], rows: list[Row]
) -> Iterator[str]:
    name = f"{service} {application}"
    first, said = 1, 0
    if rows and "archived" in rows[0]:  # it stands for the versions before it, and their events
        first, said = rows[0]["version"], rows[0]["sequence"]
        found = [(n, heard) for n, heard in found if n > said]
    if [n for n, _ in found] != list(range(said + 1, said + len(found) + 1)):
        yield f"{name}: events come as {[n for n, _ in found]}"
    if [r["version"] for r in rows] != list(range(first, first + len(rows))):
        yield f"{name}: versions are {[r['version'] for r in rows]}"
    emitted = [text.encode() for row in rows for text in row.get("emitted", ())]
    if [h.record.value for _, h in found] != emitted:
        yield f"{name}: {len(found)} events on the log, {len(emitted)} in the journal, or others"
    lanes = {h.record.partition for _, h in found}
    if len(lanes) > 1:
        yield f"{name}: on lanes {sorted(lanes)}"


def traces_are_whole(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Follow every event to the message that caused it."""
    known: dict[str, set[str]] = defaultdict(set)
    for topic, records in evidence.log.items():
        if not topic.endswith((".dead", ".parked", ".flow")):
            for heard in records:
                if heard.event:
                    known[heard.event.subject].add(heard.event.id)
    counted, wrong = 0, []
    for service in JOURNALED:
        for heard in evidence.events_of(service):
            event = heard.event
            assert event is not None
            counted += 1
            if event.traceparent[3:35] != trace_id(event.subject):
                wrong.append(f"{event.id}: in the trace {event.traceparent[3:35] or 'of nobody'}")
            if event.causationid not in known[event.subject]:
                wrong.append(f"{event.id}: caused by {event.causationid!r}, which nobody sent")
    return counted, wrong


def states_add_up(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Find every registered application in exactly one state, in the unit that received it."""
    received = {
        h.event.subject: h.data()["receiving_unit"]
        for h in evidence.events_of("intake")
        if h.event and h.event.type == "application.registered"
    }
    codes: dict[str, int] = {}
    for heard in evidence.events_of("routing"):
        assert heard.event is not None
        data = heard.data()
        if data.get("national_code"):
            codes[heard.event.subject] = data["national_code"]
    by_unit: dict[str, Counter[str]] = defaultdict(Counter)
    for application, unit in received.items():
        by_unit[unit]["received"] += 1
        by_unit[unit][_GROUPS.get(codes.get(application, 0), "nowhere")] += 1
    wrong = [f"{unit}: {dict(n)}" for unit, n in by_unit.items() if n["nowhere"]]
    wrong += [f"{a}: has a state and was never received" for a in codes.keys() - received.keys()]
    return len(received), wrong


# columns of the national statistics form
_GROUPS = {
    1: "in process", 2: "in process", 3: "not accepted", 4: "in process", 5: "suspended",
    6: "suspended", 7: "settled", 8: "suspended", 9: "settled", 10: "settled",
}  # fmt: skip


def personal_data_is_sealed(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Search every byte that was kept for the values that must not be there."""
    search = Search(evidence.personal)
    counted, wrong = 0, []
    for place, text in _kept(evidence):
        counted += 1
        if found := search.found(text):
            wrong.append(f"{place}: {len(found)} personal values in the clear")
    return counted if evidence.personal else 0, wrong


def _kept(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    for topic, records in evidence.log.items():
        for heard in records:
            r = heard.record
            headers = b" ".join(
                part for name, value in r.headers for part in (name.encode(), value)
            )
            text = b"\n".join((r.key or b"", headers, r.value or b""))
            yield f"{topic}[{r.partition}]@{r.offset}", text
    journals = {f"{service} journal": rows for service, rows in evidence.journals.items()}
    for name, rows in (journals | dict(evidence.collections)).items():
        for row in rows:
            yield f"{name} {row['_id']}", repr(row).encode()
    yield from evidence.texts.items()


def due_dates_move_by_events(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Compare the due date of each version with that before and with what was said of it."""
    counted, wrong = 0, []
    for application, rows in _by_application(evidence.journals["routing"]).items():
        for before, after in pairwise(rows):
            counted += 1
            was, now = _due(before), _due(after)
            said = [
                msgspec.json.decode(text)["data"].get("due") for text in after.get("emitted", ())
            ]
            if was != now and now is not None and now not in said:
                wrong.append(f"{application}/{after['version']}: due {was} became {now}, unsaid")
    return counted, wrong


def _due(row: Row) -> str | None:
    state: dict[str, Any] | None = msgspec.json.decode(row["state"])
    return state.get("due_current") if state else None


def records_are_at_home(evidence: Evidence, lanes: int) -> tuple[int, Iterable[str]]:
    """Check that every decided event stands on its application's lane."""
    found = [h for service in JOURNALED for h in evidence.events_of(service)]
    wrong = [
        f"{h.event.id}: on lane {h.record.partition}"
        for h in found
        if h.event and home(h.event.subject, lanes) != h.record.partition
    ]
    return len(found), wrong


INVARIANTS: tuple[tuple[str, Check], ...] = (
    ("Every acknowledged submission is registered or refused, once", submissions_answered_once),
    ("An obligation is settled at most once, and no money is lost", money_settles_once),
    ("One notice per application, milestone and channel", notices_reach_once),
    ("Events are contiguous, in order, and what the journal says", events_are_contiguous),
    ("Every event is in its application's trace, with a known cause", traces_are_whole),
    ("Received = settled + in process + suspended + not accepted", states_add_up),
    ("No clear personal data in topics, database, logs", personal_data_is_sealed),
    ("A due date moves only by an event that says so", due_dates_move_by_events),
)


def audit(evidence: Evidence) -> list[Finding]:
    """Check all of them."""
    findings = []
    for number, (sentence, check) in enumerate(INVARIANTS, start=1):
        counted, found = check(evidence)
        wrong = list(found)
        more = [f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        findings.append(Finding(number, sentence, counted, (*wrong[:SHOWN], *more)))
    return findings


def _by_application(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["application"]].append(row)
    return found
