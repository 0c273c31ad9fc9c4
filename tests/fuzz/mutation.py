"""A call as one string of bytes that a fuzzer may change, and back."""

from typing import NamedTuple

from services.payment.gateways import Call

FORGED, SIGNED = 0, 1
_MARK = b"\xff\xfe"  # between the parts; no text of a protocol has it


class Change(NamedTuple):
    """What a fuzzer made: a call as it comes, or a text that the partner signs."""

    is_signed: bool
    call: Call
    text: bytes


def packed(call: Call, mode: int = FORGED) -> bytes:
    """Return a call as bytes."""
    headers = [part for pair in call.headers for part in pair]
    return bytes([mode]) + _MARK.join([call.query, call.body, *headers])


def unpacked(data: bytes) -> Change:
    """Return the call that these bytes are; any bytes are one."""
    query, _, rest = data[1:].partition(_MARK)
    body, *headers = rest.split(_MARK)
    call = Call(query, tuple(zip(headers[::2], headers[1::2], strict=False)), body)
    return Change(data[:1] == bytes([SIGNED]), call, body or query)
