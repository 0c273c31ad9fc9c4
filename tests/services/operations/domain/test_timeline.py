"""A line of the timeline says no word of what does not belong where it was sent."""

from typing import Any

import msgspec
import pytest

from services.operations.domain.entries import OTHER, Entry
from services.operations.domain.spans import spans
from services.operations.domain.status import status
from services.operations.domain.timeline import timeline
from services.operations.opened import Opened, message_of
from shared.events import refunds
from shared.topics import all_names
from tests.services.operations.story import Log, Story

WORDS = "Nguyễn Thử Nghiệm"
FORGED = refunds.RefundAsked(
    partner="sandbox", transaction="001199000001", amount_vnd=1, by="someone", reason=WORDS
)


def sent_to(topic: str) -> tuple[Story, list[Entry]]:
    """Tell a story in which somebody asks for a refund on a topic."""
    story = Story(Log())
    story.submitted()
    story.external(topic, "/portals/elsewhere", FORGED)
    return story, story.log.entries(story.application)


def told_of(story: Story, entries: list[Entry]) -> str:
    said: Any = timeline(entries), status(entries), spans(story.application, entries)
    return msgspec.json.encode(said).decode()


def test_of_what_does_not_belong_only_that_it_came_and_from_where_is_told() -> None:
    story, entries = sent_to("portal.submissions")

    line = timeline(entries)[-1]

    assert (line.type, line.text) == (OTHER, "is not what belongs on portal.submissions")
    assert (line.source, line.topic) == ("/portals/elsewhere", "portal.submissions")
    assert line.data == msgspec.Raw(b'{"omitted_bytes":%d}' % len(entries[-1].data))
    assert not any(word in told_of(story, entries) for word in (FORGED.TYPE, WORDS, "0011990"))


def test_what_does_not_belong_is_there_as_it_came_for_who_asks_for_it() -> None:
    story, entries = sent_to("portal.submissions")

    message = message_of(Opened(story.application, entries, []), entries[-1].place)

    assert message.type == FORGED.TYPE
    assert WORDS in bytes(message.data).decode()


@pytest.mark.parametrize("topic", sorted(all_names()))
def test_what_is_asked_for_is_told_where_it_belongs_and_nowhere_else(topic: str) -> None:
    story, entries = sent_to(topic)
    assert (WORDS in told_of(story, entries)) is (topic == "payment.inbox")
