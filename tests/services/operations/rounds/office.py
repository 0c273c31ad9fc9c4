"""Rounds over tables in memory, with a read side that follows what they send."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.operations.dead.redriving import Redriving
from services.operations.domain.actions import ACTIONS, Action
from services.operations.domain.rounds import Act, Choice, Doing, Found, Item, Round, previewed
from services.operations.journeys import read
from services.operations.money.saying import Saying
from services.operations.rounds.ground import Ground
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import Runner
from services.operations.rounds.views import ItemView, seen
from shared import events
from shared.events import Event
from tests.services.operations.dead.office import Office as DeadOffice
from tests.services.operations.memory import MemoryTable, Store, Trouble
from tests.services.operations.money.partners import ledger, nowhere
from tests.services.operations.story import BEGAN, LANES, Log, application

ID = "20260609-3f9ac1d2e4"
CHOICE = Choice(stage="routing", cause="held", action="release", reason="the rule is mended")


class Office:
    """A round of so many items; what is released is held no more, but of those that stay `stubborn`
    and of those that are `held_again`.
    """

    def __init__(
        self,
        count: int,
        refused: int = 0,
        *,
        stubborn: int = -1,
        held_again: int = -1,
        actions: Mapping[str, Action] = ACTIONS,
    ) -> None:
        self.now, self.trouble, self.log = BEGAN, Trouble(), Log()
        self.store = Store(Trouble())
        self.situations = MemoryTable(Trouble())
        acts, items, steps, places = (MemoryTable(self.trouble) for _ in range(4))
        self.tables = Tables(acts, items, steps, places)
        self.rows = Rounds(self.tables)
        self.count, self.refused = count, refused
        self.stubborn, self.held_again = stubborn, held_again
        self.actions = actions
        self.published: list[tuple[str, Event]] = []
        self.is_read = True
        self.publishing, self.acknowledged = asyncio.Event(), asyncio.Event()
        self.acknowledged.set()

    async def begin(self) -> Round:
        items = [self._item(n) for n in range(1, self.count + self.refused + 1)]
        for item in items[: self.count]:
            row = {"_id": item.key, "since_ms": item.since_ms, "stuck_ms": 0}
            await self.situations.insert_missing([row])
        found = Found(set="s", items=self.count, refused=self.refused)
        return await self.rows.begin(previewed(ID, CHOICE, found, "o-1", self.now), items)

    def _item(self, n: int) -> Item:
        key = f"{application(n)}/routing/held/"
        return Item(
            key=key,
            application=application(n),
            since_ms=int(BEGAN.timestamp() * 1_000) - 60_000,
            topic="routing.inbox",
            cause=f"parked-{n}",
            why=None if n <= self.count else "nothing_held",
        )

    async def do(self, what: Doing, by: str = "o-1") -> bool:
        """An operator's act, if it is possible now."""
        round_ = await self.round()
        try:
            after = round_.after(Act(what=what, by=by, at=self.now))
        except KeyError:
            return False
        return await self.rows.act(after)

    async def round(self) -> Round:
        found = await self.rows.get(ID)
        assert found
        return found

    def ground(self) -> Ground:
        """What rounds stand on, without breaks."""
        saying = Saying(nowhere, LANES, lambda: self.now)
        own = Redriving(DeadOffice(self.store).desk)
        return Ground(self.store.journeys, ledger(self.store), self, saying, own)

    def runner(self, per_turn: int = 3, off_s: float = 0) -> Runner:
        """A process, whose clock may be off: so its turns are others than those of the next one."""
        return Runner(
            self.rows,
            self.situations,
            self.ground(),
            lambda: self.now + timedelta(seconds=off_s),
            per_turn,
            self.actions,
        )

    async def turn(self, runner: Runner, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
        await runner.turn()

    async def publish(self, topic: str, event: Event) -> None:
        """A publisher that may lose the acknowledgement, and services that hear at once."""
        self.trouble.maybe()
        self.published.append((topic, event))
        self.publishing.set()
        await self.acknowledged.wait()
        self.log.now = self.now
        record = self.log.append(topic, event.subject.encode(), events.encode(event))
        if self.is_read:
            await self.store.journeys.append([read(record)])
        number = int(event.id.rpartition("-")[2])
        key = f"{event.subject}/routing/held/"
        if number == self.held_again:
            self.situations.rows[key] = {
                "_id": key,
                "since_ms": record.timestamp_ms + 1,
                "stuck_ms": 0,
            }
        elif number != self.stubborn:
            self.situations.rows.pop(key, None)
        self.trouble.maybe()

    async def items(self) -> Sequence[ItemView]:
        round_, end = await self.round(), self.count + self.refused + 1
        items = await self.rows.items(round_, 1, end)
        sent = await self.rows.steps(ID, "sent", 1, end)
        return seen(round_, enumerate(items, 1), sent, await self.rows.steps(ID, "checked", 1, end))

    async def results(self) -> list[Any]:
        return [(item.result, item.check) for item in await self.items()]

    async def run(self, turns: int = 100) -> None:
        """All of it, by one process to which nothing happens."""
        runner = self.runner()
        for _ in range(turns):
            if not await self.rows.watched():
                return
            await self.turn(runner)
        raise AssertionError("it does not end")


class Crash(BaseException):
    """A process is killed."""


async def killed(at: int) -> Office | None:
    """Return an office whose process was killed at this step of a round; None: it has fewer."""
    office, left = Office(4, refused=1), at
    await office.begin()
    await office.do("start")

    def fails() -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            raise Crash
        return False

    office.trouble.fails = fails
    try:
        await office.run()
    except Crash:
        office.trouble.fails = lambda: False
        return office
    return None
