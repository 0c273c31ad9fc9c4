"""A decision while it is made: the state as it becomes, what is said, what is timed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from services.payment.domain.state import (
    Attempt,
    KeptAs,
    Money,
    Obligation,
    Offered,
    Payment,
    Refund,
    Released,
    Status,
)
from services.payment.domain.terms import Terms
from shared.events import Data
from shared.events.payment import Finding
from shared.lanes.table import Timer

T = TypeVar("T")


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How patient we are.

    `ask_after_s`: from opening to the first query, from that to the next …, the last for ever;
    `ask_limit`: queries after one order; `early_s`: how long money waits for its order; `grace_s`:
    how long after its expiry an order may still be heard of whose partner cannot be asked;
    `check_over_vnd`: above it a second person has to agree to a refund.
    """

    ask_after_s: tuple[int, ...] = (900, 900, 1_800, 3_600)
    ask_limit: int = 48
    attempt_limit: int = 5
    early_s: int = 86_400
    grace_s: int = 3_600
    check_over_vnd: int = 1_000_000


class Cause(NamedTuple):
    """What a move is about: an obligation by place, and what is known besides."""

    obligation: int
    attempt: Attempt | None = None
    money: Money | None = None
    finding: Finding = "unknown"
    code: str = ""
    reason: str = ""
    partner: str = ""
    offered: Offered | None = None


@dataclass(slots=True)
class Draft:
    """A decision while it is made."""

    application: str
    at: datetime
    state: Payment
    terms: Sequence[Terms]
    pace: Pace
    reference: Callable[[int], str]  # of the n-th attempt, claimed before
    events: list[Data] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)

    def belongs_to(self, portal: str) -> None:
        """Remember whose application it is."""
        self._change(portal=portal)

    def add(self, obligation: Obligation) -> int:
        """Add an obligation; return its place."""
        self._change(obligations=(*self.state.obligations, obligation))
        return len(self.state.obligations) - 1

    def turn(self, obligation: int, status: Status) -> Obligation:
        """Give an obligation another status."""
        old = self.state.obligations[obligation]
        new = msgspec.structs.replace(old, status=status)
        self._change(obligations=_put(self.state.obligations, obligation, new))
        return new

    def put(self, attempt: Attempt) -> None:
        """Add an attempt, or replace the one of its number."""
        self._change(attempts=_put(self.state.attempts, attempt.number - 1, attempt))

    def keep(self, money: Money, kept_as: KeptAs) -> None:
        """Remember money."""
        kept = msgspec.structs.replace(money, kept_as=kept_as)
        others = (m for m in self.state.money if m is not money)
        self._change(money=(*others, kept))

    def release(self, released: Released) -> None:
        """Remember what of a paid attempt is not due any more."""
        self._change(released=(*self.state.released, released))

    def put_refund(self, refund: Refund) -> None:
        """Add a refund, or replace the one of its number."""
        self._change(refunds=_put(self.state.refunds, refund.number - 1, refund))

    def next_query(self) -> str:
        """Return the key of a query that was not asked before."""
        self._change(queries=self.state.queries + 1)
        return f"{self.application}/query/{self.state.queries}"

    def _change(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)


def _put(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])
