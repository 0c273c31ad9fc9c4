"""What a journey says of money that settles nothing: it waits until somebody has decided."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.operations.domain.entries import in_order
from services.operations.domain.matters import Summary
from services.operations.domain.status import status
from services.operations.domain.summary import followed
from shared.catalogue import Catalogue, load
from shared.events import Data, payment, refunds
from tests.services.operations.domain.both import Both
from tests.services.operations.domain.test_retry_refund import routed, step

MONEY = {"partner": "sen-vang", "reference": "DVC1", "transaction": "T1", "amount_vnd": 52_000}
WRONG = payment.Mismatched(**MONEY, expected_vnd=50_000)
EARLIER = payment.Mismatched(**{**MONEY, "amount_vnd": 51_000}, expected_vnd=50_000)
SETTLED, OVERPAID = payment.Settled(**MONEY), payment.Overpaid(**MONEY)
THEIRS = payment.Mismatched(**{**MONEY, "partner": "an-phat"}, expected_vnd=50_000)
GOES = refunds.RefundProposed(**MONEY, refund="r1", reason="asked", by="o-1")
STAYS = refunds.RefundRejected(**MONEY, refund="r1", by="c-1", reason="no")


@pytest.mark.parametrize(
    ("said", "mismatched_vnd", "overpaid_vnd"),
    [
        ([WRONG], 52_000, 0),
        ([EARLIER, WRONG], 52_000, 0),  # what a partner told twice came once
        ([WRONG, THEIRS], 104_000, 0),  # two partners may count alike
        ([WRONG, SETTLED], 0, 0),
        ([SETTLED, WRONG], 0, 0),
        ([EARLIER, WRONG, GOES], 0, 0),
        ([WRONG, OVERPAID], 0, 52_000),
        ([OVERPAID, GOES], 0, 0),
        ([OVERPAID, GOES, STAYS], 0, 52_000),
        ([SETTLED, GOES, STAYS], 0, 0),
    ],
)
def test_money_that_settles_nothing_is_told_once_until_somebody_has_decided(
    story: Any, log: Any, said: list[Data], mismatched_vnd: int, overpaid_vnd: int
) -> None:
    story.decide("payment", story.submitted(), *said)

    money = status(log.entries(story.application)).money
    assert (money.mismatched_vnd, money.overpaid_vnd) == (mismatched_vnd, overpaid_vnd)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


told = st.tuples(st.just("told"), st.integers(0, 1), st.sampled_from([1_000, -1_000, 2_000, 0]))
asked = st.tuples(st.just("asked"), st.integers(0, 5), st.sampled_from([1_000, 15_000, 17_000]))


@given(st.lists(st.one_of(told, asked, st.tuples(st.just("agreed"))), max_size=12))
@example([("told", 0, 1_000), ("told", 0, -1_000), ("asked", 0, 17_000), ("agreed",)])
@settings(max_examples=150, deadline=None)
def test_a_journey_has_as_much_of_another_amount_as_the_board(
    catalogue: Catalogue, some: list[tuple[Any, ...]]
) -> None:
    both: Both = routed(catalogue)
    for what in some:
        step(both, what)
        entries = in_order(both.log.entries(both.story.application))
        matters = followed(Summary(), entries).matters.values()
        waits_vnd = sum(m.vnd for m in matters if m.cause == "wrong_amount")

        assert status(entries).money.mismatched_vnd == waits_vnd
