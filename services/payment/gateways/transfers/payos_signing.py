"""How PayOS signs: HMAC-SHA256 in hex, over `name=value` joined by `&`, nothing encoded.

A request is signed over five fields.  What PayOS sends is signed over all of `data`, sorted: null
and the texts "null" and "undefined" are empty, an array is JSON.  What stands outside of `data` is
not signed, and says nothing.
"""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence

from services.payment.gateways import Key, Refused
from services.payment.gateways.exact_json import Number, Value, read
from services.payment.gateways.transfers.written_json import Style, ordered, write

REQUEST = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
_NOTHING = ("null", "undefined")
_LONE = re.compile("[\ud800-\udfff]")  # half a character, which JavaScript sends as U+FFFD


def sign(key: Key, text: str) -> str:
    """Return the signature of a text."""
    encoded = _LONE.sub("\ufffd", text).encode()
    return hmac.digest(key.secret.encode(), encoded, "sha256").hex()


def request_text(fields: Mapping[str, str | int]) -> str:
    """Return the text of a request to create an order."""
    return "&".join(f"{name}={fields[name]}" for name in REQUEST)


def texts(data: Mapping[str, Value]) -> Iterator[str]:
    """Return what may be signed of `data`: with numbers as they came, or as JavaScript has them.

    They differ where a sender writes 1.0 or 1e3; what is used of them is whole numbers only.
    """
    names = ordered(data)
    styles: tuple[Style, ...] = "exact", "javascript"
    for style in styles:
        yield "&".join(f"{name}={_plain(data[name], style)}" for name in names)


def verified(body: bytes, keys: Sequence[Key]) -> Mapping[str, Value]:
    """Return the `data` of what PayOS sent.  Raises `Refused`."""
    sent = read(body)
    data, signature = sent.get("data"), sent.get("signature")
    if not isinstance(data, Mapping) or not isinstance(signature, str):
        raise Refused("not_genuine", "no object with `data` and `signature`", "form")
    if not _matches(signature, data, keys):
        raise Refused("not_genuine", "the signature does not verify")
    return data


def _matches(signature: str, data: Mapping[str, Value], keys: Sequence[Key]) -> bool:
    given = signature.lower().encode("utf-8", "replace")
    return any(
        hmac.compare_digest(sign(key, text).encode(), given) for text in texts(data) for key in keys
    )


def _plain(value: Value, style: Style) -> str:
    if value is None or value in _NOTHING:
        return ""
    if isinstance(value, str) and not isinstance(value, Number):
        return value
    return write(value, style)
