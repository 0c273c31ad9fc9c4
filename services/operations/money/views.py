"""What is told of partners' days: breaks, and what became of statements."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal

import msgspec

from services.operations.domain.breaks import Closing, OfDay, OfKind, Opening, Standing
from services.operations.money.rows import Statement
from shared.edge import APPLICATION
from shared.events.reconciliation import BreakCause, BreakKind, BreakSum, Cure


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


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a break, and when; `by` and `reason` are a person's."""

    at: datetime
    what: Literal["opened", "closed"]
    because: str
    by: str
    reason: str


class OneBreakView(msgspec.Struct, frozen=True, kw_only=True):
    """A break with its history, the oldest first."""

    found: BreakView = msgspec.field(name="break")
    steps: list[StepView]


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
    )


def step(turn: Opening | Closing) -> StepView:
    """Return a step of a break's history."""
    if isinstance(turn, Opening):
        return StepView(at=turn.at, what="opened", because=turn.word.cause, by="", reason="")
    word = turn.word
    return StepView(at=turn.at, what="closed", because=word.because, by=word.by, reason=word.reason)


# ---- examples: all of it made up

_AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
STATEMENT = StatementView(
    partner="vnpay",
    day=date(2026, 11, 20),
    at=_AT,
    correction=0,
    lines=3,
    opening_vnd=0,
    paid_vnd=48_000,
    left_vnd=0,
    closing_vnd=48_000,
    fee_vnd=990,
    matched=2,
    matched_vnd=33_000,
    breaks=(BreakSum(kind="amount", count=1, amount_vnd=15_000),),
)
BREAK = BreakView(
    id="vnpay.2026-11-20.amount.0f5a2c9be1d04477",
    partner="vnpay",
    day=date(2026, 11, 20),
    kind="amount",
    cause="order_amount",
    cure="person",
    movement="paid",
    application=APPLICATION,
    reference="DVC027819000000",
    transaction="14700001",
    amount_vnd=15_000,
    expected_vnd=16_000,
    line=3,
    booked_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
    age_s=82_800,
    opened_at=_AT,
    is_open=True,
    closed_at=None,
    closed_because="",
    closed_reason="",
    closed_by="",
)
_BOOKED_MS = int(BREAK.booked_at.timestamp() * 1_000)
MONEY = MoneyView(
    as_of_ms=_BOOKED_MS + 82_800_000,
    breaks=1,
    vnd=15_000,
    is_whole=True,
    kinds=[
        OfKind(
            kind="amount",
            breaks=1,
            vnd=15_000,
            oldest_ms=_BOOKED_MS,
            oldest_s=82_800,
            ages={"day": 1, "three_days": 0, "week": 0, "older": 0},
        )
    ],
    days=[
        DayView(
            partner="vnpay",
            day=STATEMENT.day,
            breaks=1,
            vnd=15_000,
            kinds={"amount": 1},
            statement=STATEMENT,
        )
    ],
)
ONE = OneBreakView(
    found=BREAK,
    steps=[StepView(at=_AT, what="opened", because="order_amount", by="", reason="")],
)
