import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.intake.api import router
from services.intake.attachments import limits
from services.intake.attachments.named import ALL, NamedFiles
from services.intake.desk import Desk
from services.intake.domain.receipt import load_contacts
from services.intake.door import Door
from services.intake.forms_api import forms_router
from services.intake.lane import table
from services.intake.likeness import Likeness
from services.intake.numbers import Numbers
from services.intake.revisions import Revisions
from shared import events, jwe, problems
from shared.access import Access
from shared.catalogue import Catalogue, load
from shared.catalogue import forms as procedure_forms
from shared.errors import Unknown
from shared.events import Event
from shared.events.portal import (
    CorrectionSubmitted,
    Submitted,
    SupplementSubmitted,
    WithdrawalRequested,
)
from shared.journal import Cause, Decision
from shared.lanes.table import Arrival, LaneTable, Malformed, Outcome
from shared.status_links import StatusLinks
from shared.store import Bounds, Row
from shared.vault import Vault

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
MASTER_KEY = bytes(range(32))
CATALOGUE = load()
FORMS = procedure_forms.load()
LIMITS = limits.load()
LINKS = StatusLinks(MASTER_KEY, "https://portal.example/status")
PRIVATE_KEY = jwe.import_key(jwe.generate_key())


class Rows:
    """A table in memory; `doubt` makes the next insert happen and then be in doubt."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.calls: list[str] = []
        self.doubt = False

    async def insert(self, rows: Sequence[Row]) -> None:
        raise NotImplementedError

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        self.calls.append("insert_missing")
        stood = {r["_id"] for r in rows} & set(self.rows)
        self.rows = {r["_id"]: r for r in rows} | self.rows
        if self.doubt:
            self.doubt = False
            raise Unknown("the connection broke")
        return stood

    async def get(self, ids: Sequence[str]) -> list[Row]:
        self.calls.append("get")
        return [self.rows[i] for i in ids if i in self.rows]

    async def ranges(self, bounds: Sequence[Bounds], limit: int = 0) -> list[Row]:
        self.calls.append("ranges")
        return [self.rows[i] for i in sorted(self.rows) if any(a <= i < b for a, b in bounds)]

    async def last(self, bounds: Bounds, limit: int) -> list[Row]:
        raise NotImplementedError

    async def delete(self, ids: Sequence[str]) -> None:
        for i in ids:
            self.rows.pop(i, None)


def uuid7(n: int = 1) -> str:
    """The n-th application id of these tests."""
    return str(UUID(int=(0x019389F0_0000 << 80) | (7 << 76) | (2 << 62) | n))


def personal(**changed: Any) -> dict[str, Any]:
    """Personal fields of a synthetic person."""
    return {
        "name": "Nguyễn Thị Thử Nghiệm",
        "personal_number": "001199000001",
        "phone": "0912345678",
        "email": "thu.nghiem@example.org",
        "address": "Số 1 đường Thử Nghiệm",
    } | changed


def form(**changed: Any) -> dict[str, Any]:
    """A valid application, as a portal fills it in."""
    return {
        "procedure": "2.000815",
        "receiving_unit": "00004",
        "personal": personal(),
        "residence_unit": "00004",
        "copies": 2,
        "documents": [{"name": "Original document", "sha256": "a" * 64}],
    } | changed


def encrypted(fields: dict[str, Any]) -> str:
    return jwe.encrypt_to(PRIVATE_KEY, json.dumps(fields).encode())


def message(kind: str, data: Any, **changed: Any) -> Event:
    fields = {
        "id": "message 1",
        "source": "/portals/sandbox",
        "type": kind,
        "subject": uuid7(),
        "time": NOW - timedelta(seconds=1),
        "data": msgspec.Raw(msgspec.json.encode(data)),
    }
    return Event(**fields | changed)


def arrival(data: dict[str, Any] | None = None, **changed: Any) -> Arrival:
    """A submission as the lane reads it: `data` as sent, its personal fields clear or encrypted."""
    sent = form() if data is None else dict(data)
    if isinstance(sent.get("personal"), dict):
        sent["personal"] = encrypted(sent["personal"])
    event = message(Submitted.TYPE, sent, **changed)
    try:
        read: Any = msgspec.json.decode(event.data, type=Submitted)
    except msgspec.ValidationError as error:
        reason, _, field = str(error).partition(" - at `")
        read = Malformed(reason=reason, field=field.strip("`") or "$")
    return Arrival(event.subject, event, read)


def follow_up(data: SupplementSubmitted | WithdrawalRequested, **changed: Any) -> Arrival:
    event = message(data.TYPE, data, **{"id": "message 2"} | changed)
    return Arrival(event.subject, event, data)


def unread(kind: str, data: Any, **changed: Any) -> Arrival:
    """A message that is not what it is called, as the lane reads it."""
    event = message(kind, data, **{"id": "message 2"} | changed)
    return Arrival(event.subject, event, Malformed(reason="Expected `object`", field="$"))


def correction(fields: dict[str, Any], outer: dict[str, Any] | None = None, **sent: Any) -> Arrival:
    """A correction as the lane reads it: its personal part encrypted, `outer` around it."""
    data = {"personal": encrypted(fields)} | (outer or {})
    event = message(CorrectionSubmitted.TYPE, data, **{"id": "message 2"} | sent)
    try:
        read: Any = msgspec.json.decode(event.data, type=CorrectionSubmitted)
    except msgspec.ValidationError as error:
        read = Malformed(reason=str(error), field="$")
    return Arrival(event.subject, event, read)


def moved(data: Any, application: str = "", n: int = 1) -> Arrival:
    """An event of routing's."""
    application = application or uuid7()
    event = message(
        data.TYPE,
        data,
        id=f"{application}/routing/{n}",
        source="/services/routing",
        subject=application,
        sequence=f"{n:06d}",
    )
    return Arrival(application, event, data)


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


