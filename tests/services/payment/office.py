"""Whole valid objects, a table in memory, and an office that decides as a lane would."""

from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from services.payment.domain.state import Payment
from services.payment.domain.terms import Terms
from services.payment.gateways import Key, Partner
from shared import events
from shared.errors import Refused
from shared.events import Data, Event
from shared.events.kernel import TimerFired
from shared.events.routing import Routed
from shared.lanes.table import Arrival, LaneTable, Timer
from shared.store import Bounds, Row

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


class Rows:
    """A table in memory; with a `fault` it cannot be read."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.fault: Exception | None = None

    async def insert(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row["_id"] in self.rows:
                raise Refused(row["_id"])
            self.rows[row["_id"]] = row

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        stood = {r["_id"] for r in rows} & set(self.rows)
        self.rows = {r["_id"]: r for r in rows} | self.rows
        return stood

    async def get(self, ids: Sequence[str]) -> list[Row]:
        if self.fault:
            raise self.fault
        return [self.rows[i] for i in ids if i in self.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        ids = [i for i in sorted(self.rows) if any(a <= i < b for a, b in bounds)]
        return [self.rows[i] for i in (ids[:limit] if limit else ids)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return (await self.ranges([bounds]))[-limit:]

    async def delete(self, ids: Sequence[str]) -> None:
        for id_ in ids:
            self.rows.pop(id_, None)


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
