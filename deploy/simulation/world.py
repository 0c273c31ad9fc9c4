"""One schedule: services in processes that are killed, stalled and fenced, then left alone.

First everything may go wrong, for a while; then nothing does, and the world must come to rest.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from deploy.simulation import host
from deploy.simulation.faults import Faults, Rates
from deploy.simulation.host import REAL, Built, Kernel, draw_pace
from deploy.simulation.log import Log
from deploy.simulation.loop import WORLDS, Loop, Process, Wedged
from deploy.simulation.table import Database
from deploy.simulation.villain import Villain
from shared.bus import Message, Partition
from shared.topics import all_names, reads

BEGIN = datetime(2026, 6, 9, 2, 0, tzinfo=UTC)
SETTLE_LIMIT_S = 900.0
RESTART_LIMIT_S = 4.0


class Violation(Exception):
    """Something that must hold does not."""


class Scenario(Protocol):
    """What runs in a world."""

    trouble: float  # partners' share of it; set to 0 when all is to go well

    @property
    def services(self) -> Sequence[str]:
        """Which services run."""

    @property
    def with_effects(self) -> Sequence[str]:
        """Those of them that call partners."""

    def build(self, service: str, world: "World") -> Built:
        """Return the parts of a process that starts."""

    def begin(self, world: "World") -> None:
        """Arrange for what comes from outside."""

    def is_quiet(self) -> bool:
        """Tell whether nothing more comes from outside by itself."""

    def mend(self, world: "World") -> bool:
        """Mend what was wrong with the services and release what is held; False: nothing was."""

    def check(self, world: "World") -> None:
        """Check what must hold of a world at rest.  Raises `Violation`."""


class World:
    """A schedule: everything in it follows from the seed."""

    def __init__(
        self, seed: int, scenario: Scenario, kernel: Kernel = REAL, *, traced: bool = False
    ) -> None:
        self.rng = Random(seed)
        self.loop = Loop(self.rng)
        self.loop.trace = [] if traced else None
        self.scenario, self.kernel = scenario, kernel
        self.lane_count = self.rng.choice((1, 2, 2, 3))
        self._began = BEGIN  # later and later: skipping moves it
        self.faults = Faults(self.rng, self._rates())
        self.database = Database(self.loop, self.faults)
        self.log = Log(self.loop, self.rng, self.faults, self._now_ms, self.lane_count)
        for topic in all_names():
            self.log.create(topic)
        for service in scenario.services:
            self.log.begin(service, reads(service))
            if service in scenario.with_effects:
                self.log.begin(f"{service}-effects", (f"{service}.events",))
        self.processes: dict[str, tuple[Process, asyncio.Task[None]]] = {}
        self.pending = 0  # inputs and restarts to come
        self.pace = draw_pace(self.rng)
        self.known_limit = self.rng.choice((0, 1, 50_000, 50_000))
        self._villain = Villain(self)
        self._wrong: list[str] = []

    def _rates(self) -> Rates:
        rng = self.rng
        return Rates(
            unknown=rng.choice((0.0, 0.0, 0.02, 0.1)),
            delay_limit_s=rng.choice((0.002, 0.02, 0.1)),
            slow=rng.choice((0.0, 0.02, 0.1)),
        )

    # ---- time

    def clock(self) -> datetime:
        """Return the time of the world: it skips what nobody has anything to do in."""
        return self._began + timedelta(milliseconds=int(self.loop.time() * 1000))

    def _now_ms(self) -> int:
        return int(self.clock().timestamp() * 1000)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Let something come from outside after a while."""

        def happen() -> None:
            self.pending -= 1
            act()

        self.pending += 1
        self.loop.call_later(seconds, happen, context=WORLDS)

    # ---- running

    def run(self) -> None:
        """Run the schedule and check it.  Raises `Violation`."""
        try:
            self.scenario.begin(self)
            for service in self.scenario.services:
                for number in range(self.rng.choice((1, 2, 2, 3))):
                    self._start(f"{service}-{number}", service)
            self._trouble()
            self._settle()
            if self.scenario.mend(self):
                self._settle()
            self.scenario.check(self)
        finally:
            self.loop.close()

    def _trouble(self) -> None:
        until_s = self.rng.uniform(2.0, 40.0)
        self._villain.arm()
        self._run(lambda: self.loop.time() >= until_s or self._is_over(), 10 * until_s)
        self.loop.note("from now on all goes well")
        self._villain.stop()
        self.faults.stop()
        self.scenario.trouble = 0.0

    def _settle(self) -> None:
        self._run(self._is_over, SETTLE_LIMIT_S)

    def _run(self, is_done: Callable[[], bool], limit_s: float) -> None:
        try:
            self.loop.run_until(lambda: bool(self._wrong) or is_done(), limit_s)
        except Wedged as wedged:
            raise Violation(f"wedged: {wedged}; {self._laggards()}") from None
        if self._wrong:
            raise Violation(self._wrong[0])

    def _laggards(self) -> str:
        behind = {n: g.behind for n, g in self.log.groups.items() if not g.is_done()}
        return f"pending {self.pending}, under way {self.log.under_way}, behind {behind}"

    def _is_over(self) -> bool:
        """Tell whether nothing is left to do; skip to the next timer if that is all there is."""
        return self._is_at_rest() and not self._skip()

    def _is_at_rest(self) -> bool:
        return (
            not self.pending
            and not self.log.under_way
            and all(g.is_done() for g in self.log.groups.values())
            and not any(c.under_way for c in self.database.collections.values())
            and not any(p.paused_until > self.loop.time() for p, _ in self.processes.values())
            and self.scenario.is_quiet()
        )

    def _skip(self) -> bool:
        """Go to the instant at which the next timer is due, if there is one."""
        moments = [
            row.split("/")[1]
            for name, collection in self.database.collections.items()
            if name.endswith(".timers")
            for row in collection.rows
        ]
        if not moments:
            return False
        wait = datetime.fromisoformat(min(moments)) - self.clock()
        self._began += max(timedelta(), wait)
        return True

    # ---- processes

    def _start(self, name: str, service: str) -> None:
        process = Process(name)
        self.loop.note("starts", name)
        task = self.loop.spawn(process, host.run(self, service))

        def ended(_: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                self._wrong.append(f"{name} ended by an error: {error!r}")
                self.loop.note(name, "ended by an error", repr(error))
            elif self.processes[name][0] is process:
                self._restart(name, service)

        task.add_done_callback(ended, context=WORLDS)
        self.processes[name] = process, task

    def _restart(self, name: str, service: str) -> None:
        self.after(self.rng.random() * RESTART_LIMIT_S, lambda: self._start(name, service))

    def kill(self, process: Process) -> None:
        """Kill a process; whoever supervises starts it again after a while."""
        self.loop.crash(process)
        self._restart(process.name, process.name.rpartition("-")[0])

    # ---- from outside

    def write(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        """Append from outside, at once."""
        for place, messages in batches.items():
            self.log.write(place, messages)
