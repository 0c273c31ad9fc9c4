"""A settlement report as an example: all of it made up."""

from services.operations.domain.settlement import Stated, Sums
from services.operations.money import examples
from services.operations.money.settling import Breaks, Equal, OfAgency, OfDay, SettlementView

_MOVED = Sums(moves=3, settled_vnd=48_000, overpaid_vnd=16_000, refunded_vnd=16_000)
_STATED = Stated(
    days=1,
    opening_vnd=120_000,
    paid_vnd=64_000,
    left_vnd=16_000,
    withheld_vnd=0,
    closing_vnd=168_000,
    fee_vnd=990,
    to_pay_vnd=48_000,
)
SETTLEMENT = SettlementView(
    partner="vnpay",
    first=examples.STATEMENT.day,
    last=examples.STATEMENT.day,
    as_of_ms=examples.MONEY.as_of_ms,
    opening_vnd=120_000,
    moved=_MOVED,
    collected_vnd=64_000,
    net_vnd=48_000,
    closing_vnd=168_000,
    stated=_STATED,
    differs_vnd=0,
    breaks=Breaks(
        found=1, found_vnd=15_000, open=1, open_vnd=15_000, closed=0, closed_vnd=0, is_whole=True
    ),
    checks=[
        Equal(name="balance", one_vnd=168_000, other_vnd=168_000, holds=True),
        Equal(name="books", one_vnd=0, other_vnd=0, holds=True),
    ],
    holds=True,
    outcome="equal",
    untold_days=0,
    agencies=[
        OfAgency(unit="26734", opening_vnd=120_000, moved=_MOVED, closing_vnd=168_000),
    ],
    days=[
        OfDay(
            day=examples.STATEMENT.day,
            moved=_MOVED,
            collected_vnd=64_000,
            net_vnd=48_000,
            stated=_STATED,
        )
    ],
)
