"""The public vectors of the Payment Platform and of KeyPay: every one that the files hold."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.payment.gateways import Account, Call, Key, Order, Partner
from tests.services.payment.office import PARTNER

CONTRACTS = Path(__file__).parents[4] / "contracts"
LONG_AGO = datetime(2025, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 14, 31, tzinfo=UTC)
ACCOUNT = Account(bank="970436", number="0020100000101", name="UBND XA THU NGHIEM")
ORDER = Order("DVC041212345678908", 150_000, NOW, NOW, ACCOUNT)
SECRET = "dvcqg-public-secret-01"


def key(secret: str) -> Key:
    return Key(secret=secret, valid_from=LONG_AGO)


def _read(family: str) -> dict[str, dict[str, Any]]:
    text = (CONTRACTS / f"payment_vectors_{family}.json").read_text()
    return {v["id"]: v for v in json.loads(text)["vectors"]}


PLATFORM, KEYPAY = _read("platform"), _read("keypay")
CONFIRM = PLATFORM["dvcqg-confirm-1"]
CONFIRMATION = CONFIRM["input"]["fields"] | CONFIRM["expected"]


def of_kind(vectors: dict[str, dict[str, Any]], *kinds: str) -> list[Any]:
    return [pytest.param(v, id=i) for i, v in vectors.items() if v["kind"].startswith(kinds)]


def platform_row(vector: dict[str, Any] = CONFIRM, **changes: Any) -> Partner:
    """The partner of a vector: its secret, and the merchant that it is about."""
    told = vector["input"].get("fields") or vector["input"].get("body") or {}
    whole = {
        "name": "platform",
        "family": "platform",
        "merchant": told.get("MaDoiTac", "PORTAL-HT01"),
        "outgoing": (key(vector["key"]["secret"]),),
        "incoming": (key(vector["key"]["secret"]),),
        "base_url": "http://127.0.0.1:9",
        "page_url": "https://thanhtoan.example.vn",
        "server_ip": "10.20.30.40",
    }
    return msgspec.structs.replace(PARTNER, **(whole | changes))


def keypay_row(**changes: Any) -> Partner:
    whole = {"name": "keypay", "family": "keypay", "merchant": "41"}
    keys = {"outgoing": (key("kp-public-key-1"),), "incoming": (key("kp-public-key-2"),)}
    row = platform_row()
    return msgspec.structs.replace(row, **(whole | keys | changes))


def call(body: Any) -> Call:
    sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Call(body=sent)


def names(vector: dict[str, Any]) -> Sequence[str]:
    return tuple(vector["input"]["order"])
