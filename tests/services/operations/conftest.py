"""A log in memory, one application's story on it, tables in memory, and an assignment of lanes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.operations.counts import Counts
from services.operations.domain.entries import Entry, in_order
from services.operations.flow import Flow
from services.operations.journeys import Journeys, read
from services.operations.reader import Pace, Reader
from shared import events
from shared.bus import Message, Partition, Record
from shared.errors import Fenced, Unknown
from shared.events import Data, Event, intake, notify, numbered_id, payment, portal, routing
from shared.placement import home
from shared.store import Bounds, Row
from shared.trace import span_id, traceparent

LANES = 4
BEGAN = datetime(2026, 6, 9, 1, 0, 0, tzinfo=UTC)
CODE = "G09.20-20260609-0000001"


def application(n: int) -> str:
    """A UUIDv7, made up."""
    return str(UUID(int=(1_780_000_000_000 + n << 80) | (7 << 76) | (2 << 62) | n))


class Log:
    """Topics in memory; time passes by a tick with each message."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.now = BEGAN
        self._next: dict[Partition, int] = {}

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def append(self, topic: str, key: bytes | None, value: bytes, lane: int = 0) -> Record:
        self.now += timedelta(milliseconds=20)
        offset = self._next.get((topic, lane), 0)
        self._next[topic, lane] = offset + 1
        at = int(self.now.timestamp() * 1_000)
        record = Record(topic, lane, offset, at, key, value)
        self.records.append(record)
        return record

    def again(self, record: Record, **changed: Any) -> Record:
        """The same message at a new place."""
        value = record.value
        if changed:
            event = msgspec.structs.replace(events.decode(value), **changed)
            value = events.encode(event)
        return self.append(record.topic, record.key, value, record.partition)

    def entries(self, of: str) -> list[Entry]:
        """What a store that has read all of it has of one application."""
        first: dict[str, Entry] = {}
        for entry in map(read, self.records):
            if entry.application == of:
                first.setdefault(entry.key, entry)
        return in_order(first.values())


