"""Reports on mails come in, as mails or as JSON: ours are in the log, the others have a name."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from services.notify.bounces_api import BODY_LIMIT_BYTES, EXAMPLE
from services.notify.channels.mail.turns import Beginning
from tests.services.notify.channels.mail.reported import (
    ADDRESS,
    APPLICATION,
    EXIM,
    ID,
    KEY,
    report,
)
from tests.services.notify.edges import AT, Edge

MAILS = "/v1/bounces/mail-a"
MAIL = {"content-type": "message/rfc822"}


@pytest.fixture
def edge() -> Edge:
    return Edge()


def bounce(**changed: Any) -> dict[str, Any]:
    return {"id": ID, "recipient": ADDRESS, "action": "failed", "status": "5.1.1", **changed}


async def test_a_mail_that_a_mail_server_pipes_is_a_receipt_in_the_log(edge) -> None:
    answer = await edge.post(MAILS, content=report(), headers=MAIL)
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
        answer = await edge.post(MAILS, json={"bounces": told})
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
    assert [entry["why"]["not_ours"] for entry in logs if "why" in entry] == [1]
    assert "here.test" not in str(logs)


@pytest.mark.parametrize(("days", "counts"), [(7, True), (8, False), (4_000, False)])
async def test_a_report_counts_while_a_server_may_still_try_the_mail(edge, days, counts) -> None:
    edge.begun = {KEY: Beginning(AT - timedelta(days=days), "mail-a")}
    with capture_logs() as logs:
        answer = await edge.post(MAILS, content=report(), headers=MAIL)
    assert answer.json()["set_aside"] == ({} if counts else {"/": "too_late"})
    assert len(edge.appended) == len(edge.bounced) == counts
    assert any(entry.get("notices") == [(KEY, "no_such_user")] for entry in logs) == counts
    assert ADDRESS not in str(logs)


async def test_a_report_on_a_mail_that_never_was_counts_for_nothing(edge) -> None:
    edge.begun = {}
    answer = await edge.post(MAILS, json={"bounces": [bounce()]})
    assert answer.json() == {"taken": 0, "set_aside": {"/bounces/0": "too_late"}}
    assert edge.appended == edge.bounced == []


async def test_a_report_twice_is_the_same_event(edge) -> None:
    for _ in range(2):
        await edge.post(MAILS, content=EXIM, headers=MAIL)
    one, two = (event for _, _, event in edge.appended)
    assert one.id == two.id


async def test_a_mail_that_is_no_report_is_done_with(edge) -> None:
    answer = await edge.post(MAILS, content=b"Subject: Out of office\r\n\r\nx", headers=MAIL)
    assert (answer.status_code, answer.json()["set_aside"]) == (202, {"/": "not_a_report"})
    assert edge.appended == []


async def test_a_mail_that_takes_long_to_read_leaves_the_loop_to_lanes(edge) -> None:
    others = 0

    async def work() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0.001)

    working = asyncio.create_task(work())
    slow = b'Content-Type: multipart/report; a="' + b";" * 30_000
    answer = await edge.post(MAILS, content=slow, headers=MAIL)
    working.cancel()
    assert answer.json()["set_aside"] == {"/": "not_a_report"}
    assert others > 20


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
    assert (await edge.post(MAILS, **body)).status_code == status


async def test_only_a_partner_reports_and_only_on_a_provider_that_there_is(edge) -> None:
    assert (await edge.post(MAILS, role="portal", json={"bounces": [bounce()]})).status_code == 403
    assert (await edge.post(MAILS, role="nobody", json={"bounces": [bounce()]})).status_code == 401
    answer = await edge.post("/v1/bounces/mail-b", json={"bounces": [bounce()]})
    assert (answer.status_code, answer.json()["type"].endswith("unknown-provider")) == (404, True)
    assert edge.appended == []


async def test_nobody_reports_on_mails_of_a_provider_that_is_not_theirs(edge) -> None:
    answer = await edge.post("/v1/bounces/mail-c", json={"bounces": [bounce()]})
    assert (answer.status_code, answer.json()["title"]) == (403, "not your messages")
    assert edge.appended == edge.bounced == []


@pytest.mark.parametrize(
    ("carrier", "set_aside"), [("mail-c", {"/bounces/0": "not_yours"}), ("", {})]
)
async def test_a_report_counts_from_who_carried_the_mail_where_that_is_noted(
    edge, carrier: str, set_aside: dict[str, str]
) -> None:
    edge.begun = {KEY: Beginning(AT, carrier)}
    answer = await edge.post(MAILS, json={"bounces": [bounce()]})
    assert answer.json()["set_aside"] == set_aside
    assert len(edge.appended) == len(edge.bounced) == (not set_aside)


@pytest.mark.parametrize("down", ["is_down", "is_book_down"])
async def test_what_may_not_have_been_kept_is_to_be_sent_again(edge, down: str) -> None:
    setattr(edge, down, True)
    answer = await edge.post(MAILS, content=report(), headers=MAIL)
    assert answer.status_code == 503


async def test_the_example_of_the_description_is_one(edge) -> None:
    answer = await edge.post(MAILS, json=EXAMPLE)
    assert answer.json() == {"taken": 0, "set_aside": {"/bounces/0": "not_genuine"}}
