"""Money that came by another amount than was asked for, in the books and in the settlement."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from services.operations.domain.settlement import Period
from shared.events import Data, payment, refunds
from shared.events.reconciliation import BreakSum
from tests.services.operations.memory import Group, Store
from tests.services.operations.money.partners import Partners, heard, settler
from tests.services.operations.story import BEGAN, Log, Story

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MONEY: dict[str, Any] = {"partner": "sen", "reference": "R"}
WRONG = payment.Mismatched(
    **MONEY, transaction="T", expected_vnd=50_000, amount_vnd=9_000, unit="00004"
)
PROPOSED = refunds.RefundProposed(
    **MONEY, refund="F", transaction="T", amount_vnd=9_000, reason="amount_differs", by=""
)
DONE = refunds.RefundDone(
    **MONEY, refund="F", transaction="T", amount_vnd=9_000, told="x", unit="00004"
)
OTHERWISE = replace(WRONG, amount_vnd=50_001)


@pytest.mark.parametrize(
    ("said", "overpaid_vnd", "net_vnd"),
    [
        ([WRONG], 9_000, 9_000),
        ([WRONG, PROPOSED, DONE], 9_000, 0),
        (
            [WRONG, replace(PROPOSED, amount_vnd=4_000), replace(DONE, amount_vnd=4_000)],
            9_000,
            5_000,
        ),
        # told once more it is as it was told last, but for money that is on its way back
        ([WRONG, OTHERWISE], 50_001, 50_001),
        ([WRONG, PROPOSED, OTHERWISE, DONE], 9_000, 0),
        # it counts by now, so that what was told otherwise is for a person
        ([WRONG, payment.Settled(**MONEY, transaction="T", amount_vnd=50_000)], 0, 50_000),
        ([WRONG, payment.Overpaid(**MONEY, transaction="T", amount_vnd=8_000)], 8_000, 8_000),
        ([payment.Settled(**MONEY, transaction="T", amount_vnd=50_000), WRONG], 0, 50_000),
        # of another transaction, or of another partner's that is called alike
        ([replace(PROPOSED, transaction="T2"), OTHERWISE, WRONG], 9_000, 9_000),
        (
            [payment.Settled(**MONEY | {"partner": "an"}, transaction="T", amount_vnd=1), WRONG],
            9_000,
            9_000,
        ),
    ],
)
async def test_what_came_by_another_amount_and_went_back_is_settled_to_the_dong(
    log: Log, story: Story, said: list[Data], overpaid_vnd: int, net_vnd: int
) -> None:
    store = Store()
    for word in said:
        story.decide("payment", story.submitted(), word)
        log.pass_time(days=1)
    await store.read(Group(log.records))

    report = await settler(store, lambda: log.now).report("sen", YEAR)

    assert (report.moved.overpaid_vnd, report.net_vnd) == (overpaid_vnd, net_vnd)
    assert report.closing_vnd == net_vnd
    assert sum(each.net_vnd for each in report.days) == net_vnd
    agencies = {of.unit: of.closing_vnd for of in report.agencies if of.closing_vnd}
    assert sum(agencies.values()) == net_vnd


async def test_money_of_another_amount_and_the_break_that_tells_of_it_explain_each_other(
    log: Log, story: Story
) -> None:
    store, partners = Store(), Partners(log)
    for word in (WRONG, PROPOSED, DONE):
        story.decide("payment", story.submitted(), word)
    day = BEGAN.date()
    partners.opens(
        partner="sen",
        day=day,
        cause="asked_amount",
        application=story.application,
        transaction="T",
        amount_vnd=9_000,
    )
    found = (BreakSum(kind="amount", count=1, amount_vnd=9_000),)
    of_day = {"lines": 2, "paid_vnd": 9_000, "left_vnd": 9_000, "closing_vnd": 0, "fee_vnd": 0}
    matched = {"matched": 1, "matched_vnd": 9_000}
    partners.states("sen", day, breaks=found, **of_day, **matched)
    await store.read(Group(log.records))
    await heard(store, log)

    report = await settler(store, lambda: log.now).report("sen", Period(day, day))

    assert (report.net_vnd, report.differs_vnd, report.holds) == (0, 0, True)
