"""What came by another amount waits until its transaction counts; what counts is told otherwise."""

from typing import Any

import pytest

from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from shared.events import Data, payment, refunds

MONEY = {"partner": "sen-vang", "reference": "DVC1", "transaction": "T1", "amount_vnd": 50_000}
WRONG = payment.Mismatched(**{**MONEY, "amount_vnd": 1}, expected_vnd=50_000)
SETTLED, OVERPAID = payment.Settled(**MONEY), payment.Overpaid(**MONEY)
THEIRS = payment.Settled(**{**MONEY, "partner": "an-phat"})
GOES = refunds.RefundProposed(**MONEY, refund="r1", reason="asked", by="o-1")
GOING = ("refund_under_way", "r1")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([WRONG], {("wrong_amount", "T1")}),
        ([WRONG, SETTLED], set()),
        ([WRONG, OVERPAID], set()),
        ([WRONG, THEIRS], {("wrong_amount", "T1")}),  # two partners may count alike
        ([SETTLED, WRONG], {("told_otherwise", "T1")}),
        ([GOES, WRONG], {GOING, ("told_otherwise", "T1")}),
        ([THEIRS, WRONG], {("wrong_amount", "T1")}),
        ([SETTLED, WRONG, GOES], {GOING}),
    ],
)
def test_only_what_counts_for_nothing_is_a_wrong_amount(
    story: Any, log: Any, said: list[Data], expected: set[tuple[str, str]]
) -> None:
    story.decide("payment", story.submitted(), *said)

    found = followed(Summary(), log.entries(story.application)).matters
    assert set(found) - {("unanswered", "")} == expected
