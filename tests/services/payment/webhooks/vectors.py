"""The public vectors of Standard Webhooks, and their secrets."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[3] / "contracts" / "payment_vectors_standard_webhooks.json"
WHOLE = json.loads(FILE.read_text())
VECTORS: dict[str, dict[str, Any]] = {v["id"]: v for v in WHOLE["vectors"]}
RULES = WHOLE["ack_rules"]


def secret(text: str) -> bytes:
    """Return the bytes of a secret as its owner has it."""
    return b64decode(text.removeprefix("whsec_"), validate=True)


def of(kind: str) -> list[Any]:
    """Return the vectors of a kind, for `parametrize`."""
    return [pytest.param(v, id=i) for i, v in VECTORS.items() if v["kind"] == kind]
