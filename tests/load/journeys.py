"""What became of each application, by the log's own clock: pure, from records to latencies.

Topics carry the instant of appending, so nobody's own clock decides.  Latency counts from when a
submission was due to when its acceptance was appended, without the time the citizen and the bank
took: from the order's appending to that of the callback.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from shared.events.notify import NoticeDropped
from shared.events.payment import Notified, Requested
from shared.events.portal import Submitted
from shared.events.routing import Accepted

SUBMITTED, REQUESTED, NOTIFIED, ACCEPTED, DROPPED = (
    f'"type":"{contract.TYPE}"'.encode()
    for contract in (Submitted, Requested, Notified, Accepted, NoticeDropped)
)
TOPICS = (
    "portal.submissions",
    "payment.events",
    "payment.inbox",
    "routing.events",
    "notify.events",
)


@dataclass(slots=True)
class Journeys:
    """Instants by application (its key on the log), Unix milliseconds, the first of each kind."""

    submitted: dict[bytes, int] = field(default_factory=dict)
    requested: dict[bytes, int] = field(default_factory=dict)
    notified: dict[bytes, int] = field(default_factory=dict)
    accepted: dict[bytes, int] = field(default_factory=dict)
    dropped: set[bytes] = field(default_factory=set)  # notices that were obsolete at their turn

    def hear(self, topic: str, timestamp_ms: int, key: bytes, value: bytes) -> None:
        """Take note of a record of one of `TOPICS`."""
        if topic == "routing.events":
            if ACCEPTED in value:
                self.accepted.setdefault(key, timestamp_ms)
        elif topic == "payment.events":
            if REQUESTED in value:
                self.requested.setdefault(key, timestamp_ms)
        elif topic == "payment.inbox":
            if NOTIFIED in value:
                self.notified.setdefault(key, timestamp_ms)
        elif topic == "notify.events":
            if DROPPED in value:
                self.dropped.add(value.partition(b",")[0])  # its id comes first
        elif SUBMITTED in value:
            self.submitted.setdefault(key, timestamp_ms)

    def hear_all(self, messages: Iterable[Any], prefix: str = "") -> None:
        """Take note of aiokafka's records of topics with this prefix."""
        for m in messages:
            self.hear(m.topic.removeprefix(prefix), m.timestamp, m.key, m.value)

    def outcome(self, began: float, ended: float) -> "Outcome":
        """Return what became of those that were due from `began` to `ended` (Unix seconds)."""
        due = {key: due_ms(key) for key in self.submitted}
        mine = {k: ms for k, ms in due.items() if int(began * 1000) <= ms <= ended * 1000}
        done = [key for key in mine if key in self.accepted]
        pay_ms = {
            k: self.notified[k] - self.requested[k]
            for k in done
            if k in self.notified and k in self.requested
        }
        whole_ms = {k: self.accepted[k] - mine[k] for k in done}
        ends = sorted(self.accepted[k] for k in done)
        return Outcome(
            submitted=len(mine),
            completed=len(done),
            completed_per_s=_per_s(ends),
            latency_ms=sorted(whole_ms[k] - pay_ms.get(k, 0) for k in done),
            whole_ms=sorted(whole_ms.values()),
            pay_ms=sorted(pay_ms.values()),
            unfinished=[k.decode() for k in mine if k not in self.accepted],
            backlog_at_end=sum(self.accepted.get(k, ended * 1000) >= ended * 1000 for k in mine),
        )


class Outcome(NamedTuple):
    """What became of a load.  Times are milliseconds, in order of size."""

    submitted: int
    completed: int
    completed_per_s: float
    latency_ms: list[int]  # without pay time
    whole_ms: list[int]
    pay_ms: list[int]
    unfinished: list[str]
    backlog_at_end: int  # not accepted yet when the last was due


def due_ms(key: bytes) -> int:
    """Return when an application was due: its id, a UUIDv7, carries the instant."""
    return UUID(key.decode()).int >> 80


def _per_s(ends_ms: list[int]) -> float:
    """Return the rate from the first to the last."""
    if len(ends_ms) < 2:
        return 0.0
    return (len(ends_ms) - 1) * 1000 / max(1, ends_ms[-1] - ends_ms[0])
