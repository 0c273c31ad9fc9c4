"""What came by another amount is given back: of what the log tells that it came, and once."""

from typing import Any

import pytest

from services.operations.domain.actions import ACTIONS, Command, Saying
from shared.events import Event, payment, refunds

ACTION = ACTIONS["give_back"]
OF = {"partner": "sandbox", "reference": "R1", "transaction": "T1"}
REFUND = {**OF, "refund": "a.refund.1", "amount_vnd": 9_000}


def mismatched(story: Any) -> Event:
    came = payment.Mismatched(**OF, amount_vnd=9_000, expected_vnd=50_000)
    (event,) = story.decide("payment", story.charged(), came)
    return event


def planned(story: Any, log: Any, about: str = "T1") -> Any:
    return ACTION.plan("payment", about, log.entries(story.application))


def test_all_of_the_transaction_is_asked_back_from_the_partner_that_took_it(
    story: Any, log: Any
) -> None:
    came = mismatched(story)

    command = planned(story, log)
    said = ACTION.say(
        Saying(
            *(command.reference, "o-1", "why", "o-2"),
            partner="sandbox",
            amount_vnd=9_000,
            principal="local#o-1",
            checked_principal="local#o-2",
        )
    )

    assert command == Command("payment.inbox", came.id, came.traceparent, "T1")
    assert said == refunds.RefundAsked(
        partner="sandbox",
        transaction="T1",
        amount_vnd=9_000,
        by="o-1",
        reason="why",
        principal="local#o-1",
        checked_by="o-2",
        checked_principal="local#o-2",
        if_mismatched=True,
    )
    assert ACTION.needs_check


def test_what_is_on_its_way_back_is_not_asked_for_again(story: Any, log: Any) -> None:
    came = mismatched(story)
    story.decide("payment", came, refunds.RefundProposed(**REFUND, reason="asked", by="o-1"))

    assert planned(story, log) == "no_money"


def test_what_a_second_person_turned_down_may_be_asked_for_again(story: Any, log: Any) -> None:
    came = mismatched(story)
    story.decide("payment", came, refunds.RefundProposed(**REFUND, reason="asked", by="o-1"))
    story.decide("payment", came, refunds.RefundRejected(**REFUND, by="o-2", reason="no"))

    assert isinstance(planned(story, log), Command)


@pytest.mark.parametrize("kind", [payment.Settled, payment.Overpaid])
@pytest.mark.parametrize("is_first", [False, True])
def test_what_counts_by_now_or_did_before_is_not_given_back(
    story: Any, log: Any, kind: Any, is_first: bool
) -> None:
    came = payment.Mismatched(**OF, amount_vnd=9_000, expected_vnd=50_000)
    counts = kind(**OF, amount_vnd=50_000)
    story.decide("payment", story.charged(), *([counts, came] if is_first else [came, counts]))

    assert planned(story, log) == "counts"


def test_what_counts_of_another_partner_or_was_only_told_stops_nothing(
    story: Any, log: Any
) -> None:
    came = mismatched(story)
    theirs = payment.Settled(**{**OF, "partner": "sen-vang"}, amount_vnd=50_000)
    story.decide("payment", came, theirs)
    story.external("payment.inbox", "/partners/x", payment.Settled(**OF, amount_vnd=50_000))

    assert isinstance(planned(story, log), Command)


def test_of_what_never_came_nothing_goes_back(story: Any, log: Any) -> None:
    mismatched(story)
    forged = payment.Mismatched(**{**OF, "transaction": "T2"}, amount_vnd=1, expected_vnd=2)
    story.external("payment.inbox", "/partners/x", forged)

    assert planned(story, log, "T2") == "no_money"
