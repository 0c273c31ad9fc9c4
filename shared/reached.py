"""What a telephone number and a mail address must look like for somebody to be reached by them."""

import re

EMAIL_LIMIT = 254  # characters, as mail servers have it

_MOBILE = re.compile(r"(?:\+84|0)[35789][0-9]{8}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63}){1,8}")


def is_mobile(text: str) -> bool:
    """Whether this is a Vietnamese mobile number."""
    return _MOBILE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether this is a mail address, all of which can be seen."""
    is_short = len(text) <= EMAIL_LIMIT
    return is_short and text.isprintable() and _EMAIL.fullmatch(text) is not None
