"""The table of actions: whole, and in both languages."""

from typing import Any, get_args

import pytest

from services.operations.domain.actions import ACTIONS, WHY, Why
from services.operations.domain.causes import CAUSES
from shared.events import payment


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_about_causes_that_there_are_and_says_what_may_follow(name: str) -> None:
    action = ACTIONS[name]

    assert action.causes
    assert action.causes <= set(CAUSES)
    for words in (action.does, *action.follows):
        assert words.vi
        assert words.en
    assert action.follows


def test_every_refusal_is_worded() -> None:
    assert set(WHY) == set(get_args(Why))


KEY = "a/query/1"


def ask(about: str, story: Any, log: Any) -> Any:
    return ACTIONS["ask_partner"].plan("payment", about, log.entries(story.application))


def test_an_order_is_found_by_its_reference_and_by_the_key_of_a_call(story: Any, log: Any) -> None:
    requested = story.charged()
    called = payment.QueryRequested(
        key=KEY, partner="sandbox", reference=story.reference, opened_at=log.now
    )
    story.decide("payment", requested, called)

    for about in (story.reference, KEY):
        command = ask(about, story, log)
        assert (command.topic, command.reference) == ("payment.inbox", story.reference)
        assert command.cause == requested.id


def test_a_refund_is_no_order(story: Any, log: Any) -> None:
    story.paid()

    assert ask("R1", story, log) == "no_order"


def test_an_order_that_another_names_in_our_stead_is_none(story: Any, log: Any) -> None:
    story.routed()
    forged = payment.Requested(
        partner="x", reference="F1", attempt=1, amount_vnd=1, expires_at=log.now
    )
    story.external("payment.inbox", "/partners/x", forged)

    assert ask("F1", story, log) == "no_order"
