"""What differs between two AsyncAPI documents beside their messages: what goes where."""

from collections.abc import Iterator
from typing import Any

from deploy.contracts.rules import Change


def compare_topics(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what changed in the topics."""
    return list(_compared(old.get("channels", {}), new.get("channels", {})))


def _compared(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        if name not in new or name not in old:
            yield Change(name, "topic-added" if name in new else "topic-removed")
            continue
        before, after = old[name].get("messages", {}), new[name].get("messages", {})
        for type_ in sorted({*before} ^ {*after}):
            yield Change(name, "message-added" if type_ in after else "message-removed", type_)
        if old[name].get("x-partition") != new[name].get("x-partition"):
            yield Change(name, "partition-changed")
