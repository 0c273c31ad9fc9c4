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

import msgspec
import pytest

from deploy.local.secrets import ensure
from services.payment.gateways import Call
from services.payment.gateways.neutral.gateway import ANSWERS, Neutral
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME
from services.payment.gateways.vnpay.gateway import RSP_CODES, Vnpay
from services.payment.partners import SANDBOX, keyed
from services.payment.partners import read as rows
from services.payment.settings import PaymentSettings
from services.payment.statements import Asked
from services.payment.statements.platform_file import read

PAGE = (Path(__file__).parents[2] / "docs" / "banks.md").read_text()
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


class Edge(HTTPServer):
    """Takes one callback, and answers as payment does."""

    called = ""

    def __init__(self, answer: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.url = answer, f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Edge)
        self.server.called = self.path
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway(tmp_path: Path) -> Vnpay:
    secrets = json.loads((ensure(tmp_path / ".local" / "secrets") / "secrets.json").read_text())
    first, *_ = PaymentSettings().registry_rows(secrets["partners"])
    return Vnpay(first)


@pytest.fixture
def edge(gateway: Vnpay) -> Iterator[Edge]:
    with Edge(gateway.answer("recorded", Call(), NOW).body) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        yield server
        thread.join()


def test_what_the_page_signs_and_calls_is_a_payment(
    tmp_path: Path, gateway: Vnpay, edge: Edge
) -> None:
    [example] = [t for t in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "vnp_TmnCode" in t]
    done = subprocess.run(
        [sys.executable, "-c", example, "DVC1", "16000"],
        cwd=tmp_path,
        env={**os.environ, "PAYMENT_URL": edge.url, "no_proxy": "*"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    path, _, query = edge.called.partition("?")
    [notice] = gateway.read_callback(Call(query.encode()), NOW)
    assert path == "/v1/callbacks/sen-vang"
    assert (notice.reference, notice.amount_vnd, notice.finding) == ("DVC1", 16_000, "paid")
    assert msgspec.json.decode(done.stdout)["RspCode"] == "00"
    assert done.stdout.decode().strip() in PAGE


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
