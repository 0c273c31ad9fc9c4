"""Whatever goes wrong while sending, by any kind of provider: no log and no event says to whom, or
what.  The other side knows both, and may say them back in any field.
"""

import asyncio
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from services.notify.channels import code, push_http, sms_http
from services.notify.contacts import Contacts
from services.notify.domain.templates import template
from services.notify.effects import Ask, Send
from services.notify.providers import KINDS
from shared import events, signing
from shared.bus import Record
from shared.effects import Effects
from shared.events import Event
from shared.events.intake import Contact
from shared.events.notify import NoticeQueryRequested, NoticeRequested
from shared.vault import seal
from tests.services.notify.channels.mail import posting
from tests.services.notify.channels.mail.servers import DROP, Script, scripted
from tests.services.notify.channels.smpp import side

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
PERSON = Contact(name="Synthetic Person", phone="0912345678", email="an.nguoi@mail.test")
PARAMS = {"dossier_code": "G09.20-20261120-7654321", "due": "2026-12-01T09:30:00+00:00"}
SAID_BACK = "so 0912345678 an.nguoi@mail.test: Ho so G09.20-20261120-7654321"
PERSONAL = re.compile(r"912345678|nguoi|Synthetic|7654321|Ho so|Hồ sơ|01/12/2026|2026-12-01")


def fails(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadError(SAID_BACK)


def refuses(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(SAID_BACK)


def says(status: int, content: bytes):
    return lambda _: httpx.Response(status, content=content)


def result(**fields: str):
    def answer(request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(request.content)
        keys = [m["reference"] for m in body["messages"]] if "messages" in body else []
        results = [{"reference": k} | fields for k in keys or body["references"]]
        return httpx.Response(200, content=msgspec.json.encode({"results": results}))

    return answer


HTTP = {
    "no connection": refuses,
    "lost": fails,
    "4xx": says(400, SAID_BACK.encode()),
    "5xx": says(500, SAID_BACK.encode()),
    "no contract": says(200, f'["{SAID_BACK}"]'.encode()),
    "no json": says(200, SAID_BACK.encode()),
    "no utf-8": says(200, b'{"results": [{"reference": "\xff' + SAID_BACK.encode() + b'"}]}'),
    "rejected": result(status="rejected", code=SAID_BACK),
    "a number": result(status="rejected", code="0912345678"),
    "another word": result(status=SAID_BACK),
}
MAIL = {
    "greeting": f"554 5.7.1 {SAID_BACK}",
    "MAIL": f"550 5.7.1 {SAID_BACK}",
    "RCPT": f"550 5.1.1 <an.nguoi@mail.test> {SAID_BACK}",
    "DATA": f"451 {SAID_BACK}",
    "dot": DROP,
}
SMPP: dict[str, dict[str, Any]] = {
    "blocked": {"blocked": 1.0},
    "throttled": {"throttled": 1.0},
    "lost": {"lost_after": 1.0},
    "in doubt": {"system_errors": 1.0},
}


class Lane:
    """One request as the kernel reads it, and what it appends."""

    def __init__(self, event: Event) -> None:
        self.lanes, self.said = frozenset({0}), b""
        self._records = [Record("notify.events", 0, 0, 0, b"", events.encode(event))]
        self.is_done = asyncio.Event()

    async def fetch(self, max_records, wait_s):
        some, self._records = self._records, []
        return some

    async def idle(self, wait_s):
        await asyncio.sleep(0)

    async def commit(self, offsets) -> None: ...

    async def append(self, batches) -> None:
        self.said += b"".join(m.value for some in batches.values() for m in some)
        self.is_done.set()

    async def insert_missing(self, rows):
        return set()


async def seen(vault, caplog, way: str, channel, *, is_asked: bool = False) -> str:
    """Send, or ask, as a process does; return all that it logs and appends."""
    keys = await vault.keys([APPLICATION], create=True)
    key = f"{APPLICATION}/accepted/{way}/1"
    if is_asked:
        data: Any = NoticeQueryRequested(key=f"{key}/ask/1", attempt_key=key, channel=way)
    else:
        data = NoticeRequested(
            key=key,
            milestone="accepted",
            channel=way,
            template=template("accepted", way, "vi"),
            language="vi",
            contact=seal(keys[APPLICATION], msgspec.json.encode(PERSON), APPLICATION),
            params=PARAMS,
        )
    raw = msgspec.Raw(events.encode(data))
    event = Event(
        id="1", source="/services/notify", type=data.TYPE, subject=APPLICATION, time=AT, data=raw
    )
    lane = Lane(event)
    effects = Effects(
        "notify",
        [Send(Contacts(vault), {way: channel}), Ask({way: channel})],
        claims=lane,
        producer=lane,
        clock=lambda: AT,
        monotonic=lambda: 0.0,
        lane_count=1,
        sample_ratio=0.0,
        called=lambda *_: None,
    )
    with capture_logs() as logs, caplog.at_level("DEBUG"):
        task = asyncio.create_task(effects.serve(lane))
        async with asyncio.timeout(30):
            await lane.is_done.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    answered = msgspec.json.decode(events.decode(lane.said).data)
    return f"{logs} {caplog.text} {answered}"


@pytest.mark.parametrize("is_asked", [False, True])
@pytest.mark.parametrize("answer", HTTP)
@pytest.mark.parametrize("kind", ["sms_http", "push_http"])
async def test_over_http_nothing_is_shown(vault, caplog, kind, answer, is_asked):
    transport = httpx.MockTransport(HTTP[answer])
    if kind == "sms_http":
        client = sms_http.connect("http://sms.test", "synthetic-key", 1.0, transport)
        way, channel = "sms", sms_http.SmsHttp(client)
    else:
        row = SimpleNamespace(name="app", url="https://app.test", sender="dvc")
        secret = {"keys": [signing.shown(b"k" * 32)]}
        way = "app"
        channel = push_http.connect(row, secret, posting.nobody, transport=transport)
    said = await seen(vault, caplog, way, channel, is_asked=is_asked)
    assert not PERSONAL.findall(said), said


@pytest.mark.parametrize("step", MAIL)
async def test_by_mail_nothing_is_shown(vault, caplog, step):
    async with scripted(Script(step, MAIL[step])) as port, posting.channel(port) as channel:
        said = await seen(vault, caplog, "email", channel)
    assert not PERSONAL.findall(said), said


@pytest.mark.parametrize("fault", SMPP)
async def test_over_smpp_nothing_is_shown(vault, caplog, fault):
    async with side.world(**SMPP[fault]) as world:
        said = await seen(vault, caplog, "sms", world.channel)
    assert not PERSONAL.findall(said), said


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        *((c, c) for c in ("", "throttled", "absent-subscriber", "21610", "E_12.3")),
        *((c, "other") for c in ("0912345678", "09-12.345_678", "Nguyễn", "an nguoi", "x" * 41)),
    ],
)
def test_of_a_providers_code_only_what_is_one_is_kept(said, kept):
    assert code(said) == kept


def test_every_kind_of_provider_is_tried():
    assert set(KINDS) == {"sms_http", "push_http", "smtp", "sms_smpp"}
