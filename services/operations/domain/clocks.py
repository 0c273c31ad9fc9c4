"""The three clocks of a dossier, from what routing decided: to acceptance, to the result, and from
the result to the citizen's hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from services.operations.domain.citizen.decided import Decided
from shared.events import Data, cancelling, handover, routing

Of = Literal["acceptance", "result", "return"]
Standing = Literal["running", "paused", "ended"]


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock that has begun.  `due` is null where nobody said it, or it stands still; `signer` is
    who is to sign the result now; `due_before` what was told before `due`.
    """

    of: Of
    standing: Standing
    began_at: datetime
    ended_at: datetime | None
    due: datetime | None
    due_before: datetime | None
    is_late: bool
    signer: str


@dataclass
class _Running:
    of: Of
    began_at: datetime
    due: datetime | None = None
    due_before: datetime | None = None
    ended_at: datetime | None = None
    is_paused: bool = False
    was_late: bool = False
    signer: str = ""

    def told(self, now: datetime) -> Clock:
        until = self.ended_at or now
        is_over = self.due is not None and not self.is_paused and until > self.due
        ended: Standing = "ended" if self.ended_at else "running"
        return Clock(
            of=self.of,
            standing="paused" if self.is_paused else ended,
            began_at=self.began_at,
            ended_at=self.ended_at,
            due=self.due,
            due_before=self.due_before,
            is_late=is_over or (self.was_late and self.ended_at is None),
            signer=self.signer,
        )


def clocks(decided: Sequence[Decided], now: datetime) -> list[Clock]:
    """Return the clocks that have begun, in that order."""
    found: dict[Of, _Running] = {}
    for each in decided:
        if isinstance(each.data, routing.Moved):
            _take(found, each.at, each.data)
    return [clock.told(now) for clock in found.values()]


def _take(found: dict[Of, _Running], at: datetime, data: Data) -> None:
    """Take in what routing decided next."""
    match data:
        case routing.Routed() | routing.ChoiceNeeded() | routing.Resubmitted():
            acceptance = found.setdefault("acceptance", _Running("acceptance", at))
            acceptance.due, acceptance.is_paused = data.acceptance_due, False
        case routing.Accepted():
            _end(found, at)
            found["result"] = _Running("result", at, data.due)
        case routing.Settled():
            _end(found, at)
            found["return"] = _Running("return", at)
        case routing.NotAccepted() | cancelling.Cancelled() | routing.Closed() | routing.Returned():
            _end(found, at)
        case routing.Processing():
            _go_on(found, data.due)
        case _:
            _change(found, data)


def _end(found: dict[Of, _Running], at: datetime) -> None:
    for clock in found.values():
        if clock.ended_at is None:
            clock.ended_at, clock.is_paused, clock.signer = at, False, ""


def _go_on(found: dict[Of, _Running], due: datetime) -> None:
    """Let the clock to the result run again, also after there was one."""
    found.pop("return", None)
    if result := found.get("result"):
        if due != result.due:
            result.due_before = None
        result.due, result.ended_at, result.is_paused, result.signer = due, None, False, ""


def _change(found: dict[Of, _Running], data: Data) -> None:
    """Take in what changes the clock that runs, without an end of it."""
    clock = found[list(found)[-1]] if found else None
    if clock is None:
        return
    match data:
        case routing.SupplementRequested() | routing.PaymentDue() | routing.Suspended():
            clock.is_paused = True
        case routing.Apologised() | handover.DueMoved():
            clock.due_before, clock.due = data.due_before, data.due
        case handover.SignatureAsked():
            clock.due, clock.signer = data.due, data.signer
        case handover.ReturnLate():
            clock.due, clock.was_late = data.return_due, True
        case routing.AcceptanceLate() | routing.Overdue():
            clock.was_late = True
