"""Operations' edge over tables in memory."""

import hashlib
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI

from services.operations import proof_api
from services.operations.api import Sources, router
from services.operations.counts import read_by
from services.operations.domain.situations import PLAIN
from services.operations.opened import Whys
from services.operations.proving import Proving
from services.operations.trends import Trends
from shared import problems
from shared.access import LIMITED, Access
from shared.bus import Partition
from shared.catalogue import Catalogue, load
from shared.errors import Unknown
from shared.events import Event, kernel
from tests.services.operations.at_intake import AtIntake
from tests.services.operations.live import Live
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.proofs.prover import Prover

KEYS = {
    "op-key": ("o-1", "operator"),
    "portal-key": ("sandbox", "portal"),
    "viewer-key": ("v-1", "viewer"),
    "checker-key": ("c-1", "checker"),
    "officer-key": ("b-1", "unit_officer"),
}
UNITS = "01"  # the officer's: a province
OPERATOR = {"authorization": "Bearer op-key"}


@cache
def catalogue() -> Catalogue:
    return load()


class Published:
    """Remembers what would have been appended."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []
        self.doubt: Unknown | None = None

    async def publish(self, topic: str, event: Event) -> None:
        if self.doubt:
            raise self.doubt
        self.events.append((topic, event))


class Edge:
    """Operations' API over tables in memory."""

    def __init__(self, world: Any) -> None:
        self.world, self.store, self.published = world, world.Store(), Published()
        self.table: dict[str, Any] = {}
        self.at_intake = AtIntake(self.store)
        self.now = world.BEGAN + timedelta(minutes=1)
        self.live = Live(self.table, lambda: self.now)
        self.trends = Trends(
            MemoryBoard(self.store.tables["situations"].rows),
            self.store.tables["board_counts"],
            lambda: self.now,
        )
        self.flow = self.live.desk(self.trends)
        sources = Sources(
            persons=self.at_intake.persons,
            journeys=self.store.journeys,
            finder=self.store.finder(catalogue(), lambda: world.BEGAN),
            counts=self.store.counts(),
            aside=self.store.counts("operations-aside"),
            flow=self.flow,
            publisher=self.published,
            clock=lambda: world.BEGAN,
            whys=Whys(self.store.tables["situations"], PLAIN, catalogue()),
        )
        self.app = FastAPI()
        self.app.state.access = Access(
            {
                hashlib.sha256(key.encode()).hexdigest(): {"name": name, "role": role}
                | ({"units": UNITS} if role in LIMITED else {})
                for key, (name, role) in KEYS.items()
            }
        )
        problems.install(self.app)
        self.app.include_router(router(sources))
        tables = self.store.tables
        read_side = (tables[name] for name in ("journeys", "names", "aside", "letter_answers"))
        proving = Proving(*read_side, page_rows=20)
        self.prover_now = world.BEGAN
        self.prover = Prover(self.store, lambda: self.prover_now)
        self.log_now = world.BEGAN
        self.unread: dict[Partition, int] = {}  # where the log ends beyond what is read
        read = self.store.read_until(lambda: self.log_now, self._ends)
        self.app.include_router(proof_api.router(proving, read, self.prover.desk))

    async def _ends(self) -> dict[Partition, int]:
        both = self.store.counts(), self.store.counts("operations-aside")
        return await read_by(both) | self.unread

    async def read(self, log: Any) -> None:
        """Read a log as both groups do."""
        self.log_now = max(self.log_now, log.now)
        aside = [r for r in log.records if r.topic.endswith((".dead", ".parked"))]
        others = [r for r in log.records if r not in aside]
        for name, records in (("operations", others), ("operations-aside", aside)):
            assignment = self.world.Group(records).assignment(self.store.trouble)
            with pytest.raises(self.world.Over):
                await self.store.reader(name).serve(assignment)


def park(story: Any, service: str = "payment", topic: str = "routing.events") -> Event:
    parked = kernel.RecordParked(
        service=service, topic=topic, partition=story.lane, offset=0, reason="KeyError: 'x'"
    )
    event: Event = story.external(f"{topic}.parked", f"/services/{service}", parked)
    return event
