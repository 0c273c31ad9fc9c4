"""Partners whose days are reconciled, as payment tells of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.operations.domain.partner_flow import Live as LivePartner
from services.operations.flow import TOPIC as FLOW
from services.operations.money.desk import MoneyDesk
from services.operations.money.health import Health
from services.operations.money.hearing import Keeper
from services.operations.money.readings import Readings
from services.operations.money.rows import TOPIC, Ledger, Tables, told
from services.operations.money.saying import Append, Saying
from services.operations.money.settling import Rows as MovedRows
from services.operations.money.settling import Settling
from services.operations.tables import Flowing, count, flowing, partners
from services.payment.breaks import Breaks, Standing, messages
from services.payment.closings import Closings
from shared import events
from shared.bus import Message, Partition
from shared.clock import Clock
from shared.events import Data, Event
from shared.events.reconciliation import BreakClosed, BreakOpened, BreakSum, StatementReconciled
from shared.hearing import Hearing, Pace
from shared.placement import home
from shared.store import Row
from tests.services.operations.memory import Group, MemoryTable, Over, Store, Trouble
from tests.services.operations.story import BEGAN, LANES, Log

DAY = date(2026, 6, 8)


class Partners:
    """What reconciling tells, on a log."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def opens(self, n: int = 1, turn: int = 1, **changed: Any) -> BreakOpened:
        """Tell of the n-th break, opened for the first time or again."""
        said = {
            "partner": "sen-vang",
            "day": DAY,
            "kind": "amount",
            "cause": "order_amount",
            "cure": "person",
            "movement": "paid",
            "application": "",
            "reference": f"DVC{n}",
            "transaction": f"T{n}",
            "amount_vnd": 15_000 + n,
            "expected_vnd": 16_000,
            "booked_at": BEGAN - timedelta(hours=20),
            "line": n,
        } | changed
        break_id = f"{said['partner']}.{said['day']}.{said['kind']}.{n:016x}"
        word = BreakOpened(**{"break_id": break_id} | said)
        self._tell(f"{break_id}.{turn:04d}", word.partner, word)
        return word

    def closes(self, opened: BreakOpened, turn: int = 2, **changed: Any) -> None:
        """Tell that a break is none any more."""
        said = {"because": "person", "reason": "the bank sent 1,000 back", "by": "o-1"} | changed
        own = ("partner", "day", "break_id", "kind", "amount_vnd")
        word = BreakClosed(**{name: getattr(opened, name) for name in own} | said)
        self._tell(f"{word.break_id}.{turn:04d}", word.partner, word)

    def states(
        self, partner: str = "sen-vang", day: date = DAY, correction: int = 0, **changed: Any
    ) -> None:
        """Tell of a statement: 48,000 came in by three lines, two of them match."""
        said = {
            "sha256": "0" * 64,
            "lines": 3,
            "opening_vnd": 0,
            "closing_vnd": 48_000,
            "paid_vnd": 48_000,
            "left_vnd": 0,
            "matched": 2,
            "matched_vnd": 32_999,
            "breaks": (BreakSum(kind="amount", count=1, amount_vnd=15_001),),
            "fee_vnd": 990,
        } | changed
        word = StatementReconciled(partner=partner, day=day, correction=correction, **said)
        self._tell(f"{partner}.{day}.{correction + 1:04d}", partner, word)

    def _tell(self, id_: str, partner: str, word: Data) -> None:
        event = Event(
            id=id_,
            source="/services/payment/reconciliation",
            type=word.TYPE,
            subject=partner,
            time=self.log.now,
            data=msgspec.Raw(events.encode(word)),
        )
        lane = home(partner, LANES)
        self.log.append(TOPIC, partner.encode(), events.encode(event), lane)


def ledger(store: Store) -> Ledger:
    """The ledger on a store's tables."""
    return Ledger(Tables(*(store.tables[name] for name in Tables._fields)))


def hearing(store: Store) -> Hearing:
    """A loop of a new process."""
    ticks = iter(range(10**9))
    pace = Pace(retry_s=0.0, retry_limit_s=0.0)
    keeper = Keeper(ledger(store), store.fresh_journeys())
    return Hearing(keeper.keep, lambda: float(next(ticks)), keeper.begin, pace)


