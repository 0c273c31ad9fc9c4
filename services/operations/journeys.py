"""The journey store: every message of the log as a row, found by application.

Three tables, written by batch, none with a second index:

- `journeys`: `_id` of a numbered event is its own id, `<application>/<service>/<sequence>`, so the
  first occurrence wins; of a message from outside `<application>/~<topic>/<place>`; of an event
  that came again with other content `<application>/!<topic>/<place>`.  All of one application is
  one range.
- `names`: dossier code, or payment reference → application.
- `aside`: dead letters and parked records, `<dead|parked>/<logged at>/<topic>/<place>`, as they
  came.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zlib import crc32

import msgspec

from services.operations.domain.entries import Entry, Gist, gist
from services.operations.domain.kept import kept
from shared.bus import Record
from shared.events import intake, numbered_id, payment
from shared.store import Row, Table, prefix
from shared.topics import TOPICS

ROWS_LIMIT = 5_000  # of one application; a journey is longer only by mistake
WORD_LIMIT = 256  # characters of an id, a type, a source: a sender may write anything
DIGITS_LIMIT = 9
LOGGED_LIMIT_MS = 4_102_444_800_000  # the year 2100: a sender may write any time, a date cannot
UNREADABLE = "unreadable"

_NAMED_IN = {intake.Registered.TYPE, payment.Requested.TYPE}
_NUMBERED = {t.name: t.written_by[0] for t in TOPICS.values() if t.kind == "events"}


class Envelope(msgspec.Struct, frozen=True):
    """A CloudEvents envelope read leniently: what operations shows need not be right."""

    id: str = ""
    source: str = ""
    type: str = UNREADABLE
    subject: str = ""
    time: str = ""
    sequence: str = ""
    traceparent: str = ""
    causationid: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class Item(NamedTuple):
    """A record as it goes into the store; no key: it names no application."""

    key: str
    entry: Entry


class Appended(NamedTuple):
    """What came of a batch: `first` occurrences, and numbered events that came again."""

    first: list[Item]
    repeats: list[Item]
    forks: list[Item]


_envelope = msgspec.json.Decoder(Envelope)


def read(record: Record) -> Item:
    """Return a record as an item, whatever it holds."""
    value = record.value or b""
    try:
        envelope = _envelope.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        envelope = Envelope()
    application = _application(envelope.subject) or _application(_text(record.key))
    sequence = _sequence(record.topic, envelope, application)
    entry = Entry(
        record.topic,
        record.partition,
        record.offset,
        min(max(record.timestamp_ms, 0), LOGGED_LIMIT_MS),
        application,
        envelope.type[:WORD_LIMIT],
        envelope.time[:WORD_LIMIT],
        sequence,
        envelope.id[:WORD_LIMIT],
        envelope.source[:WORD_LIMIT],
        envelope.traceparent[:WORD_LIMIT],
        envelope.causationid[:WORD_LIMIT],
        crc32(value),
        kept(record.topic, envelope.type, bytes(envelope.data)),
    )
    key = entry.id if sequence else _key_of_place("~", entry)
    return Item(key if application else "", entry)


def _sequence(topic: str, envelope: Envelope, application: str) -> int:
    """Return the number of a service's own event, 0 for every other message."""
    digits = envelope.sequence
    if topic not in _NUMBERED or len(digits) > DIGITS_LIMIT or not digits.isdecimal():
        return 0
    sequence = int(digits)
    is_numbered = envelope.id == numbered_id(application, _NUMBERED[topic], sequence)
    return sequence if is_numbered else 0


def _key_of_place(mark: str, entry: Entry) -> str:
    return f"{entry.application}/{mark}{entry.topic}/{entry.partition}-{entry.offset:012d}"


