"""What became of one of our transfers: by what the bank says of it, and by what it booked."""

from collections.abc import Sequence

from services.payment.gateways import Refunded
from services.payment.iso20022.reports import Movement
from services.payment.iso20022.statuses import Status, outcome_of


def told(statuses: Sequence[Status], key: str) -> Refunded:
    """Return what the bank says of a file with one transfer.  Raises `Malformed`.

    A status has no number of what was booked; the statement will name our own of it.
    """
    said = outcome_of(statuses, key, key)
    return Refunded(said.outcome, key if said.outcome == "done" else "", code(said))


def booked(movements: Sequence[Movement], key: str, amount_vnd: int) -> Refunded:
    """Return what was booked: that it came back says more than that it left."""
    ours = [m for m in movements if m.reference == key and m.booked]
    if any(m.amount_vnd > 0 for m in ours):
        back = next(m for m in ours if m.amount_vnd > 0)
        return Refunded("failed", back.number, word("CRDT", back.returned or "RVSL"))
    for debit in ours:
        if -debit.amount_vnd != amount_vnd:
            return Refunded("unknown", debit.number, "DBIT/AM09")
        return Refunded("done", debit.number, "DBIT/BOOK")
    return Refunded("pending")


def code(status: Status) -> str:
    """Return the bank's own word for a status."""
    return word(status.status, *status.reasons)


def word(*codes: str) -> str:
    """Return codes as operators read them."""
    return "".join(c for c in "/".join(codes) if c.isprintable())[:32]
