"""The citizens' edge over tables in memory."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from services.operations import rating_api, status_api
from services.operations.pages import Pages
from services.operations.rating_api import PER_APPLICATION, RatingDesk
from services.operations.status_access import Attempts, StatusAccess
from services.operations.status_api import StatusDesk
from shared.access import Access
from shared.catalogue import Catalogue
from shared.edge_app import edge_app
from shared.status_links import StatusLinks
from shared.vault import Vault
from tests.services.operations.api.edge import Published
from tests.services.operations.memory import Group, MemoryTable, Over, Store
from tests.services.operations.story import BEGAN, Story

KEYS = {"portal-key": ("sandbox", "portal"), "op-key": ("o-1", "operator")}
LINKS = StatusLinks(bytes(range(32)), "/status")
FORMS = "http://127.0.0.1:9/v1/forms"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Ticks:
    """A clock that goes when it is told to."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s

    def clock(self) -> datetime:
        return BEGAN + timedelta(seconds=self.now_s)


@dataclass
class StatusEdge:
    """The edge, with what it stands on at hand."""

    catalogue: Catalogue
    now: datetime = BEGAN
    url: str = ""  # where it answers, if it does
    ticks: Ticks = field(default_factory=Ticks)
    store: Store = field(default_factory=Store)

    def __post_init__(self) -> None:
        self.published = Published()
        self.vault = Vault(MemoryTable(self.store.trouble), bytes(range(32)))
        journeys = self.store.journeys
        self.access = StatusAccess(journeys, LINKS, self.ticks)
        status = StatusDesk(
            access=self.access,
            journeys=journeys,
            catalogue=self.catalogue,
            pages=Pages(FORMS),
            clock=lambda: self.now,
        )
        sent = Attempts(PER_APPLICATION, self.ticks)
        desk = RatingDesk(status, self.published, self.vault, sent)
        keys = {
            hashlib.sha256(key.encode()).hexdigest(): {"name": name, "role": role}
            for key, (name, role) in KEYS.items()
        }
        self.app = edge_app(
            "operations", Access(keys), (status_api.router(status), rating_api.router(desk))
        )

    async def read(self, story: Story) -> Story:
        """Read all of a story's log, and let it be that moment."""
        assignment = Group(story.log.records).assignment(self.store.trouble, 100)
        with pytest.raises(Over):
            await self.store.reader().serve(assignment)
        self.now = story.log.now
        return story

    def client(self, address: str = "203.0.113.7") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 4711))
        return httpx.AsyncClient(transport=transport, base_url="http://operations")

    async def post(
        self, fields: dict[str, Any], path: str = "/status", address: str = "203.0.113.7"
    ) -> httpx.Response:
        """Send a form as a browser does."""
        async with self.client(address) as client:
            return await client.post(path, content=urlencode(fields), headers=FORM)

    async def look(
        self, story: Story, *, code: str = "", dossier: str = "", **more: Any
    ) -> httpx.Response:
        """Type both codes of an application, or others in their place."""
        fields = {
            "dossier_code": dossier or story.code,
            "code": code or LINKS.code(story.application),
        }
        return await self.post(fields, **more)
