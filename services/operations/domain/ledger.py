"""Counts over all applications of a lane, exact for the part of the log before its offsets.

A ledger is a statement about the log: whoever has read these records in these lanes, in whatever
interleaving, comes to the same numbers.  So it can be kept beside the offsets and taken up again.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from services.operations.domain.entries import Entry, gist
from shared.events import feedback, payment, petitions, reassessments

_K = TypeVar("_K")

AMOUNTS = frozenset(
    c.TYPE
    for c in (
        payment.FeeAssessed,
        payment.Settled,
        payment.Mismatched,
        payment.Overpaid,
        reassessments.FeeOverpaid,
        payment.ReceiptIssued,
    )
)
_ANSWERS = frozenset({petitions.PetitionAnswered.TYPE, petitions.PetitionAnsweredAgain.TYPE})
SCORED = _ANSWERS | {feedback.FeedbackRecorded.TYPE, petitions.PetitionAccepted.TYPE}


class Ledger(msgspec.Struct):
    """The numbers of one lane.

    `offsets`: next offset of each topic; `types`: first occurrences of each event type; `codes`:
    applications at each national code; `vnd`: sums of amounts by event type; `scores`: how many
    answers of citizens stand, by event type and score, and to petitions, by whether they were on
    time; `repeats`: numbered events that came again as they were; `forks`: that came again with
    other content.
    """

    offsets: dict[str, int]
    types: dict[str, int] = {}
    codes: dict[int, int] = {}
    vnd: dict[str, int] = {}
    repeats: int = 0
    forks: int = 0
    newest_ms: int = 0
    scores: dict[str, int] = {}
    is_whole: bool = True  # counted from the beginning of the log

    def reaches(self, offsets: Mapping[str, int]) -> bool:
        """Tell whether nothing before these offsets is missing."""
        return all(self.offsets.get(topic, 0) >= offset for topic, offset in offsets.items())

    def add(self, type_: str, number: int) -> None:
        """Count first occurrences of a type."""
        _plus(self.types, type_, number)

    def add_amount(self, entry: Entry) -> None:
        """Count what an event of payment says of money."""
        g = gist(entry.data)
        _plus(self.vnd, entry.type, g.amount_vnd + g.total_vnd)

    def add_score(self, entry: Entry) -> None:
        """Count an answer of citizens, no more the one whose place it takes; or one to them."""
        g = gist(entry.data)
        word = ("on_time" if g.on_time else "late") if entry.type in _ANSWERS else g.score
        _plus(self.scores, f"{entry.type}/{word}", 1)
        if g.score_before:
            _plus(self.scores, f"{entry.type}/{g.score_before}", -1)

    def move(self, entry: Entry, before: int) -> None:
        """Count a dossier at the code after an event of routing, no more at the one before."""
        if entry.sequence > 1:
            _plus(self.codes, before, -1)
        _plus(self.codes, gist(entry.data).national_code, 1)

    def passed(self, entry: Entry) -> None:
        """Move on past a record, and all before it."""
        self.offsets[entry.topic] = max(self.offsets.get(entry.topic, 0), entry.offset + 1)
        self.newest_ms = max(self.newest_ms, entry.logged_ms)


def merged(ledgers: Iterable[Ledger]) -> Ledger:
    """Return the sum of ledgers of different lanes; its offsets are sums as well."""
    out = Ledger({}, {}, {}, {}, scores={})
    for ledger in ledgers:
        for into, of in (
            (out.offsets, ledger.offsets),
            (out.types, ledger.types),
            (out.codes, ledger.codes),
            (out.vnd, ledger.vnd),
            (out.scores, ledger.scores),
        ):
            _add_all(into, of)
        out.repeats += ledger.repeats
        out.forks += ledger.forks
        out.newest_ms = max(out.newest_ms, ledger.newest_ms)
        out.is_whole = out.is_whole and ledger.is_whole
    return out


def _plus(counts: dict[_K, int], key: _K, number: int) -> None:
    counts[key] = counts.get(key, 0) + number


def _add_all(into: dict[Any, int], of: Mapping[Any, int]) -> None:
    for key, number in of.items():
        _plus(into, key, number)
