"""How the three sign, from their public descriptions; shares nothing with the services."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any


class BadSignature(Exception):
    """It was not signed with the merchant's secret, or has been changed since."""


def payos_request(secret: str, asked: Mapping[str, Any]) -> str:
    """Return the signature of a request for an order."""
    text = (
        f"amount={asked.get('amount')}&cancelUrl={asked.get('cancelUrl')}"
        f"&description={asked.get('description')}&orderCode={asked.get('orderCode')}"
        f"&returnUrl={asked.get('returnUrl')}"
    )
    return _mac(secret, text, hashlib.sha256)


def payos_data(secret: str, data: Mapping[str, Any]) -> str:
    """Return the signature of what PayOS says."""
    text = "&".join(f"{name}={_payos_value(data[name])}" for name in sorted(data))
    return _mac(secret, text, hashlib.sha256)


def casso(secret: str, time_ms: int, body: Mapping[str, Any]) -> str:
    """Return the header of a webhook."""
    sorted_body = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"t={time_ms},v1={_mac(secret, f'{time_ms}.{sorted_body}', hashlib.sha512)}"


def sepay(secret: str, time_s: int, body: bytes) -> str:
    """Return the header of a webhook."""
    return f"sha256={_mac(secret, f'{time_s}.' + body.decode(), hashlib.sha256)}"


def check(wanted: str, given: object) -> None:
    """Raise `BadSignature` where a signature is another one."""
    if not isinstance(given, str) or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise BadSignature("the signature does not fit")


def _payos_value(value: Any) -> str:
    if value is None or value in ("null", "undefined"):
        return ""
    if isinstance(value, list):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mac(secret: str, text: str, digest: Any) -> str:
    return hmac.new(secret.encode(), text.encode(), digest).hexdigest()
