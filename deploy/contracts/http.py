"""What differs between two OpenAPI documents: requests are written to us, answers are read."""

from collections.abc import Iterator
from typing import Any

from deploy.contracts.compare import compare, inlined
from deploy.contracts.rules import READERS, WRITERS, Change

Operation = dict[str, Any]


def compare_http(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what changed in the operations."""
    return list(_compared(_operations(old), _operations(new)))


def _operations(document: dict[str, Any]) -> dict[str, Operation]:
    whole = inlined(document.get("paths", {}), document)
    return {f"{m.upper()} {path}": o for path, ms in whole.items() for m, o in ms.items()}


def _compared(old: dict[str, Operation], new: dict[str, Operation]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        if name not in old:
            yield Change(name, "operation-added")
        elif name not in new:
            is_announced = old[name].get("deprecated", False)
            yield Change(
                name, "deprecated-operation-removed" if is_announced else "operation-removed"
            )
        else:
            yield from _parameters(old[name], new[name], name)
            yield from _body(old[name], new[name], name)
            yield from _answers(old[name], new[name], name)
            yield from _callers(old[name], new[name], name)


def _parameters(old: Operation, new: Operation, where: str) -> Iterator[Change]:
    before, after = (
        {(p["in"], p["name"]): p for p in operation.get("parameters", ())}
        for operation in (old, new)
    )
    for key in sorted({*before, *after}):
        path = f"{where} {key[0]} {key[1]}"
        if key not in after:
            yield Change(path, "parameter-removed")
        elif key not in before:
            is_required = after[key].get("required", False)
            yield Change(path, "required-parameter-added" if is_required else "parameter-added")
        else:
            if before[key].get("required", False) != after[key].get("required", False):
                is_required = after[key].get("required", False)
                rule = "became-required" if is_required else "became-optional"
                yield Change(path, rule, sides=WRITERS)
            schemas = before[key].get("schema", {}), after[key].get("schema", {})
            yield from compare(*schemas, path, WRITERS)


def _body(old: Operation, new: Operation, where: str) -> Iterator[Change]:
    before, after = old.get("requestBody", {}), new.get("requestBody", {})
    if after.get("required", False) and not before.get("required", False):
        yield Change(f"{where} body", "body-required")
    yield from _contents(before, after, f"{where} body", is_answer=False)


def _answers(old: Operation, new: Operation, where: str) -> Iterator[Change]:
    before, after = old.get("responses", {}), new.get("responses", {})
    for status in sorted({*before, *after}):
        path = f"{where} {status}"
        if status not in before:
            yield Change(path, "answer-added")
        elif status in after:
            yield from _contents(before[status], after[status], path, is_answer=True)
        elif status.startswith("2"):
            yield Change(path, "answer-removed")


def _contents(
    old: dict[str, Any], new: dict[str, Any], where: str, *, is_answer: bool
) -> Iterator[Change]:
    before, after = old.get("content", {}), new.get("content", {})
    for media_type in sorted(before):
        if media_type not in after:
            yield Change(where, "media-type-removed", media_type)
        else:
            schemas = before[media_type].get("schema", {}), after[media_type].get("schema", {})
            yield from compare(*schemas, where, READERS if is_answer else WRITERS)


def _callers(old: Operation, new: Operation, where: str) -> Iterator[Change]:
    before, after = (
        {role for requirement in operation.get("security", ()) for role in requirement}
        for operation in (old, new)
    )
    if after and not before:
        yield Change(where, "key-required")
    elif after:
        yield from (Change(where, "role-removed", role) for role in sorted(before - after))
