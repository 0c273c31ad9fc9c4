"""What changed from one version to the next, and back to the whole.  Pure.

A state is compared field by field: what is the same object is the same.  Of a long field, and of
lists that grow, only the part between the common beginning and the common end is kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
from msgspec.structs import astuple

from shared.errors import Unknown
from shared.store import Row

WHOLE = 256  # bytes: a field no longer than this is written whole
WINDOW = 2_048  # bytes compared as one number
ROW = 256  # bytes that a change counts besides its own: so a chain has a limit in rows too

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)


class Change(NamedTuple):
    """What a version changes; `full_at`: the last version that holds everything; `size`: of all
    changes since that one, this one included.
    """

    full_at: int
    size: int
    state: Mapping[str, Any]  # by field: its JSON text, or a splice of the one before
    handled: Sequence[Any] | None = None  # splices; None: as it was
    held: Sequence[Any] | None = None


class Incomplete(Unknown):
    """The version that these changes begin with is not there (any more): read again."""


def splice(was: bytes, now: bytes) -> tuple[int, int, str]:
    """Return where to cut, how many bytes, and what to put there, so that `was` becomes `now`.

    Both are UTF-8, and so is what lies between the cuts.
    """
    most = min(len(was), len(now))
    at = _same(was, now, most, from_end=False)
    while at and at < len(now) and _is_inside(now[at]):
        at -= 1
    end = _same(was, now, most - at, from_end=True)
    while end and _is_inside(now[len(now) - end]):
        end -= 1
    return at, len(was) - at - end, now[at : len(now) - end].decode()


def _same(was: bytes, now: bytes, most: int, *, from_end: bool) -> int:
    """Return how many bytes are the same, counted from the beginning or from the end.

    Halves of what is long are compared; what is short is a number, and two numbers differ below
    the first byte in which they do: no loop over bytes.
    """
    order: Literal["little", "big"] = "big"
    if from_end:
        was, now, order = was[len(was) - most :], now[len(now) - most :], "little"
    low, high = 0, most
    while high - low > WINDOW:
        middle = (low + high) // 2
        some = slice(most - middle, most - low) if from_end else slice(low, middle)
        low, high = (middle, high) if was[some] == now[some] else (low, middle)
    some = slice(most - high, most - low) if from_end else slice(low, high)
    differing = int.from_bytes(was[some], order) ^ int.from_bytes(now[some], order)
    return high - (differing.bit_length() + 7) // 8


def _is_inside(byte: int) -> bool:
    return byte & 0b1100_0000 == 0b1000_0000  # not the first byte of a character


def put_back(was: bytes, change: Sequence[Any]) -> bytes:
    """Return what `splice` was asked to lead to."""
    at, cut, put = change
    joined: bytes = was[:at] + put.encode() + was[at + cut :]
    return joined


def list_change(was: Sequence[T], now: Sequence[T]) -> tuple[int, int, Sequence[T]]:
    """Return the same as `splice` of lists; as a rule, something has been added to the end."""
    if now[: len(was)] == was:
        return len(was), 0, now[len(was) :]
    at, end, most = 0, 0, min(len(was), len(now))
    while at < most and was[at] == now[at]:
        at += 1
    while end < most - at and was[-1 - end] == now[-1 - end]:
        end += 1
    return at, len(was) - at - end, now[at : len(now) - end]


def state_change(was: msgspec.Struct, now: msgspec.Struct) -> tuple[dict[str, Any], int]:
    """Return the change of a state, by field, and its size in bytes."""
    change: dict[str, Any] = {}
    size = 0
    for place, (before, after) in enumerate(zip(astuple(was), astuple(now), strict=True)):
        if before is not after:
            text = _encode(after)
            if len(text) <= WHOLE or len(before_text := _encode(before)) <= WHOLE:
                change[now.__struct_encode_fields__[place]] = text.decode()
                size += len(text)
            elif text != before_text:
                spliced = splice(before_text, text)
                change[now.__struct_encode_fields__[place]] = spliced
                size += len(spliced[2])
    return change, size


def is_exact(state: object, text: str) -> bool:
    """Tell whether a state, written again, has the fields of this text to the letter.

    Only then may a change be put on top: another build may have written the same otherwise.
    """
    again = _encode(state)
    if again == text.encode() or not isinstance(state, msgspec.Struct):
        return again == text.encode()
    found, anew = _fields.decode(text) or {}, _fields.decode(again) or {}
    if anew.keys() - found.keys():
        return False
    values = dict(zip(state.__struct_encode_fields__, astuple(state), strict=True))
    return all(
        bytes(piece) == (bytes(anew[f]) if f in anew else _encode(values.get(f)))
        for f, piece in found.items()
    )


def unfold(rows: Iterable[Row]) -> Iterator[Row]:
    """Return rows, in order of their ids, each as if it were full; those of an application begin
    with a full one.  Raises `Incomplete`.
    """
    whole = Whole()
    for row in rows:
        whole.take(row)
        yield whole.row()


def fold(rows: Iterable[Row]) -> Row:
    """Return the last of these rows as if it were full.  Raises `Incomplete`."""
    whole = Whole()
    for row in rows:
        whole.take(row)
    return whole.row()


class Whole:
    """Takes in rows in the order of their ids; the last one whole."""

    def __init__(self) -> None:
        self._row: Row = {}
        self._next: tuple[str, int] | None = None  # whose change may follow
        self._state: dict[str, bytes] | None = None  # by field; None: as the row says
        self._is_known = True
        self._handled: list[str] = []
        self._held: list[Any] = []

    def take(self, row: Row) -> None:
        """Take in the next row.  Raises `Incomplete`."""
        if "change" not in row or "state" in row:
            self._state = None
            self._handled, self._held = list(row.get("handled", ())), list(row.get("held", ()))
        elif (row["application"], row["version"]) == self._next:
            self._change(row["change"])
        else:
            raise Incomplete(f"{row['_id']} has nothing to begin with: read again")
        self._row = row
        is_whole = "change" in row or "state" in row
        self._next = (row["application"], row["version"] + 1) if is_whole else None

    def row(self) -> Row:
        """Return the row taken in last, with everything."""
        if self._state is None:
            return self._row
        change = self._row["change"]
        row = {**self._row, "change": {"full_at": change["full_at"], "size": change["size"]}}
        fields = ",".join(f'"{field}":{text.decode()}' for field, text in self._state.items())
        row["state"] = f"{{{fields}}}" if self._is_known else "null"
        if self._handled:
            row["handled"] = list(self._handled)
        if self._held:
            row["held"] = list(self._held)
        return row

    def _change(self, change: Mapping[str, Any]) -> None:
        if self._state is None:
            fields = _fields.decode(self._row["state"])
            self._is_known = fields is not None
            self._state = {f: bytes(piece) for f, piece in (fields or {}).items()}
        for field, new in change.get("state", {}).items():
            is_whole = isinstance(new, str)
            self._state[field] = new.encode() if is_whole else put_back(self._state[field], new)
        if "handled" in change:
            _put_back_into(self._handled, change["handled"])
        if "held" in change:
            _put_back_into(self._held, change["held"])


def _put_back_into(was: list[Any], change: Sequence[Any]) -> None:
    at, cut, put = change
    was[at : at + cut] = put
