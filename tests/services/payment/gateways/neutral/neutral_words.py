"""Words of a bank that speaks our own protocol, signed."""

import json
from typing import Any

from services.payment.gateways import (
    Answer,
    Call,
    Payer,
    Refund,
)
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME, sign
from tests.services.payment.gateways.platform.piped_vectors import NOW, ORDER, key, platform_row

OURS, THEIRS = key("ours-ours-ours-ours"), key("theirs-theirs-theirs")
ROW = platform_row(
    name="bac-ha", family="neutral", merchant="MC0001", outgoing=(OURS,), incoming=(THEIRS,)
)
PAYER = Payer("203.0.113.10")
BACK = Refund("DVC1-R1", ORDER.reference, "FT1", 50_000, 150_000, NOW, "withdrawn", "officer", NOW)
TOLD = {
    "function": "notify",
    "request_id": "bank-1",
    "merchant": "MC0001",
    "reference": ORDER.reference,
    "amount_vnd": 150_000,
    "currency": "VND",
    "transaction": "FT1",
    "status": "paid",
    "at": int(NOW.timestamp()),
}


def proof(body: bytes, secret=THEIRS, at=NOW, request_id="bank-1") -> dict[str, str]:
    time = str(int(at.timestamp()))
    return {ID: request_id, TIME: time, SIGNATURE: sign(secret, time, body)}


def called(body: Any = TOLD, secret=THEIRS, at=NOW, **headers: str) -> Call:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given_headers = proof(sent, secret, at) | headers
    return Call(b"", [(n.encode(), v.encode()) for n, v in given_headers.items()], sent)


def answered(function: str, http: int = 200, /, *, secret=THEIRS, at=NOW, **said: Any) -> Answer:
    head = {"function": function, "request_id": "bank-1", "merchant": "MC0001"}
    body = json.dumps(head | said).encode()
    return Answer(http, body, proof(body, secret, at))
