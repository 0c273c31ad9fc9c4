"""What a contract says, and what a record has: side by side, with nothing personal in the clear.

A value is shown only where the contract knows a closed set or a form for it, and it keeps to that;
of any other text its form is told: digits as 9, letters as a and A.  A sender may have put anything
anywhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from jsonschema import Draft202012Validator

from shared import events
from shared.contracts import CARRIED, event_schema
from shared.events import CONTRACTS, UNREADABLE
from shared.masking import masked
from shared.placement import is_canonical

Schema = Mapping[str, Any]

LINES_LIMIT = 200  # of a sample
PROBLEMS_LIMIT = 20
SHOWN_LIMIT = 100  # characters of a value
FORM_LIMIT = 60
NUMBER_LIMIT = 10**8  # a larger number may be a person's, or a phone's
# parts of the envelope that say nothing of a person
_OPEN = frozenset(
    f"$.{name}"
    for name in (
        *("source", "type", "time", "specversion", "datacontenttype"),
        *("sequence", "traceparent", "id", "subject", "causationid"),
    )
)
_TOLD = ("type", "const", "enum", "pattern", "format", "minLength", "maxLength", "minimum",
         "maximum", "minItems", "maxItems", "required")  # fmt: skip
_CLOSED = ("const", "enum", "pattern", "format")
_WORD = re.compile(r"[!-~]*")  # no name of a person, as names are written
_DATE = re.compile(r"[0-9TZ:.+-]+")  # a validator takes any text where a format is asked for
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


class Line(msgspec.Struct, frozen=True):
    """A value of a sample: where it is, how deep, and what may be seen of it."""

    path: str
    depth: int
    shown: str
    is_wrong: bool


class Difference(msgspec.Struct, frozen=True):
    """Where a record is not as its contract has it: `expected` in words of JSON Schema."""

    path: str
    expected: dict[str, Any]
    found: str


def steps(path: str) -> list[str | int] | None:
    """Return the names and numbers of a JSON path; None: it is none."""
    if not path.startswith("$"):
        return None
    out: list[str | int] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return None
        out.append(found[1] if found[1] is not None else int(found[2]))
        at = found.end()
    return out


def path_of(parts: Sequence[str | int]) -> str:
    """Return a JSON path."""
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in parts)


def form_of(text: str) -> str:
    """Return the form of a text: what kind of signs it has, none of them."""
    signs = "".join(_sign(s) for s in text[:FORM_LIMIT])
    more = f"… {len(text)} characters" if len(text) > FORM_LIMIT else ""
    return f"“{signs}{more}”"


def sample(topic: str, message: object, wrong: Sequence[str]) -> list[Line]:
    """Return a message as lines, those at a `wrong` path marked."""
    schema = _schema(topic, message)
    out: list[Line] = []
    for parts, value, under in _walk((), message, schema or {}, schema or {}):
        if len(out) >= LINES_LIMIT:
            break
        path = path_of(parts)
        out.append(Line(masked(path), len(parts), shown(path, value, under), path in wrong))
    return out


def shown(path: str, value: object, schema: Schema) -> str:
    """Return what may be seen of a value, which the contract has this to say of."""
    match value:
        case dict():
            return "{}" if not value else f"{{{len(value)}}}"
        case list():
            return "[]" if not value else f"[{len(value)}]"
        case str():
            is_closed = any(name in schema for name in _CLOSED)
            is_open = bool(path in _OPEN and _WORD.fullmatch(value))
            is_open = is_open or (is_closed and _is_valid(value, schema))
            if path == "$.subject" and is_canonical(value.encode()):
                return value
            return masked(value)[:SHOWN_LIMIT] if is_open and len(value) <= SHOWN_LIMIT else (
                form_of(value))  # fmt: skip
        case bool() | None:
            return events.encode(value).decode()
        case int() | float() if abs(value) < NUMBER_LIMIT:
            return f"{value}"
        case _:
            return f"a number of {len(str(value))} signs"


def differences(topic: str, message: object) -> list[Difference]:
    """Return where a message is not what its contract has; nothing: lanes can read it."""
    if not isinstance(message, dict):
        return [Difference("$", {"type": "object"}, _kind(message))]
    schema = _schema(topic, message)
    if schema is None:
        told = message.get("type")
        said = shown("$.type", told, {}) if "type" in message else "nothing"
        return [Difference("$.type", {"enum": sorted(CARRIED.get(topic, ()))}, said)]
    found: dict[str, Difference] = {}
    for error in _validator(str(message["type"])).iter_errors(message):
        for one in _differing(error, schema):
            found.setdefault(one.path, one)
        if len(found) >= PROBLEMS_LIMIT:
            break
    return list(found.values()) or _unread(message, schema)


def expected_at(schema: Schema, parts: Sequence[str | int]) -> dict[str, Any]:
    """Return what a schema says of a place, in its own words; empty: nothing."""
    node: Schema | None = schema
    for part in parts:
        node = _under(node, schema, part) if node is not None else None
    return _told(_resolved(node, schema)) if node is not None else {}


def schema_of(topic: str, message: object) -> str:
    """Return the name of the schema that a message falls under; empty: none."""
    found = _schema(topic, message)
    return str(found["$id"]) if found else ""


def expected_of(topic: str, message: object, path: str) -> dict[str, Any]:
    """Return what the contract of a message says of a place in it."""
    schema, parts = _schema(topic, message), steps(path)
    return expected_at(schema, parts) if schema and parts is not None else {}


def _schema(topic: str, message: object) -> Schema | None:
    type_ = message.get("type") if isinstance(message, dict) else None
    is_known = isinstance(type_, str) and type_ in CARRIED.get(topic, ())
    return _event_schema(str(type_)) if is_known else None


@lru_cache(maxsize=256)
def _event_schema(type_: str) -> Schema:
    return event_schema(type_)


@lru_cache(maxsize=256)
def _validator(type_: str) -> Draft202012Validator:
    return Draft202012Validator(_event_schema(type_))


def _differing(error: Any, schema: Schema) -> Iterator[Difference]:
    """Yield what an error of the validator is about; its own words have values in them."""
    parts = list(error.absolute_path)
    instance = error.instance
    if error.validator == "required":
        for name in error.validator_value:
            if name not in instance:
                inside = [*parts, name]
                said = {"required": True, **expected_at(schema, inside)}
                yield Difference(path_of(inside), said, "nothing")
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        for name in sorted(instance.keys() - known.keys()):
            path = masked(path_of([*parts, name]))
            yield Difference(path, {"fields": sorted(known)}, _kind(instance[name]))
    else:
        path = path_of(parts)
        said = expected_at(schema, parts) or {error.validator: error.validator_value}
        yield Difference(path, said, shown(path, instance, {}))


def _unread(message: Mapping[str, Any], schema: Schema) -> list[Difference]:
    """Return what our own decoder does not take although the schema does."""
    try:
        event = events.decode(events.encode(message))
        msgspec.json.decode(event.data, type=CONTRACTS[event.type])
    except UNREADABLE as error:
        reason, _, field = str(error).partition(" - at `")
        inside = "$.data" if reason and "$.time" not in field and "$.spec" not in field else "$"
        path = f"{inside}{field.strip('`')[1:]}"
        return [Difference(path, expected_at(schema, steps(path) or ()), masked(reason))]
    return []


def _walk(
    parts: tuple[str | int, ...], value: object, node: Schema, root: Schema
) -> Iterator[tuple[tuple[str | int, ...], object, Schema]]:
    if parts:
        yield parts, value, _resolved(node, root)
    inner: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value))
    for name, each in inner:
        yield from _walk((*parts, name), each, _under(node, root, name) or {}, root)


def _under(node: Schema | None, root: Schema, part: str | int) -> Schema | None:
    """Return what a schema says of a field, or of an item, of what it describes."""
    if node is None:
        return None
    for option in _options(node, root):
        if isinstance(part, int) and isinstance(option.get("items"), dict):
            return _resolved(option["items"], root)
        if part in option.get("properties", {}):
            return _resolved(option["properties"][part], root)
        if isinstance(option.get("additionalProperties"), dict):
            return _resolved(option["additionalProperties"], root)
    return None


def _options(node: Schema, root: Schema) -> Iterator[Schema]:
    whole = _resolved(node, root)
    yield whole
    for option in (*whole.get("anyOf", ()), *whole.get("oneOf", ())):
        yield _resolved(option, root)


def _resolved(node: Schema, root: Schema) -> Schema:
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _told(node: Schema) -> dict[str, Any]:
    told = {name: node[name] for name in _TOLD if name in node}
    options = [each for each in node.get("anyOf", ()) if "type" in each]
    if options:
        told |= {name: each[name] for each in options for name in _TOLD if name in each}
        told["type"] = [each["type"] for each in options]
    if "properties" in node:
        told["fields"] = sorted(node["properties"])
    return told


def _is_valid(value: str, schema: Schema) -> bool:
    is_date = "format" not in schema or bool(_DATE.fullmatch(value))
    return is_date and bool(Draft202012Validator(dict(schema)).is_valid(value))


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _sign(sign: str) -> str:
    if sign.isdigit():
        return "9"
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return sign
