"""The public vectors of PayOS, Casso, SePay and VietQR; one more in a file is tried as well."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.payment.gateways import Key, Refused

FOLDER = Path(__file__).parents[3] / "contracts"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)

Vector = dict[str, Any]


def vectors(family: str, kind: str) -> list[Any]:
    """All vectors of a kind, as parameters of a test; a file without any is no test."""
    found = json.loads((FOLDER / f"payment_vectors_{family}.json").read_text())["vectors"]
    chosen = [pytest.param(v, id=v["id"]) for v in found if v["kind"] == kind]
    assert chosen, f"no vector of the kind {kind}"
    return chosen


def vector(family: str, name: str) -> Vector:
    [found] = [
        v
        for v in json.loads((FOLDER / f"payment_vectors_{family}.json").read_text())["vectors"]
        if v["id"] == name
    ]
    return found


def key(vector: Vector) -> Key:
    [secret] = vector["key"].values()
    return Key(secret=secret, valid_from=LONG_AGO)


def spellings(value: Any) -> Iterator[bytes]:
    """The same JSON as different senders write it: what is signed is the same."""
    yield json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    yield json.dumps(value, indent=2).encode()
    yield json.dumps(value, sort_keys=True).encode()


def verdict(read: Callable[[], Any]) -> str:
    """What became of reading: `taken`, or the verdict and why."""
    try:
        read()
    except Refused as refused:
        return f"{refused.verdict}: {refused.why}"
    return "taken"