class Topics:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Event]] = []
        self.doubt = False

    async def publish(self, topic: str, event: Event) -> None:
        if self.doubt:
            raise Unknown("no acknowledgement")
        self.sent.append((topic, event))


class Journal:
    """The lane's states, as an edge reads them."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    async def latest(self, application: str) -> Any:
        state = self.lane.states.get(application)
        if state is None:
            return None
        return Decision(
            application=application,
            version=1,
            at=datetime(2026, 11, 20, tzinfo=UTC),
            cause=Cause("portal.submissions", 0, 0, ""),
            state=state,
            state_json=b"",
            traceparent="",
            handled=self.lane.handled.get(application, ()),
        )


class Edge:
    """Intake's edge over a lane in memory, which decides when it is told, or after so many."""

    def __init__(
        self, decides_after: int = 0, lane: Lane | None = None, shown: Journal | None = None
    ) -> None:
        self.topics, self.lane, self.decides_after = Topics(), lane or Lane(), decides_after
        app = FastAPI()
        app.state.access = Access(
            {
                sha256(name.encode()).hexdigest(): {"name": name, "role": role}
                for name, role in (("sandbox", "portal"), ("other", "portal"), ("clerk", "officer"))
            }
        )
        problems.install(app)
        desk = Desk(
            publisher=self,
            shown=shown or Journal(self.lane),
            journal=Journal(self.lane),
            catalogue=CATALOGUE,
            public_key=jwe.import_key(jwe.public_part(PRIVATE_KEY)),
            pepper=self.lane.vault.pepper,
            clock=lambda: NOW,
            forms=FORMS,
            links=LINKS,
            contacts=load_contacts(),
            files=self.lane.named,
        )
        app.include_router(router(desk))
        app.include_router(forms_router(CATALOGUE, FORMS, lambda: NOW))
        self.app = app
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://intake"
        )

    async def call(
        self, method: str, path: str, body: Any = None, key: str = "sandbox", **headers: str
    ) -> httpx.Response:
        """Call the edge as a caller whose key is its name; a body of bytes is sent as it is."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = b"" if method == "GET" else content
        return await self.client.request(
            method, path, content=content, headers={k: v for k, v in sent.items() if v}
        )

    async def submit(self, body: Any = None, n: int = 1, **headers: str) -> httpx.Response:
        headers = {"idempotency_key": uuid7(n)} | headers
        return await self.call(
            "POST", "/v1/applications", form() if body is None else body, **headers
        )

    async def publish(self, topic: str, event: Event) -> None:
        await self.topics.publish(topic, event)
        if len(self.topics.sent) == self.decides_after:
            await self.settle()

    async def settle(self) -> list[Outcome[Any]]:
        """Let the lane decide all that was appended."""
        sent, self.topics.sent = self.topics.sent, []
        return await decided(self.lane, *(event for _, event in sent))


class Make(SimpleNamespace):
    """The names of this file, for tests."""

    def __repr__(self) -> str:
        return "make"


@pytest.fixture(scope="session")
def make() -> Make:
    return Make(**globals())
