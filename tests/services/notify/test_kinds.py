"""Every kind of provider from the file to the device and back, against the sandbox's other side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import uvicorn

from deploy.local import secrets
from deploy.sandbox.inbox import mail
from deploy.sandbox.inbox.faults import Faults
from deploy.sandbox.inbox.inbox import Inbox
from deploy.sandbox.inbox.push import Push, create_app
from services.notify.addresses import Addresses
from services.notify.channels.mail.dates import enclosed
from services.notify.channels.receipts import publishing
from services.notify.channels.sms_smpp import SmsSmpp
from services.notify.contacts import Contacts
from services.notify.domain.templates import template
from services.notify.effects import Ask, Send
from services.notify.providers import SANDBOX, House, channels, firsts, limits, organiser, read
from shared import events
from shared.effects import Request
from shared.events import Event
from shared.events.intake import Contact
from shared.events.notify import NoticeQueryRequested, NoticeRequested
from shared.publisher import Publisher
from shared.vault import seal
from tests.services.notify.channels.smpp.side import centre, until

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
PERSON = Contact(name="Synthetic Person", phone="0912345678", email="a@example.invalid")
FACTS = {"dossier_code": "G09.20-20261120-0000001", "due": "2026-12-01T09:30:00+00:00"}
WAYS = (("sms", "smsc"), ("email", "inbox-mail"), ("app", "inbox-app"))


class Log:
    """Takes what is appended."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, batches: Any) -> None:
        self.events += [events.decode(m.value) for some in batches.values() for m in some]


class World(NamedTuple):
    send: Send
    ask: Ask
    devices: Inbox
    handsets: Any
    log: Log
    addresses: Addresses

    async def tell(self, vault: Any, *ways: tuple[str, str]) -> list[Any]:
        """Send a notice each way, as the effects do; return what came of them."""
        keys = await vault.keys([APPLICATION], create=True)
        sealed = seal(keys[APPLICATION], msgspec.json.encode(PERSON), APPLICATION)
        found = []
        for channel, provider in ways:
            notice = NoticeRequested(
                key=f"{APPLICATION}/accepted/{channel}/1",
                milestone="accepted",
                channel=channel,
                template=template("accepted", channel, "vi"),
                language="vi",
                contact=sealed,
                params=FACTS,
                provider=provider,
            )
            found += await self.send.call([request(notice)])
        return [(answer.finding, answer.reason) for answer in found]


def request(data: Any) -> Request:
    raw = msgspec.Raw(events.encode(data))
    event = Event(
        id="1",
        source="/services/notify",
        type=data.TYPE,
        subject=APPLICATION,
        time=AT,
        data=raw,
    )
    return Request(event, data)


@asynccontextmanager
async def pages(push: Push) -> AsyncIterator[int]:
    config = uvicorn.Config(create_app(push), "127.0.0.1", 0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


@asynccontextmanager
async def world(vault: Any, rows: Any, **faults: Any) -> AsyncIterator[World]:
    ours, clients = secrets.generate()
    known = ours["providers"] | {"sms": ours["sms"]}
    known["smsc"] = {"system_id": "motcua", "password": "syntheti"}  # as the centre has it
    told = read(SANDBOX.with_name("sandbox_smpp_providers.json"))
    devices, log = Inbox(Faults(**faults), lambda: 0.0), Log()
    publisher = Publisher(
        log, lane_count=4, sample_ratio=0.0, clock=lambda: AT, appended=lambda *_: None
    )
    addresses = Addresses(rows, bytes(32), lambda: AT)
    async with (
        await mail.serve(devices, "127.0.0.1", 0) as server,
        pages(Push(devices, clients["inbox"]["key"])) as push_port,
        centre() as (handsets, _, smpp_port),
    ):
        smtp_port = server.sockets[0].getsockname()[1]
        urls = {
            "sms_http": "http://127.0.0.1:1",
            "push_http": f"http://127.0.0.1:{push_port}",
            "smtp": f"smtp://127.0.0.1:{smtp_port}",
        }
        house = House(
            urls,
            10.0,
            lambda _: rows,
            lambda: AT,
            bytes(32),
            lambda name: publishing(publisher, name, lambda: AT),
            addresses.bounced,
        )
        here = f"smpp://127.0.0.1:{smpp_port}"
        told = tuple(
            msgspec.structs.replace(row, url=here) if row.kind == "sms_smpp" else row
            for row in told
        )
        carriers = channels(told, known, house)
        smsc = carriers["smsc"]
        assert isinstance(smsc, SmsSmpp)
        running = asyncio.create_task(smsc.run())
        await until(smsc.is_bound)
        own, first, whose = limits(told, 10.0), firsts(told), organiser(told)
        send = Send(
            Contacts(vault, addresses=addresses),
            carriers,
            10.0,
            first,
            own,
            lambda application, notice, at: enclosed(application, notice, at, whose),
        )
        yield World(send, Ask(carriers, 10.0, first, own), devices, handsets, log, addresses)
        for carrier in carriers.values():
            await carrier.aclose()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_citizen_is_told_by_each_kind_of_provider_and_once(vault, rows):
    async with world(vault, rows) as w:
        assert await w.tell(vault, *WAYS) == [("handed", "")] * 3
        assert [(i.kind, i.to) for i in w.devices.shown] == [
            ("email", "a@example.invalid"),
            ("app", "0912345678"),
        ]
        [(name, content)] = w.devices.shown[0].files
        assert (name, b"DTSTART;VALUE=DATE:20261201" in content) == ("due.ics", True)
        assert w.handsets.outbox(True)["accepted"] == 1
        await until(lambda: w.log.events)
        [receipt] = w.log.events
        assert (receipt.type, receipt.source) == ("notice.receipt_arrived", "/gateways/smsc")


async def test_each_kind_is_asked_after_an_attempt_by_its_key(vault, rows):
    async with world(vault, rows) as w:
        await w.tell(vault, *WAYS)
        for channel, provider in WAYS:
            key = f"{APPLICATION}/accepted/{channel}/1"
            query = NoticeQueryRequested(
                key="q", attempt_key=key, channel=channel, provider=provider
            )
            [answer] = await w.ask.call([request(query)])
            assert (answer.key, answer.finding) == (key, "handed")


async def test_an_address_that_does_not_exist_is_left_alone_from_then_on(vault, rows):
    async with world(vault, rows, refused=1.0) as w:
        email = ("email", "inbox-mail")
        assert await w.tell(vault, email) == [("rejected", "no_such_user")]
        assert await w.tell(vault, email) == [("rejected", "bounced")]
