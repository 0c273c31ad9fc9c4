"""Characters that nobody sees, or that make a text read as another."""

import re

_UNSEEN = re.compile(  # printable by category, and yet nothing is seen of them: fillers, selectors
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_BLANKS = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))  # Zs
_PLAIN = str.maketrans("", "", _BLANKS)
_LINED = str.maketrans("", "", _BLANKS + "\t\r\n")


def is_unprintable(text: str, *, may_have_lines: bool = False) -> bool:
    """Whether a text has characters that nobody sees, or that make it read as another.

    By Unicode's categories, which `str.isprintable` goes by: Cc, Cf, Cs, Co, Cn, Zl and Zp.
    """
    if (
        not text.isprintable()
        and not text.translate(_LINED if may_have_lines else _PLAIN).isprintable()
    ):
        return True
    return not text.isascii() and _UNSEEN.search(text) is not None
