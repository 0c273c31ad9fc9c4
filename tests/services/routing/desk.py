"""An officer before the edge of routing, and the lane behind it, over tables in memory."""

import hashlib
from datetime import UTC, datetime

import httpx
import msgspec
from fastapi import FastAPI

from services.routing import forms_api, inbox_api
from services.routing.api import router
from services.routing.inbox import Inbox
from shared import events, problems
from shared.access import Access
from shared.bus import Record
from shared.clock import system_clock
from shared.events import Event
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.noted import NotedJournal
from shared.pages import Pages
from shared.papers.press import Press
from shared.publisher import Publisher
from tests.shared.tables import MemoryTable

APPLICATION = "0197b1c2-aaaa-7bbb-8ccc-000000000001"
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam, a working day
KEYS = {
    role: {"authorization": f"Bearer {role}-key"}
    for role in ("officer", "operator", "portal", "partner")
}


class Rows(MemoryTable):
    """A table that counts what the inbox writes."""

    def __init__(self):
        super().__init__()
        self.writes = 0

    async def begin(self, call):
        self.writes += call in ("insert_missing", "delete")


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
        app.include_router(forms_api.router(self.journal, catalogue, lambda: MONDAY, Press()))
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


def _access(keys):
    return Access({hashlib.sha256(k.encode()).hexdigest(): v for k, v in keys.items()})
