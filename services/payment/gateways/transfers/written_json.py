"""JSON written again, as the language of whoever signed it writes it.

PayOS and Casso sign a text that is made from the parsed message.  To make the same text, what
`exact_json` kept is written again: the shortest text, its names sorted.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from services.payment.gateways import Refused
from services.payment.gateways.exact_json import Number, Value

# as JSON.stringify; the same with numbers as they came; without letters beyond ASCII; as PHP's
# json_encode
Style = Literal["javascript", "exact", "ascii", "php"]

_WORDS = {None: "null", True: "true", False: "false"}
_LONE = re.compile("[\ud800-\udfff]")  # half a character: text that was cut
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_WHOLE_PLACES, _SMALL_PLACES = 21, -6  # JavaScript writes others with an exponent


def write(value: Value, style: Style = "javascript") -> str:
    """Return the text of a value.  Raises `Refused`: nothing is proved before it is written."""
    try:
        return _written(value, style)
    except RecursionError as error:
        raise _unwritable("nested too deeply") from error


def ordered(names: Iterable[str]) -> list[str]:
    """Return names as a JavaScript object has them once sorted: indices first, then by UTF-16."""
    return sorted(names, key=_place)


def javascript_number(number: Number) -> str:
    """Return a number as JavaScript writes it.  Raises `Refused` for one that it cannot hold."""
    value = float(number)
    if not math.isfinite(value):
        raise _unwritable("a number beyond all bounds")
    if not value:
        return "0"
    negative, places, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, places))
    return "-" * negative + _placed(digits, len(digits) + int(exponent))


def quoted(text: str, style: Style) -> str:
    """Return a text between quotation marks."""
    if style in ("ascii", "php"):
        written = _ascii.encode(text)
        return written.replace("/", r"\/") if style == "php" else written
    return _LONE.sub(lambda m: f"\\u{ord(m[0]):04x}", _unicode.encode(text))


def _written(value: Value, style: Style) -> str:
    if isinstance(value, Number):
        return value if style == "exact" else javascript_number(value)
    if isinstance(value, str):
        return quoted(value, style)
    if isinstance(value, Mapping):
        parts = (f"{quoted(n, style)}:{_written(value[n], style)}" for n in ordered(value))
        return f"{{{','.join(parts)}}}"
    if isinstance(value, Sequence):
        return f"[{','.join(_written(item, style) for item in value)}]"
    return _WORDS[value]


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= _WHOLE_PLACES:
        return digits + "0" * (point - len(digits))
    if 0 < point <= _WHOLE_PLACES:
        return f"{digits[:point]}.{digits[point:]}"
    if _SMALL_PLACES < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _place(name: str) -> tuple[int, int, bytes]:
    if _INDEX.fullmatch(name):
        return 0, int(name), b""
    return 1, 0, name.encode("utf-16-be", "surrogatepass")


def _unwritable(reason: str) -> Refused:
    return Refused("not_genuine", reason, "form")


_unicode, _ascii = json.JSONEncoder(ensure_ascii=False), json.JSONEncoder()
