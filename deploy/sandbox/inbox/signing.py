"""Whether a call is signed by motcua: Standard Webhooks 1.0.0, with code of its own."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping

WINDOW_S = 300


def is_genuine(headers: Mapping[str, str], body: bytes, key: str, now_s: float) -> bool:
    """Tell whether one of the signatures is made with this key, and lately."""
    id_, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (at.isascii() and at.isdecimal()) or abs(now_s - int(at)) > WINDOW_S:
        return False
    secret = b64decode(key.removeprefix("whsec_"))
    told = hmac.digest(secret, f"{id_}.{at}.".encode() + body, "sha256")
    wanted = b"v1," + b64encode(told)
    words = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(word, wanted) for word in words)
