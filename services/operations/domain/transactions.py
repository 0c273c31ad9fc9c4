"""Money by its partner's number: what came by another amount, and what counts by now.

Only what counts for nothing can be given back at the press of a button: once a transaction settles
something, or goes back, whatever else is told of it contradicts what is booked.
"""

from services.operations.domain.entries import Entry, Gist
from services.operations.domain.matters import Money, Summary, opens

COUNTED_LIMIT = 64  # transactions of one application that are remembered
OF_TRANSACTIONS = ("wrong_amount", "told_otherwise")


def _transaction(g: Gist) -> str:
    return g.transaction


def _whose(g: Gist) -> str:
    """Return a transaction and whose it is: two partners may count alike."""
    return f"{g.partner}/{g.transaction}"


def counts(now: Summary, g: Gist, _: Entry) -> None:
    """Take in that a transaction counts from now on: for what was due, or to go back."""
    _counts_as(now, g, g.amount_vnd)


def goes_back(now: Summary, g: Gist, _: Entry) -> None:
    """Take in that so much of a transaction is to go back."""
    _counts_as(now, g, max(0, now.counted.get(_whose(g), 0) - g.amount_vnd))


def stays(now: Summary, g: Gist, _: Entry) -> None:
    """Take in that so much of it does not go back after all."""
    _counts_as(now, g, now.counted.get(_whose(g), 0) + g.amount_vnd)


def told_wrong(now: Summary, g: Gist, entry: Entry) -> None:
    """Take in another amount than was asked for, or than the transaction counts as."""
    cause = "told_otherwise" if _whose(g) in now.counted else "wrong_amount"
    opens(cause, _transaction, of=_came)(now, g, entry)


def _counts_as(now: Summary, g: Gist, vnd: int) -> None:
    others = list(now.counted.items())
    if _whose(g) not in now.counted:
        others = others[1 - COUNTED_LIMIT :]
    now.counted = dict([*others, (_whose(g), vnd)])
    for key in ((cause, g.transaction) for cause in OF_TRANSACTIONS):
        matter = now.matters.get(key)
        if matter and matter.partner == g.partner:
            del now.matters[key]


def _came(_: Summary, g: Gist) -> Money:
    return Money(_whose(g), g.amount_vnd, g.partner)
