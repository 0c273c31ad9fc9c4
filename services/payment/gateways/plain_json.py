"""JSON objects of partners, read so that they have one meaning.

Another reader may keep the first of two equal names where ours keeps the last, or round a number
that ours does not: what could be read in two ways is refused.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from services.payment.gateways import Refused

WHOLE = re.compile(r"0|[1-9][0-9]{0,12}")  # of đồng: below ten thousand billion


def read_object(body: bytes) -> dict[str, Any]:
    """Return a JSON object.  Raises `Refused`: nothing in it is proved yet."""
    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=_once,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        reason = f"the body is not JSON of one meaning: {error}"
        raise Refused("not_genuine", reason, "form") from error
    if not isinstance(found, dict):
        raise Refused("not_genuine", "the body is not a JSON object", "form")
    return found


def text(given: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Return a value that must be text of this form.  Raises `Refused`."""
    value = given.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Refused("unreadable", f"{name} is missing or has another form than documented")
    return value


def dong(given: Mapping[str, Any], name: str) -> int:
    """Return a whole amount, whether it is written as a number or as text.  Raises `Refused`."""
    value = given.get(name)
    wire = str(value) if type(value) is int else value  # True is an int to isinstance
    if not isinstance(wire, str) or not WHOLE.fullmatch(wire):
        raise Refused("unreadable", f"{name} is not a whole number of đồng")
    return int(wire)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("a number is not whole")
