"""What a contract says of a place, in words for people."""

from collections.abc import Callable, Mapping
from typing import Any

from services.operations.domain.actions import Words

_TYPES: Mapping[str, Words] = {
    "string": Words("văn bản", "a text"),
    "integer": Words("số nguyên", "a whole number"),
    "number": Words("số", "a number"),
    "boolean": Words("true hoặc false", "true or false"),
    "object": Words("đối tượng", "an object"),
    "array": Words("danh sách", "a list"),
    "null": Words("null", "null"),
}
_FOUND: Mapping[str, Words] = {
    "nothing": Words("không có gì", "nothing"),
    "another": Words("giá trị khác", "another"),
    "an object": Words("đối tượng", "an object"),
    "a list": Words("danh sách", "a list"),
    "a text": Words("văn bản", "a text"),
    "a number": Words("số", "a number"),
    "true or false": Words("true hoặc false", "true or false"),
}


def _type(told: Any) -> Words:
    names = told if isinstance(told, list) else [told]
    known = [_TYPES.get(name, Words(name, name)) for name in names]
    return Words(" hoặc ".join(w.vi for w in known), " or ".join(w.en for w in known))


def _listed(told: Any) -> str:
    return ", ".join(map(str, told))


def _form(vi: str, en: str) -> Callable[[Any], Words]:
    return lambda told: Words(vi.format(told), en.format(told))


# each keyword of JSON Schema that is told, in the order in which it is; and three of our own
SAID: Mapping[str, Callable[[Any], Words]] = {
    "type": _type,
    "const": _form("đúng là {}", "just {}"),
    "enum": lambda told: Words(f"một trong: {_listed(told)}", f"one of: {_listed(told)}"),
    "pattern": _form("dạng {}", "of the form {}"),
    "format": _form("dạng {}", "of the form {}"),
    "minLength": _form("ít nhất {} ký tự", "at least {} characters"),
    "maxLength": _form("nhiều nhất {} ký tự", "at most {} characters"),
    "minimum": _form("từ {}", "from {}"),
    "maximum": _form("đến {}", "up to {}"),
    "minItems": _form("ít nhất {} mục", "at least {} items"),
    "maxItems": _form("nhiều nhất {} mục", "at most {} items"),
    "required": lambda _: Words("bắt buộc phải có", "it has to be there"),
    "fields": lambda told: Words(f"chỉ có: {_listed(told)}", f"only: {_listed(told)}"),
    "fixed": lambda _: Words("giữ như cũ", "as it was"),
    "exists": lambda _: Words("một chỗ có trong bản ghi", "a place that the record has"),
}


def told(expected: Mapping[str, Any]) -> Words:
    """Return what a contract says of a place."""
    said = [say(expected[name]) for name, say in SAID.items() if name in expected]
    if not said:
        return Words("không nói gì", "nothing")
    return Words(", ".join(w.vi for w in said), ", ".join(w.en for w in said))


def found(text: str) -> Words:
    """Return what a record has there, as far as it may be seen."""
    return _FOUND.get(text, Words(text, text))
