"""Messages as we write them: elements in order, text that any bank takes, times of Vietnam."""

import unicodedata
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from services.payment.iso20022.schema import NAMESPACE
from services.payment.iso20022.words import CURRENCY
from shared.clock import VIETNAM

ID_LIMIT = 35
NAME_LIMIT = 70  # of 140: what Vietnamese banks keep
TEXT_LIMIT = 140
_BIC_LENGTHS = (8, 11)


class Party(NamedTuple):
    """Whose money: a name, an account, the bank's NAPAS BIN (or its BIC).

    Vietnam has no IBANs; an account that is one, by its check digits, is written as one.  With a
    `scheme`, `account` is another number by which the bank knows the account.  Without a bank, it
    is at the bank that is told.
    """

    name: str
    account: str
    bank: str
    scheme: str = ""


def document(message: str, *content: str) -> bytes:
    """Return a whole message."""
    declared = f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{NAMESPACE}{message}">'
    return f"{declared}{''.join(content)}</Document>".encode()


def element(name: str, *content: str) -> str:
    """Return an element around others."""
    return f"<{name}>{''.join(content)}</{name}>"


def text(name: str, value: str | int) -> str:
    """Return an element with a text."""
    return f"<{name}>{escape(str(value))}</{name}>"


def amount(name: str, amount_vnd: int) -> str:
    """Return an amount: đồng have no decimals."""
    return f'<{name} Ccy="{CURRENCY}">{amount_vnd}</{name}>'


def moment(at: datetime) -> str:
    """Return a time, in Vietnam's and saying so."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def day(at: datetime) -> str:
    """Return a date of Vietnam."""
    return at.astimezone(VIETNAM).date().isoformat()


def name_of(tag: str, party: Party) -> str:
    """Return a party's name."""
    return element(tag, text("Nm", plain(party.name, NAME_LIMIT)))


def account_of(tag: str, party: Party) -> str:
    """Return a party's account."""
    if is_iban(party.account):
        number = text("IBAN", party.account)
    else:
        scheme = element("SchmeNm", text("Prtry", party.scheme)) if party.scheme else ""
        number = element("Othr", text("Id", party.account), scheme)
    return element(tag, element("Id", number), text("Ccy", CURRENCY))


def bank_of(tag: str, party: Party) -> str:
    """Return a party's bank."""
    if not party.bank:
        return ""
    if len(party.bank) in _BIC_LENGTHS and party.bank.isalnum() and not party.bank.isdigit():
        return element(tag, element("FinInstnId", text("BICFI", party.bank)))
    member = element("ClrSysMmbId", text("MmbId", party.bank))
    return element(tag, element("FinInstnId", member))


def plain(value: str, limit: int) -> str:
    """Return a text without diacritics, in the characters that every bank's screen has."""
    folded = unicodedata.normalize("NFD", value.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(c if c.isalnum() or c in " .,:/()-+?'" else " " for c in folded if c.isascii())
    return " ".join(kept.split())[:limit].rstrip()


def is_iban(number: str) -> bool:
    """Tell whether this is an international account number: by its form and check digits."""
    if not (15 <= len(number) <= 34 and number.isascii() and number.isalnum()):
        return False
    if not (number[:2].isalpha() and number[:2].isupper() and number[2:4].isdigit()):
        return False
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1
