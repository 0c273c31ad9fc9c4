"""An export as CSV: a row of names, a row for each entry, and perhaps a line of control before it.

The line of control is `#opening_vnd=0;closing_vnd=48000;count=3`.  An export that has a running
balance needs none: the balance has to go on from line to line, oldest first.  One that has not, has
to have the line: somebody else than the list of entries must say what they come to.
"""

import csv
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import BinaryIO, NamedTuple

from services.payment.statements import Asked, Line, Lines, Movement, Statement, Unfit, texts
from shared.clock import VIETNAM

Row = Mapping[str, str]
_CONTROL = re.compile(r"#opening_vnd=(-?\d{1,15});closing_vnd=(-?\d{1,15});count=(\d{1,9})")
_VND = re.compile(r"(-?)(\d{1,15})(?:\.0{1,2})?")


class Entry(NamedTuple):
    """What a row says: what leaves is below zero; `balance_vnd`: after it, None if not told."""

    reference: str
    transaction: str
    signed_vnd: int
    booked_at: datetime
    balance_vnd: int | None = None


class Dialect(NamedTuple):
    """A transfer service's export: the names it needs to have, and how a row is read.

    `entry` raises `ValueError` with what is wrong.
    """

    name: str
    columns: frozenset[str]
    entry: Callable[[Row], Entry]


class _Control(NamedTuple):
    opening_vnd: int
    closing_vnd: int
    entries: int


def is_of(dialect: Dialect, head: str) -> bool:
    """Tell whether a row of names is this service's."""
    return dialect.columns <= {name.strip() for name in head.split(",")}


def read(dialect: Dialect, file: BinaryIO, asked: Asked) -> Lines:
    """Yield the lines of an export; return what it says of itself.  Raises `Unfit`."""
    rows = texts(file)
    first = next(rows, "")
    control = _control(first) if first.startswith("#") else None
    before = 1 if control else 0
    opening_vnd: int | None = None
    balance_vnd: int | None = None
    count = 0
    for number, row in _rows(rows if control else chain([first], rows), dialect, before):
        entry = _entry(dialect, row, number)
        count += 1
        if entry.balance_vnd is not None:
            was_vnd = entry.balance_vnd - entry.signed_vnd
            opening_vnd = was_vnd if opening_vnd is None else opening_vnd
            if balance_vnd not in (None, was_vnd):
                raise Unfit(
                    number,
                    f"a balance of {entry.balance_vnd:,} does not follow from {balance_vnd:,}: a"
                    " line is missing, or they do not stand oldest first",
                )
            balance_vnd = entry.balance_vnd
        yield _line(entry, number)
    if control:
        return Statement(*asked, *control)
    if count and balance_vnd is None:
        raise Unfit(
            0,
            f"{dialect.name}'s export has no balances: put #opening_vnd=…;closing_vnd=…;count=…"
            " before it, from the account's own statement",
        )
    return Statement(*asked, opening_vnd or 0, balance_vnd or 0, count)


def _rows(
    lines: Iterator[str], dialect: Dialect, before: int
) -> Generator[tuple[int, Row], None, None]:
    rows = csv.reader(lines, strict=True)
    try:
        head = [name.strip() for name in next(rows, [])]
        if missing := sorted(dialect.columns - set(head)):
            raise Unfit(before + 1, f"no column {', '.join(missing)}: export it with all columns")
        if len(set(head)) != len(head):
            raise Unfit(before + 1, "a column stands there twice")
        for row in rows:
            if not row:
                continue
            number = before + rows.line_num
            if len(row) != len(head):
                raise Unfit(number, f"{len(row)} columns, the first row names {len(head)}")
            yield number, dict(zip(head, row, strict=True))
    except csv.Error as error:
        raise Unfit(before + rows.line_num, f"not CSV: {error}") from None


def _entry(dialect: Dialect, row: Row, number: int) -> Entry:
    try:
        return dialect.entry(row)
    except ValueError as error:
        raise Unfit(number, str(error)) from None


def _line(entry: Entry, number: int) -> Line:
    kind: Movement = "paid" if entry.signed_vnd > 0 else "refunded"
    amount_vnd = abs(entry.signed_vnd)
    return Line(entry.reference, entry.transaction, amount_vnd, entry.booked_at, kind, number)


def _control(line: str) -> _Control:
    found = _CONTROL.fullmatch(line.strip())
    if not found:
        raise Unfit(1, "a line of control is #opening_vnd=0;closing_vnd=48000;count=3")
    return _Control(*map(int, found.groups()))


# ---- what rows are read with


def vnd(row: Row, column: str) -> int:
    """Return an amount; đồng have no decimals, but for zeros.  Raises `ValueError`."""
    found = _VND.fullmatch(row[column].strip())
    if not found:
        raise ValueError(f"{column} is {row[column]!r}: whole đồng are digits alone")
    return int(found[1] + found[2])


def local(row: Row, column: str, form: str) -> datetime:
    """Return a time of Viet Nam's.  Raises `ValueError`."""
    try:
        return datetime.strptime(row[column].strip(), form).replace(tzinfo=VIETNAM)
    except ValueError:
        raise ValueError(f"{column} is {row[column]!r}: a time is written as {form}") from None


def local_iso(row: Row, column: str) -> datetime:
    """Return a time of Viet Nam's, as services write it.  Raises `ValueError`."""
    try:
        at = datetime.fromisoformat(row[column].strip())
    except ValueError:
        raise ValueError(f"{column} is {row[column]!r}: write 2026-11-20 09:00:00") from None
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)
