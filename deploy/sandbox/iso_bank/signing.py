"""Who sends a message, and when: an HMAC over the time and the body, in headers."""

import hashlib
import hmac
from datetime import datetime

WINDOW_S = 300


def proof(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers that say who sends this, and when."""
    time = str(int(at.timestamp()))
    return {"x-request-time": time, "x-request-signature": _mac(secret, time, body)}


def is_genuine(secret: str, time: str, signature: str, body: bytes, at: datetime) -> bool:
    """Tell whether the merchant sent this, within five minutes of now."""
    if not time.isdecimal() or abs(at.timestamp() - int(time)) > WINDOW_S:
        return False
    return hmac.compare_digest(_mac(secret, time, body), signature)


def _mac(secret: str, time: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()
