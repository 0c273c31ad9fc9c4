"""Intake's lane over tables in memory."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from services.intake.attachments.named import ALL, NamedFiles
from services.intake.door import Door
from services.intake.lane import table
from services.intake.likeness import Likeness
from services.intake.numbers import Numbers
from services.intake.revisions import Revisions
from shared import events
from shared.catalogue import Catalogue
from shared.errors import Unknown
from shared.events import Event
from shared.lanes.table import Arrival, LaneTable, Outcome
from shared.store import Row
from shared.vault import Vault
from tests.services.intake.sent import (
    CATALOGUE,
    FORMS,
    LIMITS,
    MASTER_KEY,
    NOW,
    PRIVATE_KEY,
    message,
)
from tests.shared.tables import MemoryTable


class Rows(MemoryTable):
    """A table that keeps what it was asked; `doubt`: the next insert happens, and is in doubt."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.doubt = False

    async def begin(self, call: str) -> None:
        self.calls.append(call)

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        stood = await super().insert_missing(rows)
        if self.doubt:
            self.doubt = False
            raise Unknown("the connection broke")
        return stood


class Lane:
    """Intake's table with everything in memory, fed one arrival at a time."""

    def __init__(
        self,
        duplicates_refused: frozenset[str] = frozenset(),
        catalogue: Catalogue = CATALOGUE,
        elsewhere: frozenset[str] = frozenset({ALL}),
    ) -> None:
        self.keys, self.blocks, self.marks = Rows(), Rows(), Rows()
        self.files, self.infected, self.journal = Rows(), Rows(), Rows()
        self.named = NamedFiles(self.files, self.infected, LIMITS, elsewhere)
        self.vault = Vault(self.keys, MASTER_KEY)
        self.now = NOW
        door = Door(
            catalogue,
            self.vault,
            Numbers(self.blocks),
            PRIVATE_KEY,
            lambda: self.now,
            FORMS,
            Likeness(self.marks),
            self.named,
            Revisions(self.journal, self.vault, PRIVATE_KEY),
            duplicates_refused,
            breathe=lambda: asyncio.sleep(0),
        )
        self.table: LaneTable[Any, Any] = table(door)
        self.states: dict[str, Any] = {}
        self.versions = Counter[str]()
        self.handled: dict[str, tuple[str, ...]] = {}
        self.seen = Counter[tuple[str, str]]()

    async def take(self, *arrivals: Arrival) -> list[Outcome[Any]]:
        """Decide a batch as a lane does: what was seen before gives nothing."""
        facts = await self.table.prepare(
            arrivals, {a.application: self.states.get(a.application) for a in arrivals}
        )
        out = []
        for each in arrivals:
            if self._is_known(each):
                continue
            decide = self.table.decisions[each.event.type]
            outcome = decide(self.states.get(each.application), each, facts, self.now)
            self.states[each.application] = outcome.state
            events.encode(outcome.state)
            self._write(each, outcome)
            out.append(outcome)
        return out

    def forget(self) -> None:
        """Be as before any decision, as when the journal's insert was refused or in doubt."""
        self.states.clear()
        self.handled.clear()
        self.seen.clear()

    def _is_known(self, arrival: Arrival) -> bool:
        """Tell whether this came before, and remember it: as `shared.lanes.step` does."""
        application, event = arrival.application, arrival.event
        if event.sequence:
            is_known = int(event.sequence) <= self.seen[application, event.source]
            if not is_known:
                self.seen[application, event.source] = int(event.sequence)
            return is_known
        handled, one = self.handled.get(application, ()), f"{event.source} {event.id}"
        self.handled[application] = handled if one in handled else (*handled, one)
        return one in handled

    def _write(self, arrival: Arrival, outcome: Outcome[Any]) -> None:
        """Keep what was said, as the journal does."""
        self.versions[arrival.application] += 1
        version = self.versions[arrival.application]
        envelopes = (message(e.TYPE, e, subject=arrival.application) for e in outcome.events)
        row_id = f"{arrival.application}/{version:06d}"
        emitted = [events.encode(e).decode() for e in envelopes]
        self.journal.rows[row_id] = {"_id": row_id, "emitted": emitted}


async def decided(lane: Lane, *sent: Event) -> list[Outcome[Any]]:
    """Let a lane decide what an edge appended."""
    read = msgspec.json.decode
    return await lane.take(
        *(Arrival(e.subject, e, read(e.data, type=events.CONTRACTS[e.type])) for e in sent)
    )
