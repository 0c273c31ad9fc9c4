"""The octets that smpp34 leaves to its callers: headers, binds, questions, answers."""

import struct
from typing import NamedTuple

RESPONSE = 0x8000_0000
GENERIC_NACK = 0x8000_0000
QUERY_SM = 0x03
SUBMIT_SM = 0x04
DELIVER_SM = 0x05
UNBIND = 0x06
BIND_TRANSCEIVER = 0x09
ENQUIRE_LINK = 0x15
WITHOUT_ANSWER = frozenset({0x0B, 0x102})  # outbind, alert_notification

VERSION_3_4 = 0x34
SEQUENCE_LIMIT = 0x7FFF_FFFF
PDU_LIMIT_BYTES = 70_000  # a message_payload of 64 KiB fits, with all that goes around it

_HEADER = struct.Struct(">IIII")


class Garbled(Exception):
    """What came is no SMPP; the connection is of no more use."""


class Pdu(NamedTuple):
    """One PDU, its header read; `octets` is all of it."""

    command: int
    status: int
    sequence: int
    octets: bytes

    @property
    def body(self) -> bytes:
        """Return what follows the header."""
        return self.octets[_HEADER.size :]


class Frames:
    """Cuts a stream into PDUs."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, octets: bytes) -> list[Pdu]:
        """Return the PDUs that are whole now.  Raises `Garbled`."""
        stream, at, found = self._rest + octets, 0, list[Pdu]()
        while len(stream) - at >= _HEADER.size:
            length, command, status, sequence = _HEADER.unpack_from(stream, at)
            if not _HEADER.size <= length <= PDU_LIMIT_BYTES:
                raise Garbled(f"a PDU of {length} octets")
            if len(stream) - at < length:
                break
            found.append(Pdu(command, status, sequence, stream[at : at + length]))
            at += length
        self._rest = stream[at:]
        return found


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """Return a PDU."""
    return _HEADER.pack(_HEADER.size + len(body), command, status, sequence) + body


def c_string(text: str, limit: int) -> bytes:
    """Return a C-octet string of at most `limit` octets with its end.  Raises `ValueError`."""
    if not text.isascii() or "\0" in text or len(text) >= limit:  # it may be secret: not shown
        raise ValueError(f"at most {limit - 1} ASCII characters are expected")
    return text.encode() + b"\0"


def read_c_string(body: bytes, at: int = 0) -> tuple[str, int]:
    """Return the C-octet string from `at` on, and where it ends.  Raises `Garbled`."""
    end = body.find(b"\0", at)
    if end < 0:
        raise Garbled("a string without an end")
    return body[at:end].decode("latin-1"), end + 1


def message_id(body: bytes) -> str:
    """Return the message id of a submit_sm_resp; empty if there is none."""
    return body.partition(b"\0")[0].decode("latin-1").strip()


def bind_body(system_id: str, password: str, system_type: str) -> bytes:
    """Return what binds as a transceiver.  Raises `ValueError`."""
    return (
        c_string(system_id, 16)
        + c_string(password, 9)
        + c_string(system_type, 13)
        + bytes((VERSION_3_4, 0, 0))
        + b"\0"
    )


def query_body(id_: str, ton: int, npi: int, sender: str) -> bytes:
    """Return what asks after a message.  Raises `ValueError`."""
    return c_string(id_, 65) + bytes((ton, npi)) + c_string(sender, 21)


def queried_state(body: bytes) -> int:
    """Return the message_state of a query_sm_resp.  Raises `Garbled`."""
    _, at = read_c_string(body)
    _, at = read_c_string(body, at)
    if at >= len(body):
        raise Garbled("no message_state")
    return body[at]
