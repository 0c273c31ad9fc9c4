"""What one application's people got is told as the sandbox has it, each notice once, none lost."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse

from deploy.local.demo import devices, status
from deploy.local.demo.devices import Device, arrived
from deploy.local.demo.status import Status
from deploy.sandbox.devices.http import router
from deploy.sandbox.devices.item import Item
from deploy.sandbox.portal import Application, told_by
from services.notify.channels import File
from shared.clock import system_clock
from shared.events.data import Consent
from shared.events.portal import Personal, Submitted

ONE = "0198c0de-0000-7000-8000-000000000001"
PERSON = Personal(
    name="Nguyễn Thử Nghiệm An",
    personal_number="001190000001",
    phone="0912000001",
    email="citizen1@example.invalid",
)
OTHER = "0198c0de-0000-7000-8000-000000000002"
MANY = Consent(channels=("sms", "email"), representative=("app",))
FILE = File("due.ics", "text/calendar", b"BEGIN:VCALENDAR\nDTSTART:20261127\nSUMMARY:Due\n")


def application(ways: Consent | None = None) -> Application:
    fields = Submitted(procedure="1.000001", receiving_unit="26737", personal="")
    made = Application(ONE, fields, PERSON)
    return told_by(made, ways) if ways else made


def item(kind: Any, slot: str, to: str, files: tuple[tuple[str, bytes], ...] = ()) -> Item:
    html = "<p>as a page</p>" if kind == "email" else ""
    return Item(system_clock(), kind, f"{ONE}/{slot}/1", "DVC", to, "", "text", html, files)


class Town:
    """What a demonstration reaches, in memory."""

    def __init__(self) -> None:
        self.texts: list[Item] = []
        self.inbox: list[Item] = []
        self.apps = {name: FastAPI() for name in ("sms", "inbox", "intake", "operations")}
        self.apps["sms"].include_router(router(lambda: self.texts))
        self.apps["inbox"].include_router(router(lambda: self.inbox))
        self.receipt = {"status_link": "/status#the-token"}
        self.apps["intake"].get("/v1/applications/{_}")(
            lambda _: JSONResponse({"receipt": self.receipt})
        )

    def url(self, name: str) -> str:
        return f"http://{name}.test"

    def browser(self, name: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.apps[name])
        return httpx.AsyncClient(base_url=self.url(name), transport=transport)

    def client(self, name: str, _: Any) -> httpx.AsyncClient:
        return self.browser(name)


@pytest.fixture
def town() -> Any:
    return Town()


async def test_each_way_that_people_agreed_to_leads_to_a_device(town: Any) -> None:
    made = application(MANY)
    acting = made.personal.representative
    assert acting
    town.texts = [item("sms", "registered/sms", PERSON.phone)]
    town.inbox = [
        item("app", "registered/app@representative", acting.phone),
        item("email", "registered/email", PERSON.email),
        item("app", "registered/app", PERSON.phone),  # the citizen's own, and nobody asked for it
    ]
    found = await devices.read(town, made)
    assert [(d.way, d.channel, [i["reference"] for i in d.items]) for d in found] == [
        (way, way.partition("@")[0], [f"{ONE}/registered/{way}/1"])
        for way in ("sms", "email", "app@representative")
    ]
    assert found[0].url.startswith("http://sms.test/devices/")
    [usual] = await devices.read(town, application())
    assert usual.way == "sms"


async def test_pages_are_kept_beside_each_other_and_every_link_leads_to_one(
    town: Any, tmp_path: Path
) -> None:
    town.inbox = [
        item("email", "registered/email", PERSON.email),
        item("email", "accepted/email", PERSON.email, ((FILE.name, FILE.content),)),
    ]
    found = await devices.read(town, application(Consent(channels=("email",))))
    devices.keep(tmp_path, found, Status("", "", b"<p>status</p>"))
    links = re.findall(r'href="([^"]+)"', (tmp_path / "email.html").read_text())
    assert len(links) == 3
    kept = [(tmp_path / link).read_bytes() for link in links]
    assert kept.count(b"<p>as a page</p>") == 2
    assert FILE.content in kept
    assert (tmp_path / "status.html").read_bytes() == b"<p>status</p>"
    devices.keep(tmp_path / "other", found, None)
    assert not (tmp_path / "other" / "status.html").exists()


def device(way: str, *slots: str) -> Device:
    return Device(way, [{"reference": f"{ONE}/{slot}/1"} for slot in slots])


def sent(log: Any, *slots: str) -> None:
    for slot in slots:
        milestone, _, way = slot.partition("/")
        log.decided("notice.sent", milestone=milestone, channel=way)


def test_what_was_sent_and_came_once_is_right(log: Any) -> None:
    sent(log, "registered/sms", "registered/app@representative")
    log.decided("notice.sent", OTHER, milestone="registered", channel="email")
    found = [
        device("sms", "registered/sms"),
        device("app@representative", "registered/app@representative"),
    ]
    assert arrived(ONE, found, log.evidence()) == (2, 2, {}, ())


def test_what_went_in_the_message_of_another_came_with_it(log: Any) -> None:
    joined = [{"milestone": "returned", "template": "", "params": {}}]
    log.decided("notice.requested", milestone="result_ready", channel="email", joined=joined)
    sent(log, "result_ready/email", "returned/email")
    found = [device("email", "result_ready/email")]
    assert arrived(ONE, found, log.evidence()) == (1, 2, {}, ())
    assert len(arrived(ONE, [device("email")], log.evidence()).wrong) == 2


def test_what_was_dropped_and_not_told_later_is_named_with_its_reason(log: Any) -> None:
    for milestone in ("accepted", "supplement_requested"):
        log.decided("notice.dropped", milestone=milestone, channel="sms", reason="meanwhile")
    sent(log, "accepted/sms")  # it became so again
    found = arrived(ONE, [device("sms", "accepted/sms")], log.evidence())
    assert found == (1, 1, {"supplement_requested/sms": "meanwhile"}, ())


def test_what_came_twice_or_never_or_unasked_is_named(log: Any) -> None:
    sent(log, "registered/sms", "accepted/sms")
    again = {"reference": f"{ONE}/registered/sms/2"}  # by a second attempt
    handset = device("sms", "registered/sms", "returned/sms")
    found = [handset._replace(items=[*handset.items, again])]
    assert arrived(ONE, found, log.evidence()).wrong == (
        "notice registered/sms came 2 times",
        "notice accepted/sms was sent, and came nowhere",
        "returned/sms came, and was never sent",
    )


async def test_the_citizens_link_is_opened_as_its_page_does(town: Any) -> None:
    asked: list[bytes] = []

    @town.apps["operations"].post("/status")
    async def page(request: Request) -> HTMLResponse:
        asked.append(await request.body())
        return HTMLResponse("<h1>Hồ sơ</h1>")

    town.receipt["status_code"] = "7D2K-0MXQ-94ZA"
    found = await status.read(town, ONE)
    assert found == (
        "http://operations.test/status#the-token",
        "7D2K-0MXQ-94ZA",
        "<h1>Hồ sơ</h1>".encode(),
    )
    assert asked == [b"token=the-token"]


async def test_where_there_is_no_page_there_is_no_status(town: Any) -> None:
    assert await status.read(town, ONE) is None
    town.receipt = None  # it was refused
    assert await status.read(town, ONE) is None


@pytest.mark.parametrize("answer", [404, 500])
async def test_a_page_that_knows_nothing_is_no_missing_page(town: Any, answer: int) -> None:
    town.apps["operations"].post("/status")(lambda: HTMLResponse("", answer))
    with pytest.raises(httpx.HTTPStatusError):
        await status.read(town, ONE)
