"""Dead letters and parked work, one by one and in groups: by service, topic, reason, bad field."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from services.operations.domain.causes import CALL, HELD, POISON
from shared import events
from shared.bus import Record
from shared.events import UNREADABLE
from shared.events.kernel import RecordAnswered, RecordDead
from shared.placement import is_canonical

ANSWERED = "/answered"  # how the ids of answers end
HOUR_MS = 3_600_000
# what a reason says of this one alone: whatever is quoted, and words with a digit in them
_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|\S*\d\S*")
_INDEX = re.compile(r"\[[^\]]*\]")
_AT = " - at `"

Kind = Literal["dead", "call", "parked"]
KINDS: Mapping[str, Kind] = {POISON: "dead", CALL: "call", HELD: "parked"}


class Place(NamedTuple):
    """Where a record stands; a partner's call stood nowhere, so its letter's place is its own."""

    topic: str
    partition: int
    offset: int

    @property
    def key(self) -> str:
        """Return it as a word."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def answer_id(self) -> str:
        """Return the id of what is said about it: said again it is the same."""
        return f"{self.key}{ANSWERED}"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter; `id` is its event's, `sealed` has what was sent.

    `application` is empty where the record's key names none.
    """

    topic: str
    partition: int
    offset: int
    application: str
    service: str
    reason: str
    field: str
    at_ms: int
    id: str
    sealed: str
    size: int
    truncated: bool

    @property
    def place(self) -> Place:
        """Return which it is."""
        return Place(self.topic, self.partition, self.offset)

    @property
    def cause(self) -> str:
        """Return under which cause it stands on the board."""
        return CALL if self.topic.endswith(".dead") else POISON

    @property
    def stands(self) -> str:
        """Return the id of its row on the board: under its application, or one made up for it."""
        key = self.place.key
        digest = hashlib.sha256(key.encode()).digest()
        whose = self.application or str(UUID(bytes=digest[:16]))
        return f"{whose}/{self.service}/{self.cause}/{key}"

    def as_open(self) -> "Open":
        """Return it as one of a group."""
        kind = KINDS[self.cause]
        said = self.service, self.reason, self.field, self.application
        return Open(self.stands, kind, self.place, *said, "", "", self.at_ms)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator did about a letter, and when; `data` says it.  `application` is whose the
    record is that was sent, where one was.
    """

    at_ms: int
    application: str
    data: RecordAnswered


class Open(NamedTuple):
    """One that nobody has done anything about; `key` is its row's on the board."""

    key: str
    kind: Kind
    place: Place
    service: str
    reason: str
    field: str
    application: str
    dossier: str
    unit: str
    since_ms: int

    @property
    def group(self) -> str:
        """Return the id of its group."""
        return group_id(self.kind, self.service, self.place.topic, self.reason, self.field)


class DeadGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What is alike: `count`, and of these how many came in the last hour, and in the one before.

    `applications` are known of them; `nobodys` name none.
    """

    id: str
    kind: Kind
    service: str
    topic: str
    reason: str
    field: str
    count: int
    oldest_ms: int
    newest_ms: int
    last_hour: int
    hour_before: int
    applications: int
    nobodys: int


def letter_of(record: Record) -> Letter | None:
    """Return the dead letter that this is; None: it is none, or not one of ours."""
    try:
        event = events.decode(record.value or b"")
        if event.type != RecordDead.TYPE:
            return None
        data = msgspec.json.decode(event.data, type=RecordDead)
    except UNREADABLE:
        return None
    key = record.key or b""
    place = Place(data.topic, data.partition, data.offset)
    if data.offset < 0:
        place = Place(record.topic, record.partition, record.offset)
    return Letter(
        topic=place.topic,
        partition=place.partition,
        offset=place.offset,
        application=key.decode() if is_canonical(key) else "",
        service=data.service,
        reason=data.reason,
        field=data.field,
        at_ms=record.timestamp_ms,
        id=event.id,
        sealed=data.sealed,
        size=data.size,
        truncated=data.truncated,
    )


def answer_of(record: Record) -> Answer | None:
    """Return what an operator did, if this says it."""
    try:
        event = events.decode(record.value or b"")
        if event.type != RecordAnswered.TYPE:
            return None
        data = msgspec.json.decode(event.data, type=RecordAnswered)
    except UNREADABLE:
        return None
    return Answer(at_ms=record.timestamp_ms, application=event.subject, data=data)


def split(reason: str) -> tuple[str, str]:
    """Return the reason and the field that it ends with, if it does: as our decoder words it."""
    text, _, field = reason.partition(_AT)
    return text, field.rstrip("`")


def shape(reason: str) -> str:
    """Return what a reason says of all that are alike."""
    return _OWN.sub("…", reason)


def bare(field: str) -> str:
    """Return a path without the numbers of what it goes through."""
    return _INDEX.sub("[…]", field)


@lru_cache(maxsize=4_096)
def group_id(kind: Kind, service: str, topic: str, reason: str, field: str) -> str:
    """Return what all that are alike have in common."""
    told = (kind, service, topic, shape(reason), bare(field))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
