"""The file of a day in our own protocol, fields parted by `|`: read and written line by line.

    H|motcua-1|partner|day|opening|closing|count|total     one, the first
    L|place|reference|transaction|amount|time|state|type   one for each entry, places from 1
    T|count|sha256                                         one, the last

Amounts are whole đồng without a sign; the balances and the total may have one.  `total` is what was
paid less what was refunded and disbursed, of the lines that are `done`: opening + total = closing.
`day` is yyyyMMdd and `time` yyyyMMddHHmmss, UTC+7.  `state` is done, pending or failed; `type` is
pay, refund or disburse.  `count` is of all L lines.  The SHA-256, in hex, is of all bytes before
the T line.  The text is ASCII, each line ends with one LF, and nothing follows the last.

What we found goes back in a file of the same frame, each `B` line what differs:

    H|motcua-result-1|partner|day|count
    B|place|kind|reference|transaction|amount
    T|count|sha256
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO, NamedTuple

from services.payment.domain.lines import Line, Movement
from services.payment.statements import LINE_LIMIT_BYTES, Asked, Lines, Statement, Unfit
from shared.clock import VIETNAM

STATEMENT, RESULT = "motcua-1", "motcua-result-1"
HEAD = f"H|{STATEMENT}|"
KINDS: Mapping[str, Movement] = {"pay": "paid", "refund": "refunded", "disburse": "disbursed"}
TYPES = {kind: written for written, kind in KINDS.items()}
STATES = frozenset({"done", "pending", "failed"})
DONE = "done"

_BALANCE = r"-?(?:0|[1-9][0-9]{0,14})"
_COUNT = r"0|[1-9][0-9]{0,7}"
_NAME = r"[A-Za-z0-9._-]"
_HEADER = re.compile(
    rf"H\|{STATEMENT}\|({_NAME}{{1,64}})\|([0-9]{{8}})"
    rf"\|({_BALANCE})\|({_BALANCE})\|({_COUNT})\|({_BALANCE})\n"
)
_LINE = re.compile(
    rf"L\|({_COUNT})\|({_NAME}{{0,64}})\|({_NAME}{{1,64}})\|([1-9][0-9]{{0,14}})"
    r"\|([0-9]{14})\|([a-z]{1,16})\|([a-z]{1,16})\n"
)
_TRAILER = re.compile(rf"T\|({_COUNT})\|([0-9a-f]{{64}})\n")
_DAY, _TIME = "%Y%m%d", "%Y%m%d%H%M%S"


class Found(NamedTuple):
    """What differs, of a day: an entry of theirs or a movement of ours."""

    kind: str
    reference: str
    transaction: str
    amount_vnd: int


def read(file: BinaryIO, asked: Asked) -> Lines:
    """Yield what was done; return what the file says of itself.  Raises `Unfit`.

    Nothing is proved before the end: the sums and the SHA-256 stand there.
    """
    digest = hashlib.sha256()
    raw = _next(file, 1)
    head = _matched(_HEADER, raw, 1, f"the first line is not `{HEAD}…` in the form described")
    opening_vnd, closing_vnd, told, total_vnd = (int(head[n]) for n in range(3, 7))
    day = _moment(head[2], _DAY, 1).date()
    if (head[1], day) != asked:
        raise Unfit(1, f"{head[1]}'s of {day}, not {asked.partner}'s of {asked.day}")
    if opening_vnd + total_vnd != closing_vnd:
        raise Unfit(1, "opening and total do not make closing: ask the partner for it anew")
    place = done = moved_vnd = 0
    while not (raw := _next_of(file, digest, raw, place + 2)).startswith(b"T"):
        place += 1
        line, is_done = _line(raw, place)
        if is_done:
            done, moved_vnd = done + 1, moved_vnd + line.signed_vnd
            yield line
    _require_end(file, raw, place, digest.hexdigest())
    if told != place:
        raise Unfit(1, f"the first line says {told:,} lines and there are {place:,}")
    if total_vnd != moved_vnd:
        raise Unfit(1, f"the first line says {total_vnd:,} đồng and the lines {moved_vnd:,}")
    return Statement(head[1], day, opening_vnd, closing_vnd, done)


def write(statement: Statement, lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield the lines of a file of what was done.

    Raises `ValueError` for what it cannot carry, and where the lines are not as the statement says.
    """
    partner, day, opening_vnd, closing_vnd, count = statement
    numbers = opening_vnd, closing_vnd, count, closing_vnd - opening_vnd
    head = f"{HEAD}{partner}|{day.strftime(_DAY)}|{'|'.join(map(str, numbers))}\n"
    if not _HEADER.fullmatch(head):
        raise ValueError("the partner's name or a balance has not the form of this file")
    yield from _framed(head, _rows(count, closing_vnd - opening_vnd, lines))


