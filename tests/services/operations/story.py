"""A log in memory, and one application's story on it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.operations.domain.entries import Entry, in_order
from services.operations.journeys import read
from shared import events
from shared.bus import Partition, Record
from shared.events import Data, Event, intake, notify, numbered_id, payment, portal, routing
from shared.placement import home
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

    def notice(self, cause: Event, milestone: str, occasion: int = 1, words: str = "") -> Event:
        """A notice that is under way."""
        requested = notify.NoticeRequested(
            key=self._notice_key(milestone),
            milestone=milestone,
            channel="sms",
            template=f"{milestone}.plain{words}",
            language="vi",
            contact="sealed",
            params={},
            occasion=occasion,
        )
        return self.decide("notify", cause, requested)[0]

    def answered(self, asked: Event, milestone: str, occasion: int = 1) -> None:
        """The gateway has taken it."""
        self.log.pass_time(seconds=1)
        answered = notify.Answered(
            key=self._notice_key(milestone), finding="handed", gateway_id="g1"
        )
        answer = self.external("notify.inbox", "/services/notify/effects", answered, asked.id)
        sent = notify.NoticeSent(
            milestone=milestone,
            channel="sms",
            gateway_id="g1",
            sent_at=self.log.now,
            occasion=occasion,
        )
        self.decide("notify", answer, sent)

    def told(self, cause: Event, milestone: str, occasion: int = 1, words: str = "") -> None:
        self.answered(self.notice(cause, milestone, occasion, words), milestone, occasion)

    def _notice_key(self, milestone: str) -> str:
        return f"{self.application}/{milestone}/sms"

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
