"""The protocol's signature, written from docs/banks.md, sharing nothing with payment's."""

import hashlib
import hmac
from collections.abc import Mapping

WINDOW_S = 300


class NotGenuine(Exception):
    """It is not signed by motcua, for this bank, now."""


def signature(secret: str, time: str, body: bytes) -> str:
    """Return the signature of a body at a time."""
    return hmac.new(secret.encode(), b".".join([time.encode(), body]), hashlib.sha256).hexdigest()


def headers(secret: str, request_id: str, body: bytes, now_s: int) -> dict[str, str]:
    """Return the headers of a message that goes out now."""
    return {
        "x-request-id": request_id,
        "x-request-time": str(now_s),
        "x-request-signature": signature(secret, str(now_s), body),
    }


def require(secret: str, given: Mapping[str, str], body: bytes, now_s: int) -> None:
    """Check who sent a message, and when.  Raises `NotGenuine`."""
    time = given.get("x-request-time", "")
    proof = given.get("x-request-signature", "").encode("utf-8", "replace")
    if not (time.isascii() and time.isdecimal() and len(time) < 12):
        raise NotGenuine("x-request-time is no whole seconds")
    if not hmac.compare_digest(signature(secret, time, body).encode(), proof):
        raise NotGenuine("x-request-signature does not fit")
    if abs(int(time) - now_s) > WINDOW_S:
        raise NotGenuine("it was sent more than five minutes from now")
