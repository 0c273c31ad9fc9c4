"""What operators do about dead letters, over tables in memory, with a lane that buries."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI

from services.operations import dead_api
from services.operations.dead.desk import Desk, Seals
from services.operations.dead.edits import Edits
from services.operations.domain.dead.letters import Open, Place
from shared import events, problems
from shared.bus import Message, Partition, Record
from shared.errors import DeadLetter
from shared.events import CONTRACTS, UNREADABLE, Event, kernel
from shared.lanes.notices import Notices
from shared.lanes.reading import Dead
from shared.placement import home
from shared.vault import dead_letter_sealer, open_dead_letter
from tests.services.operations.dead.standing import MemoryStanding
from tests.services.operations.memory import Group, MemoryTable, Over, Store, Trouble
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.story import LANES, Log, application
from tests.shared.callers import access, caller

KEY = bytes(range(32))
SERVICES = {"portal.submissions": "intake", "routing.inbox": "routing", "payment.inbox": "payment"}
WHY = {"reason": "the release was mended"}
KEYS = {
    "op-key": ("o-1", "operator"),
    "other-key": ("o-2", "operator"),
    "third-key": ("o-3", "operator"),
    "p-key": ("p", "portal"),
}


class Office:
    """Letters, a desk, and a lane that takes a message once, by source and id."""

    def __init__(self, store: Store | None = None) -> None:
        self.log, self.store, self.trouble = Log(), store or Store(), Trouble()
        self.seal = dead_letter_sealer(KEY)
        self.taken: list[tuple[str, str]] = []
        self.board = MemoryBoard(self.store.tables["situations"].rows)
        self.table = MemoryTable(self.trouble)
        self.desk = self.new_desk()
        self.unknown: set[str] = set()  # types that a mistaken release does not take
        self._lane_at = 0

    def new_desk(self) -> Desk:
        """A process that knows nothing of the one before."""
        seals = Seals(lambda sealed: open_dead_letter(KEY, sealed), self.seal)
        letters = self.store.letters()
        return Desk(
            *(
                letters,
                MemoryStanding(self.store.tables["situations"].rows),
                self.store.journeys,
                Edits(self.table),
                self,
                seals,
            ),
            clock=lambda: self.log.now,
            per_second=10**6,
        )

    def open(self) -> list[Open]:
        """What nobody did anything about, oldest first."""
        return MemoryStanding(self.store.tables["situations"].rows).every()

    # ---- as the publisher of the desk

    async def publish(self, topic: str, event: Event) -> None:
        self.trouble.maybe()
        lane = home(event.subject, LANES)
        self.log.append(topic, event.subject.encode(), events.encode(event), lane)
        self.trouble.maybe()

    async def append(self, place: Partition, message: Message) -> None:
        self.trouble.maybe()
        self.log.append(place[0], message.key, message.value, place[1])
        self.trouble.maybe()

    # ---- what happens

    def send(self, topic: str, message: Any, key: str | None = None) -> Place:
        """Put a message on a topic as anybody may; return where it stands."""
        value = message if isinstance(message, bytes) else msgspec.json.encode(message)
        whose = message.get("subject", "") if isinstance(message, dict) and key is None else key
        lane = home(whose or "", LANES)
        record = self.log.append(topic, whose.encode() if whose else None, value, lane)
        return Place(topic, record.partition, record.offset)

    def refuse_call(self, reason: str, n: int = 1, partner: str = "sandbox") -> None:
        """A partner's call that payment could not place, as it keeps it."""
        said = kernel.RecordDead(
            service="payment",
            topic="payment.inbox",
            partition=0,
            offset=-1,
            reason=reason,
            field="reference",
            sealed=self.seal(b"vnp_TxnRef=DVC1"),
        )
        event = Event(
            id=f"/partners/{partner}/{n}",
            source="/services/payment",
            type=said.TYPE,
            subject="",
            time=self.log.now,
            data=msgspec.Raw(events.encode(said)),
        )
        self.log.append("payment.inbox.dead", None, events.encode(event), 0)

    def lane(self) -> None:
        """Let the lanes read what has come: taken once, or buried."""
        todo, self._lane_at = self.log.records[self._lane_at :], len(self.log.records)
        for record in todo:
            if record.topic in SERVICES:
                self._decide(record)

    def _decide(self, record: Record) -> None:
        notices = Notices(SERVICES[record.topic], self.seal)
        try:
            event = _read(record)
            if event.type in self.unknown:
                raise DeadLetter(f"nobody here takes messages of type {event.type!r}", "$.type")
        except DeadLetter as because:
            (topic, lane), message = notices.dead(Dead(record, because), self.log.now)
            self.log.append(topic, message.key, message.value, lane)
            return
        if (event.source, event.id) not in self.taken:
            self.taken.append((event.source, event.id))

    async def read(self) -> None:
        """Let both readers read the log."""
        aside = [r for r in self.log.records if r.topic.endswith((".dead", ".parked"))]
        others = [r for r in self.log.records if r not in aside]
        for name, records in (("operations", others), ("operations-aside", aside)):
            assignment = Group(records).assignment(self.store.trouble, 100)
            with pytest.raises(Over):
                await self.store.reader(name).serve(assignment)

    async def turn(self) -> None:
        self.lane()
        await self.read()

    def app(self) -> FastAPI:
        app = FastAPI()
        app.state.access = access(KEYS)
        problems.install(app)
        app.include_router(dead_api.router(self.desk, self.store.journeys, lambda: self.log.now))
        return app

    def rows(self) -> Sequence[Any]:
        """What stands on the board of what was set aside."""
        found = self.store.tables["situations"].rows.values()
        return [row for row in found if row["cause"] in ("poison_event", "unplaced_call", "held")]


