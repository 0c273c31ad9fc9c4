"""A partner's statement: what it says that it moved on a day, line by line.

A reader is a generator: it yields the lines as they stand in the file, and returns what the file
says of itself at its end.  It keeps nothing, so a file may be as long as it likes.  What a file
must be before a line of it is matched is in `checking`; each format has a file of its own, and
`formats` tells which one a file is of.
"""

from collections.abc import Callable, Generator
from datetime import date
from typing import BinaryIO, NamedTuple

from services.payment.domain.lines import Line, Movement

__all__ = ["Asked", "Line", "Lines", "Movement", "Read", "Statement", "Unfit", "texts"]

LINE_LIMIT_BYTES = 16 << 10


class Statement(NamedTuple):
    """What a file says of itself.  `entries`: how many."""

    partner: str
    day: date
    opening_vnd: int
    closing_vnd: int
    entries: int


class Asked(NamedTuple):
    """Whose statement of which day a file is to be."""

    partner: str
    day: date


class Unfit(Exception):
    """A file that cannot be reconciled: it is refused whole.  `line` is 0 if it is no one line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line, self.reason = line, reason


Lines = Generator[Line, None, Statement]
Read = Callable[[BinaryIO, Asked], Lines]  # raises `Unfit`


def texts(file: BinaryIO) -> Generator[str, None, None]:
    """Yield the lines of a text, each of bounded length.  Raises `Unfit`."""
    number = 0
    while raw := file.readline(LINE_LIMIT_BYTES + 1):
        number += 1
        if len(raw) > LINE_LIMIT_BYTES:
            raise Unfit(number, f"longer than {LINE_LIMIT_BYTES:,} bytes: is this a statement?")
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise Unfit(number, "not UTF-8: save the export as UTF-8") from None
