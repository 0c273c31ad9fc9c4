"""What operations keeps of a message's data: bounded, and nothing a sender put in a wrong place."""

import re

import msgspec

from shared.events import CONTRACTS, UNREADABLE, encode
from shared.events.data import NOTE_LIMIT, Strict
from shared.events.portal import Submitted
from shared.topics import TOPICS

DATA_WHOLE_BYTES = 2_048  # up to here data is kept as it came
DATA_LIMIT_BYTES = 65_536
STRING_LIMIT = 256  # characters of a string in longer data; sealed fields are longer
# what is written for citizens to read: all of it is kept, as long as an officer may write
READ = frozenset(
    {"content", "reason", "reason_vi", "reason_en", "remedy_vi", "remedy_en", "vi", "en"}
)

_JWE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+){3}")
_EXTERNAL = frozenset(t.name for t in TOPICS.values() if t.kind == "external")
_FROM_OUTSIDE = {
    type_: msgspec.json.Decoder(contract)
    for type_, contract in CONTRACTS.items()
    if issubclass(contract, Strict)
}


def kept(topic: str, type_: str, data: bytes) -> bytes:
    """Return the data to keep.  Of what outsiders sent against a contract only the length: what a
    sender puts in the wrong place may be personal, and in the clear.
    """
    if topic not in _EXTERNAL:
        return _bounded(data)
    try:
        content = _FROM_OUTSIDE[type_].decode(data)
    except (KeyError, *UNREADABLE):
        return omitted(data)
    if isinstance(content, Submitted) and not _JWE.fullmatch(content.personal):
        return omitted(data)
    return _bounded(encode(content))  # encoded anew: a field that stood there twice is there once


def omitted(data: bytes) -> bytes:
    """Return what stands in the place of data that is not kept, or not told: its length."""
    return b'{"omitted_bytes":%d}' % len(data)


def _bounded(data: bytes) -> bytes:
    """Return JSON of bounded size; long strings give way to a note of their length."""
    try:
        if len(data) > DATA_WHOLE_BYTES:
            data = msgspec.json.encode(_shortened(msgspec.json.decode(data)))
        data.decode()
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return omitted(data)
    return data if len(data) <= DATA_LIMIT_BYTES else omitted(data)


def _shortened(value: object, limit: int = STRING_LIMIT) -> object:
    match value:
        case str() if len(value) > limit:
            return f"… {len(value)} characters"
        case dict():
            return {
                k: _shortened(v, NOTE_LIMIT if k in READ else STRING_LIMIT)
                for k, v in value.items()
            }
        case list():
            return [_shortened(v) for v in value]
        case _:
            return value
