"""VietQR, as a citizen's app reads it and as PayOS writes it; shares nothing with the services."""

from collections.abc import Mapping
from typing import NamedTuple


class NoCode(Exception):
    """An app could not pay by this code."""


class Code(NamedTuple):
    """What a code asks to be paid."""

    bank: str
    account: str
    amount_vnd: int
    text: str


def read(payload: str) -> Code:
    """Return what a code asks.  Raises `NoCode`."""
    if len(payload) < 8 or _sum(payload[:-4]) != payload[-4:]:
        raise NoCode("the check sum is wrong")
    try:
        fields = _fields(payload)
        beneficiary = _fields(_fields(fields["38"])["01"])
        text = _fields(fields.get("62", "")).get("08", "")
        return Code(beneficiary["00"], beneficiary["01"], int(fields["54"]), text)
    except (KeyError, ValueError) as error:
        raise NoCode(f"no transfer in VND ({error!r})") from error


def write(code: Code) -> str:
    """Return the text of a code."""
    account = _field("00", code.bank) + _field("01", code.account)
    beneficiary = _field("00", "A000000727") + _field("01", account) + _field("02", "QRIBFTTA")
    text = "000201010212" + _field("38", beneficiary) + "5303704"
    text += _field("54", str(code.amount_vnd)) + "5802VN" + _field("62", _field("08", code.text))
    return f"{text}6304{_sum(text + '6304')}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"


def _fields(text: str) -> Mapping[str, str]:
    found = {}
    while text:
        tag, length = text[:2], int(text[2:4])
        found[tag], text = text[4 : 4 + length], text[4 + length :]
    return found


def _sum(text: str) -> str:
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
    return f"{crc & 0xFFFF:04X}"
