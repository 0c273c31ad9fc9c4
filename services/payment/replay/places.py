"""Places on the log, in words: of one event, `<lane>-<offset>`; of a whole page, a cursor.

A cursor says for each lane how far a reader has come.  Its text is nobody's business but ours.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import msgspec

from shared.bus import Record

Offsets = Mapping[int, int]  # by lane
_ONE = re.compile(r"([0-9]{1,4})-([0-9]{1,18})", re.ASCII)
_offsets = msgspec.json.Decoder(tuple[int, ...])


class NoPlace(Exception):
    """This text names no place on the log."""


def sequence(record: Record) -> str:
    """Return where an event stands."""
    return f"{record.partition}-{record.offset}"


def cursor(offsets: Offsets) -> str:
    """Return how far a reader has come."""
    text = msgspec.json.encode([offsets[lane] for lane in sorted(offsets)])
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def after(text: str, lanes: int) -> Offsets:
    """Return where to read on after a place: in its lane alone, if it is one event's.

    Raises `NoPlace`.
    """
    if one := _ONE.fullmatch(text):
        lane, offset = int(one[1]), int(one[2])
        if lane >= lanes:
            raise NoPlace(text)
        return {lane: offset + 1}
    try:
        offsets = _offsets.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, msgspec.DecodeError):
        raise NoPlace(text) from None
    if len(offsets) != lanes or min(offsets) < 0:
        raise NoPlace(text)
    return dict(enumerate(offsets))
