"""VietQR: a bank transfer as the text of a QR code (EMVCo merchant-presented, as NAPAS uses it).

A text is a row of fields: two digits of tag, two of length, the value; a value may be such a row.

    00  01                        62  what the payer's bank passes on
    01  11 static · 12 dynamic        01 bill number · 05 reference label · 08 purpose
    38  00 A000000727 (NAPAS)     52  merchant category · 59 name · 60 city
        01 00 BIN · 01 account    53  704 (VND)   54  amount, digits only   58  VN
        02 the service            63  CRC-16/CCITT-FALSE over all before its value, upper case
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, cast, get_args

Service = Literal["QRIBFTTA", "QRIBFTTC", "QRPUSH", "QRCASH"]  # to an account, to a card, …

VERSION, NAPAS, DONG, VIETNAM = "01", "A000000727", "704", "VN"
PURPOSE_LIMIT = 25
PAYLOAD_LIMIT = 512  # characters, as EMVCo has it

_ASCII = r"[\x20-\x7e]"
_FORMS: Mapping[str, re.Pattern[str]] = {
    "bank": re.compile(r"[0-9]{6}"),
    "number": re.compile(r"[0-9A-Za-z]{1,19}"),
    "service": re.compile("|".join(get_args(Service))),
    "amount": re.compile(r"[1-9][0-9]{0,12}"),
    "category": re.compile(r"[0-9]{4}"),
    "name": re.compile(_ASCII + "{1,25}"),
    "city": re.compile(_ASCII + "{1,15}"),
    "bill": re.compile(_ASCII + "{1,25}"),
    "label": re.compile(_ASCII + "{1,25}"),
    "purpose": re.compile(_ASCII + "{1,25}"),
}
# what others write is longer: the table has 25, banks show more or less
_READ = {**_FORMS, "purpose": re.compile(_ASCII + "{1,99}")}
_PRINTABLE = re.compile(_ASCII + "*")
_CRC = re.compile(r"6304[0-9A-Fa-f]{4}")
_DIGITS = re.compile(r"[0-9]{4}")


class NotVietQr(Exception):
    """The text is no VietQR payload, or a value does not fit into one; the sentence says why."""


class Transfer(NamedTuple):
    """What a payer's bank is asked to do; empty is what a payload does not say."""

    bank: str
    number: str
    amount_vnd: int | None = None
    purpose: str = ""
    service: Service = "QRIBFTTA"
    bill: str = ""
    label: str = ""
    category: str = ""
    name: str = ""
    city: str = ""


def payload(transfer: Transfer) -> str:
    """Return the text of the QR code.  Raises `NotVietQr`."""
    amount = "" if transfer.amount_vnd is None else str(transfer.amount_vnd)
    said = {**transfer._asdict(), "amount": amount}
    for name, form in _FORMS.items():
        if (said[name] or name in ("bank", "number")) and not form.fullmatch(said[name]):
            raise NotVietQr(f"{name} does not fit: {form.pattern}")
    if transfer.amount_vnd is not None and not amount:
        raise NotVietQr("an amount of nothing")
    account = _field("00", transfer.bank) + _field("01", transfer.number)
    beneficiary = _field("00", NAPAS) + _field("01", account) + _field("02", transfer.service)
    passed_on = (
        _field("01", transfer.bill) + _field("05", transfer.label) + _field("08", transfer.purpose)
    )
    text = (
        _field("00", VERSION)
        + _field("01", "12" if amount else "11")
        + _field("38", beneficiary)
        + _field("52", transfer.category)
        + _field("53", DONG)
        + _field("54", amount)
        + _field("58", VIETNAM)
        + _field("59", transfer.name)
        + _field("60", transfer.city)
        + _field("62", passed_on)
        + "6304"
    )
    return text + crc(text)


def read(text: str) -> Transfer:
    """Return what a payload asks for.  Raises `NotVietQr`.

    The check sum may be in lower case.  Fields that are not in the table above may stand in it.
    """
    if len(text) > PAYLOAD_LIMIT or not _PRINTABLE.fullmatch(text):
        raise NotVietQr(f"not {PAYLOAD_LIMIT} ASCII characters or fewer")
    if not _CRC.fullmatch(text[-8:]) or crc(text[:-4]) != text[-4:].upper():
        raise NotVietQr("the check sum (63) is not last, or is wrong")
    fields = _fields(text)
    if next(iter(fields)) != "00":
        raise NotVietQr("the version (00) does not come first")
    for tag, wanted in (("00", VERSION), ("53", DONG), ("58", VIETNAM)):
        if fields.get(tag) != wanted:
            raise NotVietQr(f"{tag} is not {wanted}")
    if fields.get("01", "11") not in ("11", "12"):
        raise NotVietQr("01 is neither static nor dynamic")
    beneficiary = _fields(fields.get("38", ""))
    if beneficiary.get("00") != NAPAS:
        raise NotVietQr("38 is no account in NAPAS")
    account, passed_on = _fields(beneficiary.get("01", "")), _fields(fields.get("62", ""))
    amount = _value(fields, "54", "amount")
    return Transfer(
        bank=_value(account, "00", "bank", needed=True),
        number=_value(account, "01", "number", needed=True),
        amount_vnd=int(amount) if amount else None,
        purpose=_value(passed_on, "08", "purpose"),
        service=cast(Service, _value(beneficiary, "02", "service", needed=True)),
        bill=_value(passed_on, "01", "bill"),
        label=_value(passed_on, "05", "label"),
        category=_value(fields, "52", "category"),
        name=_value(fields, "59", "name"),
        city=_value(fields, "60", "city"),
    )


def crc(text: str) -> str:
    """Return the check sum: CRC-16/CCITT-FALSE, four hex digits in upper case."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}" if value else ""


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, value in _split(text):
        if tag in found:
            raise NotVietQr(f"the tag {tag} stands twice")
        found[tag] = value
    return found


def _split(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not _DIGITS.fullmatch(head):
            raise NotVietQr("a field does not begin with its tag and length")
        length = int(head[2:])
        value = text[at + 4 : at + 4 + length]
        if not length or len(value) != length:
            raise NotVietQr(f"the tag {head[:2]} is shorter than it says")
        yield head[:2], value
        at += 4 + length


def _value(fields: Mapping[str, str], tag: str, name: str, *, needed: bool = False) -> str:
    value = fields.get(tag, "")
    if (value or needed) and not _READ[name].fullmatch(value):
        raise NotVietQr(f"{name} ({tag}) has another form: {_READ[name].pattern}")
    return value
