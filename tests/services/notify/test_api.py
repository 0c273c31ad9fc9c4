"""Notify's edge: receipts from the gateway, and what a citizen was told."""

import asyncio
import hashlib
from collections import deque

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.sandbox.sms.behaviour import Faults, Gateway, Message
from services.notify.api import router
from services.notify.channels.receipts import Reporter
from services.notify.domain.templates import ours
from services.notify.lane import table
from services.notify.receipts_api import Desk
from shared import events, problems
from shared.access import ROLES, Access
from shared.errors import Unknown
from shared.events.notify import PreferencesChanged
from shared.journal import Cause, Decision, Journal
from shared.publisher import Publisher

INBOX = {"notice.answered", "notice.receipt_arrived", "notice.preferences_changed"}
KEYS = {role: f"synthetic-key-of-{role}" for role in ROLES}
RECEIPTS = "/v1/receipts/sms"
GATEWAYS = {"sms-a": Reporter("sms", frozenset({"sandbox-partner"}))}
WISH = "/v1/applications/{}/preferences"


class Log:
    """A producer that keeps what is appended."""

    def __init__(self) -> None:
        self.appended = deque()
        self.is_down = False

    async def append(self, batches) -> None:
        if self.is_down:
            raise Unknown("the broker does not answer")
        for (topic, _), messages in batches.items():
            self.appended += [(topic, m.key.decode(), events.decode(m.value)) for m in messages]


class Edge:
    """The real routes behind the real doors."""

    def __init__(self, rows, case) -> None:
        self.log, self.case = Log(), case
        self.journal = Journal(rows, case.table)
        self.rows = rows
        told = {"clock": lambda: case.at, "appended": lambda *_: None}
        publisher = Publisher(self.log, lane_count=4, sample_ratio=0.0, **told)
        self.app = FastAPI()
        hashes = {
            hashlib.sha256(key.encode()).hexdigest(): {"name": f"sandbox-{role}", "role": role}
            for role, key in KEYS.items()
        }
        self.app.state.access = Access(hashes)
        problems.install(self.app)
        desk = Desk(publisher, lambda: case.at, GATEWAYS)
        routes = router(publisher, self.journal, lambda: case.at, ours(), desk, "sms-a")
        self.app.include_router(routes)

    def client(self, role: str = "partner") -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(self.app),
            headers={"authorization": f"Bearer {KEYS.get(role, role)}"},
        )

    def keep(self, application: str) -> None:
        """Journal the case as it stands."""
        decision = Decision(
            application=application,
            version=1,
            at=self.case.at,
            cause=Cause("intake.events", 0, 0, "1"),
            state=self.case.dossier,
            state_json=events.encode(self.case.dossier),
            traceparent="",
        )
        row = self.journal.row(decision)
        self.rows.rows[row["_id"]] = row


@pytest.fixture
def edge(rows, case) -> Edge:
    return Edge(rows, case)


def receipt(application: str, **changes):
    key = f"{application}/registered/sms/1"
    return {"reference": key, "status": "delivered", "message_id": "sms-1", **changes}


async def test_receipts_go_to_the_inbox_under_an_id_of_their_own(edge, application):
    answer = await edge.client().post(RECEIPTS, json={"receipts": [receipt(application)]})
    assert (answer.status_code, answer.json()) == (202, {"taken": 1, "refused": {}})
    [(topic, key, event)] = edge.log.appended
    assert (topic, key, event.subject) == ("notify.inbox", application, application)
    assert event.id == f"{application}/registered/sms/1/receipt/delivered"
    assert (event.source, event.type) == ("/gateways/sms-a", "notice.receipt_arrived")
    assert msgspec.json.decode(event.data) == {
        "key": f"{application}/registered/sms/1",
        "delivered": True,
        "gateway_id": "sms-1",
        "code": "",
    }


async def test_a_receipt_for_nobody_spoils_no_other(edge, application):
    body = {"receipts": [{"reference": "x", "status": "delivered"}, receipt(application)]}
    answer = await edge.client().post(RECEIPTS, json=body)
    assert answer.status_code == 202
    assert (answer.json()["taken"], list(answer.json()["refused"])) == (
        1,
        ["/receipts/0/reference"],
    )
    assert len(edge.log.appended) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"receipts": []}', "application/json", 422),
        (b'{"receipts": [1]}', "application/json", 422),
        (b'{"receipts": [{"reference": "x", "status": "delivered"}]}', "application/json", 422),
        (b'{"receipts": [' + b"1," * 1_000 + b"1]}", "application/json", 422),
        (b'{"receipts": ["' + b"x" * (1 << 20) + b'"]}', "application/json", 413),
        (b'{"receipts": [{}]}', "text/plain", 415),
    ],
)
async def test_bad_input_is_answered_with_problem_details(edge, body, content_type, status):
    answer = await edge.client().post(
        RECEIPTS, content=body, headers={"content-type": content_type}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not edge.log.appended


@pytest.mark.parametrize(("role", "status"), [("nobody", 401), ("portal", 403), ("officer", 403)])
async def test_only_partners_bring_receipts(edge, application, role, status):
    answer = await edge.client(role).post(RECEIPTS, json={"receipts": [receipt(application)]})
    assert answer.status_code == status
    assert not edge.log.appended


async def test_a_broker_that_does_not_answer_lets_the_gateway_come_again(edge, application):
    edge.log.is_down = True
    answer = await edge.client().post(RECEIPTS, json={"receipts": [receipt(application)]})
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["receipts", "reference", "status"]), inner, max_size=3
            )
        ),
    ).map(msgspec.json.encode)
)
@settings(max_examples=100, deadline=None)
def test_no_body_is_ever_a_crash(body, new_case):
    async def post() -> httpx.Response:
        edge = Edge(None, new_case())
        return await edge.client().post(
            RECEIPTS, content=body, headers={"content-type": "application/json"}
        )

    assert asyncio.run(post()).status_code in (202, 400, 422)


