"""Reports on mails come in, as mails or as JSON: ours are in the log, the others have a name."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from services.notify.bounces_api import BODY_LIMIT_BYTES, EXAMPLE, router
from services.notify.channels.receipts import AddressBounced
from shared import events, problems
from shared.access import ROLES, Access
from shared.errors import Unknown
from shared.publisher import Publisher
from tests.services.notify.channels.mail.reported import (
    ADDRESS,
    APPLICATION,
    EXIM,
    ID,
    KEY,
    SECRET,
    report,
)

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEYS = {role: f"synthetic-key-of-{role}" for role in ROLES}
MAIL = {"content-type": "message/rfc822"}


class Edge:
    """The real routes behind the real doors; a log, and a book of addresses."""

    def __init__(self) -> None:
        self.appended: list[Any] = []
        self.bounced: list[AddressBounced] = []
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
        app.include_router(router(publisher, lambda: AT, {"mail-a"}, SECRET, self.note))
        self.app = app

    async def append(self, batches: Any) -> None:
        if self.is_down:
            raise Unknown("the broker does not answer")
        for (topic, _), messages in batches.items():
            self.appended += [(topic, m.key.decode(), events.decode(m.value)) for m in messages]

    async def note(self, bounced: Any) -> None:
        if self.is_book_down:
            raise Unknown("the book does not answer")
        self.bounced += bounced

    async def post(self, provider: str = "mail-a", role: str = "partner", **body: Any):
        async with httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(self.app),
            headers={"authorization": f"Bearer {KEYS.get(role, role)}"},
        ) as client:
            return await client.post(f"/v1/bounces/{provider}", **body)


@pytest.fixture
def edge() -> Edge:
    return Edge()


def bounce(**changed: Any) -> dict[str, Any]:
    return {"id": ID, "recipient": ADDRESS, "action": "failed", "status": "5.1.1", **changed}


async def test_a_mail_that_a_mail_server_pipes_is_a_receipt_in_the_log(edge) -> None:
    answer = await edge.post(content=report(), headers=MAIL)
    assert (answer.status_code, answer.json()) == (202, {"taken": 1, "set_aside": {}})
    [(topic, key, event)] = edge.appended
    assert (topic, key, event.source) == ("notify.inbox", APPLICATION, "/gateways/mail-a")
    assert (event.type, event.id) == ("notice.receipt_arrived", f"{KEY}/receipt/undelivered")
    assert msgspec.json.decode(event.data) == {
        "key": KEY,
        "delivered": False,
        "gateway_id": "",
        "code": "no_such_user",
    }
    assert [(b.address, b.hardness) for b in edge.bounced] == [(ADDRESS, "hard")]


async def test_each_report_of_a_provider_is_taken_by_itself(edge) -> None:
    told = [bounce(), bounce(id="x"), 7, bounce(recipient="v@here.test"), bounce(action="delayed")]
    with capture_logs() as logs:
        answer = await edge.post(json={"bounces": told})
    assert answer.status_code == 202
    assert answer.json() == {
        "taken": 1,
        "set_aside": {
            "/bounces/1": "not_ours",
            "/bounces/2": "unreadable",
            "/bounces/3": "not_genuine",
            "/bounces/4": "no_news",
        },
    }
    assert len(edge.appended) == 1
    assert [entry["why"]["not_ours"] for entry in logs] == [1]
    assert "here.test" not in str(logs)


async def test_a_report_twice_is_the_same_event(edge) -> None:
    for _ in range(2):
        await edge.post(content=EXIM, headers=MAIL)
    one, two = (event for _, _, event in edge.appended)
    assert one.id == two.id


async def test_a_mail_that_is_no_report_is_done_with(edge) -> None:
    answer = await edge.post(content=b"Subject: Out of office\r\n\r\nx", headers=MAIL)
    assert (answer.status_code, answer.json()["set_aside"]) == (202, {"/": "not_a_report"})
    assert edge.appended == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"content": b"{", "headers": {"content-type": "application/json"}}),
        (413, {"content": b"x" * (BODY_LIMIT_BYTES + 1), "headers": MAIL}),
        (415, {"content": b"x", "headers": {"content-type": "text/plain"}}),
        (422, {"json": {"bounces": []}}),
    ],
)
async def test_what_cannot_be_read_at_all_is_refused(edge, status: int, body: Any) -> None:
    assert (await edge.post(**body)).status_code == status


async def test_only_a_partner_reports_and_only_on_a_provider_that_there_is(edge) -> None:
    assert (await edge.post(role="portal", json={"bounces": [bounce()]})).status_code == 403
    assert (await edge.post(role="nobody", json={"bounces": [bounce()]})).status_code == 401
    answer = await edge.post("mail-b", json={"bounces": [bounce()]})
    assert (answer.status_code, answer.json()["type"].endswith("unknown-provider")) == (404, True)
    assert edge.appended == []


@pytest.mark.parametrize("down", ["is_down", "is_book_down"])
async def test_what_may_not_have_been_kept_is_to_be_sent_again(edge, down: str) -> None:
    setattr(edge, down, True)
    answer = await edge.post(content=report(), headers=MAIL)
    assert answer.status_code == 503


async def test_the_example_of_the_description_is_one(edge) -> None:
    answer = await edge.post(json=EXAMPLE)
    assert answer.json() == {"taken": 0, "set_aside": {"/bounces/0": "not_genuine"}}
