"""The adversary: a seed chooses what happens next, and what goes wrong."""

import random
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from tests.simulation.model.check import check
from tests.simulation.model.domain import Domain
from tests.simulation.model.group import Group
from tests.simulation.model.parts import (
    EXTERNAL,
    INBOX,
    RELEASE,
    SOURCES,
    Options,
    Partition,
    Record,
    Request,
    Version,
    Violation,
    ids,
)
from tests.simulation.model.process import Process

STEPS_LIMIT = 6_000
DRAIN_LIMIT = 20_000


class World:
    """One schedule."""

    def __init__(self, seed: int, options: Options, *, traced: bool = False) -> None:
        self.rng = rng = random.Random(seed)
        self.seed, self.options = seed, options
        self.trace: list[str] | None = [] if traced else None
        self.now = self.releases = 0
        self.lanes = options.lanes or rng.choice((1, 1, 2, 3))
        self.apps = [f"a{i}" for i in range(rng.choice((1, 1, 2, 3)))]
        self.services = ("S1", "S2", "S3") if rng.random() < 0.6 else ("S1", "S2")
        names = ("ext", "in2", "in3", "S1.ev", "S2.ev", "S3.ev")
        self.topics: dict[Partition, list[Record]] = {
            (t, p): [] for t in names for p in range(self.lanes)
        }
        self.journals: dict[str, dict[str, dict[int, Version]]] = {
            s: {a: {} for a in self.apps} for s in SOURCES
        }
        self.stores: dict[str, dict[tuple[str, Any], Any]] = {s: {} for s in SOURCES}
        self.timers: dict[str, dict[str, str]] = {s: {} for s in SOURCES}
        self.parked: dict[str, list[Record]] = {s: [] for s in SOURCES}
        self.under_way: list[Request] = []
        self.domain = Domain(
            seed,
            poison=options.hold != "off" and rng.random() < 0.4,
            timers=options.timers != "off",
            handled_limit=options.handled_limit,
        )
        self.groups = [Group(self, s) for s in self.services]
        self.inputs = self.make_inputs()
        self.faults = rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8))
        if options.stress:
            self.faults = rng.randint(5, 20)

    def make_inputs(self) -> list[tuple[str, Record]]:
        rng, inputs = self.rng, []
        first = rng.randint(3, 7) if self.options.stress else rng.randint(1, 3)
        for topic, count in (
            ("ext", first),
            ("in2", rng.randint(0, 2)),
            ("in3", rng.choice((0, 0, 1)) if "S3" in self.services else 0),
        ):
            for _ in range(count):
                id_ = f"{topic}-{len(inputs) + 1}"
                record = Record(rng.choice(self.apps), EXTERNAL, 0, id_)
                inputs += [(topic, record)] * (2 if rng.random() < 0.15 else 1)
        rng.shuffle(inputs)
        return inputs

    def home(self, app: str) -> int:
        return int(app[1:]) % self.lanes

    def log(self, *words: Any) -> None:
        if self.trace is not None:
            self.trace.append(" ".join(map(str, words)))

    # ---- one schedule

    def run(self) -> None:
        """Run it and check.  Raises `Violation`."""
        rng = self.rng
        for group in self.groups:
            group.rebalance()
        for self.now in range(STEPS_LIMIT):
            if not self.inputs and not self.faults:
                break
            if self.now > 60 and not self.inputs and rng.random() < 0.02:
                self.faults = 0
            if self.faults > 0 and rng.random() < 0.06:
                self.fault()
            else:
                self.happen(input_share=0.12, land_share=0.33, assign_share=0.2)
        self.drain()
        if self.domain.poison:
            self.domain.mended = True
            self.release()
            self.drain()
        check(self)

    def happen(self, *, input_share: float, land_share: float, assign_share: float) -> None:
        rng, x = self.rng, self.rng.random()
        ownerless = [g for g in self.groups if g.is_ownerless()]
        if self.inputs and x < input_share:
            self.feed()
        elif x < input_share + 0.04:
            self.sweep()
        elif self.under_way and x < input_share + 0.04 + land_share:
            self.land()
        elif ownerless and x > 1 - assign_share:
            rng.choice(ownerless).rebalance()
        else:
            tasks = [p for g in self.groups for p in g.processes if p.task and p.wake <= self.now]
            if tasks:
                rng.choice(tasks).step()

    def drain(self) -> None:
        """Run without further faults until nothing is left to do."""
        for _ in range(DRAIN_LIMIT):
            self.now += 1
            self.happen(input_share=0.2, land_share=0.4, assign_share=0.2)
            if self.is_at_rest():
                return
        raise Violation("does not come to rest: wedged")

    def is_at_rest(self) -> bool:
        return not (
            self.under_way
            or self.inputs
            or any(self.timers[s] for s in self.services)
            or any(g.is_ownerless() or not g.is_at_rest() for g in self.groups)
        )

    # ---- what happens

    def feed(self) -> None:
        topic, record = self.inputs.pop(0)
        lane = self.home(record.app)
        strays = crc32(f"{self.seed}{record.id}".encode()) % 2 == 0
        if self.options.foreign != "none" and topic == "ext" and strays:
            lane = self.rng.randrange(self.lanes)  # a portal's own partitioner
        self.topics[topic, lane].append(record)
        self.log("input", f"{topic}{lane}", record.id, record.app)

    def sweep(self) -> None:
        due = [(s, t, a) for s in self.services for t, a in self.timers[s].items()]
        if due:
            service, timer, app = self.rng.choice(due)
            self.topics[INBOX[service], self.home(app)].append(Record(app, EXTERNAL, 0, timer))
            self.log("timer fired", timer)
            if self.rng.random() < 0.8:  # else: died before deleting it, and it fires again
                del self.timers[service][timer]

    def send(self, sender: Process, kind: str, target: Any, items: Sequence[Any]) -> Request:
        delay = self.rng.choice((0, 0, 0, 0, 30, 80))
        ordered = self.options.insert_ordered
        request = Request(sender, kind, target, list(items), self.now + delay, sender.task, ordered)
        self.under_way.append(request)
        return request

    def land(self) -> None:
        """Carry out a part of a request; its sender may long be dead."""
        request = self.rng.choice(self.under_way)
        if request.not_before > self.now:
            return
        alive = request.sender.task is request.token and not request.given_up
        if not alive and self.rng.random() < 0.3:
            self.under_way.remove(request)
            self.log("lost:", request.kind, "of", request.sender.name)
            return
        {"publish": self.append, "insert": self.insert, "claim": self.claim}[request.kind](
            request, "" if alive else "(nobody waits for it)"
        )
        if request.at >= len(request.items):
            request.done = True
            self.under_way.remove(request)

    def append(self, request: Request, note: str) -> None:
        rest = request.items[request.at :]
        some = rest[: self.rng.choice((len(rest), len(rest), 1))]
        self.topics[request.target].extend(some)
        request.at += len(some)
        topic, lane = request.target
        self.log("landed", request.sender.name, f"{topic}{lane}", ids(some), note)

    def insert(self, request: Request, note: str) -> None:
        version = request.items[request.at]
        journal = self.journals[request.target][version.app]
        name = f"{version.app}/{version.number}"
        if version.number not in journal:
            journal[version.number] = version
            self.log(request.sender.name, "inserts", name, version.applied[-1:], note)
            request.at += 1
            return
        self.log(request.sender.name, "insert", name, "REFUSED", note)
        until = len(request.items) if request.ordered else request.at + 1
        request.refused += range(request.at, until)
        request.at = until

    def claim(self, request: Request, note: str) -> None:
        store, (key, value) = self.stores[request.target], request.items[request.at]
        if key in store:
            request.refused.append(request.at)
        else:
            store[key] = value
        self.log(request.sender.name, "claims", key, "->", store[key], note)
        request.at += 1

    def release(self) -> None:
        """The mistake is mended; an operator releases every application of every service."""
        for service in self.services:
            for app in self.apps:
                self.releases += 1
                topic = INBOX[service]
                record = Record(app, RELEASE, 0, f"release-{self.releases}")
                self.inputs.append((topic, record))
                more = Record(app, EXTERNAL, 0, f"{topic}-after-{self.releases}")
                self.inputs.append((topic, more))
                if self.options.hold == "memory":
                    self.inputs += [(topic, r) for r in self.parked[service] if r.app == app]

    def fault(self) -> None:
        rng = self.rng
        self.faults -= 1
        group, x = rng.choice(self.groups), rng.random()
        process = rng.choice(group.processes)
        if x < 0.35:
            if process.task:
                self.log("CRASH", process.name)
                process.stop()
        elif x < 0.6:
            group.rebalance()
        elif x < 0.68:
            process.wake = self.now + rng.randint(10, 90)
            self.log("PAUSE", process.name)
        elif x < 0.92:
            process.fail = rng.choice(("insert", "insert", "publish", "publish", "claim", "commit"))
        elif process.cache and process.task:
            process.evict.add(rng.choice(list(process.cache)))


def run(seed: int, options: Options, *, traced: bool = False) -> tuple[str, World]:
    """Run one schedule; return what was violated, or an empty string."""
    world = World(seed, options, traced=traced)
    try:
        world.run()
    except Violation as violation:
        return str(violation), world
    finally:
        for group in world.groups:
            for process in group.processes:
                process.stop()
    return "", world
