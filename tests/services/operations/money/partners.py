"""Partners whose days are reconciled, as payment tells of them."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from services.operations.money.hearing import Hearing, Pace
from services.operations.money.rows import TOPIC, Ledger, Tables
from shared import events
from shared.events import Data, Event
from shared.events.reconciliation import BreakClosed, BreakOpened, BreakSum, StatementReconciled
from shared.placement import home
from tests.services.operations.memory import Group, Over, Store
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

    def states(self, partner: str = "sen-vang", day: date = DAY, correction: int = 0) -> None:
        """Tell of a statement: 48,000 came in by three lines, two of them match."""
        word = StatementReconciled(
            partner=partner,
            day=day,
            sha256="0" * 64,
            correction=correction,
            lines=3,
            opening_vnd=0,
            closing_vnd=48_000,
            paid_vnd=48_000,
            left_vnd=0,
            matched=2,
            matched_vnd=32_999,
            breaks=(BreakSum(kind="amount", count=1, amount_vnd=15_001),),
            fee_vnd=990,
        )
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
    return Hearing(ledger(store), store.fresh_journeys(), lambda: float(next(ticks)), pace)


async def heard(store: Store, log: Log, batch: int = 3) -> None:
    """Hear all that a log has of money, with a new process."""
    group = Group([r for r in log.records if r.topic == TOPIC])
    with pytest.raises(Over):
        await hearing(store).serve(group.assignment(store.trouble, batch))
