"""The DKIM signature (RFC 6376) of a mail, where we and not the mail server make it.

A signature with a key of 2,048 bits takes about 10 ms: where the server signs, leave it to it.
"""

from collections.abc import Mapping

import dkim as dkimpy
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.notify.channels.mail.letter import HEADERS, Sign

_RELAXED = (b"relaxed", b"relaxed")  # servers on the way fold headers anew
# each once more than it is there: so nobody can put another one before a signed mail of ours
_OURS = [h.lower().encode() for h in HEADERS]
_SIGNED = [*_OURS, *_OURS, b"reply-to", b"cc", b"sender"]


def dkim(told: Mapping[str, str] | None) -> Sign | None:
    """Return what signs, of `domain`, `selector` and `private_key` (RSA, PEM); None: nobody does.

    Raises `KeyError`, `ValueError`.
    """
    if told is None:
        return None
    domain, selector = told["domain"].encode(), told["selector"].encode()
    key = told["private_key"].encode()
    load_pem_private_key(key, None)  # to be told of a wrong one now, not at the first mail

    def sign(mail: bytes) -> bytes:
        header: bytes = dkimpy.sign(
            mail, selector, domain, key, canonicalize=_RELAXED, include_headers=_SIGNED
        )
        return header

    return sign
