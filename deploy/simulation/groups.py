"""Consumer groups over whole lanes: generations, rebalances, zombies, fenced commits."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from deploy.simulation.loop import WORLDS, Process, current
from shared.bus import Assignment, Partition, Record
from shared.errors import Fenced, Unknown

if TYPE_CHECKING:
    from deploy.simulation.log import Log

NOBODY = Process("nobody")
GATHER_S = 0.3  # a rebalance waits so long for others to join
REBALANCE_LIMIT_S = 4.0  # and so long for members to let go of their lanes
SESSION_S = 6.0
HEARTBEAT_S = 3.0


class Group:
    """The coordinator's view of a group."""

    def __init__(self, log: "Log", name: str, topics: Sequence[str]) -> None:
        self.log, self.name, self.topics = log, name, tuple(topics)
        self.generation = 0
        self.members: set[SimulatedSubscription] = set()
        self.committed: dict[Partition, int] = {
            (t, n): 0 for t in topics for n in range(log.lane_count)
        }
        self.behind = sum(len(log.records[p]) for p in self.committed)  # records to be committed
        self._joining: dict[SimulatedSubscription, Any] = {}
        self.next_number = count(1).__next__
        self._round = 0  # counts rebalances begun
        self._preparing = False

    def is_current(self, member: "SimulatedSubscription", generation: int) -> bool:
        """Tell whether a member's commits are taken."""
        return member in self.members and generation == self.generation

    def is_done(self) -> bool:
        """Tell whether all there is has been read and committed, by members that stand."""
        return not self._preparing and not self.behind

    def join(self, member: "SimulatedSubscription") -> "asyncio.Future[SimulatedAssignment]":
        """Ask for lanes; the answer comes with the next generation."""
        answer: asyncio.Future[SimulatedAssignment] = self.log.loop.create_future()
        self._joining[member] = answer
        self.rebalance()
        return answer

    def leave(self, member: "SimulatedSubscription") -> None:
        """Take a member out; the others share its lanes."""
        self._joining.pop(member, None)
        if member in self.members:
            self.members.remove(member)
            self.rebalance()

    def expel(self, member: "SimulatedSubscription") -> None:
        """Take a member out without its knowing: a zombie, until a commit or heartbeat fails."""
        if member in self.members - self._joining.keys():
            self.leave(member)
            self.log.loop.note("expels", member.process, "from", self.name)
            until_s = self.log.rng.random() * HEARTBEAT_S
            self.log.loop.call_later(until_s, member.call, context=WORLDS)

    def fall_silent(self, process: Process) -> None:
        """Notice that a process died or stalled when its session has run out."""
        if not any(m.process is process for m in self.members | self._joining.keys()):
            return

        def expire() -> None:
            stalled = process.paused_until > self.log.loop.time()
            for member in [m for m in self.members if m.process is process]:
                if not process.alive:
                    self.leave(member)
                elif stalled:
                    self.expel(member)

        session_s = SESSION_S * (0.5 + self.log.rng.random() / 2)
        self.log.loop.call_later(session_s, expire, context=WORLDS)

    def rebalance(self) -> None:
        """Ask all members to let go and join again."""
        if not self._preparing:
            self._preparing = True
            self._round += 1
            for member in sorted(self.members - self._joining.keys(), key=id_of):
                member.call()
            self.log.loop.call_later(REBALANCE_LIMIT_S, self._complete, self._round, context=WORLDS)
        if self.members <= self._joining.keys():
            self.log.loop.call_later(GATHER_S, self._complete, self._round, context=WORLDS)

    def _complete(self, of_round: int) -> None:
        """Begin a generation with those who joined."""
        if not self._preparing or of_round != self._round:
            return
        self._preparing = False
        self.generation += 1
        joined, self._joining = self._joining, {}
        members = sorted((m for m in joined if m.process.alive), key=id_of)
        self.members = set(members)
        lanes: dict[SimulatedSubscription, set[int]] = {m: set() for m in members}
        if members:
            for lane in range(self.log.lane_count):
                lanes[self.log.rng.choice(members)].add(lane)
        for member in members:
            self.log.loop.note("assigns", self.name, sorted(lanes[member]), "to", member.process)
            if not joined[member].done():
                assignment = SimulatedAssignment(self, member, frozenset(lanes[member]))
                joined[member].set_result(assignment)

    def commit(
        self, member: "SimulatedSubscription", generation: int, offsets: Mapping[Partition, int]
    ) -> bool:
        """Take offsets, unless the member is fenced."""
        if not self.is_current(member, generation):
            return False
        self.behind -= sum(offset - self.committed[p] for p, offset in offsets.items())
        self.committed.update(offsets)
        self.log.loop.note(member.process, "commits", self.name, dict(offsets))
        return True


