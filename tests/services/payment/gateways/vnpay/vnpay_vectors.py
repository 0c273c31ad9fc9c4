"""VNPAY's public vectors, and the key they are signed with."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.payment.gateways import Key

VECTORS_FILE = Path(__file__).parents[4] / "contracts" / "payment_vectors_vnpay.json"
VECTORS: dict[str, dict[str, Any]] = {
    v["id"]: v for v in json.loads(VECTORS_FILE.read_text())["vectors"]
}
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
KEY = Key(secret="THUNGHIEMVNPAYSECRETKEY0000001AB", valid_from=datetime(2025, 7, 1, tzinfo=UTC))
SUCCESS = VECTORS["vnpay-ipn-001-success"]["expected"]["query_string"].encode()


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(v, id=i) for i, v in VECTORS.items() if v["kind"] == kind]


def key_of(vector: dict[str, Any]) -> Key:
    return Key(secret=vector["key"]["vnp_HashSecret"], valid_from=KEY.valid_from)
