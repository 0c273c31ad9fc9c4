"""What the lane tells operators: what it holds, and what nobody can read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from shared import events
from shared.bus import Message, Partition
from shared.events import Data, Event
from shared.events.kernel import RecordDead, RecordParked
from shared.journal import Decision
from shared.lanes.reading import Dead
from shared.topics import dead, parked


class Notices:
    """Writes the messages of one service to `<topic>.parked` and `<topic>.dead`."""

    def __init__(self, service: str, seal: Callable[[bytes], str]) -> None:
        self._service, self._seal = service, seal

    def parked(self, decision: Decision[Any]) -> tuple[Partition, Message]:
        """Tell of the record that this version holds."""
        record = decision.held[-1]
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
        """Keep a record aside with the reason, its bytes sealed."""
        record = letter.record
        data = RecordDead(
            service=self._service,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=letter.because.reason,
            field=letter.because.field,
            sealed=self._seal(record.value or b""),
        )
        message = Message(record.key, events.encode(self._event(data, "", at, record.offset)))
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


def _raw(data: Data) -> msgspec.Raw:
    return msgspec.Raw(events.encode(data))