class Journeys:
    """The three tables."""

    def __init__(self, journeys: Table, names: Table, aside: Table) -> None:
        self._journeys, self._names, self._aside = journeys, names, aside

    async def append(self, items: Sequence[Item]) -> Appended:
        """Keep a batch; again is harmless.  Raises `Unknown`."""
        unique: dict[str, Item] = {}
        for item in items:
            if item.key:
                unique.setdefault(item.key, item)
        stood = await self._journeys.insert_missing([_row(k, i.entry) for k, i in unique.items()])
        standing = {key: item.entry for key, item in unique.items()}
        standing |= {row["_id"]: _entry(row) for row in await self._journeys.get(sorted(stood))}
        out = Appended([], [], [])
        for item in items:
            first = standing.get(item.key, item.entry)
            if first.place == item.entry.place:
                out.first.append(item)
            elif first.crc == item.entry.crc:
                out.repeats.append(item)
            else:
                out.forks.append(item)
        await self._append_others(out)
        return out

    async def _append_others(self, appended: Appended) -> None:
        forks = [_row(_key_of_place("!", i.entry), i.entry) for i in appended.forks]
        names = [row for i in appended.first if (row := _name(i))]
        aside = [_row(_aside_key(i.entry), i.entry) for i in appended.first if i.entry.is_aside]
        for table, rows in ((self._journeys, forks), (self._names, names), (self._aside, aside)):
            if rows:
                await table.insert_missing(rows)

    async def find(self, name: str) -> str | None:
        """Return the application with this id, dossier code or payment reference."""
        application = _application(name)
        if application:
            return application
        rows = await self._names.get([name])
        return str(rows[0]["application"]) if rows else None

    async def of(self, application: str) -> tuple[list[Entry], list[Entry]]:
        """Return the messages of an application, and its forks; both empty for an unknown one."""
        rows = await self._journeys.ranges([prefix(f"{application}/")], ROWS_LIMIT)
        fork = f"{application}/!"
        entries = [_entry(row) for row in rows if not row["_id"].startswith(fork)]
        return entries, [_entry(row) for row in rows if row["_id"].startswith(fork)]

    async def codes(self, event_ids: Iterable[str]) -> dict[str, int]:
        """Return the national code after each of these events of routing."""
        rows = await self._journeys.get(sorted(event_ids))
        return {row["_id"]: gist(row["data"]).national_code for row in rows}

    async def releases(self, applications: Iterable[str]) -> list[Entry]:
        """Return what was released of these applications."""
        bounds = [prefix(f"{a}/~") for a in applications]
        rows = await self._journeys.ranges(bounds) if bounds else []
        return [_entry(row) for row in rows if row["type"] == "lane.released"]

    async def aside(self, kind: str, after: str, limit: int) -> list[tuple[str, Entry]]:
        """Return a page of dead letters or parked records, oldest first, with their keys."""
        low, high = prefix(f"{kind}/")
        rows = await self._aside.ranges([(f"{after}\0" if after else low, high)], limit)
        return [(row["_id"], _entry(row)) for row in rows]


def _row(key: str, entry: Entry) -> Row:
    return {"_id": key, **entry._asdict()}


def _entry(row: Row) -> Entry:
    return Entry(**{field: _plain(row[field]) for field in Entry._fields})


def _plain(value: Any) -> Any:
    """Return a number as Python's own: the driver's `Int64` is one that JSON does not take."""
    return int(value) if isinstance(value, int) else value


def _name(item: Item) -> Row | None:
    if item.entry.type not in _NAMED_IN or not item.entry.is_decided:
        return None
    g: Gist = gist(item.entry.data)
    name = g.dossier_code if item.entry.type == intake.Registered.TYPE else g.reference
    return {"_id": name, "application": item.entry.application} if name else None


def _aside_key(entry: Entry) -> str:
    kind = entry.topic.rpartition(".")[2]
    return f"{kind}/{entry.logged_ms:015d}/{entry.topic}/{entry.partition}-{entry.offset:012d}"


def _application(text: str) -> str:
    """Return an application id in its one form, or nothing."""
    return _canonical(text) if len(text) == 36 else ""  # longer ones are not for the cache


@lru_cache(maxsize=65_536)
def _canonical(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _text(key: bytes | None) -> str:
    return (key or b"").decode(errors="replace")
