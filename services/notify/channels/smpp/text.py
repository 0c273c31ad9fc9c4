"""A text as handsets get it: in GSM-7 where all its characters are there, else in UCS-2; and in
parts where one is not enough.
"""

import codecs
from collections.abc import Iterator
from typing import NamedTuple

from services.notify.domain.sms_text import ALPHABET, ESCAPE, EXTENSION, SEGMENTS_LIMIT

GSM_7, UCS_2 = 0x00, 0x08  # data_coding
UDH_PRESENT = 0x40  # esm_class

_CODES: dict[int, int | bytes] = {
    ord(c): code for code, c in enumerate(ALPHABET) if code != ESCAPE
} | {ord(c): bytes((ESCAPE, code)) for c, code in EXTENSION.items()}
_ONE = {GSM_7: 160, UCS_2: 140}  # octets, a septet in each
# the header that joins them takes the rest: a short one, as who divides a text has it, or ours
_OF_SEVERAL = {GSM_7: 153, UCS_2: 134}
_OF_OURS = {GSM_7: 152, UCS_2: 132}


class Unfit(Exception):
    """This message cannot go out this way; the reason is a word of ours."""


class Text(NamedTuple):
    """A text, encoded: how, and its octets."""

    coding: int
    octets: bytes

    @property
    def is_long(self) -> bool:
        """Tell whether a handset gets it in parts."""
        return len(self.octets) > _ONE[self.coding]


def encoded(text: str) -> Text:
    """Return a text in the shorter alphabet that has all of it.  Raises `Unfit`."""
    try:
        return Text(GSM_7, codecs.charmap_encode(text, "strict", _CODES)[0])
    except UnicodeEncodeError:
        pass
    try:
        return Text(UCS_2, text.encode("utf-16-be"))
    except UnicodeEncodeError:
        raise Unfit("not_a_text") from None


def chunks(text: Text, *, is_headed: bool = False) -> list[bytes]:
    """Return what each part says: one, or as many as it takes; no character is cut in two.
    `is_headed`: each has our header before it.  Raises `Unfit`.
    """
    if not text.is_long:
        return [text.octets]
    found = list(_cut(text, (_OF_OURS if is_headed else _OF_SEVERAL)[text.coding]))
    if len(found) > SEGMENTS_LIMIT:
        raise Unfit("too_long")
    return found


def _cut(text: Text, room: int) -> Iterator[bytes]:
    at = 0
    while at < len(text.octets):
        end = min(at + room, len(text.octets))
        if end < len(text.octets) and _splits(text, end):
            end -= 1 if text.coding == GSM_7 else 2
        yield text.octets[at:end]
        at = end


def _splits(text: Text, end: int) -> bool:
    """Tell whether the last character before `end` goes on after it."""
    if text.coding == GSM_7:
        return text.octets[end - 1] == ESCAPE
    return text.octets[end - 2] & 0xFC == 0xD8  # the first half of a surrogate pair


def joined_header(reference: int, count: int, number: int) -> bytes:
    """Return the user data header of a part: which message, of how many parts, which one.

    By a reference of 16 bits: of 8 bits, two texts on their way to one handset would share one too
    often, and it would mix their parts.
    """
    return bytes((0x06, 0x08, 0x04, *reference.to_bytes(2), count, number))
