"""The receiver on the page for banks takes what we send, and nothing else."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import free
from services.payment.replay.outline import SHOWN
from services.payment.webhooks.calling import Calls, Names, client
from services.payment.webhooks.courier import Pace
from services.payment.webhooks.deliveries import ATTEMPTS_KEPT
from services.payment.webhooks.endpoints import OVERLAP
from services.payment.webhooks.guard import PORTS, Rules
from services.payment.webhooks.schedule import AFTER_S, JITTER, PAUSE_S
from services.payment.webhooks.settings import WebhookSettings
from shared.signing import SECRET_BYTES, headers, shown
from tests.services.payment.webhooks.vectors import VECTORS, of
from tests.waiting import until

PAGE = (Path(__file__).parents[2] / "docs" / "banks.md").read_text()
[RECEIVER] = [t for t in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "webhook-id" in t]
KEY = bytes(SECRET_BYTES)
BODY = b'{"type":"payment.settled","timestamp":"2026-11-20T02:00:00Z","data":{"amount_vnd":16000}}'


@pytest.fixture
def is_genuine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """The page's own check, with these secrets."""

    def check(told: dict[str, str], body: bytes, now_s: float, *secrets: str) -> bool:
        monkeypatch.setenv("WEBHOOK_SECRETS", " ".join(secrets))
        names: dict[str, Any] = {"__name__": "receiver"}
        exec(compile(RECEIVER, "receiver", "exec"), names)
        return bool(names["is_genuine"](told, body, now_s))

    return check


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The page's receiver, running; where it is told, and what it prints."""
    [port], said = free(1), tmp_path / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", RECEIVER],
            env={**os.environ, "WEBHOOK_SECRETS": shown(KEY), "PORT": str(port)},
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        yield f"http://localhost:{port}/", said
        process.kill()
        process.wait()


@pytest.mark.parametrize("vector", of("outbound_webhook"))
def test_each_public_vector_is_genuine(is_genuine, vector) -> None:
    told, body = dict(vector["expected"]), vector["input"]["payload"].encode()
    both = told.pop("rotation_header", None)
    now_s, key = vector["input"]["timestamp"], vector["key"]
    assert is_genuine(told, body, now_s, key["secret"])
    if both:
        rotated = told | {"webhook-signature": both}
        assert is_genuine(rotated, body, now_s, key["secret"])
        assert is_genuine(rotated, body, now_s, key["previous_secret"])


@pytest.mark.parametrize("vector", of("outbound_webhook negative"))
def test_each_negative_vector_is_judged_as_published(is_genuine, vector) -> None:
    asked = vector["input"]
    for one in asked.get("verify_with", [vector["key"]["secret"]]):
        found = is_genuine(asked["headers"], asked["payload"].encode(), asked["now"], one)
        assert found is vector["expected"]["valid"]


def test_all_public_vectors_are_tried() -> None:
    assert len(VECTORS) == 9
    assert {v["kind"] for v in VECTORS.values()} == {
        "outbound_webhook",
        "outbound_webhook negative",
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "nonsense v1, v1,!!! ,"},
        {"webhook-signature": "v1,ở"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1793586845.5"},
        {"webhook-timestamp": "٣"},
        {"webhook-id": ""},
    ],
)
def test_a_header_of_another_form_is_not_genuine_and_nothing_worse(is_genuine, changed) -> None:
    now_s = 1_793_586_845
    told = headers("e/payment/000001", now_s, BODY, [KEY])
    assert is_genuine(told, BODY, now_s, shown(KEY))
    assert not is_genuine(told | changed, BODY, now_s, shown(KEY))


async def test_the_receiver_takes_an_event_once_and_refuses_a_forgery(receiver) -> None:
    url, said = receiver
    limit_s = 15.0
    async with client(limit_s) as http:
        names = Names()
        calls = Calls(http, Rules(loopback=True), limit_s, names.find)

        async def status(body: bytes, key: bytes = KEY) -> int:
            told = headers("e/payment/000001", int(time.time()), BODY, [key])
            return (await calls.post(url, told, body)).status

        assert await until(lambda: status(BODY)) == 204
        assert await status(BODY) == 204
        assert await status(BODY + b" ") == 401
        assert await status(BODY, bytes(range(32))) == 401
        names.close()
    assert said.read_text() == "payment.settled {'amount_vnd': 16000}\n"


def test_what_the_page_says_of_times_and_limits_is_what_the_code_does() -> None:
    words = " ".join(PAGE.split())
    assert AFTER_S == (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert "again after 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h" in words
    assert (JITTER, f"for {PAUSE_S} s" in words) == (0.1, True)
    assert f"the last {ATTEMPTS_KEPT}" in words
    assert f"at port {' or '.join(map(str, sorted(PORTS)))}" in words
    assert f"within {WebhookSettings().call_limit_s:.0f} seconds" in words
    assert f"for {OVERLAP.total_seconds() / 3600:.0f} hours" in words
    assert "four at a time" in words
    assert Pace().endpoint_slots == 4
    assert all(f"`{type_}`" in PAGE for type_ in SHOWN)
