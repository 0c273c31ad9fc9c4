"""How VNPAY signs: HMAC-SHA512, over sorted, form-encoded parameters or values joined by `|`.

Senders differ in how they encode `! ' ( ) * ~` and non-ASCII text, and in whether they sign empty
values.  Both are accepted; a parameter that stands twice is not.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote_plus, unquote_plus

from services.payment.gateways import Key, Refused
from services.payment.gateways.exact_json import raw, read
from shared.clock import VIETNAM

SIGNATURE = "vnp_SecureHash"
UNSIGNED = frozenset({SIGNATURE, "vnp_SecureHashType"})
ASKED = (
    "vnp_RequestId",
    "vnp_Version",
    "vnp_Command",
    "vnp_TmnCode",
    "vnp_TxnRef",
    "vnp_TransactionDate",
    "vnp_CreateDate",
    "vnp_IpAddr",
    "vnp_OrderInfo",
)
ANSWERED = (
    "vnp_ResponseId",
    "vnp_Command",
    "vnp_ResponseCode",
    "vnp_Message",
    "vnp_TmnCode",
    "vnp_TxnRef",
    "vnp_Amount",
    "vnp_BankCode",
    "vnp_PayDate",
    "vnp_TransactionNo",
    "vnp_TransactionType",
    "vnp_TransactionStatus",
    "vnp_OrderInfo",
    "vnp_PromotionCode",
    "vnp_PromotionAmount",
)
REFUND_ASKED = (
    "vnp_RequestId",
    "vnp_Version",
    "vnp_Command",
    "vnp_TmnCode",
    "vnp_TransactionType",
    "vnp_TxnRef",
    "vnp_Amount",
    "vnp_TransactionNo",
    "vnp_TransactionDate",
    "vnp_CreateBy",
    "vnp_CreateDate",
    "vnp_IpAddr",
    "vnp_OrderInfo",
)
REFUND_ANSWERED = ANSWERED[:-2]  # without the two promotion fields
QUERY_LIMIT_BYTES = 8_192
PARAMETER_LIMIT = 64
_BYTES = "surrogateescape"  # bytes that are no UTF-8 go through unchanged


def canonical(parameters: Iterable[tuple[str, str]]) -> str:
    """Return the text that is signed in a URL: sorted by name, form-encoded."""
    return "&".join(f"{_quoted(n)}={_quoted(v)}" for n, v in sorted(parameters))


def joined(values: Mapping[str, str], names: Sequence[str]) -> str:
    """Return the text that is signed outside of URLs; a missing value leaves its place empty."""
    return "|".join(values.get(name, "") for name in names)


def sign(key: Key, text: str) -> str:
    """Return the signature of a text."""
    return hmac.digest(key.secret.encode(), text.encode("utf-8", _BYTES), "sha512").hex()


def verified(query: bytes, keys: Sequence[Key]) -> dict[str, str]:
    """Return the `vnp_` parameters of a query string, decoded.  Raises `Refused`.

    Senders differ in how they encode some characters and in whether they sign empty values, so
    the text is made from the decoded parameters first, then from the segments as they came, each
    without and with the empty ones.
    """
    segments = _segments(query)
    given = {name: value for name, (value, _) in segments.items()}
    signature = given.get(SIGNATURE, "")
    signed = sorted((n, v, raw) for n, (v, raw) in segments.items() if n not in UNSIGNED)
    if not matches(signature, _texts(signed), keys):
        raise Refused("not_genuine", "the signature does not verify")
    return given


def _segments(query: bytes) -> dict[str, tuple[str, str]]:
    """Return the `vnp_` parameters: name, decoded value, segment as it came."""
    if len(query) > QUERY_LIMIT_BYTES:
        raise Refused("not_genuine", "the query string is too long")
    parts = query.decode("utf-8", _BYTES).split("&")
    if len(parts) > PARAMETER_LIMIT:
        raise Refused("not_genuine", "too many parameters")
    found: dict[str, tuple[str, str]] = {}
    for part in parts:
        raw_name, _, raw_value = part.partition("=")
        name = unquote_plus(raw_name)
        if not name.startswith("vnp_"):
            continue
        if name in found:
            raise Refused("not_genuine", f"{name[:40]!r} stands twice")
        found[name] = unquote_plus(raw_value), part
    return found


def _texts(signed: Sequence[tuple[str, str, str]]) -> Iterable[str]:
    filled = [s for s in signed if s[1]]
    variants = [filled] if len(filled) == len(signed) else [filled, list(signed)]
    for some in variants:
        yield canonical((n, v) for n, v, _ in some)
    for some in variants:
        yield "&".join(raw for _, _, raw in some)


def answered(body: bytes, names: Sequence[str], keys: Sequence[Key]) -> dict[str, str]:
    """Return the values of an answer signed over these of them.  Raises `Refused`."""
    whole = read(body)
    given = {name: raw(whole, name) for name in whole}
    if not matches(given.get(SIGNATURE, ""), [joined(given, names)], keys):
        raise Refused("not_genuine", "the answer's signature does not verify")
    return given


def is_about(given: Mapping[str, str], merchant: str, reference: str) -> None:
    """Check whose answer it is, and about which order.  Raises `Refused`."""
    if (given.get("vnp_TmnCode"), given.get("vnp_TxnRef")) != (merchant, reference):
        raise Refused("unreadable", "an answer about another order")


def local(at: datetime) -> str:
    """Return a time as they write it."""
    return at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


def matches(signature: str, texts: Iterable[str], keys: Sequence[Key]) -> bool:
    """Tell, in constant time, whether a signature is one of any of these texts."""
    given = signature.lower().encode("utf-8", "replace")
    return any(
        hmac.compare_digest(sign(key, text).encode(), given) for text in texts for key in keys
    )


def _quoted(text: str) -> str:
    return quote_plus(text, errors=_BYTES)
