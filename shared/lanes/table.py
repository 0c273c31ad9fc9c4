"""What a service brings to the lane: a table of pure decisions, and how to gather the facts they
need.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from shared.events import Data, Event

S = TypeVar("S")  # a service's state of one application
F = TypeVar("F")  # a service's facts of one batch


class Malformed(Data, frozen=True, kw_only=True):
    """Stands in for the data of a message from outside that does not validate; `field` is a JSON
    path (`$.copies`).
    """

    reason: str
    field: str


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """A message to be decided: the application it is about, its envelope, its data decoded by
    contract.
    """

    application: str
    event: Event
    data: Data


class Timer(NamedTuple):
    """An instant at which `timer.fired` with this name comes back to the application."""

    name: str
    due: datetime


class Letter(NamedTuple):
    """A message to another application of the same service: it comes by its inbox, once."""

    to: str
    data: Data


class Outcome(msgspec.Struct, Generic[S], frozen=True, gc=False):
    """What was decided: the state afterwards (None: still unknown here), the events, in order, the
    timers, and what other applications are told.
    """

    state: S | None
    events: tuple[Data, ...] = ()
    timers: tuple[Timer, ...] = ()
    letters: tuple[Letter, ...] = ()


Decide = Callable[[S | None, Arrival, F, datetime], Outcome[S]]
Prepare = Callable[[Sequence[Arrival], Mapping[str, S | None]], Awaitable[F]]


@dataclass(frozen=True, slots=True)
class LaneTable(Generic[S, F]):
    """A service, as its lanes see it.

    `decisions` maps an event type to a pure `decide(state, arrival, facts, at) -> Outcome`: no
    clock, no I/O, no randomness.  It gives an outcome for every state, also for None ("I do not
    know this application yet") and for what has become pointless (the state again, no events).  An
    exception holds the application for an operator. A type not in the table is skipped.

    `prepare(arrivals, states)` gathers for a whole batch what decisions need from outside (keys,
    numbers, references); `states` are those before the batch.  It may be called again for the same
    batch and must then give facts as good as the first ones.  It may raise `Unknown`: the batch is
    then repeated.  After any other error it is asked for one application at a time, and what it
    cannot do is held.

    `opens`: types that, as a rule, are the first an application brings: its state is then not
    asked for. `answers_malformed`: types whose decision also takes `Malformed` data (others go to
    the dead letters). `concerns`: tells of a type by the application's id whether it is in the
    table for that application; it is asked of our own services' events. `upcasts[n]` turns a state
    of schema n, as JSON values, into one of schema n + 1.
    """

    service: str
    state: type[S]
    decisions: Mapping[str, Decide[S, F]]
    prepare: Prepare[S, F]
    schema: int = 1
    opens: frozenset[str] = frozenset()
    answers_malformed: frozenset[str] = frozenset()
    concerns: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    upcasts: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)


async def no_facts(arrivals: Sequence[Arrival], states: Mapping[str, Any]) -> None:
    """Gather nothing: for services whose decisions need nothing from outside."""
