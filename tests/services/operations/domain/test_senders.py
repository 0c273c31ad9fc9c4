"""What senders and gateways do: who sends again and again, and which notice nobody answers for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.operations.domain.matters import Summary
from services.operations.domain.senders import REPEATED
from services.operations.domain.summary import followed
from shared.events import Data, routing
from shared.events.notify import (
    Answered,
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeRequested,
    NoticeSent,
)

SLOT = {"milestone": "accepted", "channel": "sms"}
SENT = {**SLOT, "gateway_id": "g", "sent_at": datetime(2026, 6, 12, 10, tzinfo=UTC)}
UNDER_WAY, SILENT = ("notice_under_way", "accepted~1/sms"), ("gateway_silent", "accepted~1/sms")


def requested(occasion: int = 1) -> NoticeRequested:
    words = {"template": "t", "language": "vi", "contact": "sealed", "params": {}}
    return NoticeRequested(**SLOT, **words, key="n1", occasion=occasion)


def answered(finding: Any, slot: str = "accepted/sms", **more: Any) -> Answered:
    key = f"0198c0de-0000-7000-8000-000000000001/{slot}/1"
    return Answered(key=key, finding=finding, **more)


@pytest.fixture
def waits(story: Any, log: Any) -> Any:
    """What is waited for after these messages of notify's, by cause and what it is about."""

    def after(*said: Data) -> set[tuple[str, str]]:
        for data in said:
            if isinstance(data, Answered):
                story.external("notify.inbox", "/services/notify/effects", data)
            else:
                asked = routing.OfficerStarted(officer="o")
                story.decide("notify", story.external("routing.inbox", "/test", asked), data)
        return set(followed(Summary(), log.entries(story.application)).matters)

    return after


@pytest.mark.parametrize("finding", ["unknown", "deferred"])
def test_a_gateway_that_does_not_answer_or_is_let_alone_is_silent(waits: Any, finding: str) -> None:
    assert waits(requested(), answered(finding)) == {UNDER_WAY, SILENT}


def test_of_a_milestone_that_is_told_again_as_well(waits: Any) -> None:
    found = waits(requested(occasion=2), answered("unknown", "accepted~2/sms"))
    assert ("gateway_silent", "accepted~2/sms") in found


def test_until_something_is_heard_of_the_message(waits: Any) -> None:
    assert waits(requested(), answered("deferred"), answered("absent")) == {UNDER_WAY}


@pytest.mark.parametrize(
    "end",
    [
        NoticeSent(**SENT),
        NoticeDelivered(**SLOT),
        NoticeDropped(**SLOT, reason="too_late"),
    ],
    ids=lambda end: end.TYPE,
)
def test_or_its_notice_is_over(waits: Any, end: Data) -> None:
    assert waits(requested(), answered("unknown"), end) == set()


def test_a_notice_that_failed_for_it_is_for_a_person(waits: Any) -> None:
    failed = NoticeFailed(**SLOT, reason="outcome_unknown")
    assert waits(requested(), answered("unknown"), failed) == {("notice_failing", "accepted~1")}


def test_where_there_was_no_room_yet_the_gateway_is_not_silent(waits: Any) -> None:
    later = answered("deferred", reason="rate_exceeded", after_s=3.0)
    assert waits(requested(), later) == {UNDER_WAY}


def test_an_answer_about_a_notice_that_is_over_says_nothing(waits: Any) -> None:
    assert waits(requested(), NoticeSent(**SENT), answered("unknown")) == set()


@pytest.mark.parametrize(
    ("times", "causes"),
    [(REPEATED - 1, {"unanswered"}), (REPEATED, {"unanswered", "repeated"})],
)
def test_one_that_is_sent_again_and_again_is_seen_and_one_sent_twice_is_not(
    story: Any, log: Any, times: int, causes: set[str]
) -> None:
    for _ in range(times):
        story.submitted()
    matters = followed(Summary(), log.entries(story.application)).matters
    assert {cause for cause, _ in matters} == causes


def test_what_is_sent_again_after_it_was_taken_in_is_not_waited_for(story: Any, log: Any) -> None:
    story.registered()
    story.submitted()
    matters = followed(Summary(), log.entries(story.application)).matters
    assert {cause for cause, _ in matters} == {"unrouted"}


def test_the_end_of_an_application_ends_that_it_was_sent_again_and_again(
    story: Any, log: Any
) -> None:
    for _ in range(REPEATED):
        story.submitted()
    story.returned()
    assert followed(Summary(), log.entries(story.application)).matters == {}
