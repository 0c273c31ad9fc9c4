"""Whole valid objects, and an office that decides as a lane would; a test changes what matters."""

import hashlib
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.payment.api import router
from services.payment.domain.draft import Pace
from services.payment.domain.state import Payment
from services.payment.domain.terms import Terms
from services.payment.gateways import Key, Partner, Registry
from services.payment.gateways.vnpay import Vnpay
from services.payment.gateways.vnpay_signing import SIGNATURE, canonical, sign
from services.payment.lane import table
from services.payment.references import References, reference
from shared import catalogue as catalogues
from shared import events, problems
from shared.access import Access
from shared.bus import Record
from shared.events import Data, Event
from shared.events.kernel import RecordDead, TimerFired
from shared.events.payment import Notified, Queried
from shared.events.routing import Accepted, PaymentDue, Routed, Settled
from shared.journal import Journal
from shared.lanes.known import Known
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.lanes.table import Arrival, LaneTable, Timer
from shared.publisher import Publisher
from shared.store import Bounds, Row
from shared.vault import dead_letter_sealer

T = TypeVar("T")

LONG_AGO = datetime(2025, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
APPLICATION = "019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23"
MASTER = bytes(range(32))
KEYS = {role: {"authorization": f"Bearer {role}-key"} for role in ("portal", "officer")}
CALLBACK = "/v1/callbacks/vnpay"
HANOI, HCMC = "00004", "25747"

PARTNER = Partner(
    name="vnpay",
    family="vnpay",
    merchant="DVCQG001",
    outgoing=(Key(secret="THUNGHIEMVNPAYSECRETKEY0000001AB", valid_from=LONG_AGO),),
    incoming=(Key(secret="THUNGHIEMVNPAYSECRETKEY0000001AB", valid_from=LONG_AGO),),
    terms=Terms(
        partner="vnpay",
        lifetime_s=24 * 3600,
        min_vnd=1_000,
        max_vnd=9_999_999_999,
        active_from=LONG_AGO,
    ),
    pay_url="https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
    query_url="http://127.0.0.1:9/merchant_webapi/api/transaction",
    return_url="https://thanhtoan.example.vn/vnpay/return?channel=web",
    server_ip="203.0.113.20",
)

# an order at submission, of 16,000 VND: two copies of a civil-status record
ROUTED = Routed(
    national_code=1,
    dossier_code="H29.1-20261120-0000001",
    procedure="2.000635",
    channel="online",
    copies=2,
    receiving_unit=HCMC,
    competent_unit=HCMC,
    returning_unit=HCMC,
    rule="intra_province",
    rule_version="1",
    catalogue_version="1",
    facts={},
    acceptance_due=NOW + timedelta(hours=8),
)
AMOUNT_VND = 16_000


class Rows:
    """A table in memory; with a `fault` it cannot be read."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.fault: Exception | None = None

    async def insert(self, rows: Sequence[Row]) -> None:
        self.rows |= {r["_id"]: r for r in rows}

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        stood = {r["_id"] for r in rows} & set(self.rows)
        self.rows = {r["_id"]: r for r in rows} | self.rows
        return stood

    async def get(self, ids: Sequence[str]) -> list[Row]:
        if self.fault:
            raise self.fault
        return [self.rows[i] for i in ids if i in self.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        return [self.rows[i] for i in sorted(self.rows) if any(a <= i < b for a, b in bounds)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return (await self.ranges([bounds]))[-limit:]

    async def delete(self, ids: Sequence[str]) -> None:
        raise NotImplementedError


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run what never really waits."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waited")


class Office:
    """One application, decided event by event, with a clock of its own."""

    def __init__(self, lane_table: LaneTable[Payment, Any]) -> None:
        self.table = lane_table
        self.state: Payment | None = None
        self.now = NOW
        self.events: list[Data] = []
        self.timers: list[Timer] = []

    def hear(self, data: Data) -> list[Data]:
        """Decide; return the events of this decision."""
        event = Event(
            id="1",
            source="/test",
            type=data.TYPE,
            subject=APPLICATION,
            time=self.now,
            data=msgspec.Raw(events.encode(data)),
        )
        arrival = Arrival(APPLICATION, event, data)
        facts = run(self.table.prepare([arrival], {APPLICATION: self.state}))
        outcome = self.table.decisions[data.TYPE](self.state, arrival, facts, self.now)
        written = events.encode(outcome.state)
        assert msgspec.json.decode(written, type=Payment) == outcome.state
        self.state = outcome.state
        self.events += outcome.events
        self.timers += outcome.timers
        return list(outcome.events)

    def ring(self) -> list[Data]:
        """Let the earliest timer fire, at its time."""
        timer = min(self.timers, key=lambda t: t.due)
        self.timers.remove(timer)
        self.now = max(self.now, timer.due)
        return self.hear(TimerFired(name=timer.name, version=1))

    def of(self, kind: type[T]) -> list[T]:
        """Return all events of this kind so far."""
        return [e for e in self.events if isinstance(e, kind)]


@pytest.fixture(scope="session")
def catalogue() -> catalogues.Catalogue:
    return catalogues.load()


@pytest.fixture(scope="session")
def lane_table(catalogue) -> Callable[..., LaneTable[Payment, Any]]:
    def make(
        partners: Sequence[Terms] = (PARTNER.terms,),
        pace: Pace | None = None,
        rows: Rows | None = None,
    ) -> LaneTable[Payment, Any]:
        return table(catalogue, References(rows or Rows()), partners, pace or Pace())

    return make


@pytest.fixture(scope="session")
def an_office(lane_table) -> Callable[..., Office]:
    def make(**choices: Any) -> Office:
        return Office(lane_table(**choices))

    return make


@pytest.fixture(scope="session")
def a() -> SimpleNamespace:
    """Make whole valid things: `a.routed(copies=1)`."""

    def of(whole: Any) -> Callable[..., Any]:
        return lambda **changes: msgspec.structs.replace(whole, **changes)

    paid = Notified(
        partner="vnpay",
        reference="",
        transaction="14700001",
        amount_vnd=AMOUNT_VND,
        finding="paid",
        code="00/00",
    )
    return SimpleNamespace(
        partner=of(PARTNER),
        routed=of(ROUTED),
        accepted=of(Accepted(national_code=2, officer="o", due=NOW)),
        settled=of(Settled(national_code=9, officer="o", on_time=True)),
        payment_due=of(PaymentDue(national_code=6, officer="o", amount_vnd=500_000)),
        paid=of(paid),
        declined=of(msgspec.structs.replace(paid, finding="failed", transaction="0", code="24/02")),
        answer=of(Queried(key="", partner="vnpay", reference="", finding="unknown")),
        rows=Rows,
        run=run,
        now=NOW,
        application=APPLICATION,
        hanoi=HANOI,
        amount_vnd=AMOUNT_VND,
    )


# ---- the edge and the lane behind it


class Log:
    """A producer that keeps what it is given; with `doubt` nobody knows whether it did."""

    def __init__(self):
        self.records, self.doubt = [], None

    async def append(self, batches):
        if self.doubt:
            raise self.doubt
        for (topic, partition), messages in batches.items():
            for key, value, headers in messages:
                offset = len(self.records)
                self.records.append(Record(topic, partition, offset, 0, key, value, headers))


class Counter:
    """The edge, and the lane behind it that decides when told to."""

    def __init__(self, lanes, rows, a):
        self.log, self.a, self._done, self._sequence, self._said = Log(), a, 0, 0, 0
        self.master = MASTER
        self.partner, self.rows = a.partner(), rows
        self.table, self.journal, self.known = lanes, Journal(a.rows(), lanes), Known()
        self._reader = Reader(lanes, 1)
        self._step = Step(lanes, self._reader.again, lambda _: False)
        self.registry = Registry([self.partner], {"vnpay": Vnpay})
        self.publisher = Publisher(
            self.log, lane_count=1, sample_ratio=0.0, clock=lambda: a.now, appended=lambda *_: None
        )
        app = FastAPI()
        app.state.access = Access(
            {
                hashlib.sha256(f"{role}-key".encode()).hexdigest(): {"name": role, "role": role}
                for role in KEYS
            }
        )
        problems.install(app)
        self.seal = dead_letter_sealer(MASTER)
        app.include_router(
            router(
                self.registry,
                References(rows),
                self.journal,
                self.known,
                self.publisher,
                self.seal,
                lambda: a.now,
            )
        )
        self.app = app
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge", headers=KEYS["portal"]
        )

    async def bring(self, data):
        self._sequence += 1
        event = Event(
            id=f"{self.a.application}/routing/{self._sequence:06d}",
            source="/services/routing",
            type=data.TYPE,
            subject=self.a.application,
            time=self.a.now,
            sequence=f"{self._sequence:06d}",
            data=msgspec.Raw(events.encode(data)),
        )
        key, topic = self.a.application.encode(), "routing.events"
        value = events.encode(event)
        self.log.records.append(Record(topic, 0, len(self.log.records), 0, key, value))
        return await self.decide()

    async def say(self, data):
        """Append to the inbox what effects or timers would; decide."""
        self._said += 1
        event = Event(
            id=f"{self.a.application}/said/{self._said}",
            source="/services/payment/test",
            type=data.TYPE,
            subject=self.a.application,
            time=self.a.now,
            data=msgspec.Raw(events.encode(data)),
        )
        await self.publisher.publish("payment.inbox", event)
        return await self.decide()

    async def decide(self):
        """Decide what is new; return the events."""
        new = [r for r in self.log.records[self._done :] if not r.topic.endswith(".dead")]
        self._done = len(self.log.records)
        readings = self._reader.read(new)
        assert not readings.dead
        out = []
        for reading in readings.mine:
            latest = await self.journal.latest(reading.application)
            state = latest.state if latest else None
            facts = await self.table.prepare([reading.arrival], {reading.application: state})
            decisions = self._step(latest, reading, facts, self.a.now)
            await self.journal.append(decisions)
            assert not any(d.held for d in decisions)
            out += [events.decode(e) for d in decisions for e in d.emitted]
        return out

    def query(self, **changes):
        """Return a callback as VNPAY would sign it."""
        whole = {
            "vnp_Amount": "1600000",
            "vnp_BankCode": "NCB",
            "vnp_OrderInfo": "Thanh toan ho so",
            "vnp_PayDate": "20261120090000",
            "vnp_ResponseCode": "00",
            "vnp_TmnCode": self.partner.merchant,
            "vnp_TransactionNo": "14700001",
            "vnp_TransactionStatus": "00",
            "vnp_TxnRef": reference(self.a.application, 1),
        }
        text = canonical((whole | changes).items())
        return f"{text}&{SIGNATURE}={sign(self.partner.incoming[0], text)}"

    async def call(self, query=None, **changes):
        """Call back; return the RspCode."""
        answer = await self.http.get(f"{CALLBACK}?{query or self.query(**changes)}", headers={})
        assert answer.status_code == 200
        assert set(answer.json()) == {"RspCode", "Message"}
        return answer.json()["RspCode"]

    def inbox(self):
        return [r for r in self.log.records if r.topic == "payment.inbox"]

    def dead(self):
        return [
            msgspec.json.decode(events.decode(r.value).data, type=RecordDead)
            for r in self.log.records
            if r.topic == "payment.inbox.dead"
        ]


@pytest.fixture
async def counter(lane_table, a):
    """Nothing is known yet."""
    rows = a.rows()
    made = Counter(lane_table(rows=rows), rows, a)
    async with made.http:
        yield made


@pytest.fixture
async def ordered(counter, a):
    """An order of 16,000 VND is open."""
    await counter.bring(a.routed())
    return counter
