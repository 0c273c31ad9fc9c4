"""One message of the log, as operations keeps it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import msgspec

from shared.contracts import CARRIED
from shared.topics import TOPICS
from shared.trace import parent_span

OTHER = "other"
# each topic with each type that it carries → whether that is a numbered event
_CARRIED: Mapping[tuple[str, str], bool] = {
    (topic, type_): topic in TOPICS and TOPICS[topic].kind == "events"
    for topic, types in CARRIED.items()
    for type_ in types
}
_DECIDED_BY = {
    type_: topic.partition(".")[0] for (topic, type_), is_own in _CARRIED.items() if is_own
}


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A message and its place.  `sequence` is 0 for what is not a numbered event, `application`
    empty for what names none.

    `data` is JSON; long strings in it may have given way to a note of their length.
    """

    topic: str
    partition: int
    offset: int
    logged_ms: int
    application: str
    type: str
    sequence: int
    id: str
    source: str
    traceparent: str
    causationid: str
    crc: int
    data: bytes

    @property
    def place(self) -> tuple[str, int, int]:
        """Return where the message stands."""
        return self.topic, self.partition, self.offset

    @property
    def key(self) -> str:
        """Return what tells the message from all others; nothing where it names no application."""
        if not self.application:
            return ""
        return self.id if self.sequence else f"{self.application}/~{self.stands_at}"

    @property
    def stands_at(self) -> str:
        """Return the place as a word; those of one partition sort by offset."""
        return f"{self.topic}/{self.partition}-{self.offset:012d}"

    @property
    def service(self) -> str:
        """Return the service whose topic this is (`portal` for submissions)."""
        return service_of(self.topic)

    @property
    def is_decided(self) -> bool:
        """Tell whether one of our services decided this, as a numbered event."""
        return self.sequence > 0

    @property
    def belongs(self) -> bool:
        """Tell whether this topic carries this type: a sender may write any, also one that is not
        his.  What does not belong says nothing, whatever it says.
        """
        return _CARRIED.get((self.topic, self.type)) is self.is_decided

    @property
    def counted_as(self) -> str:
        """Return the type to count this under."""
        return counted_as(self.topic, self.type, self.is_decided)

    @property
    def is_aside(self) -> bool:
        """Tell whether this is a lane's notice of what it could not read or decide."""
        return self.topic not in TOPICS

    @property
    def span(self) -> str:
        """Return the span that made this message, empty if it names none."""
        return parent_span(self.traceparent)


@lru_cache(maxsize=1_024)
def service_of(topic: str) -> str:
    """Return the service whose topic this is."""
    return topic.partition(".")[0]


def counted_as(topic: str, type_: str, is_decided: bool) -> str:
    """Return the type to count a message of this type under."""
    return type_ if _CARRIED.get((topic, type_)) is is_decided else OTHER


def decided_by(type_: str) -> str:
    """Return the service whose numbered event this type is; nothing for what comes from outside."""
    return _DECIDED_BY.get(type_, "")


class Kind(NamedTuple):
    """What is counted of a message: where it was logged and when, and as what."""

    lane: int
    second: int
    service: str
    type: str


def tally(entries: Iterable[Entry]) -> Counter[Kind]:
    """Return how many of each kind there are: far fewer kinds than messages, when many come."""
    found = Counter(
        [(e.partition, e.logged_ms // 1_000, e.topic, e.type, e.sequence > 0) for e in entries]
    )
    out: Counter[Kind] = Counter()
    for (lane, second, topic, type_, is_decided), number in found.items():
        kind = Kind(lane, second, service_of(topic), counted_as(topic, type_, is_decided))
        out[kind] += number
    return out


class Member(msgspec.Struct, frozen=True):
    """A child of an interlinked application, as its parent tells of it."""

    name: str = ""
    application: str = ""
    procedure: str = ""
    standing: str = ""
    national_code: int = 0
    dossier_code: str = ""
    by_rule: dict[str, str] = {}
    needs_person: list[str] = []


class Gist(msgspec.Struct, frozen=True):
    """The few fields of any event's data that operations looks at; a default means: not there."""

    dossier_code: str = ""
    procedure: str = ""
    receiving_unit: str = ""
    competent_unit: str = ""
    national_code: int = 0
    reference: str = ""
    partner: str = ""
    amount_vnd: int = 0
    total_vnd: int = 0
    number: str | int = ""  # of a receipt, or of what a child told
    series: str = ""
    kind: str = ""
    milestone: str = ""
    occasion: int = 1
    channel: str = ""
    reason: str = ""
    from_unit: str = ""
    returning_unit: str = ""
    signer: str = ""
    certificate_expires: str = ""
    tracking: str = ""
    step: str = ""
    place: str = ""
    period: str = ""  # of an allowance
    due_before: str = ""
    due: str = ""
    cause: str = ""
    service: str = ""
    finding: str = ""
    officer: str = ""
    note: str = ""
    operator: str = ""
    checker: str = ""
    did: str = ""
    field: str = ""
    by: str = ""
    checked_by: str = ""
    children: list[Member] = []
    outcome: str = ""
    standing: str = ""
    name: str = ""
    because: str = ""
    parent: str = ""
    fields: tuple[str, ...] = ()
    score: int = 0
    code: str = ""  # of a petition
    unit: str = ""
    action: str = ""
    on_time: bool = False
    score_before: int = 0
    key: str = ""  # of a call to a partner
    transaction: str = ""  # a partner's own number
    refund: str = ""
    disbursement: str = ""
    expires_at: str = ""
    acceptance_due: str = ""
    clock: str = ""
    return_due: str = ""
    candidates: tuple[str, ...] = ()


_gist = msgspec.json.Decoder(Gist)
_NOTHING = Gist()


def gist(data: bytes) -> Gist:
    """Return the gist of an event's data; nothing of what does not fit."""
    try:
        return _gist.decode(data)
    except msgspec.DecodeError:
        return _NOTHING


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries as they happened: by the log's time; of one instant, each partition in its own
    order and a cause before what it led to.
    """
    found = sorted(entries, key=_when)
    return [e for _, some in groupby(found, _logged_ms) for e in _by_cause(list(some))]


_logged_ms = attrgetter("logged_ms")
_when = attrgetter("logged_ms", "topic", "partition", "offset")
_partition = attrgetter("topic", "partition")


def _by_cause(some: list[Entry]) -> list[Entry]:
    """Return entries of one instant, that come partition by partition, as they happened."""
    if _partition(some[0]) == _partition(some[-1]):
        return some
    places = {entry.id: n for n, entry in enumerate(some)}
    leads: list[list[int]] = [[] for _ in some]
    waits = [0] * len(some)
    for n, entry in enumerate(some):
        before = {places.get(entry.causationid, n)}
        if n and _partition(some[n - 1]) == _partition(entry):
            before.add(n - 1)
        for earlier in before - {n}:
            leads[earlier].append(n)
            waits[n] += 1
    ready = [(0, n) for n, count in enumerate(waits) if not count]
    order: list[int] = []
    while ready:
        depth, n = heappop(ready)
        order.append(n)
        for later in leads[n]:
            waits[later] -= 1
            if not waits[later]:
                heappush(ready, (depth + 1, later))
    # whose cause came later, by what a sender wrote: as they stand
    order += [n for n, count in enumerate(waits) if count]
    return [some[n] for n in order]
