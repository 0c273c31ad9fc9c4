"""What a batch appends to the log, by partition.  Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from shared import events
from shared.bus import Message, Partition, Record
from shared.journal import Decision
from shared.lanes.notices import Notices
from shared.lanes.reading import Dead
from shared.placement import home

Batches = dict[Partition, list[Message]]


def published(
    decisions: Iterable[Decision[Any]], topic: str, lane_count: int, notices: Notices
) -> Batches:
    """Return the events of decisions, in their order, letters, and notices of what was held."""
    batches: Batches = {}
    for decision in decisions:
        if decision.emitted:
            lane = home(decision.application, lane_count)
            headers = (("traceparent", decision.traceparent.encode()),)
            key = decision.application.encode()
            batch = batches.setdefault((topic, lane), [])
            batch += [Message(key, event, headers) for event in decision.emitted]
        for letter in decision.letters:
            subject = events.decode(letter).subject
            place = f"{topic.removesuffix('.events')}.inbox", home(subject, lane_count)
            headers = (("traceparent", decision.traceparent.encode()),)
            batches.setdefault(place, []).append(Message(subject.encode(), letter, headers))
        if decision.held_because and decision.held:
            partition, notice = notices.parked(decision)
            batches.setdefault(partition, []).append(notice)
    return batches


def buried(dead: Iterable[Dead], notices: Notices, now: datetime) -> Batches:
    """Return the dead letters of records that nobody can read."""
    batches: Batches = {}
    for letter in dead:
        partition, message = notices.dead(letter, now)
        batches.setdefault(partition, []).append(message)
    return batches


def sent_home(foreign: Sequence[tuple[Record, int]]) -> Batches:
    """Return records of another lane's applications for their home, as they are."""
    batches: Batches = {}
    for record, lane in foreign:
        message = Message(record.key, record.value or b"", record.headers)
        batches.setdefault((record.topic, lane), []).append(message)
    return batches
