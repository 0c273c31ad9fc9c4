"""One run: the town lives, the acts come one after the other, and in the end all is audited."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.audit.evidence import JOURNALED, Evidence
from deploy.audit.invariants import audit
from deploy.local.demo.rest import come_to_rest
from shared.mongo import connect
from tests.invariants.acts import ACTS, Attack
from tests.invariants.cashiers import Cashiers
from tests.invariants.clerk import Clerk
from tests.invariants.counting import Seen, exercised
from tests.invariants.echo import Echo, Odd
from tests.invariants.faults import ALL, LET_ALONE, PAID, TO_MEND, Fault
from tests.invariants.lives import Lives
from tests.invariants.minds import Minds
from tests.invariants.outcome import Outcome
from tests.invariants.partners import ledgers, not_given_back, unheard, wrongly_cancelled
from tests.invariants.plan import Plan, Staged
from tests.invariants.proven import unproven
from tests.invariants.target import Target, running
from tests.invariants.town import Town, leaf
from tests.waiting import Late, until

REST_LIMIT_S = 600.0  # a bank calls again for minutes about orders that never come
END_LIMIT = 4  # times as long as nothing may be said; an application that goes on for ever is wrong
AUDITS = 3  # what a timer still brings may mend the first ones
AUDIT_AGAIN_S = 6.0
DUE_SOON_S = 60.0  # timers that far off are awaited
QUIET_S = 5.0  # without any: while a partner is asked there is none
ASKED_EVERY_S = 1.0  # what partners have to tell is their whole statement
MORE, MORE_TIMES = 8, 3  # applications for a partner whom nobody has paid, how often
SHOWN = 10
Tell = Callable[[str], None]


def run(plan: Plan, folder: Path, tell: Tell) -> Outcome:
    """Run a plan on a system of its own in this folder."""
    began = time.monotonic()
    outcome = Outcome(plan)
    tell("starting Kafka, MongoDB, services and partners")
    with running(folder, plan.env()) as target:
        asyncio.run(_Run(target, plan, outcome, tell).play())
    outcome.elapsed_s = time.monotonic() - began
    return outcome


class _Run:
    def __init__(self, target: Target, plan: Plan, outcome: Outcome, tell: Tell) -> None:
        self._target, self._plan, self._outcome, self._tell = target, plan, outcome, tell
        self._town = Town(target, plan.seed)
        self._lives = Lives(target)
        self._attack = Attack(target, self._lives, plan.chance, plan.steps)
        self._echo = Echo(target.kafka_url, self._town.producer, target.lanes, plan.chance)
        self._odd: list[Odd] = []
        self._due: list[str] = []  # timers that were about to fire, when it was looked last
        self._due_at_s = 0.0  # when there was one last

    async def play(self) -> None:
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self._town.life())
            others = (self._lives.keep, self._echo.follow, Clerk(self._town).work,
                      Cashiers(self._town).work, Minds(self._town).work)  # fmt: skip
            await opened.enter_async_context(_background(*others))
            await self._let_banks("endless")
            self._odd = await self._echo.odd()
            if await self._echo.too_large():
                self._attack.happened[Fault("too large", "the broker")] += 1
            for stage, count in self._plan.drawn():
                await self._stage(stage, count)
            await self._end()
            evidence = await self._judge()
        self._fill(evidence)

    async def _stage(self, stage: Staged, count: int) -> None:
        self._tell(f"{stage.act}, {count} applications")
        applications = self._town.draw(count)
        await self._echo.before(applications)
        submitting = asyncio.create_task(self._town.submit(applications, self._plan.rate_per_s))
        try:
            await ACTS[stage.act](self._attack)
        except Late as late:
            self._outcome.wrong.append(f"{stage.act}: {late}")
            await self._target.start_servers()
        try:
            await submitting
        except Exception as error:  # what is missing is told in the end
            self._outcome.wrong.append(leaf(error))

    async def _end(self) -> None:
        """Wait until every application has come to its end, and the log to rest."""
        self._tell(f"waiting for {len(self._town.unfinished)} applications to end")

        try:
            await self._all_over()
            await self._all_paid()
        except (Late, ExceptionGroup) as error:
            self._outcome.wrong.append(leaf(error))
        await self._let_banks("counted")  # about orders that never come nobody ever hears them
        try:
            await until(self._is_quiet, REST_LIMIT_S, "rest: timers are due, or partners call")
        except Late as late:
            self._outcome.wrong.append(f"{late}: {', '.join(self._due)}")
        self._outcome.unfinished = len(self._town.unfinished)
        self._tell("waiting for the log to rest")
        lagging = await come_to_rest(self._target.kafka_url, self._target.lanes, REST_LIMIT_S)
        for name in lagging:
            service = name.partition("-")[0].partition(" ")[0]
            behind = await self._target.behind(name) if service in ALL else ""
            doing = await self._target.health(service) if service in ALL else ""
            self._outcome.wrong.append(f"no rest: {name} lags by {behind}, and says {doing}")

    async def _all_over(self) -> None:
        """Wait for every application to end, as long as a service says anything.  Raises `Late`."""
        heard, at_s, now_s = -1, 0.0, asyncio.get_running_loop().time

        async def is_over() -> bool:
            nonlocal heard, at_s
            if heard != self._town.heard:
                heard, at_s = self._town.heard, now_s()
            if now_s() - at_s > self._plan.end_limit_s:
                raise Late(f"no service said anything for {self._plan.end_limit_s:.0f} s")
            return not self._town.unfinished

        limit_s = self._plan.end_limit_s * END_LIMIT
        await until(is_over, limit_s, "the end of every application")

    async def _all_paid(self) -> None:
        """Let more citizens come for partners whom nobody has paid: on a slow machine their orders
        may have come too late for those that there were.  Raises `Late`, and a
        group of `NotTaken`.
        """
        wanted = {fault.whom for fault in self._plan.faults if fault.kind == PAID}
        for _ in range(MORE_TIMES):
            if not (unpaid := wanted - self._town.paid):
                return
            self._tell(f"{MORE} applications more for each of {', '.join(sorted(unpaid))}")
            more = self._town.draw_for(unpaid, MORE)
            await self._town.submit(more, self._plan.rate_per_s)
            await self._all_over()

    async def _let_banks(self, patience: str) -> None:
        """Let partners go on calling whoever does not hear them, or as often as protocols have it:
        they wait seconds here in the place of minutes, and our outages are as long as any.
        """
        async with httpx.AsyncClient(base_url=self._target.system.url("bank")) as bank:
            (await bank.post(f"/sandbox/patience/{patience}")).raise_for_status()

    async def _is_quiet(self) -> bool:
        """Tell whether no timer will fire soon and no partner calls, and it was so for a while."""
        soon = (datetime.now(UTC) + timedelta(seconds=DUE_SOON_S)).isoformat()
        database = connect(self._target.system.servers.mongo_url, "motcua")
        lanes = range(self._target.lanes)
        either = [{"_id": {"$gte": f"{n:04d}/", "$lt": f"{n:04d}/{soon}"}} for n in lanes]
        try:
            found = [await database[f"{s}.timers"].find_one({"$or": either}) for s in JOURNALED]
        finally:
            database.client.close()
        self._due = [row["_id"] for row in found if row]
        if not self._due and (calls := await self._pending_calls()):
            self._due.append(f"{calls} calls of partners")
        now_s = asyncio.get_running_loop().time()
        if self._due or not self._due_at_s:
            self._due_at_s = now_s
        return now_s - self._due_at_s >= QUIET_S

    async def _pending_calls(self) -> int:
        """Return how many calls of partners wait to be made or repeated."""
        await asyncio.sleep(ASKED_EVERY_S)
        async with httpx.AsyncClient(base_url=self._target.system.url("bank")) as bank:
            told = (await bank.get("/sandbox/statement")).raise_for_status().json()
            return int(told["pending_calls"])

    async def _judge(self) -> Evidence:
        """Read everything and audit it; what is on its way may need another look."""
        for attempt in range(AUDITS):
            self._tell("reading topics, journals and partners")
            evidence = await self._evidence()
            self._outcome.findings = audit(evidence)
            if self._outcome.unfinished or not self._outcome.broken:
                break
            if attempt < AUDITS - 1:
                broken = "; ".join(f.wrong[0] for f in self._outcome.findings if f.wrong)
                self._tell(f"looking again, as so far: {broken}")
                await asyncio.sleep(AUDIT_AGAIN_S)
        return evidence

    async def _evidence(self) -> Evidence:
        evidence = await self._target.system.evidence(
            self._target.centre_url,
            acknowledged=set(self._town.portal.acknowledged),
            personal=self._town.personal,
            unreadable={odd.key.encode() for odd in self._odd if odd.kind != TO_MEND},
            mended={odd.key.encode() for odd in self._odd if odd.kind == TO_MEND},
        )
        async with self._town.client("operations", "operator") as operations:
            try:
                told = (await operations.get("/v1/counts")).raise_for_status().json()
            except httpx.HTTPError as error:
                self._outcome.wrong.append(f"operations does not count: {error!r}")
                return evidence
        return replace(evidence, told=told)

    def _fill(self, evidence: Evidence) -> None:
        deaths = {name: self._lives.deaths(name) for name in ALL}
        refused = {Fault(LET_ALONE, name): n for name, n in self._town.refused.items()}
        noted = self._attack.happened + Counter(refused)
        seen = Seen(evidence, self._target.lanes, deaths, noted, self._odd)
        outcome = self._outcome
        outcome.evidence = evidence
        outcome.stuck = _stuck(evidence, self._town.unfinished)
        outcome.faults = exercised(seen)
        outcome.partners = ledgers(evidence, outcome.faults)
        outcome.acknowledged = len(self._town.portal.acknowledged)
        outcome.records = sum(len(records) for records in evidence.log.values())
        outcome.restarts = dict(self._lives.restarts)
        outcome.wrong += [f"never died: {name}" for name in self._attack.late]
        outcome.wrong += [*self._town.failed, *not_given_back(evidence), *unheard(evidence)]
        outcome.wrong += [*wrongly_cancelled(evidence), *unproven(evidence)]


def _stuck(evidence: Evidence, unfinished: Set[str]) -> list[str]:
    """Return the last event of every service of some applications that never ended."""
    found = []
    for application in sorted(unfinished)[:SHOWN]:
        last = {
            service: heard.event.type
            for service in JOURNALED
            for heard in evidence.events_of(service)
            if heard.event and heard.event.subject == application
        }
        found.append(f"{application}: {last}")
    return found


@asynccontextmanager
async def _background(*works: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Let these work for as long as the block runs; an error of one is an error of all."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work()) for work in works]
        yield
        for task in tasks:
            task.cancel()
