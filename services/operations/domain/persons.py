"""Whether somebody who types into the one box means a person, by a personal number or its hash.

A personal number has twelve digits, the first of them 0: three for where a birth was registered,
one for century and sex.  Blanks, points, dashes between them, and words around them, are forgiven.
"""

import re
from unicodedata import normalize

_NUMBER = re.compile(r"(?<![0-9])0[0-9]{2}[0-3][0-9]{8}(?![0-9])")
_BETWEEN = re.compile(r"(?<=[0-9])[\s._\-\u2010-\u2015\u2212](?=[0-9])")
_HASH = re.compile(r"(?:subject|person)\s*:\s*([0-9a-f]{64})", re.IGNORECASE)


def number_in(typed: str) -> str | None:
    """Return the personal number that a text has; what follows a slash is a partner's number."""
    if "/" in typed:
        return None
    found = _NUMBER.search(_BETWEEN.sub("", normalize("NFKC", typed)))
    return found[0] if found else None


def hash_in(typed: str) -> str | None:
    """Return the hash that a text names a person by, as `subject:<hash>`."""
    found = _HASH.fullmatch(typed.strip())
    return found[1].lower() if found else None
