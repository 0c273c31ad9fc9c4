"""The public vectors of MoMo and ZaloPay; another file of the same kinds may take their place."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.payment.gateways import Answer, Call, Key, Order, Partner, Refund
from services.payment.gateways.momo.gateway import Momo
from services.payment.gateways.zalopay.gateway import Zalopay
from tests.services.payment.office import PARTNER

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OPENED_AT = datetime(2026, 11, 2, 2, 30, 15, tzinfo=UTC)
NOW = OPENED_AT + timedelta(minutes=1)
CONTRACTS = Path(__file__).parents[3] / "contracts"
ORDER = Order("DVC261102000000014", 150_000, OPENED_AT, OPENED_AT + timedelta(minutes=15))
REFUND = Refund(
    key="a/refund/1",
    reference=ORDER.reference,
    transaction="4100000001",
    amount_vnd=50_000,
    paid_vnd=150_000,
    opened_at=OPENED_AT,
    reason="not_accepted",
    by="o",
    asked_at=NOW,
)
MOMO_KEYS = {
    "partnerCode": "MOMODVCTEST01",
    "accessKey": "AKTEST0001",
    "secretKey": "momoTestSecret_0123456789abcdef",
}
ZALOPAY_KEYS = {
    "app_id": 2600,
    "key1": "zlpTestKey1_AAAAAAAAAAAAAAAAAAAAAA",
    "key2": "zlpTestKey2_BBBBBBBBBBBBBBBBBBBBBB",
}


def vectors(family: str) -> dict[str, dict[str, Any]]:
    text = (CONTRACTS / f"payment_vectors_{family}.json").read_text()
    return {v["id"]: v for v in json.loads(text)["vectors"]}


def of_kind(family: str, *kinds: str) -> list[Any]:
    return [pytest.param(v, id=i) for i, v in vectors(family).items() if v["kind"] in kinds]


def key(secret: str) -> Key:
    return Key(secret=secret, valid_from=LONG_AGO)


def wallet(**changes: Any) -> Partner:
    row = {"base_url": "https://wallet.example.vn"} | changes
    return msgspec.structs.replace(PARTNER, **row)


def momo(keys: Any = MOMO_KEYS, **changes: Any) -> Momo:
    both = (key(keys["secretKey"]),)
    row = {
        "merchant": keys["partnerCode"],
        "ids": {"access_key": keys["accessKey"]},
        "outgoing": both,
        "incoming": both,
    }
    return Momo(wallet(**row | changes))


def zalopay(keys: Any = ZALOPAY_KEYS, **changes: Any) -> Zalopay:
    row = {
        "ids": {"app_id": str(keys["app_id"])},
        "outgoing": (key(keys.get("key1", "")),),
        "incoming": (key(keys["key2"]),),
    }
    return Zalopay(wallet(**row | changes))


def call(body: Any) -> Call:
    return Call(body=body if isinstance(body, bytes) else json.dumps(body).encode())


def answer(**fields: Any) -> Answer:
    return Answer(200, json.dumps(fields).encode())


def body(sending: Any) -> dict[str, Any]:
    found = json.loads(sending.body)
    assert isinstance(found, dict)
    return found