class Story:
    """One application as the services would write it."""

    def __init__(self, log: Log, n: int = 1) -> None:
        self.log, self.application = log, application(n)
        self.code = f"G09.20-20260609-{n:07d}"
        self.reference = f"MC{n:010d}"
        self._sequences: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._count = 0

    @property
    def lane(self) -> int:
        return home(self.application, LANES)

    def external(
        self, topic: str, source: str, data: Data, cause: str = "", trace: str | None = None
    ) -> Event:
        self._count += 1
        id_ = f"m-{self.application[-4:]}-{self._count}"
        span = span_id(self.application, "edge", source, id_)
        event = Event(
            id=id_,
            source=source,
            type=data.TYPE,
            subject=self.application,
            time=self.log.now,
            data=msgspec.Raw(events.encode(data)),
            traceparent=traceparent(self.application, span, True) if trace is None else trace,
            causationid=cause,
        )
        self._append(topic, event)
        return event

    def decide(self, service: str, cause: Event, *datas: Data) -> list[Event]:
        version = self._versions[service] = self._versions.get(service, 0) + 1
        span = span_id(self.application, service, str(version))
        out = []
        for data in datas:
            sequence = self._sequences[service] = self._sequences.get(service, 0) + 1
            event = Event(
                id=numbered_id(self.application, service, sequence),
                source=f"/services/{service}",
                type=data.TYPE,
                subject=self.application,
                time=self.log.now,
                data=msgspec.Raw(events.encode(data)),
                sequence=f"{sequence:06d}",
                traceparent=traceparent(self.application, span, True),
                causationid=cause.id,
            )
            self._append(f"{service}.events", event)
            out.append(event)
        return out

    def _append(self, topic: str, event: Event) -> None:
        self.log.append(topic, self.application.encode(), events.encode(event), self.lane)

    # ---- chapters

    def submitted(self, trace: str | None = None) -> Event:
        data = portal.Submitted(
            procedure="1.001193", receiving_unit="00004", personal="e30..aXY.dGV4dA.dGFn"
        )
        return self.external("portal.submissions", "/portals/sandbox", data, trace=trace)

    def registered(self, submitted: Event | None = None) -> Event:
        data = intake.Registered(
            dossier_code=self.code,
            portal="sandbox",
            procedure="1.001193",
            receiving_unit="00004",
            residence_unit="00004",
            channel="online",
            applicant_kind="citizen",
            language="vi",
            copies=1,
            documents=(),
            sealed="sealed",
            contact="sealed",
            subject_hash="hash",
            submitted_at=BEGAN,
            catalogue_version="2026-06",
        )
        return self.decide("intake", submitted or self.submitted(), data)[0]

    def routed(self, cause: Event | None = None) -> Event:
        data = routing.Routed(
            national_code=1,
            dossier_code=self.code,
            procedure="1.001193",
            channel="online",
            copies=1,
            receiving_unit="00004",
            competent_unit="00004",
            returning_unit="00004",
            rule="commune",
            rule_version="1",
            catalogue_version="2026-06",
            facts={},
            acceptance_due=BEGAN + timedelta(days=1),
        )
        return self.decide("routing", cause or self.registered(), data)[0]

    def charged(self, routed: Event | None = None) -> Event:
        assessed = payment.FeeAssessed(
            lines=(), total_vnd=50_000, moment="before", catalogue_version="2026-06"
        )
        requested = payment.Requested(
            partner="sandbox",
            reference=self.reference,
            attempt=1,
            amount_vnd=50_000,
            expires_at=BEGAN + timedelta(days=1),
        )
        return self.decide("payment", routed or self.routed(), assessed, requested)[1]

    def paid(self, requested: Event | None = None) -> Event:
        cause = requested or self.charged()
        self.log.pass_time(minutes=12)
        notified = payment.Notified(
            partner="sandbox",
            reference=self.reference,
            transaction="T1",
            amount_vnd=50_000,
            finding="paid",
            code="00",
        )
        callback = self.external("payment.inbox", "/partners/sandbox", notified, cause.id)
        settled = payment.Settled(
            partner="sandbox", reference=self.reference, transaction="T1", amount_vnd=50_000
        )
        receipt = payment.ReceiptIssued(number="R-1", kind="fee", amount_vnd=50_000, lines=())
        return self.decide("payment", callback, settled, receipt)[0]

    def told(self, cause: Event, milestone: str) -> None:
        requested = notify.NoticeRequested(
            key=f"{self.application}/{milestone}/sms",
            milestone=milestone,
            channel="sms",
            template=milestone,
            language="vi",
            contact="sealed",
            params={},
        )
        asked = self.decide("notify", cause, requested)[0]
        self.log.pass_time(seconds=1)
        answered = notify.Answered(key=requested.key, finding="handed", gateway_id="g1")
        answer = self.external("notify.inbox", "/services/notify/effects", answered, asked.id)
        sent = notify.NoticeSent(
            milestone=milestone, channel="sms", gateway_id="g1", sent_at=self.log.now
        )
        self.decide("notify", answer, sent)

    def acted(self, action: type[routing.OfficerAction], outcome: routing.Moved) -> Event:
        self.log.pass_time(hours=3)
        asked = self.external("routing.inbox", "/officers/o1", action(officer="o1"))
        return self.decide("routing", asked, outcome)[0]

    def returned(self) -> Event:
        """The whole journey."""
        registered = self.registered()
        self.told(registered, "registered")
        paid = self.paid(self.charged(self.routed(registered)))
        self.told(paid, "paid")
        due = BEGAN + timedelta(days=3)
        self.acted(
            routing.OfficerAccepted, routing.Accepted(national_code=2, officer="o1", due=due)
        )
        self.acted(
            routing.OfficerStarted, routing.Processing(national_code=4, officer="o1", due=due)
        )
        self.acted(
            routing.OfficerSettled, routing.Settled(national_code=9, officer="o1", on_time=True)
        )
        last = self.acted(routing.OfficerReturned, routing.Returned(national_code=10, officer="o1"))
        self.told(last, "returned")
        return last


# ---- fakes of the ports; each may be told to fail now and then


@dataclass
class Trouble:
    """Says before and after each step whether it fails; by default never."""

    fails: Callable[[], bool] = lambda: False

    def maybe(self) -> None:
        if self.fails():
            raise Unknown("planted")