class Live:
    """The live table of what a store has read, without Faust."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def _table(self) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for (topic, _), message in self._store.producer.appended:
            if topic == FLOW:
                count(table, message.value)
        return table

    def flowing(self) -> Flowing:
        return flowing(self._table(), self._clock())

    def partners(self) -> list[LivePartner]:
        return partners(self._table(), self._clock())


def alone(store: Store, clock: Clock) -> Readings:
    """The readings of a process that is the only one."""
    return Readings(MemoryTable(store.trouble), Live(store, clock), "one", clock)


class Rows:
    """What the database counts of orders; it passes the real one's test."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        wanted, kinds = stages[0]["$match"], dict[tuple[str, str], list[Row]]()
        for row in self._rows.values():
            if row["stage"] == wanted["stage"] and row["cause"] in wanted["cause"]["$in"]:
                kinds.setdefault((row["cause"], row["partner"]), []).append(row)
        return [
            {
                "_id": {"cause": cause, "partner": partner},
                "matters": len(rows),
                "since_ms": min(row["since_ms"] for row in rows),
                "vnd": sum(row["vnd"] for row in rows),
            }
            for (cause, partner), rows in kinds.items()
        ]


class Moved:
    """What the database makes of rows of what moved; it passes the real one's test."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        wanted, *then = (stage for each in stages for stage in each.values())
        low, high = wanted["_id"]["$gte"], wanted["_id"]["$lt"]
        is_looked = "$in" in wanted["kind"]
        some = wanted["kind"]["$in" if is_looked else "$nin"]
        rows = [
            row
            for id_, row in sorted(self._rows.items())
            if low <= id_ < high and (row["kind"] in some) is is_looked
        ]
        if is_looked:
            order, limit = then
            assert order == {"_id": 1}
            return rows[:limit]
        by, groups = then[0]["_id"]["by"], dict[tuple[str, str], list[Row]]()
        for row in rows:
            key = row["unit"]
            if by != "$unit":
                _, begins, length = by["$substrBytes"]
                key = row["_id"][begins : begins + length]
            groups.setdefault((key, row["kind"]), []).append(row)
        return [
            {
                "_id": {"by": key, "kind": kind},
                "moves": len(some),
                "vnd": sum(r["vnd"] for r in some),
            }
            for (key, kind), some in groups.items()
        ]


def settler(store: Store, clock: Clock, moves: MovedRows | None = None) -> Settling:
    """Who makes settlement reports, over a store's tables."""
    rows = moves or Moved(store.tables["names"].rows)
    return Settling(rows, store.journeys, ledger(store), clock)


class Payment:
    """Payment's part: it acts upon what operators say, with the real queue of breaks."""

    def __init__(self, log: Log, over_vnd: int = 1_000_000) -> None:
        self.log, self._heard = log, 0
        trouble = Trouble()
        self.breaks = Breaks(MemoryTable(trouble), MemoryTable(trouble))
        self._closings = Closings(self.breaks, MemoryTable(trouble), over_vnd, lambda: log.now)

    async def append(self, place: Partition, message: Message) -> None:
        """Take in what operators say."""
        self.log.append(place[0], message.key, message.value, place[1])

    async def act(self) -> None:
        """Hear all that was told since, and say what comes of it."""
        records = self.log.records[self._heard :]
        for record in (r for r in records if r.topic == TOPIC):
            one = told(record)
            if one and isinstance(one.word, BreakOpened):
                number = int(one.id.rpartition(".")[2])
                await self.breaks.put([Standing(number, "f", self.log.now, one.word)])
            for place, found in messages(await self._closings.heard(record), LANES).items():
                for message in found:
                    await self.append(place, message)
        self._heard = len(self.log.records)


async def nowhere(place: Partition, message: Message) -> None:
    """Take in what nobody acts upon."""


def desk(store: Store, now: datetime, append: Append = nowhere) -> MoneyDesk:
    """What is asked of money, over a store's tables as of a moment."""
    ticks = iter(range(0, 10**9, 10**3))
    rows = Rows(store.tables["situations"].rows)
    health = Health(rows, alone(store, lambda: now), lambda: now, ticks.__next__)
    return MoneyDesk(ledger(store), health, Saying(append, LANES, lambda: now), lambda: now)


async def heard(store: Store, log: Log, batch: int = 3) -> None:
    """Hear all that a log has of money, with a new process."""
    group = Group([r for r in log.records if r.topic == TOPIC])
    with pytest.raises(Over):
        await hearing(store).serve(group.assignment(store.trouble, batch))
