"""Which messages are first occurrences, which came again.  Pure.

A numbered event that came again as it was says nothing new; with other content it is a fork.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from services.operations.domain.entries import Entry

ENTRIES_LIMIT = 5_000  # of one application; a journey is longer only by mistake
KEPT_LIMIT = 2_000  # messages of it, beyond which no repetition is kept of what outsiders send
OTHERS_LIMIT = 300  # of a topic that are no repetitions, where there are more messages than that


class Appended(NamedTuple):
    """What came of a batch: `first` occurrences, and numbered events that came again."""

    first: list[Entry]
    repeats: list[Entry]
    forks: list[Entry]


class Last(NamedTuple):
    """The last sequences of an application, by topic, and how many messages of it came."""

    sequences: Mapping[str, int] = MappingProxyType({})
    messages: int = 0


class Known:
    """What is remembered of applications: of so many, of which something came last."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._last: OrderedDict[str, Last] = OrderedDict()

    def __contains__(self, application: str) -> bool:
        return application in self._last

    def of(self, application: str) -> Last:
        """Return what is remembered of one, which may be nothing."""
        return self._last.get(application, _NOTHING)

    def keep(self, application: str, sequences: Mapping[str, int], messages: int) -> None:
        """Remember it, and forget who has been quiet longest."""
        self._last[application] = Last(sequences, messages)
        self._last.move_to_end(application)
        while len(self._last) > self._limit:
            self._last.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        self._last.clear()


_NOTHING = Last()


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
    numbered = [entry.id for entry in piece if entry.sequence]
    if not standing and len(set(numbered)) == len(numbered):
        return Appended(list(piece), [], [])
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


def bounded(fresh: Sequence[Entry], standing: Sequence[Entry]) -> Sequence[Entry]:
    """Return what is kept beside what stands: all, up to a limit; beyond it all numbered events,
    since services have limits of their own, and of what outsiders send whatever says something new,
    so much of a topic: one that is flooded leaves room for the others.
    """
    if len(standing) + len(fresh) <= KEPT_LIMIT:
        return fresh
    room = KEPT_LIMIT - len(standing)
    kept: list[Entry] = []
    seen = {_said(e) for e in standing if not e.sequence}
    others = Counter(said[0] for said in seen)
    for entry in fresh:
        said = _said(entry)
        is_new = not entry.sequence and said not in seen
        if entry.sequence or len(kept) < room or (is_new and others[entry.topic] < OTHERS_LIMIT):
            kept.append(entry)
            if is_new:
                seen.add(said)
                others[entry.topic] += 1
    return kept


def is_cut(entries: Sequence[Entry]) -> bool:
    """Tell whether something other than a repetition may be missing among all that is kept."""
    if len(entries) < KEPT_LIMIT:
        return False
    others = Counter(topic for topic, *_ in {_said(e) for e in entries if not e.sequence})
    return len(entries) >= ENTRIES_LIMIT or max(others.values(), default=0) >= OTHERS_LIMIT


def _said(entry: Entry) -> tuple[str, str, str, int]:
    return entry.topic, entry.source, entry.id, entry.crc
