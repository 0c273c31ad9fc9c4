"""What a handset shows of a message, put together again from its parts."""

from collections.abc import Mapping

import smpp34

UDH_PRESENT = 0x40
UCS_2 = 0x08
WAITING_LIMIT = 10_000  # messages of which parts are missing

_PAYLOAD, _SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER = 0x0424, 0x020C, 0x020E, 0x020F
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))


def plain(coding: int, octets: bytes) -> str:
    """Return the text of these octets."""
    if coding == UCS_2:
        return octets.decode("utf-16-be", "replace")
    head, *escaped = octets.split(b"\x1b")
    out = [_basic(head)]
    for rest in escaped:
        out += [_EXTENDED.get(rest[0], " ") if rest else "", _basic(rest[1:])]
    return "".join(out)


def _basic(octets: bytes) -> str:
    return "".join(_BASIC[octet & 0x7F] for octet in octets)


class Parts:
    """Keeps the parts of messages until all are there."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str, int, int], dict[int, str]] = {}

    def whole(self, submitted: smpp34.SubmitSm, optional: Mapping[int, bytes]) -> str | None:
        """Return the text if this was the last part of it."""
        octets = submitted.short_message or optional.get(_PAYLOAD, b"")
        reference, total, number = 0, 1, 1
        if submitted.esm_class & UDH_PRESENT and len(octets) > octets[0] >= 5:
            *digits, total, number = octets[3 : octets[0] + 1]
            reference = int.from_bytes(digits)  # of 8 bits, or of 16
            octets = octets[octets[0] + 1 :]
        elif _SAR_TOTAL in optional and _SAR_NUMBER in optional:
            reference = int.from_bytes(optional.get(_SAR_REFERENCE, b""))
            total, number = optional[_SAR_TOTAL][0], optional[_SAR_NUMBER][0]
        text = plain(submitted.data_coding, octets)
        if total == 1:
            return text
        place = (submitted.source_addr, submitted.destination_addr, reference, total)
        parts = self._waiting.setdefault(place, {})
        parts[number] = text
        if len(parts) == total:
            del self._waiting[place]
            return "".join(parts[n] for n in sorted(parts))
        if len(self._waiting) > WAITING_LIMIT:
            del self._waiting[next(iter(self._waiting))]
        return None
