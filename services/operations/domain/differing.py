"""What explains that our books and a partner's statements differ, to the đồng.  Pure.

Of days that have a statement: breaks, whose line or money stands on one side alone, and money that
one side has on another day than the other.  What is left is explained by nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from services.operations.domain.breaks import Standing
from services.operations.domain.entries import Entry, gist
from services.operations.domain.facts import logged_day
from services.operations.domain.settlement import MOVES, wrong_amounts
from shared.events.reconciliation import StatementReconciled

ONE_DAY = timedelta(days=1)
LATER = timedelta(days=31)  # so far beside its day a statement may name money
Transaction = tuple[str, str]  # the application, and the partner's number


def around(first: date, last: date) -> tuple[date, date]:
    """Return of which days the statements may name money of these."""
    return first - min(LATER, first - date.min), last + LATER


def beside(first: date, last: date) -> tuple[date, date]:
    """Return of which days the breaks may be about money of these: hours of a partner's day are
    not those of ours.
    """
    return first - min(ONE_DAY, first - date.min), last + ONE_DAY


def of_money(breaks: Iterable[Standing]) -> list[Standing]:
    """Return the breaks by which what came differs, as the last statements have it."""
    return [one for one in breaks if one.opening.word.movement == "paid" and not _is_over(one)]


def _is_over(one: Standing) -> bool:
    """Tell whether no statement has it so any more: another file was given, or another day's
    statement names the money.  What a cure or a person ended still differs by as much.
    """
    if one.closing is None:
        return False
    because = one.closing.word.because
    return because == "corrected" or (one.opening.word.cause == "unstated" and because != "person")


def came(
    entries: Iterable[Entry], partner: str, days: Collection[date]
) -> dict[date, dict[Transaction, int]]:
    """Return what came of a partner by our books on each of these days, of each transaction."""
    found: dict[date, dict[Transaction, int]] = {}
    kinds, some = ("settled", "overpaid", "mismatched"), [*entries]
    wrong = wrong_amounts(some)
    for entry in (e for e in some if e.is_decided and MOVES.get(e.type) in kinds):
        if MOVES[entry.type] == "mismatched" and entry.sequence not in wrong:
            continue
        g, day = gist(entry.data), date.fromisoformat(logged_day(entry))
        if g.partner == partner and day in days:
            of, on = (entry.application, g.transaction), found.setdefault(day, {})
            on[of] = on.get(of, 0) + g.amount_vnd
    return found


def by_breaks_vnd(
    breaks: Iterable[Standing], days: Collection[date], booked: Mapping[Transaction, int]
) -> int:
    """Return by how much our books exceed statements of these days, for these breaks: each line
    stands there, and the money of its transaction here, once.
    """
    out_vnd, counted = 0, set[Transaction]()
    for word in (one.opening.word for one in breaks):
        if word.cause != "unstated" and word.day in days:
            out_vnd -= word.amount_vnd
        of = word.application, word.transaction
        if of not in counted:
            counted.add(of)
            out_vnd += booked.get(of, 0)
    return out_vnd


def in_transit_vnd(words: Sequence[StatementReconciled], days: Collection[date]) -> int:
    """Return by how much our books exceed statements of these days, for what the other side has on
    another day: `words` are the statements of these days, and of those around them.
    """
    out_vnd, stated = 0, {word.day for word in words}
    for word in words:
        for of in word.beside:
            if word.day in days and of.day not in days:
                out_vnd -= of.amount_vnd
            elif word.day not in days and of.day in days:
                out_vnd += of.amount_vnd
        if word.day in days and word.day + ONE_DAY not in stated:
            out_vnd += word.later_vnd  # the next statement, which is not there yet, names it
    return out_vnd
