"""Which messages are first occurrences, which came again.  Pure.

A numbered event that came again as it was says nothing new; with other content it is a fork.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.operations.domain.entries import Entry


class Appended(NamedTuple):
    """What came of a batch: `first` occurrences, and numbered events that came again."""

    first: list[Entry]
    repeats: list[Entry]
    forks: list[Entry]


def by_application(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Return the messages of each application, in their order."""
    pieces: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.application:
            pieces.setdefault(entry.application, []).append(entry)
    return pieces


def followed(last: Mapping[str, int], piece: Sequence[Entry]) -> Mapping[str, int] | None:
    """Return the last sequences after these messages; None unless each is the next of its kind."""
    after = dict(last)
    for entry in piece:
        if entry.sequence:
            if entry.sequence != after.get(entry.topic, 0) + 1:
                return None
            after[entry.topic] = entry.sequence
    return after


def latest(entries: Iterable[Entry], before: Mapping[str, int]) -> Mapping[str, int]:
    """Return the highest sequence of each topic."""
    last = dict(before)
    for entry in entries:
        if entry.sequence > last.get(entry.topic, 0):
            last[entry.topic] = entry.sequence
    return last


def judge(piece: Sequence[Entry], standing: Sequence[Entry]) -> Appended:
    """Tell first occurrences from what came again: of a key, the lowest place is the first."""
    firsts: dict[str, Entry] = {}
    for entry in sorted((*standing, *piece), key=offset):
        if entry.sequence:
            firsts.setdefault(entry.id, entry)
    out = Appended([], [], [])
    for entry in piece:
        first = firsts[entry.id] if entry.sequence else entry
        if first.place == entry.place:
            out.first.append(entry)
        elif first.crc == entry.crc:
            out.repeats.append(entry)
        else:
            out.forks.append(entry)
    return out


def offset(entry: Entry) -> int:
    """Return what tells which came first: all of one key are in one partition."""
    return entry.offset


def missing(judged: Appended, standing: Sequence[Entry]) -> list[Entry]:
    """Return what is to be kept and does not stand yet."""
    kept = [*judged.first, *judged.forks]
    if not standing:
        return kept
    stood = {entry.place for entry in standing}
    return [entry for entry in kept if entry.place not in stood]
