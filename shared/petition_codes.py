"""Codes of petitions (`PA-20261120-7KQ4M2XDRT8`): day, ten characters of a keyed hash, a check.

The hash is of the petition's id, so nothing has to be claimed: of ten thousand petitions of a day
two have the same code once in sixty thousand years.  Nobody guesses one from another.
"""

import hashlib
import hmac
import re
from datetime import date
from unicodedata import normalize

TYPED_LIMIT = 60  # characters
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another
HASHED = 10  # characters
BITS = 5

_FORM = re.compile(rf"PA([0-9]{{8}})([{ALPHABET}]{{{HASHED}}})([{ALPHABET}])")
_LOOKS_LIKE = str.maketrans("OIL", "011")


def petition_code(key: bytes, day: date, petition: str) -> str:
    """Return the code of a petition that was filed on this day."""
    digest = hmac.digest(key, f"petition/{petition}".encode(), hashlib.sha256)
    bits = int.from_bytes(digest) >> (len(digest) * 8 - HASHED * BITS)
    hashed = "".join(ALPHABET[bits >> BITS * n & 31] for n in reversed(range(HASHED)))
    return f"PA-{day:%Y%m%d}-{hashed}{_check(f'{day:%Y%m%d}{hashed}')}"


def read_petition_code(typed: str) -> str | None:
    """Return the code that somebody typed or pasted; None: this is none, or a letter is wrong.

    Lower case, blanks and dashes anywhere, O for 0, I and L for 1 are forgiven.
    """
    if len(typed) > TYPED_LIMIT:
        return None
    signs = [c for c in normalize("NFKC", typed).upper() if c.isalnum()]
    found = _FORM.fullmatch("".join(signs).translate(_LOOKS_LIKE))
    if not found or _check(found[1] + found[2]) != found[3]:
        return None
    return f"PA-{found[1]}-{found[2]}{found[3]}"


def _check(text: str) -> str:
    """Return Luhn's check modulo 32: one wrong letter shows, and two that changed places."""
    total = 0
    for n, letter in enumerate(reversed(text)):
        value = ALPHABET.index(letter) * (2 - n % 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
