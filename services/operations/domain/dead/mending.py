"""What may be sent again as it was, and what becomes of a record that somebody mends."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec

from services.operations.domain.acting import shape
from services.operations.domain.acting.shape import Words
from services.operations.domain.causes import CALL
from services.operations.domain.dead.contrast import Difference, differences, path_of, steps
from services.operations.domain.dead.letters import Letter
from services.operations.domain.timeline import instant
from shared import events
from shared.contracts import CARRIED
from shared.errors import DeadLetter
from shared.events import CONTRACTS, UNREADABLE, Event
from shared.placement import canonical
from shared.topics import TOPICS

CHANGES_LIMIT = 50
ID_LIMIT = 256
# who says it, what, and of whom: not to be changed, unless that is what was wrong
FIXED = ("id", "source", "type", "subject")

Why = Literal[
    "unreadable", "cut_off", "a_call", "our_own", "still_wrong", "answered", "nothing_held"
]
WHY: Mapping[Why, Words] = {why: shape.WHY[why] for why in get_args(Why)}

Path = Annotated[str, msgspec.Meta(min_length=2, max_length=300)]


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change, by JSON path: values to be put there, and what is to go."""

    set: Annotated[dict[Path, Any], msgspec.Meta(max_length=CHANGES_LIMIT)] = {}
    remove: Annotated[tuple[Path, ...], msgspec.Meta(max_length=CHANGES_LIMIT)] = ()


class Change(msgspec.Struct, frozen=True):
    """A value that differs; null: there is none."""

    path: str
    before: Any
    after: Any


class NoSuchPlace(Exception):
    """A path that leads nowhere in the record."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def read(value: bytes) -> object:
    """Return what was sent as JSON; None where it is none."""
    try:
        found: object = msgspec.json.decode(value)
    except UNREADABLE:
        return None
    return found


def barred(letter: Letter, key: bytes, value: bytes) -> Why | None:
    """Say why a record cannot be sent again as it was; None: it can."""
    if letter.cause == CALL:
        return "a_call"
    if letter.topic not in TOPICS or TOPICS[letter.topic].kind != "external":
        return "our_own"
    if letter.truncated:
        return "cut_off"
    try:
        event = events.decode(value)
    except UNREADABLE:
        return "unreadable"
    return None if _is_taken(letter.topic, event, key) else "still_wrong"


def _is_taken(topic: str, event: Event, key: bytes) -> bool:
    """Tell whether a lane's reader takes it, but for what is its service's alone."""
    try:
        is_its = canonical(event.subject) == canonical(key.decode(errors="replace"))
        if not is_its or event.type not in CARRIED[topic]:
            return False
        msgspec.json.decode(event.data, type=CONTRACTS[event.type])
    except (DeadLetter, *UNREADABLE):
        return False
    return 0 < len(event.id) <= ID_LIMIT and 0 < len(event.source) <= ID_LIMIT


def edited(letter: Letter, message: object, edit: Edit) -> dict[str, Any]:
    """Return a copy with these changes; what names it is filled in where it had nothing.

    Raises `NoSuchPlace`.
    """
    told = message if isinstance(message, dict) else {}
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told))
    for path in edit.remove:
        _remove(copy, path)
    for path, value in edit.set.items():
        _put(copy, path, value)
    named = {
        "specversion": "1.0",
        "id": letter.place.key,
        "subject": letter.application,
        "time": instant(letter.at_ms),
    }
    return {**copy, **{n: v for n, v in named.items() if v and not copy.get(n)}}


def objections(letter: Letter, before: object, after: Mapping[str, Any]) -> list[Difference]:
    """Return why a copy is not accepted; nothing: it is."""
    was = before if isinstance(before, dict) else {}
    kept = {
        name: was[name]
        for name in FIXED
        if isinstance(was.get(name), str) and was[name] and letter.field != f"$.{name}"
    }
    moved = [
        Difference(f"$.{name}", {"fixed": True}, "another")
        for name, value in kept.items()
        if after.get(name) != value
    ]
    return moved or differences(letter.topic, dict(after))


def changes(before: object, after: object) -> list[Change]:
    """Return where two records differ, each value once, in the order of their paths."""
    left, right = dict(_leaves((), before)), dict(_leaves((), after))
    return [
        Change(path, left.get(path), right.get(path))
        for path in sorted(left.keys() | right.keys())
        if (path in left, left.get(path)) != (path in right, right.get(path))
        or type(left.get(path)) is not type(right.get(path))
    ]


def _leaves(parts: tuple[str | int, ...], value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _leaves((*parts, name), each)
    elif isinstance(value, list) and value:
        for n, each in enumerate(value):
            yield from _leaves((*parts, n), each)
    else:
        yield path_of(parts), value


def _put(copy: dict[str, Any], path: str, value: Any) -> None:
    inside, last = _inside(copy, path, is_made=True)
    is_field = isinstance(inside, dict) and isinstance(last, str)
    is_there = isinstance(inside, list) and isinstance(last, int) and last < len(inside)
    if is_field or is_there:
        inside[last] = value
    elif isinstance(inside, list) and last == len(inside):
        inside.append(value)
    else:
        raise NoSuchPlace(path)


def _remove(copy: dict[str, Any], path: str) -> None:
    inside, last = _inside(copy, path, is_made=False)
    try:
        del inside[last]
    except (KeyError, IndexError, TypeError):
        raise NoSuchPlace(path) from None


def _inside(copy: dict[str, Any], path: str, *, is_made: bool) -> tuple[Any, str | int]:
    """Return what a path's last step is taken in; objects on the way are made, if so asked."""
    parts = steps(path)
    if not parts:
        raise NoSuchPlace(path)
    node: Any = copy
    for part in parts[:-1]:
        if is_made and isinstance(node, dict) and isinstance(part, str) and part not in node:
            node[part] = {}
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            raise NoSuchPlace(path) from None
    return node, parts[-1]
