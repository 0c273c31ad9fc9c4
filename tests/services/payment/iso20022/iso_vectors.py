"""The public vectors of ISO 20022, and every schema that they need."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.payment.iso20022 import schema
from services.payment.iso20022.reports import INTRADAY, NOTIFICATIONS, STATEMENTS
from services.payment.iso20022.requests import SENT as REQUEST
from services.payment.iso20022.schema import Types
from services.payment.iso20022.statuses import OF_REQUESTS, OF_TRANSFERS
from services.payment.iso20022.transfers import SENT as TRANSFERS

CONTRACTS = Path(__file__).parents[3] / "contracts"
VECTORS: dict[str, dict[str, Any]] = {
    v["id"]: v
    for v in json.loads((CONTRACTS / "payment_vectors_iso20022.json").read_text())["vectors"]
}
REPORTS = (*NOTIFICATIONS, *STATEMENTS, *INTRADAY)
OURS = (TRANSFERS, *OF_TRANSFERS, REQUEST, *OF_REQUESTS, *REPORTS)


def schemas() -> Mapping[str, Types]:
    bank_to_bank = (CONTRACTS / "iso20022" / "pacs.008.001.08.xsd").read_bytes()
    ours = {message: schema.published(message) for message in OURS}
    return ours | {"pacs.008.001.08": schema.read(bank_to_bank)}


def body(vector: str | Mapping[str, Any]) -> bytes:
    found = VECTORS[vector] if isinstance(vector, str) else vector
    return str(found["input"]["xml"]).encode()