def id_of(member: "SimulatedSubscription") -> int:
    """Return what members are put in order by: a set has none that a seed repeats."""
    return member.number


class SimulatedSubscription:
    """See `shared.bus.Subscription`."""

    def __init__(self, group: Group) -> None:
        self.number = group.next_number()
        self.group = group
        self.process = current() or NOBODY
        self._called: asyncio.Future[None] = group.log.loop.create_future()

    def call(self) -> None:
        """Say that the lanes are to be let go of."""
        if not self._called.done():
            self._called.set_result(None)

    async def run(self, serve: Callable[[Assignment], Awaitable[None]]) -> None:
        """See `shared.bus.Subscription`."""
        self.process = current() or NOBODY
        try:
            while True:
                self._called = self.group.log.loop.create_future()
                assignment = await self.group.join(self)
                if assignment.lanes:
                    await self._serve(serve, assignment)
                elif self.group.is_current(self, assignment.generation):
                    await self._called
        finally:
            self.group.leave(self)

    async def _serve(
        self, serve: Callable[[Assignment], Awaitable[None]], assignment: "SimulatedAssignment"
    ) -> None:
        async def serving() -> None:
            await serve(assignment)

        task = asyncio.create_task(serving())
        try:
            await asyncio.wait({task, self._called}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, Fenced):
            raise error
        if self.group.is_current(self, assignment.generation):
            await self._called  # it ended, but the lanes are still ours: nobody serves them


class SimulatedAssignment:
    """See `shared.bus.Assignment`."""

    def __init__(self, group: Group, member: SimulatedSubscription, lanes: frozenset[int]) -> None:
        self.lanes, self.generation = lanes, group.generation
        self._group, self._member, self._log = group, member, group.log
        self._places = [(t, n) for t in group.topics for n in sorted(lanes)]
        self.committed: Mapping[Partition, int] = {p: group.committed[p] for p in self._places}
        self._position = dict(self.committed)

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        """See `shared.bus.Assignment`."""
        log = self._log
        fate = log.faults.read("log", log.loop.time())
        await asyncio.sleep(fate.delay_s)
        if not fate.answered:
            if log.rng.random() < 0.3:
                raise Unknown("the log cannot be read")
            await asyncio.sleep(wait_s)
            return []
        if not self._has_more():
            await log.arrival(self._places, wait_s)
        return self._take(max_records)

    def _has_more(self) -> bool:
        return any(len(self._log.records[p]) > at for p, at in self._position.items())

    def _take(self, max_records: int) -> list[Record]:
        """Any interleaving of the topics, offset order within each."""
        rng, queues = self._log.rng, []
        for place, at in self._position.items():
            more = self._log.records[place][at : at + max_records]
            if more:
                queues.append(more if rng.random() < 0.8 else more[: rng.randint(1, len(more))])
        taken: list[Record] = []
        while queues and len(taken) < max_records:
            queue = rng.choice(queues)
            taken.append(queue.pop(0))
            if not queue:
                queues.remove(queue)
        for record in taken:
            self._position[record.topic, record.partition] = record.offset + 1
        return taken

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `shared.bus.Assignment`."""
        log, answer = self._log, self._log.loop.create_future()
        fate = log.faults.write("log", log.loop.time())
        taken = dict(offsets)

        def land() -> None:
            current = self._group.is_current(self._member, self.generation)
            if current and fate.share > 0.5:
                self._group.commit(self._member, self.generation, taken)
            if answer.done():
                return
            if not fate.answered:
                answer.set_exception(Unknown("the offsets may not be committed"))
            elif current:
                answer.set_result(None)
            else:
                answer.set_exception(Fenced("another generation has the lanes"))

        log.loop.call_later(fate.delay_s, land, context=WORLDS)
        await answer

    async def idle(self, wait_s: float) -> None:
        """See `shared.bus.Assignment`."""
        await asyncio.sleep(wait_s)
