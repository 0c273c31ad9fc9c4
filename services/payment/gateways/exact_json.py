"""JSON objects of partners as they came: numbers keep their digits, no name stands twice.

A signature is made over what was written, and `150000` is not `150000.0` there.  Another reader may
keep the first of two equal names where ours keeps the last, or round a number that ours does not:
what could be read in two ways is refused.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from services.payment.gateways import Refused


class Number(str):
    """A number, by its digits as they came."""

    __slots__ = ()


Value: TypeAlias = "Number | str | bool | Sequence[Value] | Mapping[str, Value] | None"

WHOLE = re.compile(r"0|[1-9][0-9]{0,12}")  # of đồng: below ten thousand billion
_HALF = re.compile("[\ud800-\udfff]")  # half a character: text that was cut


def read(body: bytes | str, *, proved: bool = False) -> dict[str, Any]:
    """Return a JSON object; its numbers are `Number`.

    `proved`: who sent it is known, as it is signed or answers us.  Raises `Refused`.
    """
    try:
        found = _decoder.decode(body.decode() if isinstance(body, bytes) else body)
        if isinstance(found, dict):
            return found
        reason = "it is not a JSON object"
    except (ValueError, RecursionError) as error:
        reason = f"it is not JSON of one meaning: {error}"
    raise Refused("unreadable" if proved else "not_genuine", reason, "form")


# ---- values, of what is verified


def raw(given: Mapping[str, Any], name: str) -> str:
    """Return a value as senders sign it; nothing where it is missing.  Raises `Refused`."""
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int):
        raise Refused("unreadable", f"{name} is neither a text nor a number")
    written = str(value)
    if not written.isascii() and _HALF.search(written):
        raise Refused("unreadable", f"{name} has half a character, which no bytes can be made of")
    return written


def field(given: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Return a text or number that has to have this form.  Raises `Refused`."""
    value = raw(given, name)
    if not form.fullmatch(value):
        raise _other_form(name)
    return value


def text(given: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Return a text that has to have this form.  Raises `Refused`."""
    value = given.get(name)
    if not isinstance(value, str) or isinstance(value, Number) or not form.fullmatch(value):
        raise _other_form(name)
    return value


def dong(given: Mapping[str, Any], name: str) -> int:
    """Return a whole amount, whether it is written as a number or as text.  Raises `Refused`."""
    value = given.get(name)
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise Refused("unreadable", f"{name} is not a whole number of đồng")
    return int(value)


def _other_form(name: str) -> Refused:
    return Refused("unreadable", f"{name} is missing or has another form than documented")


def _once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> Value:
    raise ValueError(f"{word} is no number")


_decoder = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=Number, parse_float=Number, parse_constant=_no_number
)
