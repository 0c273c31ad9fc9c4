"""Which messages are first occurrences, which came again.  Pure.

A numbered event that came again as it was says nothing new; with other content it is a fork.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.operations.domain.entries import Entry


class Item(NamedTuple):
    """A record as it goes into the store; no key: it names no application."""

    key: str
    entry: Entry


class Appended(NamedTuple):
    """What came of a batch: `first` occurrences, and numbered events that came again."""

    first: list[Item]
    repeats: list[Item]
    forks: list[Item]


def by_application(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Return the items of each application, in their order."""
    pieces: dict[str, list[Item]] = {}
    for item in items:
        if item.key:
            pieces.setdefault(item.entry.application, []).append(item)
    return pieces


def followed(last: Mapping[str, int], piece: Sequence[Item]) -> Mapping[str, int] | None:
    """Return the last sequences after these messages; None unless each is the next of its kind."""
    after = dict(last)
    for _, entry in piece:
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


def judge(piece: Sequence[Item], standing: Sequence[Entry]) -> Appended:
    """Tell first occurrences from what came again: of a key, the lowest place is the first."""
    firsts: dict[str, Entry] = {}
    for entry in sorted((*standing, *(item.entry for item in piece)), key=offset):
        if entry.sequence:
            firsts.setdefault(entry.id, entry)
    out = Appended([], [], [])
    for item in piece:
        first = firsts[item.entry.id] if item.entry.sequence else item.entry
        if first.place == item.entry.place:
            out.first.append(item)
        elif first.crc == item.entry.crc:
            out.repeats.append(item)
        else:
            out.forks.append(item)
    return out


def offset(entry: Entry) -> int:
    """Return what tells which came first: all of one key are in one partition."""
    return entry.offset


def missing(judged: Appended, standing: Sequence[Entry]) -> list[Entry]:
    """Return what is to be kept and does not stand yet."""
    stood = {entry.place for entry in standing}
    kept = (*judged.first, *judged.forks)
    return [item.entry for item in kept if item.entry.place not in stood]
