"""What the lane tells operators: what it holds, and what nobody can read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from shared import events
from shared.bus import Headers, Message, Partition, Record
from shared.events import Data, Event
from shared.events.kernel import RecordDead, RecordParked
from shared.journal import Decision
from shared.lanes.reading import Dead
from shared.lanes.step import REASON_LIMIT
from shared.placement import is_canonical
from shared.topics import dead, parked

# together they stay below 1 MiB when sealed, which adds a third, and written as JSON
KEY_LIMIT_BYTES = 1 << 10
HEADERS_LIMIT_BYTES = 16 << 10
VALUE_LIMIT_BYTES = 512 << 10
FIELD_LIMIT = 200  # characters


class SealedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed in a dead letter, in MessagePack."""

    key: bytes
    headers: Headers
    value: bytes


class Notices:
    """Writes the messages of one service to `<topic>.parked` and `<topic>.dead`."""

    def __init__(self, service: str, seal: Callable[[bytes], str]) -> None:
        self._service, self._seal = service, seal

    def parked(self, decision: Decision[Any]) -> tuple[Partition, Message]:
        """Tell of the record that this version holds."""
        record = _held_because(decision)
        data = RecordParked(
            service=self._service,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=decision.held_because,
        )
        event = self._event(data, decision.application, decision.at, decision.version)
        traced = msgspec.structs.replace(event, traceparent=decision.traceparent)
        message = Message(decision.application.encode(), events.encode(traced))
        return (parked(record.topic), record.partition), message

    def dead(self, letter: Dead, at: datetime) -> tuple[Partition, Message]:
        """Keep a record aside with the reason; its key, headers and bytes are sealed.

        What is too long is cut, and the letter says so: a letter can always be appended.
        """
        record = letter.record
        sealed = SealedRecord(
            key=(record.key or b"")[:KEY_LIMIT_BYTES],
            headers=record.headers if _headers_bytes(record) <= HEADERS_LIMIT_BYTES else (),
            value=(record.value or b"")[:VALUE_LIMIT_BYTES],
        )
        whole = SealedRecord(
            key=record.key or b"", headers=record.headers, value=record.value or b""
        )
        data = RecordDead(
            service=self._service,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=letter.because.reason[:REASON_LIMIT],
            field=letter.because.field[:FIELD_LIMIT],
            sealed=self._seal(msgspec.msgpack.encode(sealed)),
            size=len(record.value or b""),
            truncated=sealed != whole,
        )
        key = record.key if record.key and is_canonical(record.key) else None
        message = Message(key, events.encode(self._event(data, "", at, record.offset)))
        return (dead(record.topic), record.partition), message

    def _event(self, data: RecordDead | RecordParked, subject: str, at: datetime, n: int) -> Event:
        return Event(
            id=f"{data.topic}/{data.partition}/{data.offset}/{self._service}/{n}",
            source=f"/services/{self._service}",
            type=data.TYPE,
            subject=subject,
            time=at,
            data=_raw(data),
        )


def _held_because(decision: Decision[Any]) -> Record:
    """Return the record the reason is about: the one just held, or the first after a release."""
    cause = decision.cause
    place = cause.topic, cause.partition, cause.offset
    return next((r for r in decision.held if r[:3] == place), decision.held[0])


def _headers_bytes(record: Record) -> int:
    return sum(len(name.encode()) + len(value) for name, value in record.headers)


def _raw(data: Data) -> msgspec.Raw:
    return msgspec.Raw(events.encode(data))
