"""Intake's own edge, as operations asks it whose applications are whose."""

import hashlib
from collections.abc import Callable
from typing import Any

import httpx

from services.intake.subjects import Subjects
from services.intake.subjects_api import subjects_router
from services.operations.persons import Persons
from shared.access import Access
from shared.edge_app import edge_app
from shared.vault import Vault
from tests.services.operations.memory import MemoryTable, Store

KEY = "operations-key"
NUMBER = "001199000001"  # of nobody

Fails = Callable[[httpx.Request], httpx.Response | None]  # instead of intake; None: it answers


class AtIntake(httpx.AsyncBaseTransport):
    """The edge over a table in memory, what it was asked, and how it may fail."""

    def __init__(self, store: Store) -> None:
        self.table = MemoryTable(store.trouble)
        vault = Vault(MemoryTable(store.trouble), bytes(range(32)))
        rows = {
            hashlib.sha256(KEY.encode()).hexdigest(): {"name": "operations", "role": "operator"}
        }
        pages: Any = None  # nothing is listed anew
        app = edge_app("intake", Access(rows), (subjects_router(Subjects(self.table), pages),))
        self._intake, self.hashed = httpx.ASGITransport(app), vault.subject_hash
        self.asked: list[httpx.Request] = []
        self.fails: Fails = lambda _: None
        http = httpx.AsyncClient(transport=self, trust_env=False)
        self.persons = Persons(store.journeys, http, "http://intake", KEY, self.hashed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.fails(request) or await self._intake.handle_async_request(request)

    async def registered(self, *applications: str, number: str = NUMBER) -> None:
        """Let intake know that these are of the person with this number."""
        rows = [{"_id": f"{self.hashed(number)}/{a}"} for a in applications]
        await self.table.insert_missing(rows)


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)


def broken(_: httpx.Request) -> httpx.Response:
    return httpx.Response(502)


def not_known(_: httpx.Request) -> httpx.Response:
    return httpx.Response(401)
