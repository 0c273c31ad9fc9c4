"""A bank that speaks ISO 20022: its row, its keys, and how it calls and answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from services.payment.gateways import (
    Account,
    Answer,
    Call,
    Key,
    Order,
    Refund,
)
from services.payment.gateways.request_signature import SIGNATURE, TIME, sign
from tests.services.payment.iso20022.iso_vectors import body
from tests.services.payment.office import LONG_AGO, PARTNER

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
THEIRS = Key(secret="THUNGHIEMISOINCOMING", valid_from=LONG_AGO)
OURS = Key(secret="THUNGHIEMISOOUTGOING", valid_from=LONG_AGO)
ACCOUNT = Account(bank="970415", number="1234567890123", name="Sở Tư pháp tỉnh Mẫu")
ROW = msgspec.structs.replace(
    PARTNER,
    name="song-cau",
    kind="bank",
    family="iso20022",
    account=ACCOUNT,
    outgoing=(OURS,),
    incoming=(THEIRS,),
    base_url="http://127.0.0.1:9",
    page_url="http://127.0.0.1:9",
    ids={"bank": "970436", "accounts": "NL26MOCK0000000077"},
)
REFERENCE = "DVC041200000012341"
CREDIT = body("iso20022-vn-camt054-credit").replace(b"DVC2611020000017", REFERENCE.encode())
REJECTED = body("iso20022-vn-pain014-rjct").replace(b"DVC2611020000017", REFERENCE.encode())
ORDER = Order(REFERENCE, 150_000, NOW, NOW + timedelta(hours=24))
REFUND = Refund("RF-1", REFERENCE, "FT26306000123", 50_000, 150_000, NOW, "withdrawn", "o", NOW)


def headers(given: bytes, key: Key = THEIRS, at: datetime = NOW) -> dict[str, str]:
    time = str(int(at.timestamp()))
    return {TIME: time, SIGNATURE: sign(key, time, given)}


def call(given: bytes, **how: Any) -> Call:
    named = headers(given, **how).items()
    return Call(headers=[(n.encode(), v.encode()) for n, v in named], body=given)


def answer(given: bytes, status: int = 202) -> Answer:
    return Answer(status, given, headers(given))
