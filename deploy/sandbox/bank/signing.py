"""The bank's own signature code; written from the public description, sharing nothing with ours."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

NOT_SIGNED = ("vnp_SecureHash", "vnp_SecureHashType")
_REQUEST = "RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr OrderInfo"
_ANSWER = """ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate
TransactionNo TransactionType TransactionStatus OrderInfo PromotionCode PromotionAmount"""
_REFUND = """RequestId Version Command TmnCode TransactionType TxnRef Amount TransactionNo
TransactionDate CreateBy CreateDate IpAddr OrderInfo"""
REQUEST_FIELDS, ANSWER_FIELDS = _REQUEST.split(), _ANSWER.split()
REFUND_FIELDS, REFUND_ANSWER_FIELDS = _REFUND.split(), _ANSWER.split()[:-2]


class BadSignature(Exception):
    """It was not signed with the merchant's secret, or has been changed since."""


def mac(secret: str, text: str) -> str:
    """Return HMAC-SHA512 in lower-case hex."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def signed_query(secret: str, fields: Mapping[str, str]) -> str:
    """Return a query string with its signature at the end."""
    text = urlencode(sorted(fields.items()))
    return f"{text}&vnp_SecureHash={mac(secret, text)}"


def read_query(secret: str, query: str) -> dict[str, str]:
    """Return the fields of a signed query string.  Raises `BadSignature`."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=64)
    except ValueError as error:
        raise BadSignature("too many fields") from error
    fields = dict(pairs)
    text = urlencode(
        sorted((n, v) for n, v in pairs if n.startswith("vnp_") and n not in NOT_SIGNED)
    )
    _check(mac(secret, text), fields.get("vnp_SecureHash", ""))
    return fields


def sign_body(secret: str, body: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """Return a JSON body with its signature."""
    return {**body, "vnp_SecureHash": mac(secret, _joined(body, fields))}


def check_body(secret: str, body: Mapping[str, str], fields: Sequence[str]) -> None:
    """Check the signature of a JSON body.  Raises `BadSignature`."""
    _check(mac(secret, _joined(body, fields)), body.get("vnp_SecureHash", ""))


def _joined(body: Mapping[str, str], fields: Sequence[str]) -> str:
    return "|".join(body.get(f"vnp_{field}", "") for field in fields)


def _check(wanted: str, given: str) -> None:
    if not hmac.compare_digest(wanted.encode(), given.lower().encode()):
        raise BadSignature("the signature does not fit")
