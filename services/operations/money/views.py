"""What is told of partners' days: breaks, and what became of statements."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

import msgspec

from services.operations.domain.breaks import (
    Asked,
    OfDay,
    OfKind,
    Standing,
    Turn,
)
from services.operations.money.rows import Statement
from shared.events.reconciliation import (
    BreakCause,
    BreakClosed,
    BreakKind,
    BreakOpened,
    BreakSum,
    CloseAsked,
    CloseChecked,
    CloseRefused,
    CloseWaiting,
    Cure,
)

Step = Literal["opened", "asked", "waiting", "approved", "rejected", "refused", "closed"]


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's statement of a day: what it begins and ends with, what came and left by its
    lines, and what of them is matched.  `correction` counts those before it; `fee_vnd` is the
    partner's fee; `breaks` are those that it was found to have, closed since or not.
    """

    partner: str
    day: date
    at: datetime
    correction: int
    lines: int
    opening_vnd: int
    paid_vnd: int
    left_vnd: int
    closing_vnd: int
    fee_vnd: int
    matched: int
    matched_vnd: int
    breaks: tuple[BreakSum, ...]


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's day: what is open of it, and its last statement; null: none was read."""

    partner: str
    day: date
    breaks: int
    vnd: int
    kinds: dict[str, int]
    statement: StatementView | None


class MoneyView(msgspec.Struct, frozen=True, kw_only=True):
    """What is open, the oldest kind first, and the last days, the newest first.

    `vnd` is the money of the lines; not `is_whole`: more is open than was looked at.
    """

    as_of_ms: int
    breaks: int
    vnd: int
    is_whole: bool
    kinds: list[OfKind]
    days: list[DayView]


class BreakView(msgspec.Struct, frozen=True, kw_only=True):
    """A break.  `amount_vnd` is the statement's, `expected_vnd` ours; `age_s`: since it was booked;
    `line` is its place in the file, 0 where no line names it.
    """

    id: str
    partner: str
    day: date
    kind: BreakKind
    cause: BreakCause
    cure: Cure
    movement: Literal["paid", "refunded", "disbursed"]
    application: str
    reference: str
    transaction: str
    amount_vnd: int
    expected_vnd: int
    line: int
    booked_at: datetime
    age_s: int
    opened_at: datetime
    is_open: bool
    closed_at: datetime | None
    closed_because: str
    closed_reason: str
    closed_by: str
    closed_checked_by: str


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a break, and when; `by` and `reason` are a person's.  `because`: of what it
    was opened, closed or refused.
    """

    at: datetime
    id: str
    what: Step
    because: str
    by: str
    reason: str


class AskedView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants it closed; `is_waiting`: for a second person, else for payment; `principal`:
    the human.
    """

    id: str
    at: datetime
    by: str
    reason: str
    is_waiting: bool
    principal: str = ""


class OneBreakView(msgspec.Struct, frozen=True, kw_only=True):
    """A break with its history, the oldest first; `asked` is null when nobody wants it closed."""

    found: BreakView = msgspec.field(name="break")
    steps: list[StepView]
    asked: AskedView | None


class BreakPage(msgspec.Struct, frozen=True, kw_only=True):
    """Breaks, by partner, day and kind; `next` is the `after` of the page that follows, null at the
    end.
    """

    items: list[BreakView]
    next: str | None


class StatementsView(msgspec.Struct, frozen=True, kw_only=True):
    """The statements of a partner's day; each corrects the one before."""

    items: list[StatementView]


def statement(found: Statement) -> StatementView:
    """Return what is told of a statement."""
    word = found.word
    return StatementView(
        partner=word.partner,
        day=word.day,
        at=found.at,
        correction=word.correction,
        lines=word.lines,
        opening_vnd=word.opening_vnd,
        paid_vnd=word.paid_vnd,
        left_vnd=word.left_vnd,
        closing_vnd=word.closing_vnd,
        fee_vnd=word.fee_vnd,
        matched=word.matched,
        matched_vnd=word.matched_vnd,
        breaks=word.breaks,
    )


def days(
    found: dict[tuple[str, str], OfDay], statements: Iterable[Statement], limit: int
) -> list[DayView]:
    """Return the days with something open or a statement, the newest first."""
    last = {(s.word.partner, f"{s.word.day}"): s for s in statements}
    nothing = OfDay()
    keys = sorted({*found, *last}, key=lambda key: (key[1], key[0]), reverse=True)[:limit]
    return [
        DayView(
            partner=partner,
            day=date.fromisoformat(day),
            breaks=(of := found.get((partner, day), nothing)).breaks,
            vnd=of.vnd,
            kinds=of.kinds,
            statement=statement(last[partner, day]) if (partner, day) in last else None,
        )
        for partner, day in keys
    ]


def one(standing: Standing, now: datetime) -> BreakView:
    """Return what is told of a break."""
    opening, closing = standing
    word, end = opening.word, closing.word if closing else None
    return BreakView(
        id=word.break_id,
        partner=word.partner,
        day=word.day,
        kind=word.kind,
        cause=word.cause,
        cure=word.cure,
        movement=word.movement,
        application=word.application,
        reference=word.reference,
        transaction=word.transaction,
        amount_vnd=word.amount_vnd,
        expected_vnd=word.expected_vnd,
        line=word.line,
        booked_at=word.booked_at,
        age_s=max(0, int((now - word.booked_at).total_seconds())),
        opened_at=opening.at,
        is_open=closing is None,
        closed_at=closing.at if closing else None,
        closed_because=end.because if end else "",
        closed_reason=end.reason if end else "",
        closed_by=end.by if end else "",
        closed_checked_by=end.checked_by if end else "",
    )


def asked(found: Asked | None) -> AskedView | None:
    """Return what is told of a wish to close a break."""
    return AskedView(**found._asdict()) if found else None


def step(turn: Turn) -> StepView:
    """Return a step of a break's history."""
    what, because, by, reason = _told(turn.word)
    return StepView(id=turn.id, at=turn.at, what=what, because=because, by=by, reason=reason)


def _told(
    word: BreakOpened | BreakClosed | CloseAsked | CloseChecked | CloseWaiting | CloseRefused,
) -> tuple[Step, str, str, str]:
    """Return what it is, because of what, by whom, and why as they say."""
    match word:
        case BreakOpened():
            return "opened", word.cause, "", ""
        case BreakClosed():
            return "closed", word.because, _both(word), word.reason
        case CloseAsked():
            return "asked", "", _both(word), word.reason
        case CloseChecked():
            return "approved" if word.approved else "rejected", "", word.by, word.reason
        case CloseWaiting():
            return "waiting", "", word.by, ""
        case CloseRefused():
            return "refused", word.because, word.by, word.reason


def _both(word: BreakClosed | CloseAsked) -> str:
    return " + ".join(name for name in (word.by, word.checked_by) if name)
