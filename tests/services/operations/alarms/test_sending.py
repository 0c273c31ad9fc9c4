"""Alarms on the wire: to a real HTTP server, verified as its owner would, and to a real mail
server.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from services.operations.alarms.sending import Sending
from services.operations.delivery import Mail, Webhook, client, read
from services.operations.domain.alarm_life import Act, Alarm, fired
from services.operations.domain.alarms import alarm_id
from shared import signing
from shared.clock import system_clock
from shared.errors import Misconfigured
from tests.services.notify.channels.mail.servers import Office, aiosmtpd, certificate
from tests.services.operations.alarms.watch import down

SECRET = signing.shown(bytes(range(32)))
CONSOLE = "https://operations.example.invalid/console"
NOW = system_clock()
SIGHT = down(value=7)
ALARM = fired(alarm_id(SIGHT.key, int(NOW.timestamp() * 1_000)), SIGHT, NOW)
OVER = ALARM.after(Act(what="ended", by="/services/operations", at=NOW + timedelta(minutes=9)))


class Receiver:
    """Keeps what is posted to it, and answers as it is told."""

    def __init__(self, status: int = 204) -> None:
        self.status, self.taken = status, list[tuple[Mapping[str, str], bytes]]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        self.taken.append((headers, body))
        more = "location: /other\r\n" if 300 <= self.status < 400 else ""
        answer = f"HTTP/1.1 {self.status} X\r\n{more}content-length: 0\r\nconnection: close\r\n"
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def answering(receiver: Receiver) -> AsyncIterator[Webhook]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield Webhook(name="shift", url=f"http://127.0.0.1:{port}/a", secret=SECRET, language="en")


async def send(target: Webhook | Mail, alarm: Alarm = ALARM, what: Any = "fired") -> str:
    async with client() as http:
        at = system_clock()  # a verifier looks at its own clock: tests may have begun long ago
        return await Sending(http, CONSOLE).send(target, alarm, what, at)


def mailbox(port: int, **changed: Any) -> Mail:
    mail = Mail(
        name="on-call",
        to="night@example.invalid",
        sender="motcua@example.invalid",
        server=f"smtp://127.0.0.1:{port}",
    )
    return msgspec.structs.replace(mail, **changed)


def read_mail(content: Any) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


async def test_a_webhook_is_signed_so_that_its_owner_can_verify_it() -> None:
    receiver = Receiver()
    async with answering(receiver) as target:
        assert await send(target) == ""

    [(headers, body)] = receiver.taken
    said = Verifier(SECRET).verify(body, dict(headers))
    assert said == json.loads(body)
    assert (said["type"], said["data"]["rule"], said["data"]["value"]) == (
        "alarm.fired",
        "partner_down",
        7,
    )
    assert said["data"]["title"] == "[CRITICAL] A payment partner does not serve: sen-vang"
    assert f"{CONSOLE}/alarms/runbooks/partner_down" in said["data"]["text"]


async def test_each_attempt_has_the_same_id_and_that_it_ended_has_another() -> None:
    receiver = Receiver()
    async with answering(receiver) as target:
        for alarm, what in ((ALARM, "fired"), (ALARM, "fired"), (OVER, "ended")):
            await send(target, alarm, what)

    ids = [headers["webhook-id"] for headers, _ in receiver.taken]
    assert ids[0] == ids[1] != ids[2]
    assert "Over since" in json.loads(receiver.taken[2][1])["data"]["text"]


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_what_is_not_taken_is_said_and_no_redirect_is_followed(status: int) -> None:
    receiver = Receiver(status)
    async with answering(receiver) as target:
        assert await send(target) == f"it answered {status}"
    assert len(receiver.taken) == 1


async def test_where_nobody_listens_it_is_said() -> None:
    async with answering(Receiver()) as target:
        pass
    assert "Connect" in await send(target)
    assert "Connect" in await send(mailbox(1))


async def test_a_mail_says_what_when_where_and_what_to_do() -> None:
    office = Office()
    async with aiosmtpd(office) as port:
        assert await send(mailbox(port)) == ""
        assert await send(mailbox(port), OVER, "ended") == ""

    first, second = (read_mail(each.content) for each in office.taken)
    assert office.taken[0].rcpt_tos == ["night@example.invalid"]
    assert first["Subject"] == "[NGHIÊM TRỌNG] Đối tác thanh toán không đáp ứng: sen-vang"
    assert first["Auto-Submitted"] == "auto-generated"
    text = first.get_content()
    assert "Thấy: 7 (báo từ 3)" in text
    assert f"{CONSOLE}/alarms/{ALARM.id}" in text
    assert second["In-Reply-To"] == first["Message-ID"] != second["Message-ID"]
    assert "Hết lúc" in second.get_content()


async def test_a_mail_that_is_refused_says_why() -> None:
    async with aiosmtpd(Office()) as port:
        said = await send(mailbox(port, to="nobody@example.invalid"))
    assert "550" in said


async def test_a_server_elsewhere_is_encrypted_and_one_that_nobody_vouches_for_is_not_trusted(
    tmp_path: Path,
) -> None:
    assert mailbox(25, server="smtp://mail.example.invalid").place[2] == "starttls"
    assert mailbox(25, server="smtps://mail.example.invalid").place == (
        "mail.example.invalid",
        465,
        "tls",
    )
    context, _ = certificate(tmp_path)
    office = Office()
    server = await asyncio.get_running_loop().create_server(
        lambda: asyncio.Protocol(), "127.0.0.1", 0, ssl=context
    )
    port = server.sockets[0].getsockname()[1]
    async with server:
        said = await send(mailbox(port, server=f"smtps://127.0.0.1:{port}"))
    assert "certificate" in said.lower()
    assert office.taken == []


@pytest.mark.parametrize(
    "row",
    [
        {"url": "http://example.invalid/", "secret": SECRET},
        {"url": "https://example.invalid/", "secret": "whsec_short"},
        {"url": "https://example.invalid/"},
        {"url": "https://example.invalid/", "secret": SECRET, "to": "x@example.invalid"},
        {"to": "x@example.invalid", "sender": "y@example.invalid", "server": "http://a"},
        {"to": "x, y@example.invalid", "sender": "y@example.invalid", "server": "smtp://a"},
        {"to": "x@example.invalid\r\nBcc: z@a.b", "sender": "y@a.b", "server": "smtp://a"},
        {},
    ],
)
def test_a_target_that_is_none_is_refused_by_its_name(row: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match=r"alarms\.shift of the secrets file"):
        read({"shift": row})


def test_targets_are_read_by_name_and_show_no_secrets() -> None:
    rows = {
        "shift": {"url": "https://example.invalid/", "secret": SECRET, "least": "critical"},
        "on-call": {
            "to": "night@example.invalid",
            "sender": "motcua@example.invalid",
            "server": "smtps://mail.example.invalid",
            "password": "made-up",
        },
    }
    mail, webhook = read(rows)
    assert (mail.name, webhook.name, webhook.least) == ("on-call", "shift", "critical")
    assert SECRET not in repr(webhook)
    assert "made-up" not in repr(mail)


def test_a_name_that_would_not_fit_into_an_id_is_refused() -> None:
    with pytest.raises(Misconfigured):
        read({"a/b": {"url": "https://example.invalid/", "secret": SECRET}})
