"""A decision while it is made: the state as it becomes, what is said, what is timed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeVar

import msgspec

from services.payment.domain.assessing import Basis
from services.payment.domain.receipts import Claim, Desk
from services.payment.domain.state import (
    Attempt,
    Disbursement,
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
from shared.events.payment import Finding, QueryRequested
from shared.lanes.table import Timer

T = TypeVar("T")


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How patient we are.

    `ask_after_s`: from opening to the first query, from that to the next …, the last for ever;
    `ask_limit`: queries after one order; `early_s`: how long money waits for its order; `grace_s`:
    how long after its expiry an order may still be heard of whose partner cannot be asked;
    `check_over_vnd`: above it a second person has to agree that money leaves.
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


class Agreed(NamedTuple):
    """Who agreed before to what a decision gives back by rule, and to how much; empty: nobody."""

    by: str = ""
    vnd: int = 0


NOBODY = Agreed()


@dataclass(slots=True)
class Draft:
    """A decision while it is made."""

    application: str
    at: datetime
    state: Payment
    terms: Sequence[Terms]
    pace: Pace
    reference: Callable[[int], str]  # of the n-th attempt, claimed before
    number: Callable[[Claim], int]  # of a receipt, claimed before
    on: date  # the day in Viet Nam of the news that is decided on
    events: list[Data] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    agreed: Agreed = NOBODY

    @property
    def unit(self) -> str:
        """Return whose money it is, empty where nobody knows."""
        return self.state.basis.unit if self.state.basis else ""

    def belongs_to(self, portal: str, basis: Basis | None = None) -> None:
        """Remember whose application it is, and what its fee stands on."""
        self._change(portal=portal, basis=self.state.basis or basis)

    def rests_on(self, basis: Basis) -> None:
        """Remember what the fee stands on from now on."""
        self._change(basis=basis)

    def end(self) -> None:
        """Remember that nothing more is asked for."""
        self._change(has_ended=True)

    def release(self, released: Released) -> None:
        """Remember what of a paid attempt is not due any more."""
        self._change(released=(*self.state.released, released))

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

    def retire(self, obligation: int) -> None:
        """End an obligation for another that takes its place."""
        old = self.turn(obligation, "expired")
        new = msgspec.structs.replace(old, is_superseded=True)
        self._change(obligations=_put(self.state.obligations, obligation, new))

    def put(self, attempt: Attempt) -> None:
        """Add an attempt, or replace the one of its number."""
        self._change(attempts=_put(self.state.attempts, attempt.number - 1, attempt))

    def keep(self, money: Money, kept_as: KeptAs) -> None:
        """Remember money."""
        kept = msgspec.structs.replace(money, kept_as=kept_as)
        others = (m for m in self.state.money if m is not money)
        self._change(money=(*others, kept))

    def put_refund(self, refund: Refund) -> None:
        """Add a refund, or replace the one of its number."""
        self._change(refunds=_put(self.state.refunds, refund.number - 1, refund))

    def accept(self) -> None:
        """Remember that an allowance may be paid out."""
        self._change(is_accepted=True)

    def put_disbursement(self, paid: Disbursement) -> None:
        """Add a disbursement, or replace the one of its number."""
        self._change(disbursements=_put(self.state.disbursements, paid.number - 1, paid))

    @contextmanager
    def receipts(self) -> Iterator[Desk]:
        """Write receipts: what was written is remembered and said."""
        mine = self.state.receipts
        desk = Desk(
            application=self.application,
            unit=self.unit,
            on=self.on,
            number=self.number,
            receipts=mine,
            events=self.events,
        )
        yield desk
        self._change(receipts=desk.receipts)

    def ask(self, attempt: Attempt) -> str:
        """Ask an attempt's partner about it; return the key of the query, of which no other is."""
        self._change(queries=self.state.queries + 1)
        key = f"{self.application}/query/{self.state.queries}"
        self.events.append(
            QueryRequested(
                key=key,
                partner=attempt.partner,
                reference=attempt.reference,
                opened_at=attempt.opened_at,
            )
        )
        return key

    def _change(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)


def _put(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])
