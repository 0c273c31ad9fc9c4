"""What an entry of an account is to us: which order it pays, and what tells it again.

A bank need not give an entry a number of its own.  What it says of the money is the same wherever
it tells it, at once, again, asked or at the end of the day: the account, the day it was booked, the
amount, and the order that the payer named.  Two payments that agree in all of that are one, until
a statement has both: a person looks then.
"""

import hashlib
import re
from typing import Literal

from services.payment.gateways.iso20022.outcomes import word
from services.payment.gateways.transfers.text import references
from services.payment.gateways.words import Notice
from services.payment.iso20022.reports import Movement
from services.payment.iso20022.words import Malformed

NO_NUMBER = "0"
AMOUNT_LIMIT_VND = 10**13
_PRINTED = re.compile(r"[^\x00-\x1f\x7f]{1,140}")


def notice(movement: Movement) -> Notice | None:
    """Return what an entry is to an order; None: one of our own transfers.  Raises `Malformed`.

    What cannot be told again is no payment yet: that its order is asked after is all it does.
    """
    amount_vnd = abs(movement.amount_vnd)
    if amount_vnd > AMOUNT_LIMIT_VND:
        raise Malformed("AM02", "/Ntry/Amt", "is more than any order")
    number = number_of(movement)
    if number == NO_NUMBER or (number and not _PRINTED.fullmatch(number)):
        raise Malformed("FF01", "/Ntry/AcctSvcrRef", "is no number of a transaction")
    if movement.returned or movement.reversal:
        side = "CRDT" if movement.amount_vnd > 0 else "DBIT"
        return Notice("", number, amount_vnd, "pending", word(side, movement.returned or "RVSL"))
    if movement.amount_vnd < 0:
        return None
    finding: Literal["paid", "pending"] = "paid" if movement.booked and number else "pending"
    code = word("CRDT", movement.status)
    return Notice(reference_of(movement), number, amount_vnd, finding, code)


def number_of(movement: Movement) -> str:
    """Return what tells an entry again wherever it stands: the bank's number, or what it says of
    it; "" where it says too little.
    """
    if movement.number or movement.day is None:
        return movement.number
    named = ours(movement) or "/".join(_written(movement))
    said = f"{movement.account}|{movement.day}|{movement.amount_vnd}|{named}"
    return f"{movement.day:%Y%m%d}-{hashlib.sha256(said.encode()).hexdigest()[:24].upper()}"


def ours(movement: Movement) -> str:
    """Return the reference of our form that a payer named, "" if none, or more than one."""
    cut = "".join(movement.texts)  # banks cut a long text anywhere
    for texts in ((movement.reference,), movement.structured, movement.texts, (cut,)):
        if found := references(*texts):
            return found.pop() if len(found) == 1 else ""
    return ""


def reference_of(movement: Movement) -> str:
    """Return the order that a payer named, "" if none, or more than one.

    A reference of our form goes before any other; whether there is such an order, its row says.
    """
    if references(*_written(movement), "".join(movement.texts)):
        return ours(movement)
    return shown(movement.structured[0] if len(movement.structured) == 1 else movement.reference)


def shown(reference: str) -> str:
    """Return a reference that can be told to people, or ""."""
    return reference if _PRINTED.fullmatch(reference) else ""


def _written(movement: Movement) -> tuple[str, ...]:
    return movement.reference, *movement.structured, *movement.texts
