"""Whether every message was decided, once, by every service that decides such messages.

Who decides what is read off the journals themselves: a service that has ever decided a message of
some type, or held it, decides all of that type that it reads.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from deploy.audit.evidence import JOURNALED, Evidence
from deploy.audit.families import OURS
from deploy.audit.money import NO_OFFSET
from services.intake.domain.children import OF_CHILDREN
from shared import topics
from shared.events import Event
from shared.events.intake import ChildOpened, ChildTakenBack, ChildTold
from shared.events.kernel import LaneReleased
from shared.kinship import is_child
from shared.store import Row

_LETTERS = frozenset(c.TYPE for c in (ChildOpened, ChildTakenBack, ChildTold))
_OF_CHILDREN = frozenset(moved.TYPE for moved in OF_CHILDREN)

Place = tuple[str, int, int]
Name = tuple[str, str, str]  # application, source, id: a message, however often it came


def messages_are_decided_once(evidence: Evidence) -> tuple[int, list[str]]:
    """Match the messages on the log with the causes of decisions, service by service."""
    events = {
        (heard.record.topic, heard.record.partition, heard.record.offset): heard.event
        for topic in topics.TOPICS
        for heard in evidence.log[topic]
        if heard.event
    }
    counted, wrong = 0, []
    for service in JOURNALED:
        decided = _decided(evidence, service, events)
        types = {event.type for event, _ in decided.values()}
        expected = _expected(evidence, service, types)
        counted += len(expected)
        wrong += [f"{service} never decided {_said(name)}" for name in expected - decided.keys()]
        wrong += [
            f"{service} decided {_said(name)} {times} times"
            for name, (event, times) in decided.items()
            if times > 1 and event.type != LaneReleased.TYPE  # brings back one version each
        ]
        wrong += _from_nowhere(evidence, service, events)
    wrong += _buried(evidence)
    return counted, wrong


def repeats_are_the_same(evidence: Evidence) -> tuple[int, list[str]]:
    """Compare events and letters that came again with what they were at first."""
    counted, wrong = 0, []
    for topic in (*(f"{service}.events" for service in JOURNALED), "intake.inbox"):
        first: dict[str, bytes | None] = {}
        for heard in evidence.log[topic]:
            if heard.event and (topic != "intake.inbox" or _is_letter(heard.event)):
                counted += heard.event.id in first
                if first.setdefault(heard.event.id, heard.record.value) != heard.record.value:
                    wrong.append(f"{heard.event.id} came again with other content")
    return counted, wrong


def _is_letter(event: Event) -> bool:
    return event.type in _LETTERS and event.source == OURS


def _decided(
    evidence: Evidence, service: str, events: Mapping[Place, Event]
) -> dict[Name, tuple[Event, int]]:
    """Return the messages that versions were caused by, and by how many each."""
    times: Counter[Name] = Counter()
    found: dict[Name, Event] = {}
    for row in _standing(evidence, service):
        if event := events.get(_place(row["cause"])):
            times[_name(event)] += 1
            found[_name(event)] = event
    return {name: (event, times[name]) for name, event in found.items()}


def _concerns(service: str, event: Event) -> bool:
    """Whether a service takes this of this application: intake follows more of children."""
    return service != "intake" or event.type not in _OF_CHILDREN or is_child(event.subject)


def _expected(evidence: Evidence, service: str, types: set[str]) -> set[Name]:
    """Return what the service had to decide: all of these types but what nobody shall take."""
    archived = {row["application"] for row in evidence.journals[service] if "archived" in row}
    return {
        _name(heard.event)
        for topic in topics.reads(service)
        for heard in evidence.log[topic]
        if heard.event
        and heard.event.type in types
        and _concerns(service, heard.event)
        and heard.event.subject not in archived
        and heard.record.key not in evidence.unreadable
    }


def _buried(evidence: Evidence) -> Iterator[str]:
    """Find dead letters of what was not put there to be buried: a service may be wrong about it."""
    planted = evidence.unreadable | evidence.mended
    for topic in topics.TOPICS:
        letters = [
            heard.data() for heard in evidence.log.get(topics.dead(topic), ()) if heard.event
        ]
        if not letters:
            continue
        keys = {heard.record[:3]: heard.record.key for heard in evidence.log[topic]}
        for data in letters:
            place = _place(data)
            if place[2] != NO_OFFSET and keys.get(place) not in planted:
                at = f"{topic}[{place[1]}]@{place[2]}"
                yield f"{data['service']} buried what stands at {at}: {data['reason']}"


def _standing(evidence: Evidence, service: str) -> Iterator[Row]:
    """Return the versions that are there; one that stands for archived ones has no cause."""
    yield from (row for row in evidence.journals[service] if "archived" not in row)


def _from_nowhere(evidence: Evidence, service: str, events: Mapping[Place, Event]) -> Iterator[str]:
    """Find versions whose cause is not on the log, or is about another application."""
    for row in _standing(evidence, service):
        cause = row["cause"]
        event = events.get(_place(cause))
        if cause["id"] and (event is None or event.subject != row["application"]):
            yield f"{service} {row['_id']}: its cause {cause['id']!r} does not stand where it says"


def _place(of: Mapping[str, object]) -> Place:
    return str(of["topic"]), int(str(of["partition"])), int(str(of["offset"]))


def _name(event: Event) -> Name:
    return event.subject, event.source, event.id


def _said(name: Name) -> str:
    return f"{name[2]} of {name[1]} ({name[0]})"
