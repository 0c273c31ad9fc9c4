"""What a partner and we said of an order: the partner's own, and as it was answered."""

from datetime import timedelta
from typing import Any

import pytest

from services.operations.domain.entries import Entry
from services.operations.domain.partner_calls import Line, lines
from services.operations.journeys import read
from shared.events import payment, reassessments, routing
from tests.services.operations.story import BEGAN, Log, Story

REASSESSED = reassessments.FeeReassessed(
    by="o-1",
    reason="x",
    before=(),
    lines=(),
    before_vnd=50_000,
    total_vnd=40_000,
    further_vnd=40_000,
    overpaid_vnd=0,
    catalogue_version="2026-06",
)
ORDER: dict[str, Any] = {"partner": "sen-vang", "amount_vnd": 50_000}


def opened(story: Story, reference: str, **changed: Any) -> None:
    said = {**ORDER, "reference": reference, "attempt": 1, "obligation": 0, **changed}
    requested = payment.Requested(**said, expires_at=BEGAN + timedelta(days=1))
    story.decide("payment", story.submitted(), requested)


def called(story: Story, reference: str, n: int = 1, **changed: Any) -> None:
    said = {**ORDER, "transaction": f"T{n}", "finding": "paid", "code": "00", **changed}
    word = payment.Notified(reference=reference, **said)
    story.external("payment.inbox", f"/partners/{word.partner}", word)


def settled(story: Story, reference: str, **changed: Any) -> None:
    said = {**ORDER, "transaction": "T1", **changed}
    story.decide("payment", story.submitted(), payment.Settled(reference=reference, **said))


def entries(story: Story) -> list[Entry]:
    return [read(record) for record in story.log.records]


def answers(story: Story, asked: str = "DVC1") -> list[str]:
    return [line.answer for line in lines(entries(story), "sen-vang", asked) if line.answer]


def test_an_order_is_told_from_its_opening_to_its_end_by_either_number(story: Story) -> None:
    opened(story, "DVC1")
    story.log.pass_time(minutes=5)
    called(story, "DVC1")
    settled(story, "DVC1")
    found = lines(entries(story), "sen-vang", "dvc 1")
    assert [line.what for line in found] == ["opened", "called", "settled"]
    assert found[1] == Line(
        at=found[1].at,
        what="called",
        reference="DVC1",
        transaction="T1",
        amount_vnd=50_000,
        finding="paid",
        code="00",
        answer="recorded",
    )
    assert found[0].at + timedelta(minutes=5) <= found[1].at < found[2].at
    assert lines(entries(story), "sen-vang", "t1") == found


@pytest.mark.parametrize("asked", ["DVC1", "T1", "", "-", "DVC2"])
def test_of_another_partner_nothing_is_told_whatever_is_asked(story: Story, asked: str) -> None:
    opened(story, "DVC1")
    called(story, "DVC1")
    settled(story, "DVC1")
    assert lines(entries(story), "an-phat", asked) == []


def test_an_application_paid_with_two_partners_shows_each_its_own(story: Story) -> None:
    opened(story, "DVC1")
    opened(story, "DVC2", partner="an-phat")
    called(story, "DVC2", 2, partner="an-phat")
    settled(story, "DVC2", partner="an-phat", transaction="T2")
    called(story, "DVC1")
    shown = lines(entries(story), "sen-vang", "DVC1")
    assert [(line.what, line.answer) for line in shown] == [
        ("opened", ""),
        ("called", "already_final"),  # what it was for is met
    ]
    assert {line.reference for line in lines(entries(story), "an-phat", "T2")} == {"DVC2"}


def test_what_was_answered_is_told_as_the_order_stood(story: Story) -> None:
    called(story, "DVC1")
    opened(story, "DVC1")
    called(story, "DVC1", 2, amount_vnd=49_000)
    called(story, "DVC1", 3)
    settled(story, "DVC1", transaction="T3")
    called(story, "DVC1", 4)
    assert answers(story) == ["unknown_order", "amount_differs", "recorded", "already_final"]


@pytest.mark.parametrize(
    ("service", "end"),
    [
        ("routing", routing.NotAccepted(national_code=3, officer="o-1", reason="x")),
        ("payment", REASSESSED),
    ],
)
def test_where_an_order_may_have_been_let_go_it_is_not_said_that_it_was_open(
    story: Story, service: str, end: Any
) -> None:
    opened(story, "DVC1")
    story.decide(service, story.submitted(), end)
    called(story, "DVC1")
    assert answers(story) == ["taken"]


def test_an_order_that_expired_without_a_word_of_whose_it_was_is_final(story: Story) -> None:
    opened(story, "DVC1")
    story.decide("payment", story.submitted(), payment.Expired(reference="DVC1"))
    called(story, "DVC1")
    assert answers(story) == ["already_final"]


def test_what_a_portal_says_in_a_partners_stead_is_not_told(story: Story) -> None:
    opened(story, "DVC1")
    word = payment.Queried(key="k", partner="sen-vang", reference="DVC1", finding="deferred")
    story.external("portal.submissions", "/portals/x", word)
    assert [line.what for line in lines(entries(story), "sen-vang", "DVC1")] == ["opened"]


def test_what_stands_on_an_inbox_in_the_name_of_a_decision_is_not_told(log: Log) -> None:
    story = Story(log)
    opened(story, "DVC1")
    forged = payment.Settled(reference="DVC1", transaction="T9", **ORDER)
    story.external("payment.inbox", "/partners/sen-vang", forged)
    assert [line.what for line in lines(entries(story), "sen-vang", "DVC1")] == ["opened"]
