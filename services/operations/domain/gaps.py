"""Which numbers of an application's events are missing before one that is there.  Pure.

Each service numbers what it decides of an application: 1, 2, 3 …  That its last event is missing
cannot be seen here: its journal tells.
"""

from collections.abc import Iterable, Mapping
from itertools import islice

from services.operations.domain.causes import GAP
from services.operations.domain.entries import Entry, service_of
from services.operations.domain.matters import Matter

GAPS_LIMIT = 64  # of one application: whatever is more is not shown


def gaps(entries: Iterable[Entry]) -> tuple[Matter, ...]:
    """Return a matter for each run of numbers that is missing, from all messages in any order.

    It is about the service and the numbers, and has been since something later was logged.
    """
    topics: dict[str, dict[int, Entry]] = {}
    for entry in entries:
        if entry.sequence:
            numbers = topics.setdefault(entry.topic, {})
            first = numbers.get(entry.sequence)
            if first is None or entry.offset < first.offset:  # what came again says nothing new
                numbers[entry.sequence] = entry
    lacking = ((t, n) for t, n in sorted(topics.items()) if max(n) != len(n))
    found = (gap for topic, numbers in lacking for gap in _of(service_of(topic), numbers))
    return tuple(islice(found, GAPS_LIMIT))


def _of(service: str, numbers: Mapping[int, Entry]) -> list[Matter]:
    found: list[Matter] = []
    there = sorted(numbers, reverse=True)
    since_ms = numbers[there[0]].logged_ms
    for later, earlier in zip(there, [*there[1:], 0], strict=True):
        since_ms = min(since_ms, numbers[later].logged_ms)
        if later - earlier > 1:
            found.append(Matter(GAP, _about(service, earlier + 1, later - 1), since_ms))
    return found[::-1]


def _about(service: str, first: int, last: int) -> str:
    return f"{service}/{first:06d}" if first == last else f"{service}/{first:06d}-{last:06d}"
