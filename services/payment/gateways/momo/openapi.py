"""MoMo's callback in OpenAPI's words, for who integrates or checks one."""

import re
from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.described import body, by_status
from services.payment.gateways.momo.signing import NOTIFIED, SIGNATURE

# an example of everything that is signed; what is read of it has a form
_EXAMPLES: Mapping[str, str | int] = {
    "partnerCode": "MOMODVCTEST01",
    "orderId": "DVC261102000000014",
    "requestId": "5d41402abc4b2a76b9719d911017c592",
    "amount": 16000,
    "orderInfo": "Thanh toán hồ sơ DVC261102000000014",
    "orderType": "momo_wallet",
    "transId": 4100000001,
    "resultCode": 0,
    "message": "Thành công.",
    "payType": "qr",
    "responseTime": 1793586845123,
    "extraData": "",
    SIGNATURE: "…",
}
_MEANS: Mapping[str, str] = {
    "partnerCode": "our merchant code",
    "orderId": "our reference of the order",
    "amount": "đồng",
    "resultCode": "0: paid",
    "transId": "your number of the transaction",
    SIGNATURE: "HMAC-SHA256 in hex, over accessKey and all other fields, a to z, as written",
}


def callback(
    patterns: Mapping[str, re.Pattern[str]], statuses: Mapping[Verdict, int]
) -> dict[str, Any]:
    """Return the description of an IPN: its body, and the answers to it."""
    properties = {name: _property(name, patterns.get(name)) for name in _EXAMPLES}
    schema = {
        "type": "object",
        "properties": properties,
        "required": sorted((*NOTIFIED, SIGNATURE)),
    }
    said = {s: {"description": f"No body: {means}"} for s, means in by_status(statuses).items()}
    return {"requestBody": body(schema, dict(_EXAMPLES)), "responses": said}


def _property(name: str, form: re.Pattern[str] | None) -> dict[str, Any]:
    if isinstance(_EXAMPLES[name], int):
        found: dict[str, Any] = {"type": "integer"}
    else:
        found = {"type": "string"} | ({"pattern": f"^{form.pattern}$"} if form else {})
    return found | ({"description": _MEANS[name]} if name in _MEANS else {})
