"""A catalogue, rules, and whole valid objects of which a test changes only what matters."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.routing import inbox_api
from services.routing.api import router
from services.routing.domain.dossier import (
    Dossier,
    Fee,
    Parcel,
    Signature,
    start_statutory_clock,
)
from services.routing.domain.edges import MOVES
from services.routing.domain.rules import Rules, load_rules
from services.routing.domain.states import CLOCK, Asked, Move, Stage
from services.routing.domain.workflow import begun
from services.routing.inbox import Inbox, NotedJournal
from services.routing.lane import table
from services.routing.pages import Pages
from shared import events, problems
from shared.access import Access
from shared.bus import Record
from shared.catalogue import Catalogue, load
from shared.clock import system_clock
from shared.events import Data, Event, intake
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.lanes.table import Arrival, LaneTable, Outcome
from shared.publisher import Publisher

APPLICATION = "0197b1c2-aaaa-7bbb-8ccc-000000000001"
COMPETENT = {Move.TRANSFER: "00008", Move.READDRESS: ""}
PARCEL = "EX000000001VN"
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam, a working day


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(scope="session")
def lanes(catalogue: Catalogue, rules: Rules) -> LaneTable[Dossier, None]:
    return table(catalogue, rules)


@pytest.fixture(scope="session")
def monday() -> datetime:
    return MONDAY


@pytest.fixture(scope="session")
def registered() -> Callable[..., intake.Registered]:
    """An automatic procedure with a fee at submission, filed where the applicant lives."""

    def make(**changes: object) -> intake.Registered:
        whole = intake.Registered(
            dossier_code="G26.97-20261116-0000001",
            portal="national",
            procedure="1.004873",
            receiving_unit="00097",
            residence_unit="00097",
            channel="online",
            applicant_kind="citizen",
            language="vi",
            copies=1,
            documents=(),
            sealed="sealed",
            contact="sealed",
            subject_hash="0" * 64,
            submitted_at=MONDAY,
            catalogue_version="test",
        )
        return msgspec.structs.replace(whole, **changes)

    return make


@pytest.fixture(scope="session")
def dossier(catalogue: Catalogue) -> Callable[..., Dossier]:
    """A dossier in a stage, with the clocks that belong to it; five working days, paid."""

    def make(stage: Stage = Stage.SUBMITTED, **changes: object) -> Dossier:
        whole = Dossier(
            dossier_code="G26.97-20261116-0000001",
            procedure="1.010038",
            channel="online",
            receiving_unit="00097",
            competent_unit="00097",
            returning_unit="00097",
            rule="commune-of-residence",
            rule_version="test",
            catalogue_version="test",
            fee=Fee.LATER,
            received_at=MONDAY,
            acceptance_due=catalogue.intake_due(MONDAY, MONDAY.date()),
        )
        if stage in AFTER_ACCEPTANCE:
            procedure = catalogue.procedure(whole.procedure, MONDAY.date())
            assert procedure is not None
            due = catalogue.statutory_due(procedure, MONDAY, MONDAY.date())
            whole = start_statutory_clock(whole, due, MONDAY, "officer-1")
            whole = begun(whole, catalogue, MONDAY)
        if stage is Stage.UNROUTED:
            whole = msgspec.structs.replace(whole, competent_unit="", returning_unit="")
        if CLOCK[stage] == "paused":
            whole = msgspec.structs.replace(whole, remaining_ms=4 * 3_600_000)
        if stage in (Stage.SETTLED, Stage.IN_POST, Stage.RETURNED):
            whole = msgspec.structs.replace(whole, settled_at=MONDAY)
        if stage is Stage.IN_POST:
            whole = msgspec.structs.replace(whole, parcel=Parcel(tracking=PARCEL))
        if stage is Stage.AWAITING_SIGNATURE:
            signature = Signature(signer="chairman-1", expires=date(2026, 12, 31))
            whole = msgspec.structs.replace(whole, signature=signature)
        return msgspec.structs.replace(whole, stage=stage, **changes)

    return make


@pytest.fixture(scope="session")
def asked() -> Callable[..., Asked]:
    """A move with everything any move may need."""

    def make(move: Move, **changes: object) -> Asked:
        whole = Asked(
            move,
            "officer-1",
            "a reason",
            amount_vnd=50_000,
            competent_unit=COMPETENT.get(move, "00097"),
            returning_unit="00008" if move is Move.READDRESS else "",
            new_due=date(2026, 11, 30),
            signer="chairman-1",
            certificate_expires=date(2026, 12, 31),
            tracking=PARCEL,
            place="Hà Nội",
            step="receive",
        )
        return whole._replace(**changes)

    return make


@pytest.fixture(scope="session")
def decide(lanes: LaneTable[Dossier, None]) -> Callable[..., Outcome[Dossier]]:
    """Decide one message, as a lane would."""

    def run(
        state: Dossier | None, data: Data, at: datetime = MONDAY, service: str = "intake"
    ) -> Outcome[Dossier]:
        event = Event(
            id=f"{APPLICATION}/{service}/000001",
            source=f"/services/{service}",
            type=data.TYPE,
            subject=APPLICATION,
            time=at,
            sequence="000001",
            data=msgspec.Raw(events.encode(data)),
        )
        return lanes.decisions[data.TYPE](state, Arrival(APPLICATION, event, data), None, at)

    return run


AFTER_ACCEPTANCE = frozenset(MOVES) - {
    Stage.EXPECTED,
    Stage.UNROUTED,
    Stage.SUBMITTED,
    Stage.INCOMPLETE,
    Stage.RESUBMITTED,
    Stage.NOT_ACCEPTED,
    Stage.WITHDRAWN,
}


KEYS = {
    role: {"authorization": f"Bearer {role}-key"}
    for role in ("officer", "operator", "portal", "partner")
}


class Rows:
    """A table in memory: only what the journal and the inbox need."""

    def __init__(self):
        self.rows = {}
        self.writes = 0

    async def insert(self, rows):
        self.rows |= {row["_id"]: row for row in rows}

    async def insert_missing(self, rows):
        self.writes += 1
        stood = {row["_id"] for row in rows} & self.rows.keys()
        self.rows = {row["_id"]: row for row in rows} | self.rows
        return stood

    async def delete(self, ids):
        self.writes += 1
        for id_ in ids:
            self.rows.pop(id_, None)

    async def ranges(self, bounds, limit=0):
        found = [self.rows[i] for i in sorted(self.rows) if any(a <= i < b for a, b in bounds)]
        return found[:limit] if limit else found

    async def last(self, bounds, limit):
        return (await self.ranges([bounds]))[-limit:]


class Log:
    """A producer that keeps what it is given."""

    def __init__(self):
        self.records = []

    async def append(self, batches):
        for (topic, partition), messages in batches.items():
            for key, value, headers in messages:
                offset = len(self.records)
                self.records.append(Record(topic, partition, offset, 0, key, value, headers))


class Desk:
    """An officer before the edge, and the lane that decides when told to."""

    def __init__(self, lanes, catalogue, rules):
        self.log, self._done = Log(), 0
        self.lying = Rows()
        inbox = Inbox(self.lying)
        rows = Rows()
        self.journal = NotedJournal(rows, lanes, inbox)
        self._reader = Reader(lanes, 1)
        self._step = Step(lanes, self._reader.again, lambda _: False)
        keys = {f"{role}-key": {"name": f"sandbox-{role}", "role": role} for role in KEYS}
        keys["other-key"] = {"name": "other-officer", "role": "officer"}
        for name, units in (("hanoi", "01"), ("ward", "00097"), ("elsewhere", "79 26737")):
            keys[f"{name}-key"] = {"name": name, "role": "officer", "units": units}
        app = FastAPI()
        app.state.access = _access(keys)
        problems.install(app)
        publisher = Publisher(
            self.log,
            lane_count=1,
            sample_ratio=0.0,
            clock=system_clock,
            appended=lambda *_: None,
        )
        app.include_router(router(publisher, self.journal, catalogue, rules, system_clock))
        pages = Pages(rows, self.journal)
        app.include_router(inbox_api.router(inbox, self.journal, pages, catalogue, system_clock))
        self.app = app
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge", headers=KEYS["officer"]
        )

    async def act(self, key="key-1", headers=None, **body):
        path = f"/v1/applications/{APPLICATION}/actions"
        headers = {"idempotency-key": key, **(headers or {})}
        return await self.http.post(path, json=body, headers=headers)

    def bring(self, data, service, sequence, application=APPLICATION):
        """Append what another service decided."""
        event = Event(
            id=f"{application}/{service}/{sequence:06d}",
            source=f"/services/{service}",
            type=data.TYPE,
            subject=application,
            time=MONDAY,
            sequence=f"{sequence:06d}",
            data=msgspec.Raw(events.encode(data)),
        )
        key, topic = application.encode(), f"{service}.events"
        record = Record(topic, 0, len(self.log.records), 0, key, events.encode(event))
        self.log.records.append(record)

    async def decide(self, at=MONDAY):
        """Decide what is new in the log; return what was emitted."""
        new, self._done = self.log.records[self._done :], len(self.log.records)
        readings = self._reader.read(new)
        assert not readings.dead
        emitted = []
        for reading in readings.mine:
            latest = await self.journal.latest(reading.application)
            decisions = self._step(latest, reading, None, at)
            await self.journal.append(decisions)
            emitted += [events.decode(e) for d in decisions for e in d.emitted]
        return emitted


@pytest.fixture(scope="session")
def keys():
    """What each role presents."""
    return KEYS


def _access(keys):
    return Access({hashlib.sha256(k.encode()).hexdigest(): v for k, v in keys.items()})


@pytest.fixture
async def desk(lanes, catalogue, rules):
    """A desk without a dossier."""
    made = Desk(lanes, catalogue, rules)
    async with made.http:
        yield made
