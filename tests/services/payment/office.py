"""Whole valid objects, a table in memory, and an office that decides as a lane would."""

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from services.payment.domain.state import Payment
from services.payment.domain.terms import Terms
from services.payment.gateways import Key, Partner
from shared import events
from shared.events import Data, Event
from shared.events.kernel import TimerFired
from shared.events.routing import Routed
from shared.lanes.table import Arrival, LaneTable, Timer
from tests.shared.tables import READS, MemoryTable

T = TypeVar("T")

LONG_AGO = datetime(2025, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
APPLICATION = "019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23"
MASTER = bytes(range(32))
KEYS = {role: {"authorization": f"Bearer {role}-key"} for role in ("portal", "officer", "operator")}
CALLBACK = "/v1/callbacks/vnpay"
HANOI, HCMC = "00004", "25747"

PARTNER = Partner(
    name="vnpay",
    title="Cổng thanh toán thử nghiệm",
    kind="intermediary",
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
    base_url="http://127.0.0.1:9",
    page_url="https://sandbox.vnpayment.vn",
    callback_url="https://thanhtoan.example.vn/v1/callbacks/vnpay",
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


class Rows(MemoryTable):
    """A table in memory; with a `fault` it cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: Exception | None = None

    async def begin(self, call: str) -> None:
        if self.fault and call in READS:
            raise self.fault


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
