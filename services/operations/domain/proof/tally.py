"""What was found of some applications, and how it is added to what was found of others.

Adding may happen in any order and in any split: the same comes of it.  It needs room for what it
lists alone, which has a limit.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, groupby, islice
from typing import NamedTuple, TypeVar

import msgspec

from services.operations.domain.entries import Entry

T = TypeVar("T")

LISTED = 1_000  # of each kind, by name: the others are counted
READ_MS = 60_000  # what is younger may have been read before what led to it, from another topic
GRACE_MS = 600_000  # what is younger may be under way
TIMED_MS = 25 * 3_600_000  # the longest that a timer may wait for more: a day, and what it takes
PERSON_MS = 72 * 3_600_000  # ours: in which one of us does something about it, over a weekend
# how long what waits may, by kind; what is older is excepted, and the proof does not hold
LIMITS_MS: Mapping[str, int] = {
    "being_read": GRACE_MS,
    "unrouted": GRACE_MS,
    "receipt": GRACE_MS,
    "money": TIMED_MS,
    "notice": TIMED_MS,
    "held": PERSON_MS,
    "unrouted_held": PERSON_MS,
    "money_held": PERSON_MS,
    "notice_held": PERSON_MS,
    "set_aside": PERSON_MS,
    "unreadable": PERSON_MS,
}


class Item(msgspec.Struct, frozen=True, order=True):
    """One of a kind.  `name`: what it is called by, a reference, an event's id, a notice."""

    kind: str
    application: str
    name: str
    detail: str


class Journey(NamedTuple):
    """One application: `entries` first occurrences, `held` the services that hold it now."""

    application: str
    entries: list[Entry]
    forks: list[Entry]
    held: frozenset[str] = frozenset()
    is_truncated: bool = False


class Moment(NamedTuple):
    """`as_of_ms`: until when the log was read; `until_ms`: the end of the period."""

    as_of_ms: int
    until_ms: int

    def bears(self, kind: str, since_ms: int) -> bool:
        """Tell whether what is of this kind since then may still wait."""
        return self.is_young(since_ms, LIMITS_MS[kind])

    def is_young(self, logged_ms: int, patience_ms: int = GRACE_MS) -> bool:
        """Tell whether more may still come of what was logged then."""
        return self.as_of_ms - logged_ms < patience_ms


class Proof(msgspec.Struct):
    """`counts`: by section and what; `vnd`: by partner and what, in đồng; `excepted`: what must not
    be, `waiting`: what is not over yet, by kind, the first of each kind by name beside them.
    `oldest_ms`: since when the oldest of a kind waits.
    """

    applications: int = 0
    counts: dict[str, dict[str, int]] = {}
    vnd: dict[str, dict[str, int]] = {}
    excepted: dict[str, int] = {}
    waiting: dict[str, int] = {}
    oldest_ms: dict[str, int] = {}
    exceptions: list[Item] = []
    named: list[Item] = []

    def count(self, section: str, what: str, number: int = 1) -> None:
        """Count something."""
        _plus(self.counts.setdefault(section, {}), what, number)

    def add_vnd(self, partner: str, what: str, amount_vnd: int) -> None:
        """Add money of a partner."""
        _plus(self.vnd.setdefault(partner, {}), what, amount_vnd)

    def blame(self, kind: str, application: str, name: str, detail: str) -> None:
        """Note what must not be."""
        _plus(self.excepted, kind, 1)
        self.exceptions.append(Item(kind, application, name, detail))

    def wait(self, kind: str, application: str, name: str, detail: str, since_ms: int) -> None:
        """Note what is not over yet."""
        _plus(self.waiting, kind, 1)
        self._is_as_old_as(kind, since_ms)
        self.named.append(Item(kind, application, name, detail))

    def add(self, *others: "Proof") -> None:
        """Add what was found of other applications."""
        for other in others:
            self.applications += other.applications
            for mine, theirs in ((self.counts, other.counts), (self.vnd, other.vnd)):
                for section, numbers in theirs.items():
                    _add_all(mine.setdefault(section, {}), numbers)
            _add_all(self.excepted, other.excepted)
            _add_all(self.waiting, other.waiting)
            for kind, since_ms in other.oldest_ms.items():
                self._is_as_old_as(kind, since_ms)
        self.exceptions = _first([self.exceptions, *(o.exceptions for o in others)])
        self.named = _first([self.named, *(o.named for o in others)])

    def total_vnd(self, what: str) -> int:
        """Return what all partners have of something."""
        return sum(own.get(what, 0) for own in self.vnd.values())

    def _is_as_old_as(self, kind: str, since_ms: int) -> None:
        self.oldest_ms[kind] = min(since_ms, self.oldest_ms.get(kind, since_ms))


def read_as(decoder: msgspec.json.Decoder[T], data: bytes, nothing: T) -> T:
    """Return what data says; nothing of what does not fit: a topic may hold anything."""
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return nothing


def _first(lists: Iterable[list[Item]]) -> list[Item]:
    """Return the first of each kind by name, whoever found them."""
    found = sorted(chain.from_iterable(lists))
    return [i for _, some in groupby(found, lambda i: i.kind) for i in islice(some, LISTED)]


def _plus(counts: dict[str, int], key: str, number: int) -> None:
    counts[key] = counts.get(key, 0) + number


def _add_all(into: dict[str, int], of: dict[str, int]) -> None:
    for key, number in of.items():
        _plus(into, key, number)