# ---- what a citizen was told


async def test_a_portal_reads_what_its_citizen_was_told_in_full_words(edge, case, application):
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    edge.keep(application)
    answer = await edge.client("portal").get(f"/v1/applications/{application.upper()}/notices")
    assert answer.status_code == 200
    [notice] = answer.json()["notices"]
    assert "lúc 15 giờ 00 phút, ngày 20 tháng 11 năm 2026." in notice.pop("read_out")
    assert [notice.pop(f) for f in ("why", "remedy", "with_milestone")] == ["", "", ""]
    assert notice == {
        "milestone": "registered",
        "channel": "sms",
        "status": "sent",
        "since": "2026-11-20T08:00:02Z",
        "attempts": 1,
        "reason": "",
        "text": "Hồ sơ G09.20-20261120-0000001 đã nộp thành công lúc 15:00 20/11/2026. "
        "Dùng mã này để tra cứu trên Cổng Dịch vụ công.",
        "audience": "citizen",
        "subject": "Đã nhận hồ sơ G09.20-20261120-0000001",
        "occasion": 1,
    }
    assert "synthetic-contact" not in answer.text


async def test_a_portal_does_not_read_of_another_portals_citizen(edge, case, application):
    case.learn("application.registered", portal="another")
    edge.keep(application)
    path = f"/v1/applications/{application}/notices"
    assert (await edge.client("portal").get(path)).status_code == 404
    wish = await edge.client("portal").post(WISH.format(application), json={})
    assert wish.status_code == 404
    assert (await edge.client("operator").get(path)).status_code == 200


async def test_what_waits_for_a_contact_has_no_text_yet(edge, case, application):
    case.learn("application.accepted")
    edge.keep(application)
    answer = await edge.client("operator").get(f"/v1/applications/{application}/notices")
    assert [(n["status"], n["text"]) for n in answer.json()["notices"]] == [("awaiting", "")]


async def test_a_citizens_wish_goes_to_the_inbox_and_counts(edge, case, application):
    case.learn("application.registered")
    edge.keep(application)
    answer = await edge.client("portal").post(WISH.format(application), json={"channels": []})
    assert (answer.status_code, answer.json()) == (202, {"application": application})
    [(topic, _, event)] = edge.log.appended
    assert (topic, event.source) == ("notify.inbox", "/portals/sandbox-portal")
    case.take(msgspec.json.decode(event.data, type=PreferencesChanged), event.source, event.id)
    assert case.dossier.channels == ()


@pytest.mark.parametrize(
    ("body", "role", "status"),
    [
        ({"channels": ["pigeon"]}, "portal", 422),
        ({"channels": "sms"}, "portal", 422),
        ({"language": "fr"}, "portal", 422),
        ({"phone": "0912345678"}, "portal", 422),
        ({"channels": []}, "partner", 403),
    ],
)
async def test_a_wish_that_cannot_be_granted_is_refused(
    edge, case, application, body, role, status
):
    case.learn("application.registered")
    edge.keep(application)
    answer = await edge.client(role).post(WISH.format(application), json=body)
    assert answer.status_code == status
    assert not edge.log.appended


@pytest.mark.parametrize(
    ("id_", "status"), [("no-uuid", 422), ("0198c0de-0000-7000-8000-0000000000ff", 404)]
)
async def test_an_unknown_application_is_said_so(edge, id_, status):
    answer = await edge.client("operator").get(f"/v1/applications/{id_}/notices")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_description_of_the_edge_names_the_receipts(edge):
    description = edge.app.openapi()["paths"][RECEIPTS]["post"]["requestBody"]
    assert "receipts" in str(description)


# ---- together with the gateway


async def test_the_gateways_receipts_arrive_also_twice_and_before_the_answer(
    edge, case, application
):
    case.learn("application.registered")
    faults = Faults(doubled_receipts=1.0, early_receipts=1.0)
    gateway = Gateway(faults, edge.client())
    await gateway.send([Message(case.key("registered"), "0912345678", "synthetic")])
    await gateway.push()
    for _, _, event in edge.log.appended:
        data = msgspec.json.decode(event.data, type=events.CONTRACTS[event.type])
        case.take(data, event.source, event.id)
    case.answer(case.key("registered"), "handed")
    assert case.status("registered") == "delivered"


def test_the_lanes_take_every_message_of_the_inbox(new_case):
    inbox = {*INBOX, "timer.fired"}
    assert inbox <= set(table(new_case().policy).decisions)
