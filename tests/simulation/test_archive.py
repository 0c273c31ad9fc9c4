"""An archived application meets all that was ever said to it once more, and nothing comes of it.

First a schedule of troubles runs to its end.  Then every journal is archived, each application to
another step, as if the archive had been killed there; every process is killed; and every message
and event that stands on the log is appended again, with a few new ones.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import bson
import pytest
import structlog

from deploy.simulation.host import REAL
from deploy.simulation.loop import Loop, current
from deploy.simulation.schedule import quieten
from deploy.simulation.services_world import ServicesWorld
from deploy.simulation.table import Collection
from deploy.simulation.toy_world import ToyWorld
from deploy.simulation.world import Violation, World
from shared.archived import first_version, last_version
from shared.bus import Message
from shared.errors import DeadLetter
from shared.lanes.loop import Lanes
from shared.lanes.pace import Awake
from shared.placement import home
from shared.store import Row
from shared.topics import TOPICS

SEEDS = 60
RUN = "20260609T020000Z"

Last = Callable[[list[Row], str, Any], Row]
First = Callable[[Row, str], Row | None]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    quieten(collect=True)
    yield
    structlog.reset_defaults()


SLEPT_S, ARCHIVED_AT_S = 600.0, 500.0


class Archivist:
    """Archives what stands in a world at rest, as `deploy.archive` does, up to some step."""

    def __init__(
        self, world: World, last: Last, first: First, steps: tuple[int, ...] = (1, 2, 3, 3, 3)
    ) -> None:
        self._steps = steps
        self._world, self._last, self._first = world, last, first
        self._rng = Random(f"archive {world.rng.random()}")
        self.archived = 0

    def archive_all(self, services: Any) -> None:
        for service in services:
            journal = self._world.database.collections.get(f"{service}.journal")
            if journal is None:
                continue
            found: dict[str, list[Row]] = {}
            for row in journal.all():
                found.setdefault(row["application"], []).append(row)
            kept = self._world.database.collections.setdefault(
                f"{service}.archive", Collection(f"{service}.archive")
            )
            committed = self._world.log.groups[service].committed
            for application, rows in found.items():
                causes = [row["cause"] for row in rows]
                if any(c["offset"] >= committed[c["topic"], c["partition"]] for c in causes):
                    continue  # perhaps unpublished
                for row in rows:
                    kept.add(row["_id"], encoded(row))
                self._archive(journal, application, rows)

    def _archive(self, journal: Collection, application: str, rows: list[Row]) -> None:
        self.archived += 1
        steps = self._rng.choice(self._steps)
        row = self._last(rows, RUN, self._world.clock())
        journal.add(row["_id"], encoded(row))
        gone = [row["_id"] for row in rows[1:]]
        if steps == 2:
            gone = self._rng.sample(gone, self._rng.randint(0, len(gone)))
        if steps > 1:
            first = self._first(rows[0], RUN)
            journal.remove(rows[0]["_id"])
            if first:
                journal.add(first["_id"], encoded(first))
            for id_ in gone:
                journal.remove(id_)


def encoded(row: Row) -> bytes:
    return bson.encode(row)


def say_all_again(world: World) -> None:
    for (topic, _), records in list(world.log.records.items()):
        if topic.endswith((".dead", ".parked")) or topic not in TOPICS:
            continue
        for record in list(records):
            try:
                lane = home((record.key or b"").decode(), world.lane_count)
            except (DeadLetter, UnicodeDecodeError):
                continue
            message = Message(record.key, record.value or b"", record.headers)
            world.write({(topic, lane): [message]})


def archived_at_the_end(scenario: type[Any], last: Last, first: First) -> type[Any]:
    """Return the scenario with an archive, and all said again, before it is checked."""

    class Archived(scenario):  # type: ignore[misc]  # known when it runs
        def mend(self, world: World) -> bool:
            if super().mend(world):
                world._settle()
            archivist = Archivist(world, last, first)
            archivist.archive_all(self.services)
            self.archived = archivist.archived
            for process, _ in list(world.processes.values()):
                world.kill(process)
            say_all_again(world)
            return True

    return Archived


def violation(seed: int, scenario: type[Any]) -> str:
    try:
        World(seed, scenario(seed)).run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize(("scenario", "seeds"), [(ToyWorld, SEEDS), (ServicesWorld, 12)])
def test_nothing_comes_of_what_was_said_before(scenario: type[Any], seeds: int) -> None:
    archived = archived_at_the_end(scenario, last_version, first_version)
    found = {seed: wrong for seed in range(seeds) if (wrong := violation(seed, archived))}
    assert found == {}


def without(field: str) -> Last:
    def last(rows: list[Row], run: str, at: Any) -> Row:
        empty: dict[str, Any] = {"handled": [], "seen": {}, "state": "null", "sequence": 0}
        return {**last_version(rows, run, at), field: empty[field]}

    return last


@pytest.mark.parametrize("field", ["handled", "seen", "state", "sequence"])
def test_an_archive_that_forgets_is_caught(field: str) -> None:
    archived = archived_at_the_end(ToyWorld, without(field), first_version)
    assert any(violation(seed, archived) for seed in range(SEEDS))


def test_an_archive_that_leaves_no_first_version_is_caught() -> None:
    archived = archived_at_the_end(ToyWorld, last_version, lambda *_: None)
    assert any(violation(seed, archived) for seed in range(SEEDS))


class Sleeper(Lanes[Any, Any]):
    """Of its first processes some sleep between what they read and what they insert."""

    async def _load(self, mine: Any, applications: Any) -> Any:
        found = await super()._load(mine, applications)
        loop, process = asyncio.get_running_loop(), current()
        assert isinstance(loop, Loop)
        assert process is not None
        if process.name.endswith("-0") and loop.time() < 30 and any(found[0].values()):
            loop.pause(process, SLEPT_S - loop.time())
            await asyncio.sleep(0)
        return found


class SleepsOn(Sleeper):
    """And what they read before counts for ever."""

    def __init__(self, table: Any, **wiring: Any) -> None:
        super().__init__(table, **wiring)
        self._awake = Awake(lambda: 0.0, 1.0)


class ArchivedMeanwhile(ToyWorld):
    """While they sleep, others go on, and all of it is archived."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._rules.mended = True

    def begin(self, world: World) -> None:
        super().begin(world)
        world.pace = replace(world.pace, slept_limit_s=100.0)
        archivist = Archivist(world, last_version, first_version, (3,))
        world.after(ARCHIVED_AT_S, lambda: archivist.archive_all(self.services))

    def check(self, world: World) -> None:
        super().check(world)
        for service in self.services:
            rows = world.database.collections[f"{service}.journal"].all()
            ends = {r["application"]: r["version"] for r in rows if "archived" in r}
            for row in rows:
                if 1 < row["version"] < ends.get(row["application"], 0):
                    raise Violation(f"inserted before what is archived: {row['_id']}")


def sleeping(seed: int, lanes: type[Lanes[Any, Any]]) -> str:
    try:
        World(seed, ArchivedMeanwhile(seed), replace(REAL, lanes=lanes)).run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def test_who_slept_while_it_was_archived_reads_again() -> None:
    found = {seed: wrong for seed in range(SEEDS) if (wrong := sleeping(seed, Sleeper))}
    assert found == {}


def test_who_does_not_notice_that_it_slept_is_caught() -> None:
    assert any(sleeping(seed, SleepsOn) for seed in range(SEEDS))
