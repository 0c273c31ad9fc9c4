"""What does not have the shape of its contract: every field that is wrong, and the rest of it.

Only for what a decoder has refused: a decoder stops at the first mistake, this goes on.
"""

from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from services.intake.domain.remedies import problem
from shared.events import UNREADABLE
from shared.events.data import Problem

PROBLEMS_LIMIT = 100
ITEMS_LIMIT = 200  # of a list: past this it is too long in any case
# a day is nowhere required: what cannot be read is as if it were left out
_STAND_INS: dict[Any, Any] = {
    str: "",
    int: 1,
    bool: False,
    tuple: (),
    dict: {},
    date: msgspec.UNSET,
}


def json_value(text: bytes) -> Any:
    """Return what stands in a JSON text, None if it is none."""
    try:
        return msgspec.json.decode(text)
    except UNREADABLE:
        return None


def mend(kind: Any, value: Any, at: str, found: list[Problem]) -> Any:
    """Return a value of this kind, with stand-ins for what is not; add to `found` what is not."""
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, value, at, found)
    if get_origin(kind) is tuple and isinstance(value, list):
        item = get_args(kind)[0]
        looked_at = enumerate(value[:ITEMS_LIMIT])
        return tuple(mend(item, each, f"{at}/{n}", found) for n, each in looked_at)
    if get_origin(kind) is dict and isinstance(value, dict):
        inner = [(name, _read(get_args(kind)[1], each)) for name, each in value.items()]
        if any(not read for _, read in inner):  # its name is the sender's: not repeated
            _add(found, "invalid-value", at)
        return {name: read[0] for name, read in inner if read}
    if read := _read(kind, value):
        return read[0]
    _add(found, "invalid-value", at)
    return _stand_in(kind)


def _struct(
    kind: type[msgspec.Struct], value: Any, at: str, found: list[Problem]
) -> msgspec.Struct:
    given: dict[str, Any] = value if isinstance(value, dict) else {}
    if given is not value:
        _add(found, "invalid-value", at or "/")
    fields = {f.name: f for f in msgspec.structs.fields(kind)}
    if given.keys() - fields:
        _add(found, "unknown-field", at or "/")
    mended = {}
    for name, field in fields.items():
        if name in given:
            mended[name] = mend(field.type, given[name], f"{at}/{name}", found)
        elif field.required:
            mended[name] = _stand_in(_bare(field.type))
            if given is value:
                _add(found, "missing-field", f"{at}/{name}")
    return kind(**mended)


def _read(kind: Any, value: Any) -> tuple[Any] | None:
    try:
        return (msgspec.convert(value, kind),)
    except (msgspec.ValidationError, RecursionError):
        return None


def _stand_in(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, {}, "", [])
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    return _STAND_INS[get_origin(kind) or kind]


def _bare(kind: Any) -> Any:
    """Return a type without what is only published about it."""
    while get_origin(kind) is Annotated or msgspec.UnsetType in get_args(kind):
        kind = get_args(kind)[0]
    assert get_origin(kind) not in (Union, UnionType), "what portals send has one type each"
    return kind


def _add(found: list[Problem], code: str, at: str) -> None:
    if len(found) < PROBLEMS_LIMIT:
        found.append(problem(code, at))
