"""Messages of one application as bytes: MessagePack, without what its id alone tells.

Most ids begin with the application's, most traces are the application's: of such a word the rest is
kept, from the `/` or `-` on.  Any other word is kept whole, behind a `=`.
"""

from collections.abc import Sequence

import msgspec

from services.operations.domain.entries import Entry, service_of
from shared.events import numbered_id
from shared.trace import trace_id

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(
    list[tuple[str, int, int, int, str, int, str, str, str, str, int, bytes]]
).decode


def packed(application: str, entries: Sequence[Entry]) -> bytes:
    """Return messages of this application as bytes."""
    own, trace = _beginnings(application)
    return _encode(
        [
            (
                e.topic,
                e.partition,
                e.offset,
                e.logged_ms,
                e.type,
                e.sequence,
                "" if e.sequence else _rest(e.id, own),
                e.source,
                _rest(e.traceparent, trace),
                _rest(e.causationid, own),
                e.crc,
                e.data,
            )
            for e in entries
        ]
    )


def unpacked(application: str, entries: bytes) -> list[Entry]:
    """Return what `packed` was given."""
    own, trace = _beginnings(application)
    return [
        Entry(
            topic,
            partition,
            offset,
            logged_ms,
            application,
            type_,
            sequence,
            numbered_id(application, service_of(topic), sequence) if sequence else _whole(id_, own),
            source,
            _whole(traceparent, trace),
            _whole(causationid, own),
            crc,
            data,
        )
        for (
            topic,
            partition,
            offset,
            logged_ms,
            type_,
            sequence,
            id_,
            source,
            traceparent,
            causationid,
            crc,
            data,
        ) in _decode(entries)
    ]


def _beginnings(application: str) -> tuple[str, str]:
    return f"{application}/", f"00-{trace_id(application)}-"


def _rest(word: str, begins: str) -> str:
    return word[len(begins) - 1 :] if word.startswith(begins) else word and f"={word}"


def _whole(rest: str, begins: str) -> str:
    return rest[1:] if rest.startswith("=") else rest and begins[:-1] + rest
