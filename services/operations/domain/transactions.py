"""Money by its partner's number: what came by another amount, and what counts by now.

Only what counts for nothing can be given back at the press of a button: once a transaction settles
something, or goes back, whatever else is told of it contradicts what is booked.
"""

from services.operations.domain.entries import Entry, Gist
from services.operations.domain.matters import Summary, opens

COUNTED_LIMIT = 64  # transactions of one application that are remembered
OF_TRANSACTIONS = ("wrong_amount", "told_otherwise")


def _transaction(g: Gist) -> str:
    return g.transaction


def _whose(g: Gist) -> str:
    """Return a transaction and whose it is: two partners may count alike."""
    return f"{g.partner}/{g.transaction}"


def counts(now: Summary, g: Gist, _: Entry) -> None:
    """Take in that a transaction counts from now on: for what was due, or to go back."""
    if _whose(g) not in now.counted:
        now.counted = (*now.counted, _whose(g))[-COUNTED_LIMIT:]
    for key in ((cause, g.transaction) for cause in OF_TRANSACTIONS):
        matter = now.matters.get(key)
        if matter and matter.partner == g.partner:
            del now.matters[key]


def told_wrong(now: Summary, g: Gist, entry: Entry) -> None:
    """Take in another amount than was asked for, or than the transaction counts as."""
    cause = "told_otherwise" if _whose(g) in now.counted else "wrong_amount"
    opens(cause, _transaction)(now, g, entry)
