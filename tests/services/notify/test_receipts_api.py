"""Receipts come in by the name of who carried a message: an SMS gateway, or an app."""

from typing import Any

import msgspec
import pytest

from services.notify.channels.receipts import Reporter
from services.notify.providers import MAILED, PUSHED, Row, gateway, reporters
from services.notify.receipts_api import BODY_LIMIT_BYTES, EXAMPLE
from tests.services.notify.edges import Edge

APPS = "/v1/receipts/app-a"
APPLICATION = "0198c0de-0000-7000-8000-000000000001"
OF_SMS = {"reference": f"{APPLICATION}/accepted/sms/1", "status": "delivered"}
RECEIPT = {"reference": f"{APPLICATION}/accepted/app/1", "status": "delivered", "message_id": "p1"}


@pytest.fixture
def edge() -> Edge:
    return Edge()


async def test_receipts_are_in_the_log_each_once_under_its_providers_name(edge) -> None:
    lost = RECEIPT | {"status": "undelivered", "code": "unreachable"}
    for _ in range(2):
        answer = await edge.post(APPS, json={"receipts": [RECEIPT, {"reference": "x"}, lost]})
        assert (answer.status_code, answer.json()["taken"]) == (202, 2)
        assert list(answer.json()["refused"]) == ["/receipts/1"]
    places = {(topic, key, event.source) for topic, key, event in edge.appended}
    assert places == {("notify.inbox", APPLICATION, "/gateways/app-a")}
    assert len({event.id for _, _, event in edge.appended}) == 2
    assert [msgspec.json.decode(e.data)["code"] for _, _, e in edge.appended][1] == "unreachable"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"content": b"{", "headers": {"content-type": "application/json"}}),
        (413, {"json": {"receipts": ["x" * BODY_LIMIT_BYTES]}}),
        (415, {"content": b"x", "headers": {"content-type": "text/plain"}}),
        (422, {"json": {"receipts": []}}),
        (422, {"json": {"receipts": [{"reference": "x", "status": "delivered"}]}}),
    ],
)
async def test_what_cannot_be_read_is_refused(edge, status: int, body: Any) -> None:
    assert (await edge.post(APPS, **body)).status_code == status
    assert edge.appended == []


async def test_only_a_partner_reports_on_a_provider_that_there_is_and_again_after_a_doubt(
    edge,
) -> None:
    told = {"json": {"receipts": [RECEIPT]}}
    assert (await edge.post(APPS, role="portal", **told)).status_code == 403
    refused = await edge.post("/v1/receipts/app-b", **told)
    assert (refused.status_code, refused.json()["title"]) == (404, "unknown provider")
    assert "report under yours, one of app-a, sms-b, sms-c." in refused.json()["detail"]
    edge.is_down = True
    assert (await edge.post(APPS, **told)).status_code == 503


async def test_every_sms_gateway_has_a_route_and_the_first_one_keeps_its_own(edge) -> None:
    rows = [Row(name=n, channel="sms", kind="sms_http") for n in ("sms-a", "sms-b")]
    app = Row(name="app-a", channel="app", kind="push_http", receipts_by=("partner", "second"))
    assert gateway([app, *rows]) == "sms-a"
    assert gateway([app]) == "sms"
    mail = Row(name="mail-a", channel="email", kind="smtp")
    assert reporters([app, mail, *rows], MAILED) == {
        "mail-a": Reporter("email", frozenset({"mail-a"}))
    }
    assert reporters([app, mail, *rows], PUSHED) == {
        "app-a": Reporter("app", frozenset({"partner", "second"})),
        "sms-a": Reporter("sms", frozenset({"sms-a"})),
        "sms-b": Reporter("sms", frozenset({"sms-b"})),
    }
    answer = await edge.post("/v1/receipts/sms-b", json={"receipts": [OF_SMS]})
    assert (answer.status_code, edge.appended[-1][2].source) == (202, "/gateways/sms-b")


async def test_nobody_settles_what_another_carries(edge) -> None:
    refused = await edge.post("/v1/receipts/sms-c", json={"receipts": [OF_SMS]})
    assert (refused.status_code, refused.json()["title"]) == (403, "not your messages")
    other = {"json": {"receipts": [OF_SMS]}}
    answer = await edge.post(APPS, **other)
    assert (answer.status_code, edge.appended) == (422, [])
    assert "no message that went out by app" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": f"{APPLICATION}/accepted/app/{'9' * 5_000}"},
        {"reference": f"{APPLICATION}/accepted/app/0"},
        {"reference": f"{APPLICATION}/accepted/app/10000"},
        {"reference": f"{APPLICATION}/{'a' * 200}/app/1"},
        {"reference": f"{APPLICATION}/accepted/app@/1"},
        {"reference": f"{APPLICATION}/accepted/app/1/1"},
        {"message_id": "x" * 65},
        {"message_id": "gửi 1"},
    ],
)
async def test_what_is_no_receipt_of_ours_spoils_no_other(edge, wrong) -> None:
    again = RECEIPT | {"reference": f"{APPLICATION}/payment_requested~2/app@representative/9999"}
    answer = await edge.post(APPS, json={"receipts": [RECEIPT | wrong, RECEIPT, again]})
    assert (answer.status_code, answer.json()["taken"]) == (202, 2)
    assert [key[0] for key in answer.json()["refused"]] == ["/"]


async def test_a_code_is_none_of_ours_however_long_it_is(edge) -> None:
    told = RECEIPT | {"status": "undelivered", "code": "0912345678 tat may " + "x" * 300_000}
    assert (await edge.post(APPS, json={"receipts": [told]})).status_code == 202
    [(_, _, event)] = edge.appended
    assert msgspec.json.decode(event.data)["code"] == "other"


async def test_the_example_of_the_description_is_one(edge) -> None:
    assert (await edge.post(APPS, json=EXAMPLE)).json() == {"taken": 1, "refused": {}}
