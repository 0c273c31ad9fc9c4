"""What is hidden in texts that somebody typed: numbers of persons, mobile numbers, mail addresses.

Who types into a free text types what stands on an identity card as well.  Nothing of it is shown:
neither 12 digits (a personal number) nor 9 (an old card's), however they are grouped.  What a
citizen has to read stays: codes, amounts, days and hours, the landline of an office.
"""

import re
from unicodedata import category, decimal, normalize

from shared.dossier_codes import FORM as DOSSIER_CODE

HIDDEN = "•••"

_GAP = r"(?:,|[^\S\n]*[._/·\-\u2010-\u2015\u2212]?[^\S\n]*)"  # between digits of one number
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_ENDS = r"(?![./-]?\d)"
# "đồng" is a word of its own before these: at once, agree, own together, inherit together
_VND = r"\s?(?:₫|(?:đ|VN[DĐ]|đồng(?!\s+(?:thời|ý|sở|thừa)\b))\b)"

_KEPT = (
    rf"{DOSSIER_CODE.pattern}(?!\d)",
    r"PA-\d{8}-[0-9A-Z]{11}\b",  # a petition's code
    r"\d{1,2}[:hg]\d\d(?!\d)",
    rf"(?:{_DAY}(?:[./-]{_MONTH})?\s?[-\u2013]\s?)?{_DAY}[./-]{_MONTH}[./-]{_YEAR}{_ENDS}",
    rf"{_YEAR}-\d\d-\d\d{_ENDS}",
    rf"\d{{1,5}}/{_YEAR}{_ENDS}",  # the number of a decree
    rf"[1-9]\d{{0,2}}(?P<by>[., \u00a0])\d{{3}}(?:(?P=by)\d{{3}})*{_VND}",
    rf"[1-9]\d?(?:\.\d{{3}}){{1,3}}(?!{_GAP}\d)",  # an amount that is no number of a person
)
_PERSONAL = (
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    rf"\d(?:{_GAP}\d){{11}}(?!\d)",
    rf"(?:(?:\+|00)?84|0){_GAP}[35789](?:{_GAP}\d){{8}}(?!\d)",
    rf"\d(?:{_GAP}\d){{8}}(?!\d)",
)
_FOUND = re.compile(
    rf"(?<!\d)(?P<kept>{'|'.join(_KEPT)})|{_PERSONAL[0]}|(?<!\d)(?:{'|'.join(_PERSONAL[1:])})",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """Return a text with what is personal hidden, and without what is not seen."""
    return _FOUND.sub(_kept_or_hidden, "".join(map(_plain, normalize("NFC", text))))


def _plain(sign: str) -> str:
    kind = category(sign)
    return "" if kind == "Cf" else str(decimal(sign)) if kind == "Nd" else sign


def _kept_or_hidden(found: re.Match[str]) -> str:
    return found[0] if found["kept"] else HIDDEN
