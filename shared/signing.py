"""What Standard Webhooks 1.0.0 signs: `id.timestamp.body`, HMAC-SHA256, one word for each secret.

The id and the timestamp have no full stop in them: two messages never share a signed text.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence

SECRET_BYTES = 32
_BEGINS = "whsec_"
_VERSION = "v1,"


def shown(secret: bytes) -> str:
    """Return a secret as its owner is given it."""
    return _BEGINS + b64encode(secret).decode()


def secret(text: str) -> bytes:
    """Return the bytes of a secret as it is shown.  Raises `ValueError`."""
    found = b64decode(text.removeprefix(_BEGINS), validate=True)
    if not text.startswith(_BEGINS) or not SECRET_BYTES <= len(found) <= 2 * SECRET_BYTES:
        raise ValueError(f"a secret is {_BEGINS} and {SECRET_BYTES} bytes or more in base64")
    return found


def headers(id_: str, timestamp_s: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return what goes with a body: id, time of this attempt, a signature with each secret."""
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(_sign(s, id_, timestamp_s, body) for s in secrets),
    }


def _sign(secret: bytes, id_: str, timestamp_s: int, body: bytes) -> str:
    text = f"{id_}.{timestamp_s}.".encode() + body
    return _VERSION + b64encode(hmac.digest(secret, text, "sha256")).decode()
