"""JSON as it stands: numbers keep their digits, a name that stands twice is refused.

A signature is made over what was written, and `150000` is not `150000.0` there.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from services.payment.gateways import Refused


class Malformed(Refused):
    """It is no JSON object, or one that can be read in two ways."""

    def __init__(self, reason: str) -> None:
        super().__init__("unreadable", reason, "form")


class Number(str):
    """A number, with the digits it was written with."""

    __slots__ = ()


def read(body: bytes | str) -> dict[str, Any]:
    """Return the object; its numbers are `Number`.  Raises `Malformed`."""
    try:
        text = body.decode() if isinstance(body, bytes) else body
        found = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
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
    if isinstance(value, str | int):
        return str(value)
    raise Malformed(f"{name} is neither a text nor a number")


def field(given: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Return a value that has to have this form.  Raises `Malformed`."""
    value = raw(given, name)
    if not form.fullmatch(value):
        raise Malformed(f"{name} is missing or has another form than documented")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_no_number
)
