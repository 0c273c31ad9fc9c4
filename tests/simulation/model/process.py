"""The algorithm of the lane, and in `Options` the places where a variant goes wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.simulation.model.deciding import decide
from tests.simulation.model.facts import claim_late, prepare
from tests.simulation.model.parts import (
    EMPTY,
    RELEASE,
    Facts,
    Fetched,
    Partition,
    Record,
    Request,
    Steps,
    Unknown,
    Version,
)

if TYPE_CHECKING:
    from tests.simulation.model.group import Group
    from tests.simulation.model.world import World


class Refused(Exception):
    """Somebody else decided first."""

    def __init__(self, app: str) -> None:
        super().__init__(app)
        self.app = app


class Process:
    """A process of one service, with the lanes of its assignment."""

    def __init__(self, world: "World", group: "Group", name: str) -> None:
        self.world, self.group, self.name = world, group, name
        self.service, self.options = group.service, world.options
        self.cache: dict[str, Version] = {}
        self.task: Steps | None = None
        self.stop()

    def stop(self) -> None:
        """Lose everything; what is under way stays under way."""
        if not self.options.keep_cache:
            self.cache = {}
        if self.task and not self.task.gi_running:
            self.task.close()
        self.task = None
        self.doubted: set[str] = set()
        self.guessed: set[str] = set()
        self.evict: set[str] = set()
        self.parked: set[str] = set()
        self.block: list[int] = []
        self.counted = 0
        self.fail = ""
        self.busy = False
        self.wake = 0

    def assigned(self, generation: int, places: Sequence[Partition]) -> None:
        self.stop()
        self.generation, self.places = generation, places
        self.committed = {p: self.group.committed[p] for p in places}
        self.position = dict(self.committed)
        self.task = self.serve()

    def step(self) -> None:
        assert self.task is not None
        try:
            next(self.task)
        except StopIteration:
            self.log("stops: commit refused")
            self.stop()

    def log(self, *words: Any) -> None:
        self.world.log(self.name, *words)

    # ---- the loop

    def serve(self) -> Steps:
        rng = self.world.rng
        while True:
            for app in self.evict:
                self.cache.pop(app, None)
            self.evict.clear()
            batch = self.fetch()
            self.busy = bool(batch)
            yield
            if batch:
                self.log("fetches", [f"{f.place[0]}{f.place[1]}@{f.record.id}" for f in batch])
                if self.options.commit_first and not (yield from self.commit(batch)):
                    return
                yield from self.batch((yield from self.send_home(batch)))
                yield
            if (self.options.commit != "lags" or rng.random() < 0.4) and not (
                yield from self.commit(batch)
            ):
                return
            self.note(batch)
            self.busy = False
            yield

    def fetch(self) -> list[Fetched]:
        """Any interleaving of the topics, offset order within each."""
        rng, per = self.world.rng, []
        for place in self.places:
            log, at = self.world.topics[place], self.position[place]
            n = rng.randint(0, min(len(log) - at, 4)) if len(log) > at else 0
            if n:
                per.append([Fetched(place, at + i, log[at + i]) for i in range(n)])
        batch = []
        while per:
            queue = rng.choice(per)
            batch.append(queue.pop(0))
            per = [q for q in per if q]
        return batch

    def note(self, batch: Sequence[Fetched]) -> None:
        for place, offset, _ in batch:
            self.position[place] = max(self.position[place], offset + 1)

    def commit(self, batch: Sequence[Fetched]) -> Steps:
        """Commit all topics in one request.  Returns False when fenced."""
        self.note(batch)
        yield
        if self.generation != self.group.generation:
            return False
        landed = self.fail != "commit" or self.world.rng.random() < 0.5
        if landed:
            self.group.committed.update(self.position)
        if self.fail == "commit":
            self.fail = ""
            self.log("commit outcome UNKNOWN", "(landed)" if landed else "(lost)")
        else:
            self.committed = dict(self.position)
            self.log("commits", {f"{t}{p}": n for (t, p), n in self.position.items() if n})
        return True

    def send_home(self, batch: list[Fetched]) -> Steps:
        """Append records of another lane's applications to their home, as they are."""
        if self.options.foreign != "redirect":
            return batch
        home = self.world.home
        for topic, lane in dict.fromkeys((f.place[0], home(f.record.app)) for f in batch):
            away = [
                f.record
                for f in batch
                if f.place[0] == topic and f.place[1] != lane and home(f.record.app) == lane
            ]
            while away:
                try:
                    yield from self.send("publish", (topic, lane), away)
                    break
                except Unknown:
                    yield
        return [f for f in batch if f.place[1] == home(f.record.app)]

    # ---- one batch

    def batch(self, batch: list[Fetched]) -> Steps:
        options = self.options
        facts: Facts | None = None
        while True:
            apps = list(dict.fromkeys(f.record.app for f in batch))
            try:
                states, tail = yield from self.load(apps, batch)
                if facts is None or options.prepares != "once":
                    facts = yield from prepare(self, batch, states)
                versions = decide(self, batch, states, facts)
                refused = yield from self.insert(versions)
                if refused:
                    raise Refused(versions[refused[0]].app)
                if options.reference == "late":
                    yield from claim_late(self, versions)
                yield from self.publish(tail + versions)
                yield from self.set_timers(
                    tail + versions if options.timers == "of all" else versions
                )
                self.cache.update(states)
                self.doubted.difference_update(apps)
                return
            except (Refused, Unknown) as doubt:
                if options.opens == "drops" and isinstance(doubt, Refused):
                    batch = [f for f in batch if f.record.app not in self.guessed & {doubt.app}]
                self.forget(apps)
                self.log("starts its batch again")
                yield

    def forget(self, apps: Sequence[str]) -> None:
        for app in apps:
            if self.options.on_doubt == "reload":
                self.cache[app] = self.latest(app)
            else:
                self.cache.pop(app, None)
        if self.options.opens != "stubborn":
            self.doubted.update(apps)

    def latest(self, app: str) -> Version:
        journal = self.world.journals[self.service][app]
        return journal[max(journal)] if journal else EMPTY

    def load(self, apps: Sequence[str], batch: Sequence[Fetched]) -> Steps:
        """Return the latest versions, and those perhaps never published."""
        states: dict[str, Version] = {}
        unpublished: list[Version] = []
        self.guessed = {a for a in apps if a not in self.cache and self.is_new(a, batch)}
        for app in apps:
            states[app] = self.cache.get(app, EMPTY)
            if app in self.cache or app in self.guessed:
                continue
            journal = self.world.journals[self.service][app]
            at = max(journal, default=0)
            states[app], tail = journal.get(at, EMPTY), []
            if self.options.cache == "at load":
                self.cache[app] = states[app]
            while at and not self.is_published(journal[at]):
                tail.insert(0, journal[at])
                at -= 1
            if tail and self.options.tail == "published":
                self.log("loads", app, "with unpublished tail", [v.number for v in tail])
                unpublished += tail
            yield
        return states, unpublished

    def is_new(self, app: str, batch: Sequence[Fetched]) -> bool:
        """Guess that nothing stands about an application yet; a refused insert tells."""
        first = next(f.record for f in batch if f.record.app == app)
        opens = first.source != RELEASE and self.world.domain.shape(self.service, first.id).opens
        return opens and app not in self.doubted

    def is_published(self, version: Version) -> bool:
        cause = version.cause
        return cause is not None and cause.offset < self.committed.get(cause.place, 0)

    # ---- requests

    def insert(self, versions: Sequence[Version]) -> Steps:
        """Return the indexes refused: with ordered inserts the first one and all after it."""
        if not versions:
            return []
        request = yield from self.send("insert", self.service, versions)
        return request.refused

    def claim(self, key: tuple[str, Any], value: Any) -> Steps:
        """Insert a row unless its key stands; return whether it is ours."""
        request = yield from self.send("claim", self.service, [(key, value)])
        return not request.refused

    def publish(self, versions: Sequence[Version]) -> Steps:
        """All partitions at the same time, version order within each."""
        batches: dict[Partition, list[Record]] = {}
        for version in versions:
            lane = self.world.home(version.app)
            if self.options.foreign == "lane" and version.cause:
                lane = version.cause.place[1]
            if version.emitted:
                batches.setdefault((f"{self.service}.ev", lane), []).extend(version.emitted)
        requests = [self.world.send(self, "publish", p, r) for p, r in batches.items()]
        for request in requests:
            yield from self.wait(request)

    def send(self, kind: str, target: Any, items: Sequence[Any]) -> Steps:
        request = self.world.send(self, kind, target, items)
        yield from self.wait(request)
        return request

    def wait(self, request: Request) -> Steps:
        while not request.done:
            yield
            if self.fail == request.kind:
                self.fail = ""
                request.given_up = True
                self.log(request.kind, "outcome UNKNOWN")
                raise Unknown
        yield

    def set_timers(self, versions: Sequence[Version]) -> Steps:
        for version in versions:
            for timer in version.timers:
                yield
                self.world.timers[self.service][timer] = version.app
                self.log("sets timer", timer)
