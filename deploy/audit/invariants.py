"""What must always hold, one function each: pure, from the evidence to a finding."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from deploy.audit.evidence import JOURNALED, Evidence, Heard
from deploy.audit.families import families_are_whole
from deploy.audit.handled import messages_are_decided_once, repeats_are_the_same
from deploy.audit.money import money_settles_once
from deploy.audit.notices import notices_reach_once
from deploy.audit.personal import Search, spelled
from deploy.audit.petitions import petitions_are_received_once
from deploy.audit.states import states_add_up
from shared.events.intake import InterlinkedRegistered, Registered
from shared.events.portal import Submitted
from shared.kinship import is_child
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


REGISTERED = frozenset({Registered.TYPE, InterlinkedRegistered.TYPE})

Check = Callable[[Evidence], tuple[int, Iterable[str]]]


def submissions_answered_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Count, for each acknowledged submission, how often it was registered or refused.

    Nobody submits a child: its parent opens it, once, and ends once, as its children did.
    """
    answers: Counter[str] = Counter()
    dossiers: Counter[str] = Counter()
    wrong: list[str] = []
    for heard in evidence.events_of("intake"):
        assert heard.event is not None
        if heard.event.type in REGISTERED:
            dossiers[heard.data().get("dossier_code", heard.event.subject)] += 1
        elif heard.event.type != "application.refused":
            continue
        elif not heard.data().get("problems"):
            wrong.append(f"{heard.event.subject}: refused without a reason")
        if not is_child(heard.event.subject):
            answers[heard.event.subject] += 1
    submitted = {
        heard.event.subject
        for heard in evidence.log["portal.submissions"]
        if heard.event and heard.event.type == Submitted.TYPE  # what follows comes here as well
    }
    wrong += [f"{a}: answered {answers[a]} times" for a in evidence.acknowledged if answers[a] != 1]
    wrong += [f"{a}: answered twice" for a, n in answers.items() if n > 1]
    wrong += [f"{a}: answered, never submitted" for a in answers.keys() - submitted]
    wrong += [f"{code}: given to {n} applications" for code, n in dossiers.items() if n > 1]
    wrong += families_are_whole(evidence)
    wrong += petitions_are_received_once(evidence)
    return len(evidence.acknowledged), wrong


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


def events_are_what_was_decided(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Check the events, that none came again as another one, and that no message was missed."""
    wrong: list[str] = []
    counted = 0
    for check in (events_are_contiguous, repeats_are_the_same, messages_are_decided_once):
        some, found = check(evidence)
        counted += some
        wrong += found
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
            if dict(heard.record.headers).get("traceparent") != event.traceparent.encode():
                wrong.append(f"{event.id}: its header names another span than it does")
            if event.causationid not in known[event.subject]:
                wrong.append(f"{event.id}: caused by {event.causationid!r}, which nobody sent")
    wrong += _strays(evidence)
    return counted, wrong


def _strays(evidence: Evidence) -> Iterator[str]:
    """Find messages of our own timers and effects that left the trace of their application."""
    for service in JOURNALED:
        for heard in evidence.log[f"{service}.inbox"]:
            event = heard.event
            is_ours = event is not None and event.source.startswith("/services/")
            if event and is_ours and event.traceparent[3:35] != trace_id(event.subject):
                yield f"{event.id} of {event.source}: in another trace"


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
            yield f"{name} {row['_id']}", b"\n".join(spelled(row))
    yield from evidence.texts.items()


def due_dates_move_by_events(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Compare the due dates of each version with those before and with what was said of them."""
    counted, wrong = 0, []
    for application, rows in _by_application(evidence.journals["routing"]).items():
        for before, after in pairwise([None, *rows]):
            counted += before is not None
            assert after is not None
            if "archived" in after:  # it stands for versions that are no longer there
                continue
            said = [msgspec.json.decode(text)["data"] for text in after.get("emitted", ())]
            for field, (name, clock) in _DUE.items():
                was, now = _state(before).get(field), _state(after).get(field)
                is_said = now in _told(said, name, clock) if now else bool(said)
                if was != now and not is_said:
                    wrong.append(f"{application}/{after['version']}: {field} {was} became {now}")
            first = _state(before).get("due_original")
            if first and _state(after).get("due_original") != first:
                wrong.append(f"{application}/{after['version']}: the first due date is another")
    return counted, wrong


# in the state; in the event, or by this clock's name in one that says which clock it moves
_DUE = {
    "due_current": ("due", "statutory"),
    "acceptance_due": ("acceptance_due", "intake"),
}


def _told(said: Iterable[dict[str, Any]], name: str, clock: str) -> list[Any]:
    """Return the dates that events give a clock."""
    said = tuple(said)
    moved = [data.get("due") for data in said if data.get("clock") == clock]
    return [*moved, *(data.get(name) for data in said if "clock" not in data)]


def _state(row: Row | None) -> dict[str, Any]:
    return (msgspec.json.decode(row["state"]) if row else None) or {}


INVARIANTS: tuple[tuple[str, Check], ...] = (
    ("Every acknowledged submission is registered or refused, once", submissions_answered_once),
    ("An obligation is settled at most once, and no money is lost", money_settles_once),
    ("One notice per application, milestone and channel", notices_reach_once),
    ("Events are contiguous, in order, decided once and journalled", events_are_what_was_decided),
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
