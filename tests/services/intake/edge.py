"""Intake's edge over a lane in memory."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from services.intake.api import APPLICATIONS, near, router
from services.intake.desk import Desk
from services.intake.domain.receipt import load_contacts
from services.intake.forms_api import forms_router
from services.intake.subjects import Subjects
from services.intake.subjects_api import subjects_router
from shared import jwe, problems
from shared.access import Access
from shared.bare import near_in_front
from shared.errors import Unknown
from shared.events import Event
from shared.journal import Cause, Decision
from shared.lanes.table import Outcome
from shared.pages import Page
from tests.services.intake.memory import Lane, Rows, decided
from tests.services.intake.sent import CATALOGUE, FORMS, LINKS, NOW, PRIVATE_KEY, form, uuid7

CALLERS = {"sandbox": "portal", "other": "portal", "clerk": "officer", "watch": "operator"}


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
        return self.known(application)

    def known(self, application: str) -> Any:
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


class Pages:
    """The lane's states a page at a time, two on each."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    async def after(self, application: str) -> Page[Any]:
        known = Journal(self.lane).known
        later = sorted(a for a in self.lane.states if a > application)
        return Page(tuple(map(known, later[:2])), later[1] if len(later) > 2 else "")


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
                for name, role in CALLERS.items()
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
        self.subjects = Subjects(Rows())
        app.include_router(subjects_router(self.subjects, Pages(self.lane)))
        self.app = app
        self.near = near(desk, Journal(self.lane).known if shown is None else lambda _: None)
        self.client = self.in_front(app)

    def in_front(self, app: ASGIApp) -> httpx.AsyncClient:
        """Return a client of an app with that in front which intake has at hand."""
        front = near_in_front(app, self.app.state.access, {APPLICATIONS: self.near})
        return httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://intake")

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
        outcomes = await decided(self.lane, *(event for _, event in sent))
        known = Journal(self.lane).known
        await self.subjects.write(self.subjects.new([known(e.subject) for _, e in sent]))
        return outcomes


def fields(answer) -> list[tuple[str, str]]:
    return [(p["code"], p["field"]) for p in answer.json()["problems"]]


def assert_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:motcua:problem:{code}"
    assert answer.json()["detail"].endswith(".")
