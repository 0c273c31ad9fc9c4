"""The file of a day, written as docs/banks.md says."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """A line of the file; `at` is local, yyyyMMddHHmmss."""

    reference: str
    transaction: str
    amount_vnd: int
    at: str
    type: str  # pay, refund or disburse
    state: str = "done"


def written(partner: str, day: str, opening_vnd: int, entries: Sequence[Entry]) -> bytes:
    """Return the whole file of a day."""
    moved = [e for e in entries if e.state == "done"]
    total_vnd = sum(e.amount_vnd if e.type == "pay" else -e.amount_vnd for e in moved)
    numbers = f"{opening_vnd}|{opening_vnd + total_vnd}|{len(entries)}|{total_vnd}"
    rows = [f"H|motcua-1|{partner}|{day}|{numbers}"]
    rows += [
        f"L|{n}|{e.reference}|{e.transaction}|{e.amount_vnd}|{e.at}|{e.state}|{e.type}"
        for n, e in enumerate(entries, 1)
    ]
    body = "".join(f"{row}\n" for row in rows).encode("ascii")
    return body + f"T|{len(entries)}|{hashlib.sha256(body).hexdigest()}\n".encode("ascii")


def is_whole(text: bytes) -> bool:
    """Tell whether a file of the same frame is as its last line says."""
    body, _, last = text.removesuffix(b"\n").rpartition(b"\n")
    kind, _, rest = last.partition(b"|")
    count, _, digest = rest.partition(b"|")
    rows = body.count(b"\n")
    return (kind, count) == (b"T", str(rows).encode()) and digest == hashlib.sha256(
        body + b"\n"
    ).hexdigest().encode()
