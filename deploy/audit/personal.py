"""Looks for many values in many texts, in one pass over each text.

Of each value one word is looked up, its longest; only where that stands is the value itself looked
for.  As JSON a value may also stand with its letters escaped: both forms are looked for.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from shared.events import UNREADABLE

_NUMBER = re.compile(rb"[0-9]{9,}")
_MOBILE = re.compile(r"0[0-9]{9}")
ABROAD = "84"  # what stands for the first zero of a number, as gateways want it
_WORD = re.compile(rb"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")  # letters, digits, no ASCII else


class Search:
    """Values to be found.  A number counts where it stands as a whole, not within a longer one."""

    def __init__(self, values: Iterable[str]) -> None:
        self._numbers: dict[bytes, str] = {}
        self._words: dict[bytes, dict[bytes, str]] = defaultdict(dict)  # word → form → value
        for value in filter(None, values):
            if _NUMBER.fullmatch(value.encode()):
                self._numbers[value.encode()] = value
                if _MOBILE.fullmatch(value):
                    self._numbers[f"{ABROAD}{value[1:]}".encode()] = value
                continue
            for form in (value.encode(), json.dumps(value)[1:-1].encode()):
                word = max(_WORD.findall(form), key=len, default=b"")
                self._words[word][form] = value

    def found(self, text: bytes) -> set[str]:
        """Return the values that stand in this text."""
        numbers = self._numbers.keys() & _NUMBER.findall(text)
        words = self._words.keys() & {b"", *_WORD.findall(text)}
        out = {self._numbers[number] for number in numbers}
        for word in words:
            out |= {value for form, value in self._words[word].items() if form in text}
        return out


def spelled(value: Any) -> Iterator[bytes]:
    """Yield all that stands in a row as it is kept: bytes as they are, text in UTF-8.

    Of packed bytes what is packed in them: there the length of a text is glued to its first word.
    """
    match value:
        case bytes():
            try:
                within = msgspec.msgpack.decode(value)
            except UNREADABLE:
                yield value
            else:
                yield from spelled(within)
        case str():
            yield value.encode()
        case Mapping():
            for name, each in value.items():
                yield from spelled(name)
                yield from spelled(each)
        case list() | tuple():
            for each in value:
                yield from spelled(each)
        case _:
            yield repr(value).encode()
