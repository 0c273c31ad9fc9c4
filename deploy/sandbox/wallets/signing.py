"""The wallet's own signature code, written from public descriptions: none of it is ours."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

MOMO = {
    "create": "accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl "
    "requestId requestType",
    "created": "accessKey amount message orderId partnerCode payUrl requestId responseTime "
    "resultCode",
    "told": "accessKey amount extraData message orderId orderInfo orderType partnerCode payType "
    "requestId responseTime resultCode transId",
    "query": "accessKey orderId partnerCode requestId",
    "refund": "accessKey amount description orderId partnerCode requestId transId",
    "confirm": "accessKey amount description orderId partnerCode requestId requestType",
}
ZALOPAY = {
    "create": "app_id app_trans_id app_user amount app_time embed_data item",
    "query": "app_id app_trans_id key1",
    "refund": "app_id zp_trans_id amount description timestamp",
    "refund_with_fee": "app_id zp_trans_id amount refund_fee_amount description timestamp",
    "query_refund": "app_id m_refund_id timestamp",
    "back": "appid apptransid pmcid bankcode amount discountamount status",
}


class BadSignature(Exception):
    """It was not signed with the merchant's key, or has been changed since."""


def mac(key: str, text: str) -> str:
    """Return HMAC-SHA256 in lower-case hex."""
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def momo(key: str, access_key: str, what: str, fields: Mapping[str, Any]) -> str:
    """Return MoMo's signature of a message."""
    whole = {**fields, "accessKey": access_key}
    return mac(key, "&".join(f"{name}={whole.get(name, '')}" for name in MOMO[what].split()))


def zalopay(key: str, what: str, fields: Mapping[str, Any]) -> str:
    """Return ZaloPay's mac of a message; the key is a field of some."""
    whole = {**fields, "key1": key}
    return mac(key, "|".join(str(whole.get(name, "")) for name in ZALOPAY[what].split()))


def check(wanted: str, given: object) -> None:
    """Compare a signature.  Raises `BadSignature`."""
    if not isinstance(given, str) or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise BadSignature("the signature does not fit")


def compact(value: Any) -> str:
    """Return a JSON text as ZaloPay puts it into `data`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
