"""How bodies are signed where the protocol leaves it to us: our own, and ISO 20022's channel.

An HMAC-SHA256 goes with each, over the time, a point and the body as it is sent.

Each direction has keys of its own, in requests and answers alike.  The time is in whole seconds
since 1970; what is older or younger than five minutes is not taken.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from services.payment.gateways import Key, Refused

ID, TIME, SIGNATURE = "x-request-id", "x-request-time", "x-request-signature"
WINDOW_S = 300
SECONDS = re.compile(r"[0-9]{9,11}")


def sign(key: Key, time: str, body: bytes) -> str:
    """Return the signature of a body sent at this time."""
    return hmac.digest(key.secret.encode(), time.encode() + b"." + body, "sha256").hex()


def signed(key: Key, body: bytes, at: datetime) -> tuple[tuple[str, str], ...]:
    """Return the headers of a body that is sent now."""
    time = str(int(at.timestamp()))
    return ((TIME, time), (SIGNATURE, sign(key, time, body)))


def verify(keys: Sequence[Key], time: str, signature: str, body: bytes, at: datetime) -> None:
    """Check who sent a body, and when.  Raises `Refused`."""
    if not SECONDS.fullmatch(time):
        raise Refused("not_genuine", f"{TIME} is missing, or no whole seconds", "form")
    given = signature.encode("utf-8", "replace")
    if not any(hmac.compare_digest(given, sign(k, time, body).encode()) for k in keys):
        raise Refused("not_genuine", f"{SIGNATURE} does not verify")
    if abs(at.timestamp() - int(time)) > WINDOW_S:
        raise Refused("not_genuine", f"sent more than {WINDOW_S} s from now", "window")
