"""SePay webhook: it watches bank accounts and tells of each transfer.

Their words, ours.

    transferType            in paid · out no notice · every other: unreadable, kept for a person
    our verdict → status    transfers.STATUSES, with {"success": true} or {"success": false}

`X-SePay-Signature: sha256=<hex>` is HMAC-SHA256 over `X-SePay-Timestamp` (Unix seconds), a point,
and the body as it came.  More than five minutes of difference are refused.  They call again, eight
times in all, on every answer but 2xx.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.payment.gateways import Call, Key, Notice, Refused
from services.payment.gateways.exact_json import Value, read
from services.payment.gateways.transfers import openapi
from services.payment.gateways.transfers.gateway import ShownCode, money, text, whole
from services.payment.gateways.transfers.text import reference

SIGNATURE, TIMESTAMP = "x-sepay-signature", "x-sepay-timestamp"
DRIFT_S = 300

_SIGNATURE = re.compile(r"sha256=([0-9A-Fa-f]{64})")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_MEANS = {
    "id": "of the transfer at SePay",
    "accountNumber": "where the money came",
    "content": "the text of the transfer, with our reference in it",
    "transferType": "in, or out",
    "transferAmount": "in đồng",
}
_EXAMPLE = {
    "id": 92704,
    "gateway": "Vietcombank",
    "transactionDate": "2026-11-02 09:34:05",
    "accountNumber": "0123499999",
    "code": "DVC261102000000016",
    "content": "DVC261102000000016 nop le phi",
    "transferType": "in",
    "transferAmount": 16000,
    "accumulated": 19077000,
    "referenceCode": "MBVCB.3278907687",
    "description": "",
}


class Sepay(ShownCode):
    """A partner that speaks SePay's webhook."""

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return the money that came.  Raises `Refused`."""
        keys = self.partner.verifying_keys(at)
        sent = verified(call.header(TIMESTAMP), call.header(SIGNATURE), call.body, keys, at)
        number, direction = whole(sent, "id"), text(sent, "transferType")
        amount_vnd = money(sent, "transferAmount")
        if direction == "out":
            return ()
        if direction != "in" or amount_vnd <= 0 or number <= 0:
            raise Refused(
                "unreadable", "no transfer, or neither money that came nor money that left"
            )
        self.check_account(text(sent, "accountNumber"), text(sent, "subAccount"))
        found = reference(*(text(sent, name) for name in ("content", "code", "description")))
        return (Notice(found, str(number), amount_vnd, "paid", direction),)

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a webhook."""
        headers = {
            "X-SePay-Timestamp": ("Unix seconds, at most five minutes off", "1793586845"),
            "X-SePay-Signature": ("HMAC-SHA256 over time, a point, the body", "sha256=…"),
        }
        return openapi.callback(headers, _EXAMPLE, _MEANS, self.accepted, self.refused)


# ---- signatures


def verified(
    timestamp: str, signature: str, body: bytes, keys: Sequence[Key], at: datetime
) -> Mapping[str, Value]:
    """Return what a webhook says.  Raises `Refused`."""
    given = _SIGNATURE.fullmatch(signature)
    if not given or not _TIMESTAMP.fullmatch(timestamp):
        raise Refused("not_genuine", "no signature and time in SePay's form", "form")
    claimed = given[1].lower().encode()
    if not any(hmac.compare_digest(sign(k, timestamp, body).encode(), claimed) for k in keys):
        raise Refused("not_genuine", "the signature does not verify")
    if abs(at.timestamp() - int(timestamp)) > DRIFT_S:
        raise Refused("not_genuine", f"signed more than {DRIFT_S} s ago, or ahead", "window")
    return read(body, proved=True)


def sign(key: Key, timestamp: str, body: bytes) -> str:
    """Return the signature of a body sent at a time."""
    return hmac.digest(key.secret.encode(), b"%b.%b" % (timestamp.encode(), body), "sha256").hex()
