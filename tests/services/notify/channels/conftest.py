"""A gateway, a channel to it, and notices with sealed contacts."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from deploy.sandbox.sms.behaviour import Faults, Gateway
from deploy.sandbox.sms.gateway import create_app
from services.notify.channels.sms_http import SmsHttp, connect
from services.notify.contacts import Contacts
from services.notify.domain.templates import template
from services.notify.effects import Send
from shared import events
from shared.effects import Request
from shared.events import Event
from shared.events.intake import Contact
from shared.events.notify import NoticeRequested
from shared.vault import seal

KEY = "synthetic-key"
APPLICATION = "0198c0de-0000-7000-8000-00000000000{n}"
CONTACT = Contact(name="Synthetic Person", phone="0912345678")


class Setup:
    """A gateway, a channel to it and a vault; `answer` stands in for the gateway."""

    def __init__(self, vault, answer=None, **faults: Any) -> None:
        self.vault = vault
        self.gateway = Gateway(Faults(**faults))
        transport = httpx.MockTransport(answer) if answer else self.transport()
        self.channel = SmsHttp(connect("http://sms.test", KEY, 1.0, transport))
        self.effect = Send(Contacts(vault), {"sms": self.channel})

    async def send(self, notices) -> Any:
        """Send as the effect does: opened by the contacts, handed over by the channel."""
        return await self.effect.call([request(*notice) for notice in notices])

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(create_app(self.gateway, KEY))

    async def notice(self, n: int = 1, contact: Contact | bytes = CONTACT, attempt: int = 1):
        application = APPLICATION.format(n=n)
        keys = await self.vault.keys([application], create=True)
        plain = contact if isinstance(contact, bytes) else msgspec.json.encode(contact)
        notice = NoticeRequested(
            key=f"{application}/accepted/sms/{attempt}",
            milestone="accepted",
            channel="sms",
            template=template("accepted", "sms", "vi"),
            language="vi",
            contact=seal(keys[application], plain, application),
            params={"dossier_code": "G09.20-20261120-0000001", "due": "2026-12-01T09:30:00+00:00"},
        )
        return application, notice

    def counts(self) -> dict[str, int]:
        return self.gateway.outbox(counts=True)["counts"]


@pytest.fixture
def setup(vault) -> Callable[..., Setup]:
    return lambda answer=None, **faults: Setup(vault, answer, **faults)


def request(application: str, data) -> Request:
    event = Event(
        id="1",
        source="/services/notify",
        type=data.TYPE,
        subject=application,
        time="2026-11-20T08:00:00Z",
        data=msgspec.Raw(events.encode(data)),
    )
    return Request(event, data)


@pytest.fixture
def requested() -> Callable[..., Request]:
    return request
