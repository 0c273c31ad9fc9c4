"""A bank's statement as camt.053: what is booked of it, held to its schema while it is read.

The number of a line is what tells it again, as in the camt.054 that told of it at once.  A file may
have several pages, or accounts: they open and close together.  A debit is called as we called
the transfer; with the name of a disbursement of ours it is one, any other is a refund.
"""

from collections.abc import Container
from datetime import datetime, time
from typing import BinaryIO

from services.payment.gateways.iso20022.entries import number_of, ours
from services.payment.gateways.iso20022.sent import is_out
from services.payment.iso20022.reports import STATEMENTS, Head, Movement, read_reports
from services.payment.iso20022.words import Malformed
from services.payment.statements import Asked, Line, Lines, Statement, Unfit
from services.payment.statements import Movement as Way
from shared.clock import VIETNAM

CHUNK_BYTES = 1 << 16
NOON = time(12)  # a booking date has no hour


def read(file: BinaryIO, asked: Asked, accounts: Container[str] | None = None) -> Lines:
    """Yield the lines of a statement; return what it says of itself.  Raises `Unfit`.

    `accounts`: ours, of which it has to be.
    """
    opening, closing = dict[str, int](), dict[str, int]()
    entries = 0
    try:
        for found in read_reports(iter(lambda: file.read(CHUNK_BYTES), b""), STATEMENTS):
            if isinstance(found, Head):
                if accounts is not None and found.account not in accounts:
                    raise Unfit(0, f"account {found.account} is none of {asked.partner}'s row")
                opening.setdefault(found.account, found.opening_vnd or 0)
                closing[found.account] = found.closing_vnd or 0
            elif found.booked:
                entries += 1
                yield _line(found, asked, entries)
    except Malformed as error:
        raise Unfit(
            0, f"{error.path} {error.why} ({error.code}): ask the bank for it anew"
        ) from None
    return Statement(*asked, sum(opening.values()), sum(closing.values()), entries)


def _line(found: Movement, asked: Asked, number: int) -> Line:
    out: Way = "disbursed" if is_out(found.reference) else "refunded"
    way: Way = "paid" if found.amount_vnd > 0 else out
    found = found._replace(day=found.day or asked.day)
    return Line(
        ours(found),
        number_of(found),
        abs(found.amount_vnd),
        datetime.combine(found.day or asked.day, NOON, VIETNAM),
        way,
        number,
        found.reference if found.amount_vnd < 0 else "",
    )
