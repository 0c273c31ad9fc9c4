"""A partner's day in memory: payment's own lane, its journal, and what a partner says it moved."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from deploy.reconciling import generate
from deploy.reconciling.holdings import Holdings
from deploy.reconciling.ports import Around, Books
from deploy.reconciling.recorded import Recorded
from deploy.reconciling.run import Day, Outcome, Run
from services.payment.breaks import Breaks
from services.payment.domain.draft import Pace
from services.payment.domain.lines import Line
from services.payment.lane import table
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References, reference
from services.payment.statements import Asked
from services.payment.statements.formats import reader
from shared import events
from shared.catalogue import Catalogue, load
from shared.clock import VIETNAM
from shared.events import Event
from shared.events.disbursements import DisbursementAnswered
from shared.events.payment import Notified
from shared.events.reconciliation import BreakClosed, BreakOpened
from shared.events.routing import Accepted
from tests.services.payment.counter import Counter
from tests.services.payment.domain.paid_out import ASKED, PENSION
from tests.services.payment.office import AMOUNT_VND, NOW, PARTNER, ROUTED, Rows

DAY = date(2026, 11, 20)
PARTNER_NAME = PARTNER.name


class Killed(BaseException):
    """The process is gone."""


class Power:
    """Ends whoever asks once too often; below zero it never does."""

    def __init__(self) -> None:
        self.left = -1

    def use(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


class Mortal(Rows):
    """A table whose writer may be gone after any insert, and before it is told so."""

    def __init__(self, power: Power) -> None:
        super().__init__()
        self.power = power

    async def insert_missing(self, rows):
        self.power.use()
        stood = await super().insert_missing([dict(row) for row in rows])
        self.power.use()
        return stood

    async def delete(self, ids):
        self.power.use()
        await super().delete(ids)
        self.power.use()


class World:
    """Payment in memory, and runs over it."""

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        rows = Rows()
        a = SimpleNamespace(
            rows=Rows,
            now=NOW,
            application="",
            partner=lambda: PARTNER,
            amount_vnd=AMOUNT_VND,
            catalogue=catalogue,
        )
        numbers = ReceiptNumbers(rows, lambda: NOW)
        terms = msgspec.structs.replace(PARTNER.terms, disburses=True)
        lanes = table(catalogue, References(rows), (terms,), Pace(), numbers)
        self.counter, self.folder, self.power = Counter(lanes, rows, a), folder, Power()
        self.references = References(rows)
        self.statements, self.stated = Mortal(self.power), Mortal(self.power)
        self.breaks = Breaks(Mortal(self.power), Mortal(self.power))
        self.published: list[Event] = []
        self.told: list[Event] = []
        self.decided: list[bytes] = []
        self.patience_s, self.breaks_limit, self.fees = 5.0, 100, ()

    # ---- payment

    async def order(self, n: int) -> str:
        """Open an order of 16,000 đồng; return its reference."""
        application = f"019aa0a5-b1c0-7d3e-8f4a-{n:012x}"
        self._keep(await self.counter.bring(ROUTED, application))
        return reference(application, 1)

    async def call(self, line: Line) -> None:
        """Let the partner tell payment of a line, as by a callback."""
        data = Notified(
            partner=PARTNER_NAME,
            reference=line.reference,
            transaction=line.transaction,
            amount_vnd=line.amount_vnd,
            finding="paid",
            code="00/00",
        )
        found = await self.references.find([line.reference])
        event = Event(
            id=f"{line.reference}/{line.transaction}/{line.amount_vnd}",
            source=f"/partners/{PARTNER_NAME}",
            type=data.TYPE,
            subject=found[line.reference],
            time=NOW,
            data=msgspec.Raw(events.encode(data)),
        )
        await self.counter.publisher.publish("payment.inbox", event)
        await self.decide()

    async def decide(self) -> None:
        self._keep(await self.counter.decide())

    def _keep(self, found: Iterable[Event]) -> None:
        self.decided += [events.encode(e) for e in found]

    async def paid(self, n: int, **changes: Any) -> Line:
        """Open an order, pay it, tell of it; return its line."""
        line = self.line(await self.order(n), n, **changes)
        await self.call(line)
        return line

    async def paid_out(self, n: int) -> str:
        """Pay an allowance of 500,000 đồng out; return its reference."""
        application = f"019aa0a5-b1c0-7d3e-8f4a-{n:012x}"
        granted = msgspec.structs.replace(ROUTED, procedure=PENSION)
        for moved in (granted, Accepted(national_code=2, officer="o", due=NOW)):
            self._keep(await self.counter.bring(moved, application))
        key = f"{application}.disbursement.1"
        call = f"{application}/disbursement/1/1/1"
        done = {"key": call, "disbursement": key, "finding": "done", "transaction": f"D{n}"}
        for data in (ASKED, DisbursementAnswered(**done)):
            event = Event(
                id=f"{key}/{data.TYPE}",
                source="/test",
                type=data.TYPE,
                subject=application,
                time=NOW,
                data=msgspec.Raw(events.encode(data)),
            )
            await self.counter.publisher.publish("payment.inbox", event)
            await self.decide()
        return key

    def line(self, reference: str, n: int, **changes: Any) -> Line:
        return Line(reference, f"T{n}", AMOUNT_VND, NOW, "paid", n)._replace(**changes)

    async def state(self, line: Line) -> Any:
        found = await self.references.find([line.reference])
        latest = await self.counter.journal.latest(found[line.reference])
        assert latest
        return latest.state

    # ---- runs

    async def tell(self, found) -> None:
        self.power.use()
        for event in found:
            await self.counter.publisher.publish("payment.inbox", event)
            self.told.append(event)
        self.power.use()

    async def publish(self, found) -> None:
        self.power.use()
        self.published += found
        self.power.use()

    async def _sleep(self, _: float) -> None:
        await self.decide()

    def file(self, *lines: Line, name: str = "a.csv") -> Path:
        path = self.folder / name
        generate.write(path, lines)
        return path

    async def run(
        self, path: Path, day: date = DAY, chunk: int = 2, grace: timedelta = timedelta()
    ) -> Outcome:
        asked = Asked(PARTNER_NAME, day)
        books = Books(
            Recorded(self.statements, self.stated, asked),
            self.breaks,
            self.references,
            self.counter.journal,
            self,
        )
        around = Around(
            lambda: NOW,
            patience_s=self.patience_s,
            breaks_limit=self.breaks_limit,
            chunk=chunk,
            sleep=self._sleep,
        )
        holdings = Holdings(PARTNER_NAME)
        for value in self.decided:
            holdings.hear(value)
        begin = datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC) - grace
        whole = Day(begin, begin + timedelta(days=1), holdings.by_key())
        with path.open("rb") as file:
            read = reader(file)
        return await Run(asked, books, around, self.fees).go(path, read, whole)

    def said(self, type_: str) -> list[Any]:
        """Return what was published of a type, each event once."""
        contract = {c.TYPE: c for c in (BreakOpened, BreakClosed)}[type_]
        once = {e.id: e for e in self.published if e.type == type_}
        return [msgspec.json.decode(e.data, type=contract) for e in once.values()]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def a_world(catalogue, tmp_path) -> Callable[[str], World]:
    def make(name: str = "w") -> World:
        (tmp_path / name).mkdir(exist_ok=True)
        return World(catalogue, tmp_path / name)

    return make


@pytest.fixture
def world(a_world) -> World:
    return a_world()
