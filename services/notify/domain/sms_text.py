"""How long an SMS is: in GSM-7 160 characters, or 153 of each part; else 70 or 67 (UCS-2).

By 3GPP TS 23.038: a character of the extension table takes two septets, one outside the basic plane
two code units; neither is split between two parts.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

ESCAPE = 0x1B
SEGMENTS_LIMIT = 10  # more is no text message
# by their codes; at `ESCAPE` stands no character
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# behind an escape
EXTENSION: Mapping[str, int] = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
BASIC = frozenset(ALPHABET) - {chr(ESCAPE)}


class Size(NamedTuple):
    """`units`: septets or code units; `segments`: what is paid for."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def is_gsm(text: str) -> bool:
    """Tell whether every character is in the GSM alphabet or its extension."""
    return all(c in BASIC or c in EXTENSION for c in text)


def size(text: str) -> Size:
    """Return how long an SMS with this text is."""
    if is_gsm(text):
        return _size("GSM-7", [2 if c in EXTENSION else 1 for c in text], 160, 153)
    return _size("UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _size(
    encoding: Literal["GSM-7", "UCS-2"], widths: Sequence[int], whole: int, part: int
) -> Size:
    units = sum(widths)
    if units <= whole:
        return Size(encoding, units, 1)
    segments, room = 1, part
    for width in widths:
        if width > room:
            segments, room = segments + 1, part
        room -= width
    return Size(encoding, units, segments)
