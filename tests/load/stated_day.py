"""A partner's day made up: what it states, what payment published of it, and the tables of both."""

from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random

from deploy.reconciling import generate
from deploy.reconciling.holdings import Holdings
from deploy.reconciling.run import Day
from services.payment import lane
from services.payment.domain.draft import Pace
from services.payment.domain.lines import Line
from services.payment.domain.state import Attempt, Obligation, Payment
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from shared import events
from shared.catalogue import load
from shared.clock import VIETNAM, system_clock
from shared.events import Event
from shared.journal import Cause, Decision, Journal
from shared.mongo import MongoTable, connect
from shared.store import Bounds, Row, Table

PARTNER, DAY = "vnpay", date(2026, 11, 20)
BEGIN = datetime(2026, 11, 20, tzinfo=VIETNAM).astimezone(UTC)
UNTOLD, UNNAMED, FOREIGN = 0.01, 0.005, 0.005  # shares of the lines
TABLES = ("statements", "stated", "breaks", "breaks_open", "references", "journal")

Made = dict[str, Table]


class Memory:
    """A table in memory, as far as a run uses one."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._ids: list[str] = []

    async def insert(self, rows: Sequence[Row]) -> None:
        await self.insert_missing(rows)

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        stood = {r["_id"] for r in rows if r["_id"] in self.rows}
        self.rows |= {r["_id"]: r for r in rows if r["_id"] not in stood}
        return stood

    async def get(self, ids: Sequence[str]) -> list[Row]:
        return [self.rows[i] for i in ids if i in self.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        if len(self._ids) != len(self.rows):
            self._ids = sorted(self.rows)
        found = [self._between(*b) for b in bounds]
        rows = [self.rows[i] for ids in found for i in ids]
        return rows[:limit] if limit else rows

    def _between(self, low: str, high: str) -> list[str]:
        return self._ids[bisect_left(self._ids, low) : bisect_left(self._ids, high)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        return (await self.ranges([bounds]))[-limit:]

    async def delete(self, ids: Sequence[str]) -> None:
        for id_ in ids:
            self.rows.pop(id_, None)


class Counting:
    """An outbox that counts."""

    def __init__(self) -> None:
        self.told = self.published = self.bytes = 0

    async def tell(self, found: Sequence[Event]) -> None:
        self.told += len(found)

    async def publish(self, found: Sequence[Event]) -> None:
        self.published += len(found)
        self.bytes += sum(len(events.encode(event)) for event in found)


@asynccontextmanager
async def tables(mongo: str, name: str, *, keep: bool) -> AsyncIterator[Made]:
    """Give the tables that a run needs."""
    if not mongo:
        yield {table: Memory() for table in TABLES}
        return
    database = connect(mongo, name)
    try:
        yield {table: MongoTable(database[table]) for table in TABLES}
    finally:
        if not keep:
            await database.client.drop_database(database.name)
        database.client.close()


def journal_of(made: Made, references: References) -> Journal[Payment]:
    """Return payment's journal on these tables."""
    numbers = ReceiptNumbers(Memory(), system_clock)
    return Journal(made["journal"], lane.table(load(), references, (), Pace(), numbers))


def shares(lines: list[tuple[str, Line]]) -> tuple[int, int, int]:
    """Return how many lines payment was not told of, no line names, no order has."""
    return int(len(lines) * UNTOLD), int(len(lines) * UNNAMED), int(len(lines) * FOREIGN)


async def order(
    lines: Sequence[tuple[str, Line]], references: References, journal: Journal[Payment]
) -> None:
    """Let orders stand for these lines, unpaid."""
    await references.claim((application, 1) for application, _ in lines)
    await journal.append([_opened(application, line) for application, line in lines])


def _opened(application: str, line: Line) -> Decision[Payment]:
    attempt = Attempt(
        number=1,
        obligation=0,
        reference=line.reference,
        partner=PARTNER,
        amount_vnd=line.amount_vnd,
        opened_at=line.booked_at,
        expires_at=line.booked_at + timedelta(days=1),
    )
    due = Obligation(status="open", moment="at_submission", lines=(), total_vnd=line.amount_vnd)
    state = Payment(obligations=(due,), attempts=(attempt,))
    return Decision(
        application=application,
        version=1,
        at=line.booked_at,
        cause=Cause("routing.events", 0, 0, "x"),
        state=state,
        state_json=events.encode(state),
        traceparent="",
        sequence=2,
    )


def day(count: int) -> tuple[list[tuple[str, Line]], list[bytes]]:
    """Return the lines of a day, and what payment published on it."""
    lines = list(generate.lines(count, BEGIN, Random(7)))
    untold, _, foreign = shares(lines)
    told = lines[untold : len(lines) - foreign]
    return lines, [value for a, line in told for value in generate.decided(a, line, PARTNER)]


def fold(values: Sequence[bytes]) -> Day:
    """Return payment's day."""
    holdings = Holdings(PARTNER)
    for value in values:
        holdings.hear(value)
    return Day(BEGIN, BEGIN + timedelta(days=1), holdings.by_key())
