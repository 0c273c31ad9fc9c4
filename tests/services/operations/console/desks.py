"""Desks that stand behind the console's pages, over tables in memory."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from services.operations.console.incidents.wired import Gathering
from services.operations.incidents.desk import Desk as IncidentDesk
from services.operations.incidents.offers import Offers
from services.operations.incidents.rows import Incidents
from services.operations.incidents.rows import Tables as IncidentTables
from services.operations.incidents.whom import Whom
from services.operations.money.desk import MoneyDesk
from services.operations.money.health import Health
from services.operations.money.readings import Readings
from services.operations.money.saying import Saying
from services.operations.rounds.rows import Rounds
from shared.bus import Message, Partition
from shared.clock import Clock
from tests.services.operations.memory import MemoryTable, Store
from tests.services.operations.memory_whom import MemoryWhom
from tests.services.operations.money.partners import Live, Rows, ledger
from tests.services.operations.story import LANES


def money_desk(
    store: Store, append: Callable[[Partition, Message], Awaitable[None]], now: Clock
) -> MoneyDesk:
    """What is done about breaks, and how partners fare."""
    ticks = iter(range(0, 10**9, 10**3)).__next__
    readings = Readings(MemoryTable(store.trouble), Live(store, now), "one", now)
    health = Health(Rows(store.tables["situations"].rows), readings, now, ticks)
    return MoneyDesk(ledger(store), health, Saying(append, LANES, now), now)


def gathering_of(edge: Any, rounds: Rounds) -> Gathering:
    """What pages of incidents are wired with, on tables of their own."""
    store, night, now = edge.store, edge.night, lambda: edge.now
    own = Incidents(IncidentTables(*(MemoryTable(store.trouble) for _ in range(3))))
    whom = Whom(MemoryWhom(store.tables["situations"].rows), night.rows.wrong, now, lambda: 0.0)
    desk = IncidentDesk(own, whom, now, map("{}".format, count()).__next__)
    offers = Offers(own, rounds, store.journeys)
    return Gathering(edge.door, desk, offers, night.rows, edge.catalogue, now)
