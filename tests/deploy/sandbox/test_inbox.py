"""The sandbox's devices: mails and messages arrive, or go wrong as they are told to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from deploy.sandbox.devices.item import named
from deploy.sandbox.inbox import mail
from deploy.sandbox.inbox.faults import Faults
from deploy.sandbox.inbox.inbox import Inbox
from deploy.sandbox.inbox.push import Message, Push, create_app
from services.notify.channels import File
from services.notify.channels.mail.dsn import Told, read_mail
from shared import signing
from tests.services.notify.channels.mail.posting import (
    IDS_KEY,
    channel,
    findings,
    message,
)
from tests.services.notify.channels.mail.servers import PASSWORD, USER, certificate

KEY = signing.shown(b"k" * 32)
AT = datetime(2026, 11, 20, tzinfo=UTC)


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def inbox(**faults: Any) -> Inbox:
    return Inbox(Faults(**faults), Clock())


@asynccontextmanager
async def served(devices: Inbox, **told: Any) -> AsyncIterator[int]:
    server = await mail.serve(devices, "127.0.0.1", 0, **told)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_mail_is_shown_with_its_page_and_files() -> None:
    devices = inbox()
    sent = message(html="<p>Hồ sơ</p>", files=(File("due.ics", "text/calendar", b"x"),))
    async with served(devices) as port, channel(port) as smtp:
        assert await findings(smtp, sent) == [("handed", "")]
    [item] = devices.shown
    assert (item.kind, item.reference, item.to, item.title) == (
        "email",
        sent.key,
        sent.to,
        sent.subject,
    )
    assert item.text.splitlines() == sent.text.splitlines()
    assert item.html.strip() == "<p>Hồ sơ</p>"
    assert item.files == (("due.ics", b"x"),)
    async with client(Push(devices, KEY)) as look:
        page = (await look.get(f"/devices/{named(sent.to)}")).text
        assert "Hồ sơ" in page
        assert "due.ics" in page
        assert sent.to not in page + (await look.get("/sandbox/outbox")).text


async def test_with_a_certificate_it_wants_tls_and_a_password(tmp_path) -> None:
    context, ca = certificate(tmp_path)
    devices = inbox()
    async with (
        served(devices, context=context, user=USER, password=PASSWORD) as port,
        channel(port, ca=ca, user=USER, password=PASSWORD) as smtp,
    ):
        assert await findings(smtp, message()) == [("handed", "")]
    assert len(devices.shown) == 1


@pytest.mark.parametrize(
    ("fault", "found", "shown"),
    [
        ({"greylisted": 1.0}, [("absent", "not_wanted"), ("handed", "")], 1),
        ({"refused": 1.0}, [("rejected", "no_such_user")] * 2, 0),
        ({"dropped": 1.0}, [("unknown", "connection_lost")] * 2, 2),
    ],
)
async def test_mails_go_wrong_as_they_are_told_to(fault, found, shown) -> None:
    devices = inbox(**fault)
    async with served(devices) as port, channel(port) as smtp:
        assert [(await findings(smtp, message(n)))[0] for n in (1, 2)] == found
    assert len(devices.shown) == shown


async def test_a_slow_answer_is_a_doubt() -> None:
    devices = inbox(slow=1.0, slow_s=4.0)
    async with served(devices) as port, channel(port, limit_s=2.0) as smtp:
        assert await findings(smtp, message()) == [("unknown", "connection_lost")]
    assert len(devices.shown) == 1


async def test_a_mail_that_bounces_comes_back_as_a_report_on_its_notice() -> None:
    devices, told = inbox(bounced=1.0), list[tuple[str, bytes]]()
    async with served(devices) as port, channel(port) as smtp:
        assert await findings(smtp, message()) == [("handed", "")]

    async def tell(kind: str, content: bytes) -> bool:
        told.append((kind, content))
        return len(told) > 1  # the first time it is not taken

    assert await devices.tell(tell) == 0  # not due yet
    for _ in range(2):
        devices.monotonic.now_s += 1.0
        assert await devices.tell(tell) == 1
    devices.monotonic.now_s += 1.0
    assert await devices.tell(tell) == 0
    [(kind, first), (_, again)] = told
    assert (kind, first) == ("report", again)
    read = read_mail(first, IDS_KEY, AT)
    assert isinstance(read, Told)
    assert (read.receipt.data.key, read.receipt.data.code) == (message().key, "no_such_user")
    assert read.bounced is not None
    assert read.bounced.address == message().to
    assert list(devices.shown) == []


async def test_receipts_go_out_in_bulk_late_ones_later_and_what_was_lost_is_named() -> None:
    devices, told = inbox(late_receipts=0.5, undelivered=0.5, late_s=9.0), list[bytes]()
    push = Push(devices, KEY)
    await push.send([Message(str(n), f"09{n:08}", "DVC", "", "t") for n in range(20)])

    async def tell(kind: str, content: bytes) -> bool:
        told.append(content)
        return len(told) > 1  # the first time it is not taken

    for now_s in (1.0, 3.0, 20.0):
        devices.monotonic.now_s = now_s
        await devices.tell(tell)
    vain, soon, late = (msgspec.json.decode(content)["receipts"] for content in told)
    assert vain == soon
    assert sorted(int(r["reference"]) for r in (*soon, *late)) == list(range(20))
    out = devices.outbox(counts=True)
    assert {r["reference"] for r in (*soon, *late) if r["code"]} == out["lost"].keys()
    assert out["counts"].keys() == {str(n) for n in range(20)}
    assert ["app", "late_receipts", len(late)] in out["befell"]


async def test_a_mail_that_is_sent_twice_is_seen() -> None:
    devices = inbox()
    async with served(devices) as port:
        for _ in range(2):  # two that do not know of each other: one channel does no such thing
            async with channel(port) as smtp:
                await findings(smtp, message())
    assert devices.outbox(counts=True)["counts"] == {message().key: 2}
    assert devices.outbox(counts=False)["doubled"] == [message().key]


# ---- apps


def client(push: Push) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(push))
    return httpx.AsyncClient(base_url="http://inbox.test", transport=transport)


async def signed(push: Push, path: str, body: bytes, at_s: int, key: bytes = b"k" * 32) -> Any:
    async with client(push) as http:
        told = signing.headers("id", at_s, body, [b"o" * 32, key])
        return await http.post(path, content=body, headers=told)


@pytest.mark.parametrize(
    ("body", "late_s", "key", "status"),
    [
        (b'{"references":["x"]}', 0, b"k" * 32, 200),
        (b'{"references":["x"]}', 0, b"K" * 32, 401),
        (b'{"references":["x"]}', 301, b"k" * 32, 401),
        (b'{"references":[]}', 0, b"k" * 32, 422),
        (b"{", 0, b"k" * 32, 422),
        (b'{"references":["' + b"x" * (1 << 20) + b'"]}', 0, b"k" * 32, 413),
    ],
)
async def test_a_call_is_signed_lately_and_in_form_or_refused(body, late_s, key, status) -> None:
    now_s = int(datetime.now(UTC).timestamp())
    answer = await signed(Push(inbox(), KEY), "/v1/queries", body, now_s - late_s, key)
    assert answer.status_code == status


def test_an_address_has_its_faults_for_good_by_the_seed() -> None:
    faults = Faults(seed=1, refused=0.5)
    hit: Sequence[bool] = [faults.hits("refused", f"{n}@mail.test") for n in range(200)]
    assert hit == [faults.hits("refused", f"{n}@mail.test") for n in range(200)]
    assert 60 < sum(hit) < 140
