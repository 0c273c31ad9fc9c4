"""Find by person in the console: the number is sent once, and stands in no address and no page."""

import re

import httpx
import pytest
from structlog.testing import capture_logs

from services.operations.console.labels import LABELS
from services.operations.console.reading.routes import PERSON
from tests.services.operations import scenes
from tests.services.operations.at_intake import NUMBER, not_known, silent
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.test_finding_pages import elsewhere
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.scenes import begun

FIND = "/console/find"
WHY = "Công dân gọi hỏi"


async def typed(browser: httpx.AsyncClient, q: str) -> httpx.Response:
    """Type into the box of a page."""
    return await send(browser, FIND, q=q, token=await token(browser))


async def token(browser: httpx.AsyncClient) -> str:
    found = TOKEN.search((await browser.get(FIND)).text)
    assert found
    return found[1]


async def asked(browser: httpx.AsyncClient, reason: str = WHY, **fields: str) -> httpx.Response:
    """Say why on the page that asks."""
    return await send(browser, PERSON, token=await token(browser), reason=reason, **fields)


async def test_a_number_in_the_box_is_asked_why_and_not_shown_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    page = await typed(seated, "001 199 000001")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert LABELS["person_reason"].vi in page.text
    assert "001 199" not in page.text
    assert NUMBER not in page.text
    subject = re.search(r'name="subject" value="([0-9a-f]{64})"', page.text)
    assert subject
    assert subject[1] == edge.at_intake.hashed(NUMBER)
    assert edge.at_intake.asked == []


@pytest.mark.parametrize("known_by", ["subject", "number"])
async def test_who_says_why_sees_the_persons_applications(
    edge: ConsoleEdge, seated: httpx.AsyncClient, known_by: str
) -> None:
    stories = [await edge.read(begun(scenes.processing, n)) for n in (1, 2)]
    await edge.at_intake.registered(*(s.application for s in stories))
    shown = {"subject": edge.at_intake.hashed(NUMBER), "number": "001.199.000001"}[known_by]

    with capture_logs() as logs:
        page = await asked(seated, **{known_by: shown})

    assert page.status_code == 200
    for story in stories:
        assert f'href="/console/journeys/{story.application}"' in page.text
    assert LABELS["kind_subject"].vi in page.text
    assert NUMBER not in page.text + repr(logs)
    [line] = [each for each in logs if each["event"] == "subject sought"]
    assert (line["asked_by"], line["purpose"]) == ("/operators/operator", WHY)


async def test_the_only_one_is_opened_at_once(edge: ConsoleEdge, seated: httpx.AsyncClient) -> None:
    story = await edge.read(begun(scenes.processing))
    await edge.at_intake.registered(story.application)
    page = await asked(seated, number=NUMBER)
    where = page.headers["location"]
    assert (page.status_code, where) == (303, f"/console/journeys/{story.application}")


async def test_a_code_in_the_box_leads_to_an_address_that_can_be_passed_on(
    seated: httpx.AsyncClient,
) -> None:
    answer = await typed(seated, "sen-vang/0011 & 99")
    where = "/console/find?q=sen-vang%2F0011%20%26%2099"
    assert (answer.status_code, answer.headers["location"]) == (303, where)
    assert (await typed(seated, " ")).headers["location"] == FIND


@pytest.mark.parametrize("q", [NUMBER, f"subject:{'5f' * 32}"])
async def test_a_person_in_an_address_leaves_it_at_once(
    edge: ConsoleEdge, seated: httpx.AsyncClient, q: str
) -> None:
    answer = await seated.get(FIND, params={"q": q})
    assert (answer.status_code, answer.headers["location"]) == (303, PERSON)
    page = await seated.get(PERSON)
    assert page.status_code == 200
    assert 'name="number"' in page.text
    assert edge.at_intake.asked == []


async def test_nothing_is_asked_without_a_reason_or_a_number(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    without = await asked(seated, reason="", number=NUMBER)
    assert (without.status_code, NUMBER in without.text) == (422, False)
    assert LABELS["person_no_reason"].vi in without.text
    assert edge.at_intake.hashed(NUMBER) in without.text
    wrong = await asked(seated, number="77")
    assert wrong.status_code == 422
    assert LABELS["person_no_number"].vi in wrong.text
    assert WHY in wrong.text
    assert edge.at_intake.asked == []


@pytest.mark.parametrize(
    ("fails", "said"), [(silent, "refused_intake-silent"), (not_known, "refused_intake-refuses")]
)
async def test_an_intake_that_does_not_answer_is_said_and_can_be_asked_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient, fails, said: str
) -> None:
    edge.at_intake.fails = fails
    page = await asked(seated, number=NUMBER)
    assert page.status_code == 503
    assert LABELS[said].vi in page.text
    assert edge.at_intake.hashed(NUMBER) in page.text
    assert WHY in page.text


async def test_an_officer_sees_what_is_with_his_units_alone(edge: ConsoleEdge) -> None:
    own, other = begun(scenes.processing, 1), elsewhere(2)
    for story in (await edge.read(own), await edge.read(other)):
        await edge.at_intake.registered(story.application)
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        answer = await asked(browser, number=NUMBER)
    assert answer.headers["location"] == f"/console/journeys/{own.application}"


@pytest.mark.parametrize("role", ["viewer", "checker", "admin"])
async def test_others_find_nobody_by_a_number(edge: ConsoleEdge, role: str) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, role)
        assert (await typed(browser, NUMBER)).status_code == 403
        assert (await asked(browser, number=NUMBER)).status_code == 403
        assert (await browser.get(PERSON)).status_code == 403
    assert edge.at_intake.asked == []


async def test_what_was_not_sent_by_this_page_is_not_taken(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    for path in (FIND, PERSON):
        answer = await send(seated, path, q=NUMBER, number=NUMBER, reason=WHY, token="another")
        assert answer.status_code == 403
    assert edge.at_intake.asked == []
