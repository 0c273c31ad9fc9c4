"""The code of a receipt: it names the receipt and proves that we issued it as it stands.

`L26-26737-17-7KQ2M9XWTRC`: series, unit and number, ten characters of a keyed hash over what stands
on the receipt (50 bits), one check character over all of it.  Nothing is stored.  Guessing is no
use: one guess in 2**50 is right, and a receipt that does not exist is answered as a wrong code is.
"""

import hashlib
import hmac
import re
from typing import NamedTuple

import msgspec

from services.payment.domain.receipts import LETTERS, Receipt
from shared.vault import derive

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none looks like another
MARKS = 10
LENGTH_LIMIT = 64
_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMED = re.compile(
    rf"([{''.join(LETTERS.values())}]\d{{2}})-(\d{{2,5}})-(\d{{1,8}})(?:-([0-9A-Z]{{11}}))?"
)
_LOOKALIKE = str.maketrans("OIL", "011")


class Named(NamedTuple):
    """Which receipt is meant, and the proof that came with it, if any."""

    series: str
    unit: str
    number: int
    proof: str

    @property
    def text(self) -> str:
        """Return what names the receipt."""
        return f"{self.series}-{self.unit}-{self.number}"


class ReceiptCodes:
    """Makes and checks codes; whoever has the master key makes the same ones."""

    def __init__(self, master_key: bytes) -> None:
        self._key = derive(master_key, "receipt codes")

    def code(self, application: str, receipt: Receipt) -> str:
        """Return the code of a receipt; empty for one from before there were series."""
        if not receipt.unit:
            return ""
        name = Named(receipt.series, receipt.unit, int(receipt.number), "").text
        text = f"{name}-{self._marks(application, receipt)}"
        return text + check_character(text)

    def is_genuine(self, named: Named, application: str, receipt: Receipt) -> bool:
        """Tell whether a code was made of this receipt as it stands.  In constant time."""
        expected = self.code(application, receipt).rpartition("-")[2]
        return hmac.compare_digest(expected.encode(), named.proof.encode())

    def _marks(self, application: str, receipt: Receipt) -> str:
        content = msgspec.json.encode(
            (
                *(application, receipt.series, receipt.unit, receipt.number),
                *(receipt.kind, receipt.amount_vnd, receipt.on),
            )
        )
        bits = int.from_bytes(hmac.new(self._key, content, hashlib.sha256).digest()[:8]) >> 14
        return "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(MARKS)))


def read(text: str) -> Named | None:
    """Return what a text names, with or without its proof, however it was typed; None if nothing.

    A proof whose check character is wrong was mistyped: nothing need be looked up for it.
    """
    tidy = re.sub(r"\s+", "", text[:LENGTH_LIMIT]).upper().replace("–", "-")
    found = _NAMED.fullmatch(tidy)
    if found is None:
        return None
    proof = (found[4] or "")[:MARKS].translate(_LOOKALIKE) + (found[4] or "")[MARKS:]
    named = Named(found[1], found[2], int(found[3]), proof)
    if not proof:
        return named
    return named if check_character(f"{named.text}-{proof[:-1]}") == proof[-1] else None


def check_character(text: str) -> str:
    """Return the character of ISO 7064 MOD 37,36: it tells any one that is wrong."""
    product = 36
    for character in text.replace("-", ""):
        product = ((product + _ALNUM.index(character)) % 36 or 36) * 2 % 37
    return _ALNUM[(37 - product) % 36]
