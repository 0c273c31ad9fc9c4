"""Applications in a journal, lanes that decide what is told them, and the loop of broadcasts."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from services.notify.broadcasts.desk import Desk
from services.notify.broadcasts.results import Results
from services.notify.broadcasts.rounds import Cancelled, Rounds
from services.notify.broadcasts.rows import Broadcasts
from services.notify.broadcasts.telling import Telling
from services.notify.broadcasts.views import DRAFT
from services.notify.broadcasts.walking import Walk
from services.notify.domain import Dossier, Policy
from services.notify.domain.audience import Audience
from services.notify.domain.broadcasts import Broadcast, Draft
from services.notify.domain.templates import load
from services.notify.lane import Facts, table
from shared import events
from shared.contracts import producer
from shared.errors import Unknown
from shared.events import Data, Event, kernel, notify
from shared.journal import Cause, Decision, Journal
from shared.lanes.table import Arrival, Timer
from shared.pages import Pages
from tests.services.payment.webhooks.memory import Table
from tests.shared.callers import caller

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ID, ME, OTHER = "20261120-3f9ac1d2e4", "operator-1", "operator-2"


def application(n: int, version: int = 7) -> str:
    return f"0198c0de-{n:04x}-{version}000-8000-{n:012x}"


class Inbox:
    """What is published, and may be lost in doubt."""

    def __init__(self) -> None:
        self.waiting: list[Event] = []
        self.published: Counter[str] = Counter()
        self.fails: Callable[[], bool] = lambda: False

    async def publish(self, topic: str, event: Event) -> None:
        assert topic == "notify.inbox"
        if self.fails():
            raise Unknown("planted")
        await asyncio.sleep(0)
        self.waiting.append(event)
        self.published[event.subject] += 1
        if self.fails():
            raise Unknown("planted")


class Office:
    """One table of applications; as many processes as a test wants."""

    def __init__(self, whole: dict[str, Data], policy: Policy) -> None:
        self.whole, self.at = whole, AT
        self.acts, self.recipients, self.places, self.decided = (Table() for _ in range(4))
        self.rows = Broadcasts(self.acts, self.recipients, self.places)
        self.templates, self.inbox = load(), Inbox()
        self.lanes = table(policy, self.templates)
        self.journal: Journal[Dossier] = Journal(self.decided, self.lanes)
        self.pages_limit = 20
        self.cancelled = Cancelled(self.rows)
        self.results = Results(self.rows, self.journal, self.clock)
        self.desk = Desk(
            self.rows, self.results, self.journal, self.templates, {"sms": (350, 400)}, self.clock
        )
        self.rounds = self.process(self.cancelled)
        self.emitted: dict[str, list[Data]] = {}
        self.timers: dict[str, list[Timer]] = {}
        self.handled: set[tuple[str, str, str]] = set()
        self.latest: dict[str, Decision[Dossier]] = {}

    def clock(self) -> datetime:
        return self.at

    def process(self, cancelled: Cancelled | None = None) -> Rounds:
        """Return the loop of another process."""
        pages = Pages(self.decided, self.journal, self.pages_limit)
        return Rounds(
            self.rows,
            cancelled or Cancelled(self.rows),
            Walk(self.rows, pages, self.journal, self.clock),
            Telling(self.rows, self.inbox, self.clock),
            self.results,
            self.clock,
        )

    # ---- lanes

    async def take(self, to: str, data: Data, source: str = "", id_: str = "") -> list[Data]:
        """Decide on a message, unless it was handled before, and keep what was decided."""
        source = source or f"/services/{producer(data.TYPE)}"
        before = self.latest.get(to)
        version = before.version + 1 if before else 1
        name = (to, source, id_ or f"{version}")
        if name in self.handled:
            return []
        self.handled.add(name)
        event = Event(
            id=name[2],
            source=source,
            type=data.TYPE,
            subject=to,
            time=self.at,
            data=msgspec.Raw(events.encode(data)),
        )
        facts = Facts(cancelled=await self.cancelled.milestones())
        decide = self.lanes.decisions[data.TYPE]
        outcome = decide(before.state if before else None, Arrival(to, event, data), facts, self.at)
        decision = Decision(
            application=to,
            version=version,
            at=self.at,
            cause=Cause("notify.inbox", 0, version, name[2]),
            state=outcome.state,
            state_json=events.encode(outcome.state),
            traceparent="",
        )
        await self.journal.append([decision])
        self.latest[to] = decision
        self.emitted.setdefault(to, []).extend(outcome.events)
        self.timers.setdefault(to, []).extend(outcome.timers)
        return list(outcome.events)

    async def learn(self, n: int, type_: str, version: int = 7, **changes: Any) -> list[Data]:
        return await self.take(application(n, version), replace(self.whole[type_], **changes))

    async def register(self, *numbers: int, **changes: Any) -> None:
        for n in numbers:
            await self.learn(
                n,
                "application.registered",
                **{"dossier_code": f"G09.20-20261120-{n:07}"} | changes,
            )

    async def deliver(self, twice: bool = False) -> None:
        """Let the lanes decide all that was published."""
        waiting, self.inbox.waiting = self.inbox.waiting, []
        for event in (*waiting, *(waiting if twice else ())):
            data = msgspec.json.decode(event.data, type=notify.BroadcastTold)
            await self.take(event.subject, data, event.source, event.id)

    async def fire(self, n: int) -> list[Data]:
        """Fire the last timer of an application, at its time."""
        timer = self.timers[application(n)][-1]
        self.at = max(self.at, timer.due)
        fired = kernel.TimerFired(name=timer.name, version=1)
        return await self.take(application(n), fired, "/timers", timer.name)

    def requested(self, id_: str = ID) -> list[str]:
        """Return whom a broadcast was sent to, as often as it was."""
        return [
            a
            for a, each in self.emitted.items()
            for e in each
            if isinstance(e, notify.NoticeRequested) and e.milestone == f"broadcast-{id_}"
        ]

    # ---- operators

    async def draft(self, id_: str = ID, draft: Draft = DRAFT, **audience: Any) -> Broadcast:
        if audience:
            draft = replace(draft, audience=Audience(**audience))
        found = await self.desk.draft([id_], draft, caller(ME), self.at)
        assert found
        return found

    async def do(self, what: Any, by: str = OTHER, id_: str = ID) -> Broadcast | None:
        return await self.desk.do(await self.one(id_), what, caller(by), "synthetic")

    async def one(self, id_: str = ID) -> Broadcast:
        found = await self.rows.get(id_)
        assert found
        return found

    async def turns(self, count: int = 1, rounds: Rounds | None = None) -> None:
        for _ in range(count):
            self.at += timedelta(seconds=1)
            await (rounds or self.rounds).turn()

    async def until(self, *statuses: str, id_: str = ID, turns: int = 300) -> Broadcast:
        """Take turns until a broadcast stands so."""
        for _ in range(turns):
            if (found := await self.one(id_)).status in statuses:
                return found
            await self.turns()
        raise AssertionError(f"it is still {found.status}")

    async def send(self, **audience: Any) -> Broadcast:
        """Draft, count, approve and send."""
        await self.draft(**audience)
        await self.until("ready")
        assert await self.do("approve")
        done = await self.until("done")
        await self.deliver()
        return done
