"""The edge of payment, and the lane behind it, over tables in memory."""

import httpx
import msgspec
from fastapi import FastAPI

from services.payment.api import router
from services.payment.billing import Accounts, Billing
from services.payment.domain.draft import Pace
from services.payment.gateways.families import FAMILIES
from services.payment.gateways.vnpay.signing import SIGNATURE, canonical, sign
from services.payment.paper.codes import ReceiptCodes
from services.payment.paper.printing import Printer
from services.payment.partners import Registry
from services.payment.paying import Till
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.receipts_api import Papers
from services.payment.references import References, reference
from shared import events, problems
from shared.bus import Record
from shared.events import Event
from shared.events.kernel import RecordDead
from shared.journal import Journal
from shared.lanes.known import Known
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.publisher import Publisher
from shared.vault import dead_letter_sealer
from tests.services.payment.office import CALLBACK, KEYS, MASTER
from tests.shared.callers import access

OPERATORS = ("maker", "checker")


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

    def __init__(self, lanes, rows, a, partner=None):
        self.log, self.a, self._done, self._sequence, self._said = Log(), a, 0, 0, 0
        self.master = MASTER
        self.partner, self.rows = partner or a.partner(), rows
        self.refused = set()  # partners whose circuit breaker is open
        self.table, self.journal, self.known = lanes, Journal(a.rows(), lanes), Known()
        self._reader = Reader(lanes, 1)
        self._step = Step(lanes, self._reader.again, lambda _: False)
        self.registry = self.registry_of(a)
        accounts = Accounts((gateway.partner for gateway in self.registry), a.catalogue)
        self.billing = Billing(accounts, self.journal, a.catalogue)
        self.publisher = Publisher(
            self.log, lane_count=1, sample_ratio=0.0, clock=lambda: a.now, appended=lambda *_: None
        )
        app = FastAPI()
        callers = {role: role for role in KEYS} | dict.fromkeys(OPERATORS, "operator")
        app.state.access = access({f"{name}-key": (name, role) for name, role in callers.items()})
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
                Till(self.registry, self.refused.__contains__, Pace().attempt_limit, accounts),
                Papers(
                    ReceiptNumbers(rows, lambda: a.now),
                    ReceiptCodes(MASTER),
                    a.catalogue,
                    Printer("https://motcua.example/v1/receipts/check"),
                ),
            )
        )
        self.app = app
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge", headers=KEYS["portal"]
        )

    def registry_of(self, a):
        return Registry([self.partner], FAMILIES)

    async def bring(self, data, application=""):
        self._sequence += 1
        application = application or self.a.application
        event = Event(
            id=f"{application}/routing/{self._sequence:06d}",
            source="/services/routing",
            type=data.TYPE,
            subject=application,
            time=self.a.now,
            sequence=f"{self._sequence:06d}",
            data=msgspec.Raw(events.encode(data)),
        )
        key, topic = application.encode(), "routing.events"
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

    async def decide(self, *, remember=False):
        """Decide what is new; return the events.  `remember`: as the process that decides does."""
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
            if remember:
                self.known.put(decisions)
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
