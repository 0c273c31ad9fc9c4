"""Portals, officers and operators before the edge of petitions, and the lane behind it."""

import hashlib
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from fastapi import FastAPI
from structlog.testing import capture_logs

from services.notify.domain import Policy
from services.notify.domain.petitions.deciding import ours
from services.notify.lane import Facts, table
from services.notify.petitions import office_api, portal_api
from services.notify.petitions.at_units import AtUnits
from services.notify.petitions.counter import Counter
from shared import events, problems
from shared.access import Access
from shared.bus import Record
from shared.events import Event, kernel
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.noted import NotedJournal
from shared.publisher import Publisher
from shared.vault import Vault
from tests.shared.tables import MemoryTable

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday, 09:00 in Viet Nam
WARD, OTHER, PROVINCE = "26737", "00004", "79"
TEXT = "Cán bộ một cửa không nhận hồ sơ (thử nghiệm)"
CONTACT = {"name": "Người Thử Nghiệm", "phone": "0900000000", "email": "a@example.invalid"}
FORM = {"kind": "attitude", "text": TEXT, "contact": CONTACT, "unit": WARD}
ANSWER = "Chúng tôi xin lỗi và đã nhắc nhở cán bộ (thử nghiệm)."
DISPUTE = "Cán bộ vẫn chưa nhận hồ sơ (thử nghiệm)."


def uuid7(n: int = 1, at: datetime = AT) -> str:
    """An id as portals make them."""
    ms = int(at.timestamp() * 1_000)
    digits = f"{ms:012x}7{n:03x}8{n:015x}"
    return "-".join(digits[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


class Hall:
    """Everybody before the edge, and the lane that decides when told to."""

    def __init__(self):
        self.at, self.records, self._done = AT, [], 0
        self.lying, self.journal_rows = MemoryTable(), MemoryTable()
        lanes = table(Policy())
        self.at_units = AtUnits(self.lying)
        self.journal = NotedJournal(self.journal_rows, lanes, self.at_units)
        self.vault = Vault(MemoryTable(), bytes(32), cached_keys=0)
        self._reader = Reader(lanes, 1)
        self._step = Step(lanes, self._reader.again, lambda _: False)
        keys = {
            **{role: {"name": role, "role": role} for role in ("portal", "operator", "partner")},
            "other-portal": {"name": "other", "role": "portal"},
            "officer": {"name": "anywhere", "role": "officer"},
            "ward": {"name": "ward", "role": "officer", "units": WARD},
            "province": {"name": "province", "role": "officer", "units": PROVINCE},
            "elsewhere": {"name": "elsewhere", "role": "officer", "units": OTHER},
        }
        app = FastAPI()
        app.state.access = Access(
            {hashlib.sha256(key.encode()).hexdigest(): who for key, who in keys.items()}
        )
        problems.install(app)
        publisher = Publisher(
            self, lane_count=1, sample_ratio=0.0, clock=self.now, appended=lambda *_: None
        )
        counter = Counter(publisher, self.journal, ours(), self.vault, self.now)
        app.include_router(portal_api.router(counter))
        app.include_router(office_api.router(counter, self.at_units))
        self.app = app

    def now(self):
        return self.at

    async def append(self, batches):
        for (topic, partition), messages in batches.items():
            for key, value, headers in messages:
                offset = len(self.records)
                self.records.append(Record(topic, partition, offset, 0, key, value, headers))

    async def call(self, method, path, who="portal", body=None, **headers):
        """Call the edge; return the status and the answer."""
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://notify.test",
            headers={"authorization": f"Bearer {who}"} | headers,
        ) as client:
            answer = await client.request(method, path, json=body)
        return answer.status_code, answer.json()

    async def file(self, n=1, who="portal", key=None, **changes):
        return await self.call(
            "POST", "/v1/petitions", who, FORM | changes, **{"idempotency-key": key or uuid7(n)}
        )

    async def act(self, action, n=1, who="ward", key="act-1", if_match="", **fields):
        headers = {"idempotency-key": key} | ({"if-match": if_match} if if_match else {})
        path = f"/v1/petitions/{uuid7(n)}/actions"
        return await self.call("POST", path, who, {"action": action, **fields}, **headers)

    async def tell(self, what, n=1, who="portal", body=None):
        return await self.call("POST", f"/v1/petitions/{uuid7(n)}/{what}", who, body)

    async def look(self, n=1, who="portal"):
        return await self.call("GET", f"/v1/petitions/{uuid7(n)}", who)

    async def texts(self, n=1, who="ward", purpose="to answer it"):
        """Return the answer, and what was written into the log of accesses."""
        path = f"/v1/petitions/{uuid7(n)}/texts?purpose={purpose}"
        with capture_logs() as logs:
            answered = await self.call("GET", path, who)
        return answered, logs

    async def decide(self, *, is_journal_alone=False):
        """Decide what is new in the log; return what was emitted."""
        new, self._done = self.records[self._done :], len(self.records)
        readings = self._reader.read(new)
        assert not readings.dead, readings.dead
        emitted = []
        for reading in readings.mine:
            latest = await self.journal.latest(reading.application)
            for decision in self._step(latest, reading, Facts(), self.at):
                await self.journal.append([decision])
                emitted += [events.decode(e) for e in decision.emitted]
        return emitted

    def bring(self, data, subject, source="/services/intake", id_="", sequence=""):
        """Append what another service, or a timer, says."""
        event = Event(
            id=id_ or f"{subject}/intake/000001",
            source=source,
            type=data.TYPE,
            subject=subject,
            time=self.at,
            sequence=sequence,
            data=msgspec.Raw(events.encode(data)),
        )
        topic = "intake.events" if sequence else "notify.inbox"
        record = Record(topic, 0, len(self.records), 0, subject.encode(), events.encode(event), ())
        self.records.append(record)

    async def pass_days(self, days, n=1):
        """Let days pass, with the timers of a petition that fall due in them."""
        until, fired = self.at + timedelta(days=days), set()
        while True:
            rows = await self.journal_rows.ranges([(f"{uuid7(n)}/", f"{uuid7(n)}0")])
            timers = [t for row in rows for t in row.get("timers", ())]
            ripe = [t for t in timers if t["due"] <= until and t["name"] not in fired]
            if not ripe:
                break
            timer = min(ripe, key=lambda t: t["due"])
            fired.add(timer["name"])
            self.at = max(self.at, timer["due"])
            said = kernel.TimerFired(name=timer["name"], version=1)
            self.bring(said, uuid7(n), "/services/notify/timers", f"timer/{timer['name']}")
            await self.decide()
        self.at = until

    def everything(self):
        """Return all that was appended and kept, in one text."""
        kept = [*self.journal_rows.rows.values(), *self.lying.rows.values()]
        log = b"".join((r.key or b"") + (r.value or b"") for r in self.records)
        return log.decode() + repr(kept)
