"""What the edge of money answers, as an example: all of it made up."""

from datetime import UTC, date, datetime

from services.operations.domain.breaks import OfKind
from services.operations.money.views import (
    BreakView,
    DayView,
    MoneyView,
    OneBreakView,
    StatementView,
    StepView,
)
from shared.edge import APPLICATION
from shared.events.reconciliation import BreakSum

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
    closed_checked_by="",
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
    steps=[
        StepView(
            id=f"{BREAK.id}.0001",
            at=_AT,
            what="opened",
            because="order_amount",
            by="",
            reason="",
        )
    ],
    asked=None,
)
