"""An application whose forms are drawn: its contact sealed, its journal kept, the real routes."""

import asyncio
import hashlib
import io
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import httpx
import msgspec
import pypdf
import pytest
from fastapi import FastAPI

from services.notify import forms_api
from services.notify.contacts import Contacts
from services.notify.forms.drawing import Forms
from shared import catalogue as catalogues
from shared import events, problems
from shared.access import ROLES, Access
from shared.events.data import Filed
from shared.events.intake import Contact
from shared.journal import Cause, Decision, Journal
from shared.papers.press import WAITING_LIMIT, Press
from shared.status_links import StatusLinks
from shared.vault import seal

KEYS = {role: f"synthetic-key-of-{role}" for role in ROLES}
NAME = "Nguyễn Thị Mẫu"
PAGE = "https://tracuu.example.invalid/status"
DOCUMENTS = ("Tờ khai đăng ký khai sinh", "Giấy chứng sinh")


class Office:
    """Forms behind the real doors; `units` are what an officer's key is bound to."""

    def __init__(self, case: Any, rows: Any, vault: Any, new_rows: Any, catalogue: Any) -> None:
        self.case, self.rows, self.vault = case, new_rows(), vault
        self.journal = Journal(self.rows, case.table)
        self.press, self.mails, self.missed = Press(1), Press(1), Counter()
        self.links = StatusLinks(bytes(32), PAGE)
        applicants = Contacts(vault).applicants
        self.forms = Forms(self.journal, applicants, catalogue, self.mails, self.links, self.miss)
        self.catalogue, self.units = catalogue, ""

        self.asked = forms_api.Asked(lambda: self.case.at)

    def miss(self, reason: str, count: int) -> None:
        """Count forms that did not go with their mails."""
        self.missed[reason] += count

    async def register(self, **changes: Any) -> None:
        """Register it, with a contact that opens."""
        keys = await self.vault.keys([self.case.application], create=True)
        contact = events.encode(Contact(name=NAME, email="a@example.invalid"))
        whole = {
            "contact": seal(keys[self.case.application], contact, self.case.application),
            "documents": tuple(Filed(name=n, sha256="0" * 64) for n in DOCUMENTS),
            "copies": 2,
        }
        self.learn("application.registered", **(whole | changes))

    def learn(self, type_: str, **changes: Any) -> list[Any]:
        """Decide, and journal how it stands."""
        emitted = self.case.learn(type_, **changes)
        dossier = self.case.dossier
        decision = Decision(
            application=self.case.application,
            version=len(self.rows.rows) + 1,
            at=self.case.at,
            cause=Cause("intake.events", 0, 0, "1"),
            state=dossier,
            state_json=events.encode(dossier),
            traceparent="",
        )
        row = self.journal.row(decision)
        self.rows.rows[row["_id"]] = row
        return emitted

    def app(self) -> FastAPI:
        app = FastAPI()
        app.state.access = Access(
            {
                hashlib.sha256(key.encode()).hexdigest(): {
                    "name": f"sandbox-{each}",
                    "role": each,
                    "units": self.units,
                }
                for each, key in KEYS.items()
            }
        )
        problems.install(app)
        office = forms_api.Office(
            self.forms,
            self.press,
            self.journal,
            self.catalogue,
            self.links,
            lambda: self.case.at,
            self.asked,
        )
        app.include_router(forms_api.router(office))
        return app

    def client(self, role: str = "portal") -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(self.app()),
            headers={"authorization": f"Bearer {KEYS.get(role, '')}"},
        )

    async def get(self, form: str, role: str = "portal", **more: Any) -> httpx.Response:
        path = f"/v1/applications/{self.case.application}/forms/{form}"
        return await self.client(role).get(path, **more)

    def token(self) -> str:
        """What the citizen's link carries."""
        return self.links.token(self.case.application)

    @asynccontextmanager
    async def full_press(self) -> AsyncIterator[None]:
        """Let as many wait for the press as may, until this ends; then none does."""
        gate = Event()

        def wait() -> bytes:
            gate.wait(10)
            return b""

        busy = [asyncio.ensure_future(self.press.draw(wait)) for _ in range(WAITING_LIMIT)]
        await asyncio.sleep(0)
        try:
            yield
        finally:
            gate.set()
            await asyncio.gather(*busy)

    async def post(self, form: str, **fields: str) -> httpx.Response:
        return await self.client("").post(f"/v1/forms/{form}", data=fields)


@pytest.fixture(scope="session")
def catalogue() -> catalogues.Catalogue:
    return catalogues.load()


@pytest.fixture
def new_office(rows, vault, new_rows, catalogue):
    return lambda case: Office(case, rows, vault, new_rows, catalogue)


@pytest.fixture
async def office(new_office, case) -> Office:
    office = new_office(case)
    await office.register()
    return office


@pytest.fixture
def pdf_text():
    """The text of a PDF, as a reader of others reads it."""

    def pdf_text(made: bytes) -> str:
        pages = pypdf.PdfReader(io.BytesIO(made)).pages
        return " ".join(" ".join(each.extract_text() for each in pages).split())

    return pdf_text


@pytest.fixture
def changed():
    return msgspec.structs.replace
