"""A citizen says how it went, on the page; notify is told once per answer, the comment sealed."""

import re
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.pages.labels import LABELS
from services.operations.rating_api import PER_APPLICATION, PER_MILESTONE, SOURCE
from shared.errors import Unknown
from shared.events.feedback import FeedbackGiven, FeedbackRecorded
from shared.feedback import COMMENT_LIMIT
from shared.vault import Sealed
from tests.services.operations import scenes
from tests.services.operations.families import CHILDREN
from tests.services.operations.scenes import begun
from tests.services.operations.status.edge import LINKS, StatusEdge
from tests.services.operations.story import Story

PATH = "/status/feedback"
COMMENT = "Cán bộ hướng dẫn rõ ràng (thử nghiệm)"


@pytest.fixture
async def story(edge: StatusEdge) -> Story:
    found = await edge.read(begun(scenes.settled))
    await edge.vault.keys([found.application], create=True)
    return found


def counted(story: Story, score: int) -> Story:
    said = FeedbackRecorded(milestone="result_ready", score=score)
    story.decide("notify", story.submitted(), said)
    return story


async def rate(edge: StatusEdge, story: Story, **changed: Any) -> httpx.Response:
    """Send the form of the page as the browser has it, with what is changed."""
    page = (await edge.post({"token": LINKS.token(story.application)})).text
    hidden = dict(re.findall(r'type="hidden" name="(milestone)" value="(\w+)"', page))
    fields = {"token": LINKS.token(story.application), "score": "4", "comment": "", **hidden}
    return await edge.post({**fields, **changed}, PATH)


async def test_an_answer_goes_to_notify_and_is_thanked_for(edge: StatusEdge, story: Story) -> None:
    answer = await rate(edge, story, comment=f"{COMMENT}\r\nhai dòng")
    assert answer.status_code == 200
    assert LABELS["thanks"].vi in answer.text
    assert LABELS["rate"].vi not in answer.text
    ((topic, event),) = edge.published.events
    assert (topic, event.source, event.subject) == ("notify.inbox", SOURCE, story.application)
    said = msgspec.json.decode(event.data, type=FeedbackGiven)
    assert (event.type, said.milestone, said.score) == (FeedbackGiven.TYPE, "result_ready", 4)
    sealed = Sealed(story.application, said.comment)
    [opened] = await edge.vault.open([sealed], who="test", purpose="test")
    assert opened == f"{COMMENT}\nhai dòng".encode()
    assert COMMENT not in bytes(event.data).decode()


async def test_the_same_answer_is_one_message_however_often_and_another_is_another(
    edge: StatusEdge, story: Story
) -> None:
    for comment in ("", "", COMMENT, COMMENT, "khác"):
        await rate(edge, story, comment=comment)
    await rate(edge, story, score="1")
    ids = [event.id for _, event in edge.published.events]
    assert len(ids) == 6
    assert len(set(ids)) == 4
    assert all(id_.startswith(f"{story.application}/feedback/result_ready/") for id_ in ids)


async def test_what_one_says_of_two_applications_is_not_seen_to_be_the_same(
    edge: StatusEdge, story: Story
) -> None:
    other = await edge.read(begun(scenes.settled, 2))
    await edge.vault.keys([other.application], create=True)
    for each in (story, other):
        await rate(edge, each, comment=COMMENT)
    assert len({event.id.rpartition("/")[2] for _, event in edge.published.events}) == 2


async def test_back_to_what_one_said_before_is_a_message_of_its_own(
    edge: StatusEdge, story: Story
) -> None:
    for score in (4, 2, 4):
        await rate(edge, story, score=str(score))
        await edge.read(counted(story, score))
    ids = [event.id for _, event in edge.published.events]
    assert len(set(ids)) == 3
    answer = await rate(edge, story, score="4")
    assert (answer.status_code, LABELS["thanks"].vi in answer.text) == (200, True)
    assert len(edge.published.events) == 3


async def test_answers_that_count_are_so_many_and_no_more(edge: StatusEdge, story: Story) -> None:
    for n in range(PER_MILESTONE):
        counted(story, 1 + n % 5)
    await edge.read(story)
    answer = await rate(edge, story, score="1")
    assert (answer.status_code, LABELS["rated_enough"].vi in answer.text) == (409, True)
    assert edge.published.events == []


@pytest.mark.parametrize(
    ("changed", "status", "label", "field"),
    [
        ({"score": ""}, 422, "score_missing", "score-5"),
        ({"score": "6"}, 422, "score_missing", "score-5"),
        ({"comment": "a" * (COMMENT_LIMIT + 1)}, 422, "comment_long", "comment"),
        ({"milestone": "accepted"}, 409, "not_asked", ""),
        ({"milestone": "../x"}, 409, "not_asked", ""),
    ],
)
async def test_what_is_wrong_with_an_answer_is_said_and_what_was_written_stays(
    edge: StatusEdge, story: Story, changed, status, label, field
) -> None:
    answer = await rate(edge, story, **{"comment": COMMENT} | changed)
    assert answer.status_code == status
    assert LABELS[label].vi in answer.text
    assert not field or f'href="#{field}"' in answer.text
    assert changed.get("comment", COMMENT) in answer.text
    assert edge.published.events == []


async def test_without_what_opens_it_nothing_is_sent(edge: StatusEdge, story: Story) -> None:
    for token in ("", "x", LINKS.token(CHILDREN[0].application)):
        assert (await rate(edge, story, token=token)).status_code == 404
    pair = {"dossier_code": story.code, "code": LINKS.code(story.application)}
    assert (await rate(edge, story, token="", **pair)).status_code == 404
    assert edge.published.events == []


async def test_nobody_is_asked_a_month_later(edge: StatusEdge, story: Story) -> None:
    form = {"milestone": "result_ready"}
    edge.now += timedelta(days=31)
    answer = await rate(edge, story, **form)
    assert (answer.status_code, LABELS["rate"].vi in answer.text) == (409, False)


async def test_an_outage_is_said_and_the_answer_may_be_sent_again(
    edge: StatusEdge, story: Story
) -> None:
    edge.published.doubt = Unknown("planted")
    answer = await rate(edge, story, score="2", comment=COMMENT)
    assert (answer.status_code, LABELS["not_sent"].vi in answer.text) == (503, True)
    assert re.search(r'value="2"[^>]* checked', answer.text)


async def test_of_what_was_erased_no_comment_is_taken(edge: StatusEdge, story: Story) -> None:
    await edge.vault.destroy(story.application)
    answer = await rate(edge, story, comment=COMMENT)
    assert (answer.status_code, LABELS["not_kept"].vi in answer.text) == (410, True)
    assert (await rate(edge, story)).status_code == 200


async def test_answers_are_limited(edge: StatusEdge, story: Story) -> None:
    for _ in range(PER_APPLICATION):
        assert (await rate(edge, story)).status_code == 200
    assert (await rate(edge, story)).status_code == 429


async def test_an_earlier_answer_is_shown_as_chosen(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.returned))
    page = (await edge.post({"token": LINKS.token(story.application)})).text
    assert re.search(r'value="4"[^>]* checked', page)
    assert LABELS["given"].vi in page
