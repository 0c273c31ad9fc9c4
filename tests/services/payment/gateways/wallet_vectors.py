"""The public vectors of MoMo and ZaloPay; another file of the same kinds may take their place."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.payment.gateways import Key

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CONTRACTS = Path(__file__).parents[3] / "contracts"


def vectors(family: str) -> dict[str, dict[str, Any]]:
    text = (CONTRACTS / f"payment_vectors_{family}.json").read_text()
    return {v["id"]: v for v in json.loads(text)["vectors"]}


def of_kind(family: str, *kinds: str) -> list[Any]:
    return [pytest.param(v, id=i) for i, v in vectors(family).items() if v["kind"] in kinds]


def key(secret: str) -> Key:
    return Key(secret=secret, valid_from=LONG_AGO)
