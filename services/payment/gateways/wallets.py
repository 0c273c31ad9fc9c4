"""What MoMo and ZaloPay have in common: names made of ours, links to show, a browser's query."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from services.payment.gateways import Refund, Refused, Unsendable
from services.payment.gateways.exact_json import field, raw

AMOUNT = re.compile(r"[0-9]{1,12}")
TRANSACTION = re.compile(r"[0-9]{1,20}")
PAGE = re.compile(r"https?://[!-~]{1,2000}")
SHOWN_LIMIT = 2_000
RETURN_LIMIT_BYTES = 8_192


def request_id(key: str) -> str:
    """Return a name of this length for a key of ours: the same every time."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def page(given: Mapping[str, Any], name: str) -> str:
    """Return the address of a page.  Raises `Refused`."""
    return field(given, name, PAGE)


def shown(given: Mapping[str, Any], name: str) -> str:
    """Return a text for the citizen's device; nothing if it is missing or far too long."""
    text = raw(given, name)
    return text if len(text) <= SHOWN_LIMIT else ""


def transaction(given: Mapping[str, Any], name: str) -> str:
    """Return the number of money that moved.  Raises `Refused`."""
    number = field(given, name, TRANSACTION)
    if not number.strip("0"):
        raise Refused("unreadable", "paid, but without a transaction number")
    return number


def browser(query: bytes) -> dict[str, str]:
    """Return the parameters of a browser that comes back.  Raises `Refused`."""
    if len(query) > RETURN_LIMIT_BYTES:
        raise Refused("unreadable", "the query is too long")
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=32)
    except ValueError as error:
        raise Refused("unreadable", "the query cannot be read") from error
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Refused("unreadable", "a parameter stands twice")
    return given


def check_refund(refund: Refund) -> None:
    """Check what every wallet demands of a refund.  Raises `Unsendable`."""
    if not 0 < refund.amount_vnd <= refund.paid_vnd:
        raise Unsendable("give back more than nothing, and at most what was paid")
    if not TRANSACTION.fullmatch(refund.transaction):
        raise Unsendable("their number of the payment has another form than documented")
