"""What came by another amount is given back: of what the log tells that it came, and once."""

from typing import Any

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


def test_of_what_never_came_nothing_goes_back(story: Any, log: Any) -> None:
    mismatched(story)
    forged = payment.Mismatched(**{**OF, "transaction": "T2"}, amount_vnd=1, expected_vnd=2)
    story.external("payment.inbox", "/partners/x", forged)

    assert planned(story, log, "T2") == "no_money"
