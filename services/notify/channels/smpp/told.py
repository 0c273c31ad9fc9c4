"""Reads a delivery receipt: optional parameters first, else the text of SMPP 3.4's appendix B.

    id:IIIIIIIIII sub:SSS dlvrd:DDD submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DDDDDDD err:E
    text:…

Their words, ours:
    DELIVRD                              delivered
    EXPIRED, DELETED, UNDELIV, REJECTD   undelivered
    ENROUTE, ACCEPTD, UNKNOWN            underway: no word yet, or one that says nothing

SMPP 3.4 means by ACCEPTD that customer service read the message out; as a rule it is used for
"taken over by the next network", so it claims nothing here.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

import smpp34

State = Literal["delivered", "undelivered", "underway"]

RECEIPT, ALL_TYPES = 0x04, 0x3C  # in esm_class
TEXT_LIMIT = 1_000

_RECEIPTED_MESSAGE_ID, _MESSAGE_STATE = 0x001E, 0x0427
_MESSAGE_PAYLOAD, _USER_REFERENCE, _NETWORK_ERROR = 0x0424, 0x0204, 0x0423

WORDS: Mapping[str, State] = {
    "ENROUTE": "underway",
    "DELIVRD": "delivered",
    "EXPIRED": "undelivered",
    "DELETED": "undelivered",
    "UNDELIV": "undelivered",
    "ACCEPTD": "underway",
    "UNKNOWN": "underway",
    "REJECTD": "undelivered",
}
NUMBERS: Mapping[int, str] = dict(enumerate(WORDS, start=1))  # message_state, 5.2.28

_FIELD = re.compile(r"(?:^|\s)(id|stat|err):(\S*)", re.IGNORECASE | re.ASCII)
_TEXT = re.compile(r"(?:^|\s)text:", re.IGNORECASE | re.ASCII)
_ID = re.compile(r"[!-~]{1,64}")


class Malformed(Exception):
    """This claims to be a receipt and cannot be read; the reason is a word of ours."""


class Told(NamedTuple):
    """What a receipt says; `number` is whose handset it is, `reference` our own, if echoed."""

    message_id: str
    state: State
    code: str
    number: str
    reference: int | None

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return f"Told(message_id={self.message_id!r}, state={self.state!r}, code={self.code!r})"


def told(pdu: smpp34.DeliverSm) -> Told | None:
    """Return what a receipt says; None: it is none.  Raises `Malformed`."""
    optional = {tlv.tag: tlv.value for tlv in pdu.tlvs}
    if pdu.esm_class & ALL_TYPES != RECEIPT and _RECEIPTED_MESSAGE_ID not in optional:
        return None
    text = _fields(optional.get(_MESSAGE_PAYLOAD) or pdu.short_message)
    message_id = _c_string(optional.get(_RECEIPTED_MESSAGE_ID, b"")) or text.get("id", "")
    if not _ID.fullmatch(message_id):
        raise Malformed("no_message_id")
    word = _word(optional, text)
    error = _error(optional.get(_NETWORK_ERROR, b"")) or text.get("err", "").lstrip("0")
    reference = optional.get(_USER_REFERENCE)
    return Told(
        message_id=message_id,
        state=WORDS[word],
        code=word.lower() + (f"-{error[:16]}" if error else ""),
        number=pdu.source_addr,
        reference=int.from_bytes(reference) if reference and len(reference) == 2 else None,
    )


def _word(optional: Mapping[int, bytes], text: Mapping[str, str]) -> str:
    state = optional.get(_MESSAGE_STATE)
    if state is not None:
        if len(state) != 1 or state[0] not in NUMBERS:
            raise Malformed("unknown_state")
        return NUMBERS[state[0]]
    word = text.get("stat", "").upper()[:7]
    if not word:
        raise Malformed("no_state")
    if word not in WORDS:
        raise Malformed("unknown_state")
    return word


def _fields(octets: bytes) -> dict[str, str]:
    """Return the fields before the citizen's own text, which may hold anything."""
    text = _TEXT.split(octets[:TEXT_LIMIT].decode("latin-1"), maxsplit=1)[0]
    found = [(name.lower(), value) for name, value in _FIELD.findall(text)]
    return dict(reversed(found))  # the first of a name counts


def _c_string(octets: bytes) -> str:
    return octets.partition(b"\0")[0].decode("latin-1").strip()


def _error(octets: bytes) -> str:
    """Return a network_error_code: which kind of network, and its number."""
    code = int.from_bytes(octets[1:])
    return f"{octets[0]}.{code}" if len(octets) == 3 and code else ""
