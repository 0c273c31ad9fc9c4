"""Values joined by `|`: the text that the Payment Platform and KeyPay sign.

Neither escapes its delimiter, so that `a|b` beside `c` reads as `a` beside `b|c`, with the same
signature.  A value with the delimiter or a control character in it is refused, in what we send and
in what we take, before a signature is looked at.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.payment.gateways import Key
from services.payment.gateways.exact_json import Number

_WHOLE = re.compile(r"0|-?[1-9][0-9]*")
_TWO_MEANINGS = re.compile(r"[|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Ambiguous(ValueError):
    """A value that makes two messages of one signed text; the sentence names it, not its value."""


def piped(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the text that is signed; a value that is not there is empty.  Raises `Ambiguous`."""
    return "|".join(_plain(name, values.get(name, "")) for name in names)


def checksum(key: Key, signed: str) -> str:
    """Return the Payment Platform's MaXacThuc: no HMAC, the secret is the last of the values."""
    return hashlib.sha256(f"{signed}|{key.secret}".encode()).hexdigest()


def keyed(key: Key, signed: str) -> str:
    """Return KeyPay's check_sum."""
    return hmac.digest(key.secret.encode(), signed.encode(), "sha256").hex()


def is_one_of(given: object, wanted: Iterable[str]) -> bool:
    """Tell, in constant time, whether a signature in hex is one of these."""
    found = given.encode("utf-8", "replace") if isinstance(given, str) else b""
    return any(hmac.compare_digest(found, one.encode()) for one in wanted)


def _plain(name: str, value: object) -> str:
    written = str(value) if type(value) is int else value
    if not isinstance(written, str) or (isinstance(value, Number) and not _WHOLE.fullmatch(value)):
        raise Ambiguous(f"{name} is neither text nor a whole number")
    if _TWO_MEANINGS.search(written):
        raise Ambiguous(f"{name} has a delimiter or a control character in it")
    return written
