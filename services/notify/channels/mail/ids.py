"""The id of a mail: our key, and a mark that only we can make for this key and this address.

It is the `Message-ID`, so that a second attempt has another and a server that drops doubles may do
so; and the envelope id (RFC 3461).  A report that brings it back is about that attempt; it counts
only with the address that the mark was made for, so nobody who got one of our mails can report
another's address, or another's notice, as dead.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from typing import NamedTuple

from shared.errors import DeadLetter
from shared.placement import canonical

KEY_LIMIT = 160
_MARK_BYTES = 10
_TOLD = r"[0-9a-f-]{36}/[a-z0-9_-]+(?:~[1-9][0-9]?)?"
_KEY = re.compile(_TOLD + r"/[a-z0-9_]+(?:@[a-z0-9_]+)?/[1-9][0-9]{0,3}")
_ID = re.compile(rf"({_TOLD}/)([a-z0-9_~]+/[0-9]+)\.([a-z2-7]{{16}})(?=@|$)")


class Ours(NamedTuple):
    """An id of ours that came back; not yet found genuine."""

    key: str
    mark: str

    @property
    def application(self) -> str:
        """Return whose notice it is."""
        return self.key.partition("/")[0]


def is_key(text: str) -> bool:
    """Tell whether a text is a key of an attempt."""
    if len(text) > KEY_LIMIT or not _KEY.fullmatch(text):
        return False
    application = text.partition("/")[0]
    try:
        return canonical(application) == application
    except DeadLetter:
        return False


def mail_id(secret: bytes, key: str, address: str) -> str:
    """Return the id of the mail of an attempt to an address: the left side of a `Message-ID`."""
    if not is_key(key):
        raise ValueError("this is no key of an attempt")
    return f"{key.replace('@', '~')}.{_mark(secret, key, address)}"  # the id has an @ of its own


def read(text: str) -> Ours | None:
    """Return what an id says, with or without its `<` and domain; None: it is none of ours."""
    if len(text) > 2 * KEY_LIMIT:
        return None
    found = _ID.match(text.strip().removeprefix("<"))
    key = found[1] + found[2].replace("~", "@") if found else ""
    return Ours(key, found[3]) if found and is_key(key) else None


def genuine(secret: bytes, ours: Ours, addresses: Iterable[str]) -> str:
    """Return which of these addresses the mail was sent to; empty: none of them."""
    for address in addresses:
        if address.strip() and hmac.compare_digest(_mark(secret, ours.key, address), ours.mark):
            return address
    return ""


def _mark(secret: bytes, key: str, address: str) -> str:
    # servers may write an address in other letters than we did; a key has no space in it
    text = f"{key} {address.strip().lower()}".encode("utf-8", "surrogatepass")
    return b32encode(hmac.digest(secret, text, "sha256")[:_MARK_BYTES]).decode().lower()
