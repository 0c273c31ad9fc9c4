"""The lines that sign and call, as the page for banks has them, are understood by payment."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl

import msgspec
import pytest

from deploy.local.secrets import ensure
from deploy.local.settings import Settings
from services.payment.gateways import Call
from services.payment.gateways.neutral.gateway import ANSWERS, Neutral
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME
from services.payment.gateways.vnpay.gateway import RSP_CODES, Vnpay
from services.payment.partner_api import EventPage, ListedView
from services.payment.partners import SANDBOX, keyed
from services.payment.partners import read as rows
from services.payment.settings import PaymentSettings
from services.payment.statements import Asked
from services.payment.statements.platform_file import read

PAGE = (Path(__file__).parents[2] / "docs" / "banks.md").read_text()
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


class Edge(HTTPServer):
    """Takes one callback, and answers as payment does."""

    called = authorization = ""

    def __init__(self, answer: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.url = answer, f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Edge)
        self.server.called = self.path
        self.server.authorization = self.headers["Authorization"] or ""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# where what runs keeps its secrets, and how a program of the page is told
HOMES = [(Settings(home=Path(".local")).demo, {}), (Path(".local"), {"MOTCUA_HOME": ".local"})]


@pytest.fixture(params=HOMES, ids=["after a demonstration", "after a start"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    folder, told = request.param
    return ensure(tmp_path / folder / "secrets"), told


@pytest.fixture
def gateway(home: tuple[Path, dict[str, str]]) -> Vnpay:
    secrets = json.loads((home[0] / "secrets.json").read_text())
    first, *_ = PaymentSettings().registry_rows(secrets["partners"])
    return Vnpay(first)


@pytest.fixture
def edge(gateway: Vnpay) -> Iterator[Edge]:
    with Edge(gateway.answer("recorded", Call(), NOW).body) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        yield server
        thread.join()


def ran(program: str, folder: Path, told: dict[str, str], edge: Edge, *arguments: str) -> str:
    """Run the program of the page that has this in it, with nothing told but what the page says."""
    [example] = [t for t in re.findall(r"```python\n(.*?)```", PAGE, re.S) if program in t]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    done = subprocess.run(
        [sys.executable, "-c", example, *arguments],
        cwd=folder,
        env={**bare, **told, "PAYMENT_URL": edge.url, "no_proxy": "*"},
        capture_output=True,
        check=True,
        timeout=60,
        text=True,
    )
    return done.stdout


def test_what_the_page_signs_and_calls_is_a_payment(
    tmp_path: Path, home: tuple[Path, dict[str, str]], gateway: Vnpay, edge: Edge
) -> None:
    said = ran("vnp_TmnCode", tmp_path, home[1], edge, "DVC1", "16000")
    path, _, query = edge.called.partition("?")
    [notice] = gateway.read_callback(Call(query.encode()), NOW)
    assert path == "/v1/callbacks/sen-vang"
    assert (notice.reference, notice.amount_vnd, notice.finding) == ("DVC1", 16_000, "paid")
    assert msgspec.json.decode(said)["RspCode"] == "00"
    assert said.strip() in PAGE


def test_what_the_page_asks_is_what_was_decided_of_the_banks_orders(
    tmp_path: Path, home: tuple[Path, dict[str, str]], edge: Edge
) -> None:
    data = {"reference": "DVC1", "amount_vnd": 16_000}
    event = ListedView(
        id="e", type="payment.requested", timestamp=NOW, data=data, sequence="0-1", recorded_at=NOW
    )
    edge.answer = msgspec.json.encode(EventPage(items=[event], next="", more=False))
    said = ran("/v1/partner/events", tmp_path, home[1], edge)
    keys = json.loads((home[0] / "clients.json").read_text())["api_keys"]
    path, _, query = edge.called.partition("?")
    asked = dict(parse_qsl(query))
    assert path == "/v1/partner/events"
    assert edge.authorization == f"Bearer {keys['partner:sen-vang']}"
    span = datetime.fromisoformat(asked["to"]) - datetime.fromisoformat(asked["from"])
    assert span.total_seconds() == 3_600
    assert said.split(maxsplit=1)[0] == "payment.requested"
    assert "'reference': 'DVC1'" in said


def test_each_answer_stands_on_the_page_and_no_other() -> None:
    rows = re.findall(r"^\| (\d\d) \|", PAGE, re.M)
    assert sorted(rows) == sorted({code for code, _ in RSP_CODES.values()})


# ---- our own protocol


def test_the_signature_on_the_page_is_that_of_the_call_on_the_page() -> None:
    [body] = re.findall(r"^```json\n(.*?)\n```", PAGE, re.M | re.S)
    [told] = re.findall(r"^```text\n([0-9a-f]{64})\n```", PAGE, re.M)
    [(secret, time)] = re.findall(r"the key `([^`]+)`, sent at (\d+):", PAGE)
    at = datetime.fromtimestamp(int(time), UTC)
    [row] = (row for row in rows(SANDBOX) if row.name == "song-hong")
    deployed = dict.fromkeys(("base_url", "page_url", "callback_url", "return_url"), "")
    gateway = Neutral(keyed(row, {row.name: _keys(secret)}, lifetime_s=86_400, **deployed))
    headers = {ID: "b-0001", TIME: time, SIGNATURE: told}
    call = Call(b"", [(n.encode(), v.encode()) for n, v in headers.items()], body.encode())

    [notice] = gateway.read_callback(call, at)

    assert (notice.finding, notice.amount_vnd) == ("paid", 150_000)


def _keys(secret: str) -> dict[str, object]:
    key = {"secret": secret, "valid_from": "2025-07-01T00:00:00Z"}
    return {"merchant": "MC0001", "outgoing": [key], "incoming": [key]}


def test_every_answer_to_a_call_is_on_the_page() -> None:
    for status, code, _ in ANSWERS.values():
        assert re.search(rf"^\| {status} \|[^|]*`{code}`", PAGE, re.M), code


def test_the_file_on_the_page_is_read() -> None:
    [text] = re.findall(r"^```text\n(H\|.*?)T\|3\|SHA256\n```", PAGE, re.M | re.S)
    trailer = f"T|3|{hashlib.sha256(text.encode()).hexdigest()}\n"

    lines = list(read(io.BytesIO((text + trailer).encode()), Asked("bac-ha", date(2026, 11, 2))))

    assert [line.kind for line in lines] == ["paid", "refunded", "disbursed"]
