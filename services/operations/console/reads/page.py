"""Who was shown what, as a page.  Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from services.operations.console.facts import same
from services.operations.console.labels import LABELS
from services.operations.console.spoken import grouped, moment
from services.operations.domain.citizen.words import Words
from services.operations.reads.rows import Read


class Row(NamedTuple):
    """Somebody was shown something; `by` is empty where nobody was signed in."""

    by: str
    role: Words
    at: Words
    address: str
    named: Words
    asked: str
    reason: str


def rows(reads: Iterable[Read]) -> list[Row]:
    """Return a page of it."""
    return [
        Row(
            by=read.by,
            role=LABELS.get(f"role_{read.role}", same(read.role)),
            at=moment(read.at),
            address=read.address,
            named=grouped(read.count),
            asked=read.asked,
            reason=read.reason,
        )
        for read in reads
    ]
