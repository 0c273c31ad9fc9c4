"""The nine functions of our own protocol: what is asked, what is said, in which form.

Every body is one flat JSON object, in both directions, and begins with `function`, `request_id` and
`merchant`: the signature covers the body, so that nothing signed for one function, request or
merchant serves another.  A form is a pattern for text, or `int` for a whole number from 0.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from services.payment.gateways import Refused, Why
from services.payment.gateways.exact_json import WHOLE, Number

Form = re.Pattern[str] | type[int]
Fields = Mapping[str, Form]

AMOUNT_LIMIT = 9_999_999_999_999  # thirteen digits, as `WHOLE`

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MAYBE = re.compile(r"[A-Za-z0-9._-]{0,64}")
_WORDS = re.compile(r"[^\x00-\x1f\x7f|]{0,140}")
_URL = re.compile(r"(https?://[!-~]{1,2000})?")
_LINK = re.compile(r"([a-z][a-z0-9+.-]{1,30}://[!-~]{1,2000})?")
_BANK = re.compile(r"[0-9]{6}")
_MAYBE_BANK = re.compile(r"([0-9]{6})?")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{4,34}")
_MAYBE_ACCOUNT = re.compile(r"([0-9A-Za-z]{4,34})?")
_CURRENCY = re.compile(r"VND")
_DAY = re.compile(r"[0-9]{8}")
_FILE = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_WORD = re.compile(r"[a-z_]{1,32}")

HEAD: Fields = {"function": _WORD, "request_id": NAME, "merchant": NAME}


class Function(NamedTuple):
    """One of the nine; `asks` and `says` are beside the head that every body has."""

    number: int
    title: str
    asks: Fields
    says: Fields


_ORDER: Fields = {"reference": NAME, "amount_vnd": int, "currency": _CURRENCY}
_OUTCOME: Fields = {"status": _WORD, "transaction": _MAYBE, "amount_vnd": int}

FUNCTIONS: Mapping[str, Function] = {
    "create": Function(
        1,
        "Create a payment, with its QR code",
        {
            **_ORDER,
            "opened_at": int,
            "expires_at": int,
            "purpose": _WORDS,
            "return_url": _URL,
            "account_bank": _MAYBE_BANK,
            "account_number": _MAYBE_ACCOUNT,
            "account_name": _WORDS,
        },
        {
            "reference": NAME,
            "status": _WORD,
            "pay_url": _URL,
            "deep_link": _LINK,
            "qr": re.compile(r"[ -~]{0,512}"),
            "alias_account": _MAYBE_ACCOUNT,
            "expires_at": int,
        },
    ),
    "notify": Function(
        2,
        "Tell what became of a payment: the one that you call",
        {**_ORDER, "transaction": _MAYBE, "status": _WORD, "at": int},
        {"outcome": _WORD},
    ),
    "status": Function(
        3,
        "Say how a payment, a refund or a disbursement stands",
        {"kind": re.compile(r"payment|refund|disbursement"), "reference": NAME},
        {"kind": _WORD, "reference": NAME, "currency": _CURRENCY, **_OUTCOME},
    ),
    "receipt": Function(
        4,
        "Give the electronic receipt of a payment",
        {"reference": NAME, "transaction": NAME},
        {
            "reference": NAME,
            "number": NAME,
            "state": re.compile(r"valid|void"),
            "url": _URL,
        },
    ),
    "account": Function(
        5,
        "Say whose an account is, before money goes there",
        {"bank": _BANK, "number": _ACCOUNT},
        {
            "bank": _BANK,
            "number": _ACCOUNT,
            "name": _WORDS,
            "state": re.compile(r"open|closed|unknown"),
        },
    ),
    "refund": Function(
        6,
        "Give money of a payment back",
        {
            "refund": NAME,
            **_ORDER,
            "transaction": NAME,
            "paid_vnd": int,
            "reason": _WORDS,
        },
        {"refund": NAME, "reference": NAME, **_OUTCOME},
    ),
    "payer": Function(
        7,
        "Say from which account a payment came",
        {"reference": NAME, "transaction": NAME},
        {
            "reference": NAME,
            "transaction": NAME,
            "bank": _BANK,
            "number": _ACCOUNT,
            "name": _WORDS,
        },
    ),
    "disburse": Function(
        8,
        "Pay money out to an account",
        {
            "disbursement": NAME,
            "route": re.compile(r"same_bank|napas|citad"),
            "amount_vnd": int,
            "currency": _CURRENCY,
            "bank": _BANK,
            "number": _ACCOUNT,
            "name": _WORDS,
            "purpose": _WORDS,
        },
        {"disbursement": NAME, **_OUTCOME},
    ),
    "statement": Function(
        9,
        "Reconciliation, type 1: give the file of a day",
        {"day": _DAY},
        {"day": _DAY, "file": _FILE},
    ),
    "result": Function(
        9,
        "Reconciliation, type 2: take the file of what we found of that day",
        {"day": _DAY, "file": _FILE},
        {"day": _DAY, "outcome": _WORD},
    ),
}


def path(function: str) -> str:
    """Return where a function is called at the bank."""
    return f"/v1/{function}"


def wrong(given: Mapping[str, Any], fields: Fields) -> str:
    """Return the name of the first field that is missing or in another form; empty if none is."""
    for name, form in fields.items():
        value = given.get(name)
        if isinstance(form, re.Pattern):
            fits = isinstance(value, str) and form.fullmatch(value) is not None
            fits = fits and not isinstance(value, Number)
        else:
            fits = type(value) in (int, Number) and WHOLE.fullmatch(str(value)) is not None
        if not fits:
            return name
    return ""


def checked(given: Mapping[str, Any], fields: Fields) -> Mapping[str, Any]:
    """Return what was given, its fields in their forms, numbers as such.  Raises `Refused`."""
    if name := wrong(given, fields):
        why: Why = "currency" if name == "currency" else "form"
        raise Refused("unreadable", f"{name} is missing or has another form than documented", why)
    return {**given, **{name: int(given[name]) for name, form in fields.items() if form is int}}
