"""What differs between two JSON Schemas, rule by rule.  Pure; annotations do not count."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.contracts.rules import BOTH, Change, Sides

Schema = Any

TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
FORMS = ("pattern", "format")
COMPARED = {"type", "enum", "const", *LOWER, *UPPER, *FORMS, "properties", "required", "default"}
COMPARED |= {"additionalProperties", "items", "anyOf", "oneOf"}
SAID = {"title", "description", "example", "examples", "deprecated", "$id", "$schema", "$defs"}


def compare(old: Schema, new: Schema, where: str = "$", sides: Sides = BOTH) -> list[Change]:
    """Return what changed from one schema to the other; both refer to nothing (`inlined`)."""
    return [change._replace(sides=sides) for change in _compared(old, new, where)]


def inlined(node: Any, root: Any, inside: tuple[str, ...] = ()) -> Any:
    """Return a schema with what it refers to in its place; what refers to itself is left."""
    if isinstance(node, list):
        return [inlined(each, root, inside) for each in node]
    if not isinstance(node, dict):
        return node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref not in inside:
        target = root
        for part in ref.removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        beside = {name: value for name, value in node.items() if name != "$ref"}
        return inlined({**target, **beside}, root, (*inside, ref))
    return {name: inlined(value, root, inside) for name, value in node.items() if name != "$defs"}


def _compared(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    old, new = _spelled(old), _spelled(new)
    if old == new:
        return
    if {"anyOf", "oneOf"} & {*old, *new}:
        yield from _options(old, new, where)
    else:
        yield from _types(old, new, where)
        yield from _values(old, new, where)
        yield from _limits(old, new, where)
        yield from _forms(old, new, where)
        yield from _fields(old, new, where)
        yield from _unknown_fields(old, new, where)
        if "items" in old or "items" in new:
            yield from _compared(old.get("items", {}), new.get("items", {}), f"{where}[]")
    if "default" in old and "default" in new and old["default"] != new["default"]:
        yield Change(where, "default-changed", _from_to(old["default"], new["default"]))
    for name in sorted({*old, *new} - COMPARED - SAID):
        if not name.startswith("x-") and old.get(name) != new.get(name):
            yield Change(where, "keyword-changed", name)


def _spelled(schema: Schema) -> dict[str, Any]:
    """Return a schema as an object: `true` takes anything, `false` nothing."""
    if isinstance(schema, bool):
        return {} if schema else {"enum": []}
    return dict(schema)


def _options(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = _shapes(old), _shapes(new)
    kept = [shape for shape in before if shape in after]
    gone = {_label(shape): shape for shape in before if shape not in kept}
    come = {_label(shape): shape for shape in after if shape not in kept}
    for label in sorted({*gone, *come}):
        if label in gone and label in come:
            yield from _compared(gone[label], come[label], where)
        else:
            yield Change(where, "option-removed" if label in gone else "option-added", label)


def _shapes(schema: Schema) -> list[dict[str, Any]]:
    options = schema.get("anyOf") or schema.get("oneOf")
    if not options:
        return [{name: value for name, value in schema.items() if name not in SAID | {"default"}}]
    return [shape for option in options for shape in _shapes(_spelled(option))]


def _label(shape: Mapping[str, Any]) -> str:
    """Return what tells one shape from another: the constant fields it has, or its type."""
    constant = {
        name: values[0]
        for name, field in sorted(shape.get("properties", {}).items())
        if isinstance(field, dict) and len(values := _listed(field) or []) == 1
    }
    return json.dumps(constant) if constant else " or ".join(sorted(_type_set(shape)))


def _types(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = _type_set(old), _type_set(new)
    if before != after:
        rule = "type-changed"
        if after < before:
            rule = "type-narrowed"
        elif before < after:
            rule = "type-widened"
        yield Change(where, rule, _from_to(sorted(before), sorted(after)))


def _type_set(schema: Mapping[str, Any]) -> frozenset[str]:
    told = schema.get("type")
    if told is None:
        values = _listed(schema)
        return frozenset(map(_type_of, values)) if values is not None else TYPES
    names = frozenset([told] if isinstance(told, str) else told)
    return names | {"integer"} if "number" in names else names


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "object")


def _values(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = _listed(old), _listed(new)
    if before is None or after is None:
        if before is not after:
            yield Change(where, "values-listed" if before is None else "values-unlisted")
        return
    for value in before:
        if value not in after:
            yield Change(where, "value-removed", json.dumps(value))
    for value in after:
        if value not in before:
            yield Change(where, "value-added", json.dumps(value))


def _listed(schema: Mapping[str, Any]) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _limits(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    for name in (*LOWER, *UPPER):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        is_higher = before is None or (after is not None and after > before)
        is_lower = before is None or (after is not None and after < before)
        is_tighter = is_higher if name in LOWER else is_lower
        rule = "limit-tightened" if is_tighter else "limit-loosened"
        yield Change(where, rule, f"{name} {_from_to(before, after)}")


def _forms(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    for name in FORMS:
        before, after = old.get(name), new.get(name)
        if before != after:
            rule = "form-added" if before is None else "form-changed"
            yield Change(where, "form-removed" if after is None else rule, _from_to(before, after))


def _fields(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name in [*before, *(name for name in after if name not in before)]:
        path = f"{where}.{name}"
        if name not in after:
            was_deprecated = _spelled(before[name]).get("deprecated")
            yield Change(path, "deprecated-field-removed" if was_deprecated else "field-removed")
        elif name not in before:
            is_closed = old.get("additionalProperties", True) is False
            yield Change(path, "field-added-to-closed" if is_closed else "field-added")
            if name in needs:
                yield Change(path, "required-field-added")
        else:
            if (name in needed) != (name in needs):
                yield Change(path, "became-required" if name in needs else "became-optional")
            yield from _compared(before[name], after[name], path)


def _unknown_fields(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compared(before, after, f"{where}.*")
    else:
        yield Change(where, "closed" if after is False or before is True else "opened")


def _from_to(old: Any, new: Any) -> str:
    return f"{json.dumps(old, ensure_ascii=False)} → {json.dumps(new, ensure_ascii=False)}"
