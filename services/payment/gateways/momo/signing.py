"""What MoMo signs: `name=value` joined with `&`, names from a to z, values as they were written.

`accessKey` is in every text and in no body.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.payment.gateways.exact_json import raw

SIGNATURE = "signature"
CREATE = (
    "amount",
    "extraData",
    "ipnUrl",
    "orderId",
    "orderInfo",
    "partnerCode",
    "redirectUrl",
    "requestId",
    "requestType",
)
CREATED = (
    "amount",
    "message",
    "orderId",
    "partnerCode",
    "payUrl",
    "requestId",
    "responseTime",
    "resultCode",
)
# copies of their documentation differ on whether the message is signed
CREATED_WITHOUT_MESSAGE = tuple(name for name in CREATED if name != "message")
NOTIFIED = (
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
)
QUERY = ("orderId", "partnerCode", "requestId")
REFUND = ("amount", "description", "orderId", "partnerCode", "requestId", "transId")


def signed_text(access_key: str, values: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return what is signed of a message; a missing value leaves its place empty."""
    pairs = (f"{name}={raw(values, name)}" for name in names)
    return "&".join((f"accessKey={access_key}", *pairs))
