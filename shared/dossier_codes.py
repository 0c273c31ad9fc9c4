"""Dossier codes (`H26.1-20261120-0000001`): unit, day, number.

A code is a name.  Nobody takes it apart later: units merge, and older forms say other things.
"""

import re
from datetime import date
from unicodedata import category, normalize

TYPED_LIMIT = 100  # characters

# every form in use: three-dot unit or national identifier, day of six or eight digits, number of
# four to seven; ours is the last of each
FORM = re.compile(
    r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{1,3})*"
    r"-(?:[0-9]{6}|[0-9]{8})-[0-9]{4,7}"
)
_POINT = re.compile(r"\s*\.\s*")
_DASH = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")


def write_code(prefix: str, day: date, number: int) -> str:
    """Return a code in the form that is issued."""
    return f"{prefix}-{day:%Y%m%d}-{number:07d}"


def read_code(typed: str) -> str | None:
    """Return the code that somebody typed or pasted, as it was issued; None: this is none.

    Lower case, blanks, full-width signs, any dash (or a blank instead of one) and what cannot be
    seen are forgiven.  A missing digit is not.
    """
    if len(typed) > TYPED_LIMIT:
        return None
    seen = "".join(c for c in normalize("NFKC", typed) if category(c) != "Cf")
    code = _DASH.sub("-", _POINT.sub(".", seen.strip().upper())).strip("-")
    return code if FORM.fullmatch(code) else None