def write_result(partner: str, day: date, found: Iterable[Found]) -> Iterator[bytes]:
    """Yield the lines of a file of what differs, for the partner."""
    rows = [
        f"B|{n}|{f.kind}|{f.reference}|{f.transaction}|{f.amount_vnd}\n"
        for n, f in enumerate(found, 1)
    ]
    return _framed(f"H|{RESULT}|{partner}|{day.strftime(_DAY)}|{len(rows)}\n", rows)


def _framed(head: str, rows: Iterable[str]) -> Iterator[bytes]:
    digest, count = hashlib.sha256(head.encode("ascii")), 0
    yield head.encode("ascii")
    for row in rows:
        raw = row.encode("ascii")
        digest.update(raw)
        count += 1
        yield raw
    yield f"T|{count}|{digest.hexdigest()}\n".encode("ascii")


def _rows(told: int, total_vnd: int, lines: Iterable[Line]) -> Iterator[str]:
    count = moved_vnd = 0
    for line in lines:
        count, moved_vnd = count + 1, moved_vnd + line.signed_vnd
        yield _written(count, line)
    if (count, moved_vnd) != (told, total_vnd):
        raise ValueError("the lines are not as many, or do not come to what the statement says")


def _written(place: int, line: Line) -> str:
    time = line.booked_at.astimezone(VIETNAM).strftime(_TIME)
    named = f"{line.reference}|{line.transaction}|{line.amount_vnd}"
    row = f"L|{place}|{named}|{time}|{DONE}|{TYPES[line.kind]}\n"
    if not _LINE.fullmatch(row):
        raise ValueError(
            f"line {place}: a reference, number or amount has not the form of this file"
        )
    return row


def _line(raw: bytes, place: int) -> tuple[Line, bool]:
    number = place + 1
    row = _matched(_LINE, raw, number, "not an L line in the form described")
    if int(row[1]) != place:
        raise Unfit(number, f"its place is {row[1]} and should be {place}: lines are missing")
    if row[6] not in STATES or row[7] not in KINDS:
        raise Unfit(number, f"a state or type that is not described: {row[6]}, {row[7]}")
    booked_at = _moment(row[5], _TIME, number)
    line = Line(row[2], row[3], int(row[4]), booked_at, KINDS[row[7]], number)
    return line, row[6] == DONE


def _require_end(file: BinaryIO, raw: bytes, count: int, digest: str) -> None:
    number = count + 2
    trailer = _matched(_TRAILER, raw, number, "not a T line in the form described")
    if int(trailer[1]) != count:
        raise Unfit(number, f"it says {trailer[1]} lines and there are {count:,}")
    if trailer[2] != digest:
        raise Unfit(number, "the SHA-256 is of other bytes: fetch the file again")
    if file.read(1):
        raise Unfit(number + 1, "something follows the T line")


def _moment(wire: str, form: str, number: int) -> datetime:
    try:
        return datetime.strptime(wire, form).replace(tzinfo=VIETNAM)
    except ValueError:
        raise Unfit(number, f"{wire} is no day or moment") from None


def _matched(form: re.Pattern[str], raw: bytes, number: int, rule: str) -> re.Match[str]:
    found = form.fullmatch(raw.decode("ascii", "replace"))
    if found is None:
        raise Unfit(number, rule)
    return found


def _next(file: BinaryIO, number: int) -> bytes:
    raw = file.readline(LINE_LIMIT_BYTES + 1)
    if not raw:
        raise Unfit(number, "the file ends without a T line: fetch it again")
    return raw


def _next_of(file: BinaryIO, digest: "hashlib._Hash", before: bytes, number: int) -> bytes:
    """Return the next line; the one before it is no trailer, and counts."""
    digest.update(before)
    return _next(file, number)
