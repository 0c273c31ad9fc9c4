"""HMAC-SHA256 in lower-case hex, as wallets sign; compared in constant time."""

import hmac
from collections.abc import Iterable, Sequence

from services.payment.gateways import Key

_BYTES = "surrogatepass"  # half a character signs as itself, and never as another


def sign(key: Key, text: str) -> str:
    """Return the signature of a text."""
    return hmac.digest(key.secret.encode(), text.encode("utf-8", _BYTES), "sha256").hex()


def matches(signature: str, texts: Iterable[str], keys: Sequence[Key]) -> bool:
    """Tell, in constant time, whether a signature is one of any of these texts."""
    given = signature.lower().encode("utf-8", _BYTES)
    return any(
        hmac.compare_digest(sign(key, text).encode(), given) for text in texts for key in keys
    )