def _read(record: Record) -> Event:
    """As a lane's reader does, in short.  Raises `DeadLetter`."""
    try:
        event = events.decode(record.value or b"")
        if (record.key or b"").decode() != event.subject:
            raise DeadLetter("the record's key is not the subject of its event", "$.subject")
        if event.type not in CONTRACTS:
            raise DeadLetter(f"nobody here takes messages of type {event.type!r}", "$.type")
        msgspec.json.decode(event.data, type=CONTRACTS[event.type])
    except UNREADABLE as error:
        reason, _, field = str(error).partition(" - at `")
        inside = "$.data" if "envelope" not in reason else "$"
        raise DeadLetter(reason, f"{inside}{field.strip('`')[1:]}" if field else "") from error
    return event


def accepted(application: str, n: int = 1, **data: Any) -> dict[str, Any]:
    """An officer's message; with a `note` that is no text, nobody can read it."""
    return {
        "specversion": "1.0",
        "id": f"act-{n}",
        "source": "/officers/o-7",
        "type": "officer.accepted",
        "subject": application,
        "time": "2026-06-09T01:00:00Z",
        "data": {"officer": "o-7", **data},
    }


def event_of(record: Record) -> Event:
    """What a record says."""
    return events.decode(record.value or b"")


def at(place: Place, more: str = "") -> str:
    return f"/v1/dead/{place.key}{more}"


async def poisoned(office: Office, **data: Any) -> Place:
    """A message of an officer's that nobody can read."""
    place = office.send("routing.inbox", accepted(application(1), **{"note": 7, **data}))
    await office.turn()
    return place


async def dismissed(office: Office, place: Place) -> None:
    """Asked for by one, agreed to by another."""
    (why,) = WHY.values()
    await dead_api.do_one(office.desk, "dismiss", place, caller("o-1"), why)
    (asked,) = await office.desk.edits.of(place)
    said = place, asked.number, "accepted", caller("o-2"), why, office.log.now
    await dead_api.decide(office.desk, *said)


async def mistaken(office: Office, count: int = 1) -> list[Place]:
    """Messages that a mistaken release set aside, and its next one takes."""
    office.unknown.add("officer.accepted")
    places = [
        office.send("routing.inbox", accepted(application(n), n)) for n in range(1, count + 1)
    ]
    await office.turn()
    office.unknown.clear()
    return places
