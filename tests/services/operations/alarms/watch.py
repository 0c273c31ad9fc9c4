"""Alarms over tables in memory, and a look at what a test says is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.operations.alarms.rows import Alarms, Past, Tables
from services.operations.alarms.runner import LOOK_S, Runner
from services.operations.alarms.sightings import Seen
from services.operations.alarms.telling import Deliveries
from services.operations.domain.alarm_life import Alarm, fired
from services.operations.domain.alarms import Sight
from services.operations.turns import Faults
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.story import BEGAN


def late(value: int = 3, about: str = "unanswered") -> Sight:
    return Sight(rule="late_intake", about=about, value=value)


def down(partner: str = "sen-vang", value: int = 4) -> Sight:
    return Sight(rule="partner_down", about=partner, value=value, partner=partner)


class Night:
    """What is seen is what `sights` says; `unseen` are the rules that nobody can look at."""

    def __init__(self) -> None:
        self.now, self.trouble = BEGAN, Trouble()
        self.tables = Tables(*(MemoryTable(self.trouble) for _ in Tables._fields))
        self.rows = Alarms(self.tables)
        self.deliveries = Deliveries(MemoryTable(self.trouble))
        self.faults = Faults(MemoryTable(self.trouble), lambda: self.now)
        self.errors: dict[str, Exception] = {}
        self.sights: list[Sight] = []
        self.unseen: list[str] = []

    async def look(self, now: datetime, before: Sequence[Past]) -> Seen:
        past = Past(int(now.timestamp() * 1_000), {}, {})
        return Seen(list(self.sights), list(self.unseen), past, self.errors)

    def runner(self, off_s: float = 0) -> Runner:
        """A process, whose clock may be off."""
        return Runner(self.rows, self, lambda: self.now + timedelta(seconds=off_s))

    async def turn(self, runner: Runner | None = None, seconds: float = LOOK_S) -> None:
        self.now += timedelta(seconds=seconds)
        await (runner or self.runner()).turn()

    async def turns(self, seconds: float) -> None:
        """Look as often as that time has room for."""
        for _ in range(int(seconds / LOOK_S)):
            await self.turn()

    async def told(self) -> list[tuple[str, list[str]]]:
        """Every alarm there ever was, by key, with what was done."""
        found, _ = await self.rows.before("")
        return [(a.key, [act.what for act in a.acts]) for a in reversed(found)]


def of_a_rule_that_is_gone(night: Night) -> Alarm:
    """An alarm that fired before its rule was renamed."""
    return fired("1780000000000-0123456789", Sight(rule="renamed", about="x", value=2), night.now)
