"""A partner's JSON object, its values as the texts they were written with.

A signature is made over what was written, and `150000` is not `150000.0` there.
"""

import re
from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Refused, exact_json

_HALF = re.compile("[\ud800-\udfff]")


class Malformed(Refused):
    """It is no JSON object, or one that can be read in two ways."""

    def __init__(self, reason: str) -> None:
        super().__init__("unreadable", reason, "form")


def read(body: bytes | str) -> dict[str, Any]:
    """Return the object; its numbers are `exact_json.Number`.  Raises `Malformed`."""
    try:
        found = exact_json.read(body.encode() if isinstance(body, str) else body)
    except ValueError as error:
        raise Malformed("it is not JSON, or a name stands twice in it") from error
    if not isinstance(found, dict):
        raise Malformed("it is not a JSON object")
    return found


def raw(given: Mapping[str, Any], name: str) -> str:
    """Return a value as senders sign it; nothing where it is missing.  Raises `Malformed`."""
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int):
        raise Malformed(f"{name} is neither a text nor a number")
    text = str(value)
    if not text.isascii() and _HALF.search(text):
        raise Malformed(f"{name} has half a character, which no bytes can be made of")
    return text


def field(given: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Return a value that has to have this form.  Raises `Malformed`."""
    value = raw(given, name)
    if not form.fullmatch(value):
        raise Malformed(f"{name} is missing or has another form than documented")
    return value