class MemoryTable:
    def __init__(self, trouble: Trouble) -> None:
        self.rows: dict[str, Row] = {}
        self._trouble = trouble

    async def insert(self, rows: Sequence[Row]) -> None:
        raise AssertionError("operations inserts what is missing")

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        self._trouble.maybe()
        await asyncio.sleep(0)  # somebody else may be first
        stood = set()
        for row in rows:
            assert isinstance(row["_id"], str)
            if row["_id"] in self.rows:
                stood.add(row["_id"])
            self.rows.setdefault(row["_id"], dict(row))
            self._trouble.maybe()
        return stood

    async def get(self, ids: Sequence[str]) -> list[Row]:
        self._trouble.maybe()
        return [self.rows[i] for i in ids if i in self.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        self._trouble.maybe()
        await asyncio.sleep(0)
        ids = sorted(i for i in self.rows if any(low <= i < high for low, high in bounds))
        return [self.rows[i] for i in (ids[:limit] if limit else ids)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return (await self.ranges([bounds]))[-limit:]

    async def delete(self, ids: Sequence[str]) -> None:
        for id_ in ids:
            self._trouble.maybe()
            self.rows.pop(id_, None)


class MemoryProducer:
    def __init__(self, trouble: Trouble) -> None:
        self.appended: list[tuple[Partition, Message]] = []
        self._trouble = trouble

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        self._trouble.maybe()
        for place, messages in batches.items():
            self.appended += [(place, m) for m in messages]
        self._trouble.maybe()


class Over(Exception):
    """Nothing more to read."""


@dataclass
class Group:
    """A consumer group in memory: what is committed."""

    records: Sequence[Record]
    committed: dict[Partition, int] = field(default_factory=dict)

    def assignment(self, trouble: Trouble, batch: int = 7) -> "MemoryAssignment":
        lanes = frozenset(range(LANES))
        places = {(r.topic, n) for r in self.records for n in lanes}
        return MemoryAssignment(
            self, lanes, {p: self.committed.get(p, 0) for p in places}, trouble, batch
        )


class MemoryAssignment:
    def __init__(
        self,
        group: Group,
        lanes: frozenset[int],
        committed: dict[Partition, int],
        trouble: Trouble,
        batch: int,
    ) -> None:
        self.lanes, self.committed = lanes, committed
        self.is_lost = False
        self._group, self._trouble, self._batch = group, trouble, batch
        self._waiting = [r for r in group.records if r.offset >= committed[r.topic, r.partition]]

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        if not self._waiting:
            raise Over
        self._trouble.maybe()
        out, self._waiting = self._waiting[: self._batch], self._waiting[self._batch :]
        return out

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        self._trouble.maybe()
        if self.is_lost:
            raise Fenced("planted")
        self._group.committed.update(offsets)
        self._trouble.maybe()

    async def idle(self, wait_s: float) -> None:
        await asyncio.sleep(0)


class Store:
    """Everything operations keeps, and readers on it."""

    def __init__(self, trouble: Trouble | None = None) -> None:
        self.trouble = trouble or Trouble()
        self.tables = {
            name: MemoryTable(self.trouble) for name in ("journeys", "names", "aside", "counts")
        }
        self.producer = MemoryProducer(self.trouble)
        self.journeys = self.fresh_journeys()

    def fresh_journeys(self) -> Journeys:
        return Journeys(self.tables["journeys"], self.tables["names"], self.tables["aside"])

    async def kept(self) -> set[str]:
        """The keys of all messages kept."""
        applications = {id_.partition("/")[0] for id_ in self.tables["journeys"].rows}
        entries = [e for a in applications for e in (await self.journeys.of(a))[0]]
        return {entry.key for entry in entries}

    def counts(self, group: str = "operations") -> Counts:
        return Counts(self.tables["counts"], group)

    def reader(self, group: str = "operations", full: int = 1_000) -> Reader:
        ticks = iter(range(10**9))
        return Reader(
            self.fresh_journeys(),
            self.counts(group),
            Flow(self.producer, group, LANES),
            monotonic=lambda: float(next(ticks)),
            pace=Pace(
                window_s=0.0,
                window_limit_s=0.0,
                window_full_records=full,
                retry_s=0.0,
                retry_limit_s=0.0,
                settle_every_s=3.0,
            ),
        )

    async def read(self, group: Group, batch: int = 7, full: int = 1_000) -> None:
        """Read a group's log to its end, with a new process."""
        with pytest.raises(Over):
            await self.reader(full=full).serve(group.assignment(self.trouble, batch))


@pytest.fixture(scope="session")
def world() -> SimpleNamespace:
    """The classes above; session-wide, so that property tests may ask for it."""
    return SimpleNamespace(
        Log=Log,
        Story=Story,
        Store=Store,
        Group=Group,
        Trouble=Trouble,
        Over=Over,
        MemoryAssignment=MemoryAssignment,
        LANES=LANES,
        BEGAN=BEGAN,
        application=application,
    )


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def story(log: Log) -> Story:
    return Story(log)
