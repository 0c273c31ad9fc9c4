"""One record, one application: the pure heart of the lane.

What is redelivered or duplicated gives nothing; what can be decided gives one version; what cannot
is held, and what comes after it is held behind it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from shared import events
from shared.bus import Record
from shared.errors import DeadLetter
from shared.events.kernel import LaneReleased
from shared.journal import Cause, Decision, change
from shared.lanes.reading import Reading, size_bytes
from shared.lanes.table import LaneTable, Outcome
from shared.lanes.writing import TooLarge, Writing, limited
from shared.trace import parent_span, span_id, traceparent

S = TypeVar("S")
F = TypeVar("F")

HANDLED_LIMIT = 2_000  # external messages of one application; never evicted
HANDLED_LIMIT_BYTES = 256 << 10
STATE_LIMIT_BYTES = 1 << 20  # a document may have 16 MiB, all these together
HELD_LIMIT = 100  # then what people send is turned away; outcomes, timers and callbacks are not
HELD_LIMIT_BYTES = 4 << 20  # the same, in bytes
HELD_OUTSIDE_LIMIT_BYTES = 8 << 20  # then whatever comes from outside, before the document is full
REASON_LIMIT = 300  # characters of an error's text
HELD_BEHIND = "held behind an earlier record"
_PEOPLE = ("/portals/", "/officers/")


class Unprepared(Exception):
    """The facts of a batch could not be gathered, and asking again would not help."""


class Step(Generic[S, F]):
    """Decides for one service."""

    def __init__(
        self,
        table: LaneTable[S, F],
        again: Callable[[Record], Reading | None],
        sampled: Callable[[str], bool],
    ) -> None:
        self._table = table
        self._again = again
        self._sampled = sampled

    def __call__(
        self, latest: Decision[S] | None, reading: Reading, facts: F | Unprepared, at: datetime
    ) -> list[Decision[S]]:
        """Return the versions that follow from this record, none for a redelivery or a duplicate.

        Raises `DeadLetter` for a message from outside to an application that holds too much
        already.
        """
        if self._is_known(latest, reading):
            return []
        if isinstance(reading.arrival and reading.arrival.data, LaneReleased):
            return self._release(latest, reading, facts, at)
        if latest and latest.held:
            return [self._hold(latest, reading, at, HELD_BEHIND)]
        return [self._decide_or_hold(latest, reading, facts, at)]

    def _is_known(self, latest: Decision[S] | None, reading: Reading) -> bool:
        if latest is None:
            return False
        if latest.held and self._is_held(latest.held, reading):
            return True
        if reading.arrival is None:
            return False
        if reading.origin:
            return int(reading.arrival.event.sequence) <= latest.seen.get(reading.origin, 0)
        return _message(reading) in latest.handled

    def _is_held(self, held: tuple[Record, ...], reading: Reading) -> bool:
        if any(_place(h) == _place(reading.record) for h in held):
            return True
        others = (self._again(h) for h in held)
        return reading.arrival is not None and any(
            o is not None and o.arrival is not None and _message(o) == _message(reading)
            for o in others
        )

    def _decide_or_hold(
        self, latest: Decision[S] | None, reading: Reading, facts: F | Unprepared, at: datetime
    ) -> Decision[S]:
        if reading.arrival is None:
            return self._hold(latest, reading, at, reading.because)
        try:
            return self._decide(latest, reading, facts, at)
        except (
            Exception
        ) as error:  # a decision's own mistake; whatever it is, the application waits
            return self._hold(latest, reading, at, f"{type(error).__name__}: {error}")

    def _decide(
        self,
        latest: Decision[S] | None,
        reading: Reading,
        facts: F | Unprepared,
        at: datetime,
        cause: Cause | None = None,
        held: tuple[Record, ...] = (),
    ) -> Decision[S]:
        arrival = reading.arrival
        assert arrival is not None
        if isinstance(facts, Unprepared):
            raise facts
        state = latest.state if latest else None
        outcome: Outcome[S] = self._table.decisions[arrival.event.type](state, arrival, facts, at)
        state_json = events.encode(outcome.state)
        if len(state_json) > STATE_LIMIT_BYTES:
            raise TooLarge(f"the state has more than {STATE_LIMIT_BYTES} bytes")
        version = latest.version + 1 if latest else 1
        sequence = latest.sequence if latest else 0
        parent = self._traceparent(reading.application, version)
        service, application = self._table.service, reading.application
        say = Writing(service, application, version, at, parent, arrival.event.id)
        emitted = tuple(say.event(n, d) for n, d in enumerate(outcome.events, start=sequence + 1))
        letters = tuple(say.letter(n, each) for n, each in enumerate(outcome.letters, start=1))
        limited(emitted + letters)
        seen, handled = self._marked(latest, reading)
        return Decision(
            application=reading.application,
            version=version,
            at=at,
            cause=cause or _cause(reading),
            state=outcome.state,
            state_json=state_json,
            traceparent=parent,
            seen=seen,
            handled=handled,
            sequence=sequence + len(emitted),
            emitted=emitted,
            letters=letters,
            timers=outcome.timers,
            held=held,
            change=change(latest, outcome.state, state_json, handled, held),
        )

    def _marked(
        self, latest: Decision[S] | None, reading: Reading
    ) -> tuple[dict[str, int], tuple[str, ...]]:
        assert reading.arrival is not None
        seen = dict(latest.seen) if latest else {}
        handled = latest.handled if latest else ()
        if reading.origin:
            seen[reading.origin] = int(reading.arrival.event.sequence)
        else:
            if _is_full(handled):
                raise TooLarge(f"{len(handled)} messages from outside for one application")
            handled = (*handled, _message(reading))
        return seen, handled

    def _hold(
        self, latest: Decision[S] | None, reading: Reading, at: datetime, because: str
    ) -> Decision[S]:
        held = (*(latest.held if latest else ()), reading.record)
        if not reading.origin and _is_too_much(held, reading):
            raise DeadLetter("the application is held for an operator, and full: release it first")
        return self._unchanged(latest, reading, at, held, because)

    def _release(
        self, latest: Decision[S] | None, reading: Reading, facts: F | Unprepared, at: datetime
    ) -> list[Decision[S]]:
        """Decide what is held, in order, one version each, up to the first that still cannot be."""
        out: list[Decision[S]] = []
        held, because = latest.held if latest else (), ""
        while held:
            first, rest = self._again(held[0]), held[1:]
            if first is None or first.arrival is None:
                because = first.because if first else "its type is no longer in the table"
                break
            bare = msgspec.structs.replace(latest, held=()) if latest else None
            if not self._is_known(bare, first):  # the same message may be held from two offsets
                try:
                    latest = self._decide(latest, first, facts, at, _cause(reading), rest)
                except Exception as error:  # as above: it stays held
                    because = f"{type(error).__name__}: {error}"
                    break
                out.append(latest)
            held = rest
        out.append(self._unchanged(latest, reading, at, held, because, released=True))
        return out

    def _unchanged(
        self,
        latest: Decision[S] | None,
        reading: Reading,
        at: datetime,
        held: tuple[Record, ...],
        because: str,
        released: bool = False,
    ) -> Decision[S]:
        """Return a version with the state as it was: only what is held changes."""
        version = latest.version + 1 if latest else 1
        seen, handled = latest.seen if latest else {}, latest.handled if latest else ()
        if released and not _is_full(handled):  # a release again changes nothing
            seen, handled = self._marked(latest, reading)
        state, state_json = (latest.state, latest.state_json) if latest else (None, b"null")
        return Decision(
            application=reading.application,
            version=version,
            at=at,
            cause=_cause(reading),
            state=state,
            state_json=state_json,
            traceparent=self._traceparent(reading.application, version),
            seen=seen,
            handled=handled,
            sequence=latest.sequence if latest else 0,
            held=held,
            held_because=because[:REASON_LIMIT],
            change=change(latest, state, state_json, handled, held),
        )

    def _traceparent(self, application: str, version: int) -> str:
        span = span_id(application, self._table.service, str(version))
        return traceparent(application, span, self._sampled(application))


def _is_full(handled: tuple[str, ...]) -> bool:
    size = sum(len(message.encode()) for message in handled)
    return len(handled) >= HANDLED_LIMIT or size > HANDLED_LIMIT_BYTES


def _is_too_much(held: tuple[Record, ...], reading: Reading) -> bool:
    """Tell whether a message from outside cannot be held as well."""
    size = sum(size_bytes(record) for record in held)
    source = reading.arrival.event.source if reading.arrival else ""
    if source.startswith(_PEOPLE) or reading.record.topic == "portal.submissions":
        return len(held) > HELD_LIMIT or size > HELD_LIMIT_BYTES
    return size > HELD_OUTSIDE_LIMIT_BYTES


def _cause(reading: Reading) -> Cause:
    record = reading.record
    if reading.arrival is None:
        return Cause(record.topic, record.partition, record.offset, "")
    event = reading.arrival.event
    parent = event.traceparent if parent_span(event.traceparent) else ""
    return Cause(record.topic, record.partition, record.offset, event.id, parent)


def _message(reading: Reading) -> str:
    assert reading.arrival is not None
    return f"{reading.arrival.event.source} {reading.arrival.event.id}"


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
