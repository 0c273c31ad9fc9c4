"""What each process of the bare journey does with a batch: read, insert, publish; nothing else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared.store import Table
from tests.load.floor_events import Appender, Envelope, Writer

Records = Sequence[Any]  # aiokafka's


class Role(NamedTuple):
    """What a lane reads, writes, and emits for what."""

    reads: tuple[str, ...]
    writes: str
    emits: Mapping[str, tuple[str, ...]]


_NOTICE = ("notice.requested",)
LANE_ROLES = {
    "intake": Role(
        ("portal.submissions",),
        "intake.events",
        {"application.submitted": ("application.registered",)},
    ),
    "routing": Role(
        ("intake.events", "payment.events"),
        "routing.events",
        {
            "application.registered": ("application.routed",),
            "payment.settled": ("application.accepted",),
        },
    ),
    "payment": Role(
        ("routing.events", "payment.inbox"),
        "payment.events",
        {
            "application.routed": ("fee.assessed", "payment.requested"),
            "payment.notified": ("payment.settled", "receipt.issued"),
        },
    ),
    "notify": Role(
        ("intake.events", "routing.events", "payment.events", "notify.inbox"),
        "notify.events",
        {
            "application.registered": _NOTICE,
            "payment.requested": _NOTICE,
            "payment.settled": _NOTICE,
            "application.accepted": _NOTICE,
            "notice.answered": ("notice.sent",),
        },
    ),
}
EFFECTS, OPERATIONS = "effects", "operations"
TOPICS = (
    "portal.submissions", "intake.events", "routing.events", "payment.events", "payment.inbox",
    "notify.events", "notify.inbox",
)  # fmt: skip
READS = {name: role.reads for name, role in LANE_ROLES.items()} | {
    EFFECTS: ("notify.events",),
    OPERATIONS: TOPICS,
}


class Known(NamedTuple):
    """Where an application stands in a service."""

    version: int
    sequence: int
    seen: Mapping[str, str]


class Lane:
    """A service: decides nothing, journals and publishes it."""

    def __init__(self, role: Role, table: Table, writer: Writer, appender: Appender) -> None:
        self._role, self._table = role, table
        self._writer, self._appender = writer, appender
        self._known: dict[str, Known] = {}

    async def batch(self, records: Records) -> None:
        """Insert what follows from a batch, then publish it."""
        rows: list[dict[str, Any]] = []
        out: dict[int, list[tuple[bytes, bytes]]] = {}
        at = datetime.now(UTC)
        for record in records:
            event = Envelope.read(record.value)
            types = self._role.emits.get(event.type)
            if not types:
                continue
            known = self._known.get(event.subject) or Known(0, 0, {})
            emitted = [
                self._writer.event(event, type_, known.sequence + n, at)
                for n, type_ in enumerate(types, start=1)
            ]
            out.setdefault(record.partition, []).extend((record.key, e) for e in emitted)
            seen = {**known.seen, event.source: event.sequence}
            known = Known(known.version + 1, known.sequence + len(emitted), seen)
            self._known[event.subject] = known
            rows.append(_row(record, event, known, emitted, at))
        if rows:
            await self._table.insert(rows)
            await self._appender.append(self._role.writes, out)


def _row(
    record: Any, event: Envelope, known: Known, emitted: Sequence[bytes], at: datetime
) -> dict[str, Any]:
    return {
        "_id": f"{event.subject}/{known.version:06d}",
        "application": event.subject,
        "version": known.version,
        "at": at,
        "cause": {"partition": record.partition, "offset": record.offset, "id": event.id},
        "seen": known.seen,
        "sequence": known.sequence,
        "state": event.type,
        "traceparent": event.traceparent,
        "emitted": [e.decode() for e in emitted],
    }


class Effects:
    """Claims what would be called, and says that it was."""

    def __init__(self, table: Table, writer: Writer, appender: Appender) -> None:
        self._table, self._writer, self._appender = table, writer, appender

    async def batch(self, records: Records) -> None:
        """Claim, then append the outcomes."""
        out: dict[int, list[tuple[bytes, bytes]]] = {}
        claims, at = [], datetime.now(UTC)
        for record in records:
            event = Envelope.read(record.value)
            if event.type in _NOTICE:
                claims.append({"_id": event.id, "at": at})
                answer = self._writer.event(event, "notice.answered", int(event.sequence), at)
                out.setdefault(record.partition, []).append((record.key, answer))
        if claims:
            await self._table.insert_missing(claims)
            await self._appender.append("notify.inbox", out)


class Operations:
    """Keeps every message."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def batch(self, records: Records) -> None:
        """Insert a row each."""
        rows = []
        for record in records:
            event = Envelope.read(record.value)
            place = record.topic, record.partition, record.offset, record.timestamp
            rows.append(
                {
                    "_id": f"{event.subject}/{event.source}/{event.sequence}",
                    "place": place,
                    "type": event.type,
                    "time": event.time,
                    "data": bytes(event.data).decode(),
                }
            )
        await self._table.insert_missing(rows)
