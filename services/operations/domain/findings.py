"""Is the log of an application whole?

A proof, not a guess: the first occurrences of a service's events are numbered 1, 2, 3 …
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from services.operations.domain.entries import Entry
from shared.events.intake import ChildOpened, ChildTakenBack, ChildTold
from shared.kinship import parent_of
from shared.trace import trace_id

_LETTERS = frozenset(c.TYPE for c in (ChildOpened, ChildTakenBack, ChildTold))

Kind = Literal["gap", "misorder", "fork", "orphan", "trace"]


class Finding(msgspec.Struct, frozen=True):
    """Something that must not be.

    `gap`: a number is missing; `misorder`: a later number stands earlier; `fork`: the same id came
    with other content; `orphan`: what it says led to it is not in the log; `trace`: another trace.
    """

    kind: Kind
    service: str
    id: str
    detail: str


def contiguity(entries: Iterable[Entry], forks: Iterable[Entry] = ()) -> list[Finding]:
    """Return where the numbered events of one application are not 1, 2, 3 … in the log's order.

    That the last event of a service is missing cannot be seen here: its journal tells.
    """
    services: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.is_decided:
            services.setdefault(entry.service, []).append(entry)
    found = [
        Finding("fork", e.service, e.id, f"came again with other content at {_place(e)}")
        for e in forks
    ]
    for service in sorted(services):
        found += _of_service(service, sorted(services[service], key=lambda e: e.sequence))
    return found


def _of_service(service: str, numbered: Sequence[Entry]) -> list[Finding]:
    found: list[Finding] = []
    expected = 1
    for entry in numbered:
        if entry.sequence > expected:
            missing = f"{expected}" if entry.sequence == expected + 1 else f"{expected} …"
            found.append(Finding("gap", service, entry.id, f"number {missing} is missing before"))
        expected = entry.sequence + 1
    for earlier, later in pairwise(numbered):
        if earlier.partition != later.partition or earlier.offset >= later.offset:
            detail = f"stands at {_place(later)}, its predecessor at {_place(earlier)}"
            found.append(Finding("misorder", service, later.id, detail))
    return found


def tracing(application: str, entries: Sequence[Entry]) -> list[Finding]:
    """Return events outside the application's trace, or with a parent that is not known.

    A portal that writes to the log itself may have a trace of its own: that becomes a link.
    """
    known = {e.id for e in entries}
    trace = trace_id(application)
    found = []
    for entry in entries:
        if entry.is_aside or entry.topic == "portal.submissions":
            continue
        if entry.traceparent[3:35] != trace:
            found.append(Finding("trace", entry.service, entry.id, "carries another trace id"))
        is_from_kin = _sender(entry) != application
        if entry.causationid and entry.causationid not in known and not is_from_kin:
            detail = f"was led to by {entry.causationid}, which is not in the log"
            found.append(Finding("orphan", entry.service, entry.id, detail))
        if entry.is_decided and not entry.causationid:
            found.append(Finding("orphan", entry.service, entry.id, "does not say what led to it"))
    return found


def _sender(entry: Entry) -> str:
    """Return the application that said this: a letter between kin names its sender's in its id, and
    what led to it stands in the log of that one.
    """
    sender, _, _ = entry.id.partition("/")
    is_kin = parent_of(sender) == parent_of(entry.application)
    return sender if entry.type in _LETTERS and is_kin else entry.application


def _place(entry: Entry) -> str:
    return f"{entry.topic}[{entry.partition}]@{entry.offset}"
