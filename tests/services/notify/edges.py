"""The routes by which providers report, behind the real doors; a log, and a book of addresses."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from services.notify import bounces_api, receipts_api
from services.notify.channels.mail.turns import Beginning
from services.notify.channels.receipts import AddressBounced, Reporter
from shared import events, problems
from shared.access import ROLES, Access
from shared.errors import Unknown
from shared.publisher import Publisher
from tests.services.notify.channels.mail.reported import KEY, SECRET

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEYS = {role: f"synthetic-key-of-{role}" for role in ROLES}


class Edge:
    """The real routes behind the real doors; a log, and a book of addresses."""

    def __init__(self) -> None:
        self.appended: list[Any] = []
        self.bounced: list[AddressBounced] = []
        self.begun = {KEY: Beginning(AT - timedelta(days=1), "mail-a")}
        self.is_down = self.is_book_down = False
        publisher = Publisher(
            self, lane_count=4, sample_ratio=0.0, clock=lambda: AT, appended=lambda *_: None
        )
        app = FastAPI()
        app.state.access = Access(
            {
                hashlib.sha256(key.encode()).hexdigest(): {"name": role, "role": role}
                for role, key in KEYS.items()
            }
        )
        problems.install(app)
        mails = {
            "mail-a": Reporter("email", frozenset({"partner"})),
            "mail-c": Reporter("email", frozenset({"mail-c"})),
        }
        bounces = bounces_api.router(publisher, lambda: AT, mails, SECRET, self.when, self.note)
        app.include_router(bounces)
        told = {
            "app-a": Reporter("app", frozenset({"partner"})),
            "sms-b": Reporter("sms", frozenset({"partner"})),
            "sms-c": Reporter("sms", frozenset({"sms-c"})),
        }
        desk = receipts_api.Desk(publisher, lambda: AT, told)
        app.include_router(receipts_api.router(desk))
        self.app = app

    async def append(self, batches: Any) -> None:
        if self.is_down:
            raise Unknown("the broker does not answer")
        for (topic, _), messages in batches.items():
            self.appended += [(topic, m.key.decode(), events.decode(m.value)) for m in messages]

    async def when(self, keys: Any) -> Any:
        return {key: begun for key, begun in self.begun.items() if key in keys}

    async def note(self, bounced: Any) -> None:
        if self.is_book_down:
            raise Unknown("the book does not answer")
        self.bounced += bounced

    async def post(self, path: str, role: str = "partner", **body: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(self.app),
            headers={"authorization": f"Bearer {KEYS.get(role, role)}"},
        ) as client:
            return await client.post(path, **body)
