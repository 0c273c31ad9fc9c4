"""From a record in the log to something that can be decided, or to the reason why not.  Pure."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from shared import events
from shared.bus import Record
from shared.contracts.carried import CARRIED
from shared.errors import DeadLetter
from shared.events import CONTRACTS, UNREADABLE, Data, Event
from shared.events.kernel import LaneReleased
from shared.lanes.table import Arrival, LaneTable, Malformed
from shared.placement import canonical, home
from shared.topics import PORTALS, TOPICS

ID_LIMIT = 256  # characters of an id and of a source: the journal keeps them
FOREIGN_LIMIT_BYTES = 1_000_000  # a topic takes 1 MiB, the batch's own header included
# what a portal may say where it writes itself: it speaks for nobody else
_OF_PORTALS = {name: CARRIED[name] for name, t in TOPICS.items() if PORTALS in t.written_by}
_SEQUENCE = re.compile(r"[0-9]{6,18}")


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A record that concerns this service.  Without an arrival it is one of our own that cannot be
    read: hold it.
    """

    record: Record
    application: str
    arrival: Arrival | None
    origin: str  # the service whose numbered event it is; empty: a message from outside
    because: str = ""


class Dead(NamedTuple):
    """A record that nobody can read, ever."""

    record: Record
    because: DeadLetter


class Readings(NamedTuple):
    """What a batch brought."""

    mine: list[Reading]
    dead: list[Dead]
    foreign: list[tuple[Record, int]]  # and the lane that is its home


class Reader:
    """Reads records for one service."""

    def __init__(self, table: LaneTable[Any, Any], lane_count: int) -> None:
        self._wanted = {*table.decisions, LaneReleased.TYPE}
        self._answers_malformed, self._concerns = table.answers_malformed, table.concerns
        self._lane_count = lane_count
        contracts = {t: CONTRACTS[t] for t in self._wanted}
        self._data = {t: msgspec.json.Decoder(c) for t, c in contracts.items()}

    def read(self, records: Iterable[Record]) -> Readings:
        """Sort a batch, in its order."""
        out = Readings([], [], [])
        for record in records:
            try:
                self._sort(record, out)
            except DeadLetter as because:
                out.dead.append(Dead(record, because))
        return out

    def _sort(self, record: Record, out: Readings) -> None:
        if TOPICS[record.topic].kind == "events":
            reading = self.read_own(record)
            if reading:
                out.mine.append(reading)
            return
        external = self._read_external(record)
        lane = home(external.application, self._lane_count)
        if lane == record.partition:
            out.mine.append(external)
        elif size_bytes(record) > FOREIGN_LIMIT_BYTES:
            raise DeadLetter(f"too large to be sent to its lane {lane}")
        else:
            out.foreign.append((record, lane))

    def again(self, record: Record) -> Reading | None:
        """Read a held record again: whatever made it unreadable may have been mended."""
        try:
            if TOPICS[record.topic].kind == "events":
                return self.read_own(record)
            return self._read_external(record)
        except DeadLetter as because:  # readable once: another table or contract came since
            application = _text(record.key or b"")
            return Reading(record, application, None, "", because.reason)

    def read_own(self, record: Record) -> Reading | None:
        """Read a numbered event of one of our own services; None: not in the table.

        Raises `DeadLetter` when the key names no application: there is none to hold it for.
        """
        application = canonical(_text(record.key or b""))
        origin = record.topic.removesuffix(".events")
        try:
            event = events.decode(record.value or b"")
            decoder = self._data.get(event.type)
            if decoder is None or not self._concerns.get(event.type, _always)(application):
                return None
            data = decoder.decode(event.data)
            if not _SEQUENCE.fullmatch(event.sequence):
                raise msgspec.ValidationError("Not a number of ours - at `$.sequence`")
        except UNREADABLE as error:
            return Reading(record, application, None, origin, str(error))
        return Reading(record, application, Arrival(application, event, data), origin)

    def _read_external(self, record: Record) -> Reading:
        event = _envelope(record)
        application = canonical(event.subject)
        if record.key is None or canonical(_text(record.key)) != application:
            raise DeadLetter("the record's key is not the subject of its event", "$.subject")
        if event.type not in self._wanted:
            raise DeadLetter(f"nobody here takes messages of type {event.type!r}", "$.type")
        if not event.id or not event.source:
            raise DeadLetter("a message needs an id and a source", "$.id")
        for field, text in (("$.id", event.id), ("$.source", event.source)):
            if len(text) > ID_LIMIT:
                raise DeadLetter(f"more than {ID_LIMIT} characters", field)
        if event.type not in _OF_PORTALS.get(record.topic, self._wanted):
            raise DeadLetter(f"{event.type} is not taken from {record.topic}", "$.type")
        return Reading(record, application, Arrival(application, event, self._decode(event)), "")

    def _decode(self, event: Event) -> Data:
        try:
            return self._data[event.type].decode(event.data)
        except UNREADABLE as error:
            reason, _, field = str(error).partition(" - at `")
            if event.type not in self._answers_malformed:
                raise DeadLetter(reason, f"$.data{field.strip('`')[1:]}") from error
            return Malformed(reason=reason, field=field.strip("`") or "$")


def _always(_application: str) -> bool:
    return True


def size_bytes(record: Record) -> int:
    """Return how large a record is, but for what the log adds to it."""
    headers = sum(len(name.encode()) + len(value) for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def _envelope(record: Record) -> Event:
    if record.value is None:
        raise DeadLetter("the record has no value")
    try:
        return events.decode(record.value)
    except UNREADABLE as error:
        reason, _, field = str(error).partition(" - at `")
        raise DeadLetter(reason, field.strip("`")) from error


def _text(key: bytes) -> str:
    return key.decode(errors="replace")
