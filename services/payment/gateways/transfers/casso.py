"""Casso webhook v2: it watches bank accounts and tells of each transfer.

Their words, ours.

    data.id 0               a try of the address, answered as recorded: no notice
    data.reference          with the account: the transfer's number, under whichever id it comes;
                            `id` only where the bank told none
    data.amount             above 0 paid · 0 or less: money that left, no notice
    error                   0 · every other: unreadable, kept for a person
    our verdict → status    transfers.STATUSES, with {"error": 0} or {"error": 1}

`X-Casso-Signature: t=<ms>,v1=<hex>` is HMAC-SHA512 over `t`, a point, and the body as JSON with its
names sorted at every depth, as JavaScript writes it.  Which language their server speaks is not
sure: letters beyond ASCII may be escaped, as PHP and others do; that says the same.  The time in
the header bounds nothing, as their documentation names no limit: what came before is known by its
number.
"""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.payment.gateways import Call, Key, Notice, Refused
from services.payment.gateways.exact_json import Value, read
from services.payment.gateways.transfers import openapi
from services.payment.gateways.transfers.gateway import ShownCode, money, text, whole
from services.payment.gateways.transfers.text import reference
from services.payment.gateways.transfers.written_json import Style, write

SIGNATURE = "x-casso-signature"
STYLES: Sequence[Style] = ("javascript", "php", "ascii")
TRIED = 0  # the id of a try

_SIGNATURE = re.compile(r"t=([0-9]{1,16}), ?v1=([0-9A-Fa-f]{128})")
_OF_THE_BANK = re.compile(r"(?!0+\Z)[!-~]{1,40}")
_MEANS = {
    "id": "of the transfer at Casso; 0: only the address is tried",
    "reference": "the bank's number of the transfer: with the account it tells it again",
    "description": "the text of the transfer, with our reference in it",
    "amount": "in đồng; money that left an account is below 0",
    "accountNumber": "where the money came",
}
_EXAMPLE = {
    "error": 0,
    "data": {
        "id": 90001,
        "reference": "FT26306000001",
        "description": "DVC261102000000016 nop le phi",
        "amount": 16000,
        "accountNumber": "1234567890",
    },
}


class Casso(ShownCode):
    """A partner that speaks Casso's webhook v2."""

    accepted: Mapping[str, Any] = {"error": 0}
    refused: Mapping[str, Any] = {"error": 1}

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return the money that came.  Raises `Refused`."""
        sent = verified(call.header(SIGNATURE), call.body, self.partner.verifying_keys(at))
        data = sent.get("data")
        if not isinstance(data, Mapping) or whole(sent, "error") != 0:
            raise Refused("unreadable", "an error, or not one transfer in `data`")
        number, amount_vnd = whole(data, "id"), money(data, "amount")
        if number == TRIED or amount_vnd <= 0:
            return ()
        if number < 0:
            raise Refused("unreadable", "no transfer has this id")
        self.check_account(text(data, "accountNumber"), text(data, "virtualAccountNumber"))
        found = reference(text(data, "description"))
        named = text(data, "accountNumber"), text(data, "reference"), f"{number}"
        return (Notice(found, transaction(*named), amount_vnd, "paid", "in"),)

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a webhook."""
        said = "`t=<ms>,v1=<hex>`: HMAC-SHA512 over t, a point, the body with its names sorted"
        headers = {"X-Casso-Signature": (said, "t=1793586845123,v1=…")}
        return openapi.callback(headers, _EXAMPLE, _MEANS, self.accepted, self.refused)


def transaction(account: str, reference: str, number: str) -> str:
    """Return what tells a transfer again: the bank's number on an account, else Casso's own.

    Casso gives a transfer another id when an account is linked again, or to two of its users.
    """
    said = "".join(reference.split())
    return f"{account}/{said}" if _OF_THE_BANK.fullmatch(said) else number


# ---- signatures


def verified(header: str, body: bytes, keys: Sequence[Key]) -> Mapping[str, Value]:
    """Return what a webhook says.  Raises `Refused`."""
    given = _SIGNATURE.fullmatch(header)
    if not given:
        raise Refused("not_genuine", "no signature in Casso's form", "form")
    sent = read(body)
    if not _matches(given[2], texts(given[1], sent), keys):
        raise Refused("not_genuine", "the signature does not verify")
    return sent


def texts(time: str, sent: Value) -> Iterator[str]:
    """Return what may be signed of a body, in each language's writing of the same."""
    for style in STYLES:
        yield f"{time}.{write(sent, style)}"


def sign(key: Key, signed: str) -> str:
    """Return the signature of a text."""
    return hmac.digest(key.secret.encode(), signed.encode(), "sha512").hex()


def _matches(signature: str, signed: Iterator[str], keys: Sequence[Key]) -> bool:
    given = signature.lower().encode()
    return any(hmac.compare_digest(sign(k, s).encode(), given) for s in signed for k in keys)
