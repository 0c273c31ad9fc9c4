"""Our reference in the text of a bank transfer, whatever became of that text on its way.

Banks cut texts, write them in upper case, take out punctuation, put words and numbers before and
after, and break them with blanks or dashes.  A reference is `DVC`, fourteen digits and their Luhn
digit: any one wrong digit is seen.  Where two orders are named, none is taken: a person decides.
"""

import re

from services.payment.domain.luhn import check_digit

PREFIX, DIGITS = "DVC", 15

_GAP = r"[\W_]{0,3}"  # nothing, or what a bank breaks a text with
# inside a lookahead, so that a false start does not hide what follows
_REFERENCE = re.compile(rf"(?=D{_GAP}V{_GAP}C((?:{_GAP}[0-9]){{{DIGITS}}}))")
_NO_DIGIT = re.compile(r"[^0-9]")


def references(*texts: str) -> set[str]:
    """Return the references that stand in these texts."""
    found = (_NO_DIGIT.sub("", m[1]) for text in texts for m in _REFERENCE.finditer(text.upper()))
    return {PREFIX + digits for digits in found if int(digits[-1]) == check_digit(digits[:-1])}


def reference(*texts: str) -> str:
    """Return the one reference that stands in these texts; empty if there is none, or more."""
    found = references(*texts)
    return found.pop() if len(found) == 1 else ""
