"""Three services without business: what a record leads to is fixed by its id and the seed.

They take the places of intake, routing and notify.  The first gives every application a number, the
second claims references, the third (`toy_notices`) hands messages to a gateway and asks when in
doubt.  Facts are prepared by the real code: blocks of numbers, and references from a range so small
that they clash.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from services.intake.numbers import Numbers, Place
from services.payment.references import Attempt, References
from shared.events import Data
from shared.events.intake import Conflicted, Withdrawn
from shared.events.kernel import LaneReleased, TimerFired
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.events.routing import NotAccepted
from shared.lanes.table import Arrival, LaneTable, Outcome, Timer

NUMBERED, REFERENCED, NOTIFYING = "intake", "routing", "notify"
SERVICES = (NUMBERED, REFERENCED, NOTIFYING)
UNIT, DAY = "00004", date(2026, 6, 9)
REFERENCES = 40  # so few that they clash


class Message(msgspec.Struct, frozen=True):
    """A message to be handed over once; `attempt` is the one that counts."""

    attempt: int = 1
    asks: int = 0
    is_over: bool = False


class State(msgspec.Struct, frozen=True):
    """What a toy knows of an application: which records it decided, in order."""

    applied: tuple[str, ...] = ()
    number: int = 0
    references: tuple[str, ...] = ()
    messages: dict[str, Message] = {}


class Shape(NamedTuple):
    """What a record leads to."""

    poisoned: bool
    events: int
    timer: bool
    order: bool
    message: bool


class Rules:
    """One seed's rules.  `mended`: what could not be decided now can."""

    def __init__(self, seed: int, *, poison: bool) -> None:
        self._seed, self._poison = seed, poison
        self.mended = not poison

    def shape(self, service: str, id_: str) -> Shape:
        """Return what a record leads to in a service."""
        h = crc32(f"{service} {id_} {self._seed}".encode())
        return Shape(
            poisoned=self._poison and h % 6 == 1,
            events=(1, 1, 2, 0)[(h >> 8) % 4],
            timer=(h >> 12) % 5 == 0 and "/toy" not in id_,
            order=service == REFERENCED and (h >> 16) % 3 != 0,
            message=service == NOTIFYING and (h >> 20) % 2 == 0 and "/toy" not in id_,
        )


class Draft:
    """A decision while it is made."""

    def __init__(self, service: str, rules: Rules, state: State | None, arrival: Arrival) -> None:
        self.service, self.arrival = service, arrival
        self.shape = rules.shape(service, arrival.event.id)
        if self.shape.poisoned and not rules.mended:
            raise ValueError("poisoned")
        self.state = state or State()
        self.events: list[Data] = []
        self.timers: list[Timer] = []
        self.change(applied=(*self.state.applied, arrival.event.id))

    def change(self, **fields: Any) -> None:
        """Change the state."""
        self.state = msgspec.structs.replace(self.state, **fields)

    def outcome(self, at: datetime) -> Outcome[State]:
        """Return what was decided."""
        if self.shape.timer:
            due = at + timedelta(seconds=crc32(self.arrival.event.id.encode()) % 20)
            self.timers.append(Timer("toy", due))
        return Outcome(self.state, tuple(self.events), tuple(self.timers))


Prepare = Callable[[Sequence[Arrival], Mapping[str, State | None]], Any]


Issued = Mapping[tuple[str, str], int]  # by application and message


def numbered(rules: Rules, numbers: Numbers) -> LaneTable[State, Issued]:
    """The first toy: every application has a number; it comes with the message that is first."""

    def decide(
        state: State | None, arrival: Arrival, issued: Issued, at: datetime
    ) -> Outcome[State]:
        draft = Draft(NUMBERED, rules, state, arrival)
        if not draft.state.number:
            draft.change(number=issued[arrival.application, arrival.event.id])
        for n in range(draft.shape.events):
            text = f"{arrival.event.id} {n} {draft.state.number}"
            emitted = Withdrawn(reason=text) if n else Conflicted(portal=text, message_id="")
            draft.events.append(emitted)
        return draft.outcome(at)

    async def prepare(arrivals: Sequence[Arrival], states: Mapping[str, State | None]) -> Issued:
        first: dict[str, str] = {}
        for arrival in arrivals:
            state = states[arrival.application] or State()
            if not state.number and arrival.event.type != LaneReleased.TYPE:
                first.setdefault(arrival.application, arrival.event.id)
        given = await numbers.give(dict.fromkeys(first, Place(UNIT, DAY)))
        return {(a, first[a]): number for a, number in given.items()}

    types = (WithdrawalRequested.TYPE, SupplementSubmitted.TYPE, TimerFired.TYPE)
    return LaneTable(
        service=NUMBERED,
        state=State,
        decisions=dict.fromkeys(types, decide),
        prepare=prepare,
        opens=frozenset({WithdrawalRequested.TYPE}),
    )


def few(application: str, number: int, probe: int) -> str:
    """Return a reference of which there are too few."""
    return f"R{crc32(f'{application}/{number}/{probe}'.encode()) % REFERENCES}"


def referenced(rules: Rules, references: References) -> LaneTable[State, Mapping[Attempt, str]]:
    """The second toy: some decisions use a reference that nobody else has."""

    def decide(
        state: State | None, arrival: Arrival, facts: Mapping[Attempt, str], at: datetime
    ) -> Outcome[State]:
        draft = Draft(REFERENCED, rules, state, arrival)
        text = arrival.event.id
        if draft.shape.order:
            known = draft.state.references
            reference = facts[arrival.application, len(known) + 1]
            draft.change(references=(*known, reference))
            text += f" {reference}"
        draft.events += [
            NotAccepted(national_code=0, officer="", reason=f"{text} {n}")
            for n in range(draft.shape.events)
        ]
        return draft.outcome(at)

    async def prepare(
        arrivals: Sequence[Arrival], states: Mapping[str, State | None]
    ) -> Mapping[Attempt, str]:
        wanted: list[Attempt] = []
        counts = {a: len(s.references) if s else 0 for a, s in states.items()}
        for arrival in arrivals:
            shape = rules.shape(REFERENCED, arrival.event.id)
            if shape.poisoned and shape.order and not rules.mended:
                raise ValueError("poisoned before it is decided")
            if shape.order:
                counts[arrival.application] += 1
                wanted.append((arrival.application, counts[arrival.application]))
        return await references.claim(wanted)

    types = (Withdrawn.TYPE, WithdrawalRequested.TYPE, SupplementSubmitted.TYPE, TimerFired.TYPE)
    return LaneTable(
        service=REFERENCED,
        state=State,
        decisions=dict.fromkeys(types, decide),
        prepare=prepare,
        opens=frozenset({Withdrawn.TYPE}),
    )
