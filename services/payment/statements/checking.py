"""What a statement must be before any line of it is matched; a file that is not is refused whole.

Opening balance and entries make the closing balance, the lines are as many as it says, each is of
that day or beside it, and one number of the partner's is one movement.  A line that stands there
twice to the letter is counted as often as it stands: that is a break, not a broken file, as long as
the sum says the same.
"""

from collections.abc import Callable, Set
from datetime import timedelta
from typing import NamedTuple

from services.payment.statements import Asked, Line, Lines, Statement, Unfit
from shared.clock import VIETNAM

LINES_LIMIT = 2_000_000
AMOUNT_LIMIT_VND = 10**15
WORD_LIMIT = 64  # letters of a reference, or of a transaction's number
DAY_BESIDE = timedelta(days=1)  # a partner's day may end before midnight
LOOKED_EVERY = 2_000


class Checked(NamedTuple):
    """A file that is in order.  `keys`: all of every line; `lines`, `paid_vnd` and `left_vnd`: what
    it moves.
    """

    statement: Statement
    keys: Set[str]
    lines: int
    paid_vnd: int
    left_vnd: int


def check(lines: Lines, asked: Asked, looked: Callable[[int], None] = lambda _: None) -> Checked:
    """Read a file to its end; return what it holds.  Raises `Unfit`."""
    said: dict[str, tuple[str, int, int]] = {}  # key → reference, amount, first line
    called = set[str]()
    paid_vnd = left_vnd = count = 0
    try:
        while True:
            line = next(lines)
            count += 1
            _require_sound(line, asked)
            reference, amount_vnd, first = said.setdefault(
                line.key, (line.reference, line.amount_vnd, line.number)
            )
            if (reference, amount_vnd) != (line.reference, line.amount_vnd):
                raise Unfit(
                    line.number,
                    f"transaction {line.transaction} says something else than on line {first}",
                )
            called.update(line.keys[:-1])
            if line.kind == "paid":
                paid_vnd += line.amount_vnd
            else:
                left_vnd += line.amount_vnd
            if count > LINES_LIMIT:
                raise Unfit(line.number, f"more than {LINES_LIMIT:,} lines: ask for it in parts")
            if count % LOOKED_EVERY == 0:
                looked(count)
    except StopIteration as end:
        statement: Statement = end.value
    _require_asked(statement, asked)
    if statement.entries != count:
        raise Unfit(
            0, f"the file says {statement.entries:,} lines and has {count:,}: fetch it again"
        )
    difference_vnd = statement.opening_vnd + paid_vnd - left_vnd - statement.closing_vnd
    if difference_vnd:
        raise Unfit(
            0,
            f"opening {statement.opening_vnd:,} + in {paid_vnd:,} − out {left_vnd:,} is not closing"
            f" {statement.closing_vnd:,}: {difference_vnd:+,} đồng; ask the partner for it anew",
        )
    return Checked(statement, called.union(said), count, paid_vnd, left_vnd)


def _require_sound(line: Line, asked: Asked) -> None:
    if not 0 < line.amount_vnd < AMOUNT_LIMIT_VND:
        raise Unfit(line.number, f"an amount of {line.amount_vnd:,} đồng")
    if not 0 < len(line.transaction) <= WORD_LIMIT or not line.transaction.isprintable():
        raise Unfit(line.number, f"no number of the partner's of 1 to {WORD_LIMIT} letters")
    if len(line.reference) > WORD_LIMIT or not line.reference.isprintable():
        raise Unfit(line.number, f"a reference of more than {WORD_LIMIT} letters")
    booked = line.booked_at.astimezone(VIETNAM).date()
    if abs(booked - asked.day) > DAY_BESIDE:
        raise Unfit(line.number, f"booked on {booked}, the statement is asked for {asked.day}")


def _require_asked(statement: Statement, asked: Asked) -> None:
    if (statement.partner, statement.day) != asked:
        raise Unfit(
            0,
            f"this is the statement of {statement.partner} for {statement.day}, asked for is"
            f" {asked.partner} for {asked.day}",
        )
