"""Find, and what a journey's page says, by what the edge answers."""

import re
from typing import Any

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.types import TYPES
from shared.events import payment
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import UNITS, sign_in
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.story import Log, Story


async def two_of_one_number(edge: ConsoleEdge) -> list[Story]:
    """Two partners told of money under the same number."""
    stories = []
    for n, partner in ((2, "sen-vang"), (3, "kho-bac")):
        story = begun(scenes.fee_due, n)
        moved = {"partner": partner, "reference": story.reference, "transaction": "77"}
        story.decide("payment", story.submitted(), payment.Overpaid(**moved, amount_vnd=5_000))
        stories.append(await edge.read(story))
    return stories


async def test_one_that_is_found_is_opened_at_once(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = await edge.read(begun(scenes.processing))
    answer = await seated.get("/console/find", params={"q": story.code.lower()})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/console/journeys/{story.application}",
    )


async def test_several_are_listed_with_whose_number_it_is(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    stories = await two_of_one_number(edge)
    answer = await seated.get("/console/find", params={"q": "77"})
    assert answer.status_code == 200
    for story, partner in zip(stories, ("sen-vang", "kho-bac"), strict=True):
        assert f'href="/console/journeys/{story.application}"' in answer.text
        assert f"{partner}/77" in answer.text


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_what_is_of_a_unit_and_a_day_is_listed_page_by_page(
    edge: ConsoleEdge, seated: httpx.AsyncClient, lang: str
) -> None:
    for n in range(1, 24):
        await edge.read(begun(scenes.submitted, n))
    asked = {"q": "đơn vị 00004 6/2026", "lang": lang}
    first = await seated.get("/console/find", params=asked)
    assert LABELS["found_sought"].vi in first.text or lang == "en"
    assert "Phường Ba Đình" in first.text
    following = re.search(r'href="(\?q=[^"]+after=[^"]+)"', first.text)
    assert following
    second = await seated.get(f"/console/find{following[1].replace('&amp;', '&')}")
    shown = re.findall(r'<h2><a href="/console/journeys/([^"]+)', first.text + second.text)
    assert (len(shown), len(set(shown))) == (23, 23)
    assert "after=" not in second.text.split("<main")[1]


async def test_one_of_a_unit_is_opened_at_once(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = await edge.read(begun(scenes.submitted))
    answer = await seated.get("/console/find", params={"q": "unit:00004"})
    assert answer.headers["location"] == f"/console/journeys/{story.application}"


async def test_of_nothing_it_is_said_what_was_understood_and_what_could_be_tried(
    seated: httpx.AsyncClient,
) -> None:
    typed = "g09.20-20260609-0000009"
    answer = await seated.get("/console/find", params={"q": typed, "lang": "en"})
    assert typed.upper() in answer.text
    for label in ("found_none", "understood_as", "try_1", "try_3"):
        assert LABELS[label].en in answer.text


async def test_what_is_typed_stands_in_the_page_as_text_alone(seated: httpx.AsyncClient) -> None:
    typed = '"><script>alert(1)</script>'
    answer = await seated.get("/console/find", params={"q": typed})
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_every_state_has_a_page_in_both_languages(
    edge: ConsoleEdge, seated: httpx.AsyncClient, scene: str, lang: Any
) -> None:
    story = await edge.read(begun(SCENES[scene]))
    answer = await seated.get(f"/console/journeys/{story.application}", params={"lang": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert LABELS["timeline"].en in answer.text if lang == "en" else LABELS["timeline"].vi
    for record in story.log.records:
        assert f"{record.topic}/{record.partition}/{record.offset}" in answer.text


async def test_a_chosen_language_is_kept(seated: httpx.AsyncClient) -> None:
    await seated.get("/console/find", params={"lang": "en"})
    assert LABELS["find_lead"].en in (await seated.get("/console/find")).text
    await seated.get("/console/find", params={"lang": "vi"})
    assert LABELS["find_lead"].vi in (await seated.get("/console/find")).text


def elsewhere(n: int) -> Story:
    """An application in another province."""
    other = Story(Log(), n)
    registered = other.registered()
    other.routed(registered)
    for record in list(other.log.records):
        assert record.value
        moved = record.value.replace(b'"00004"', b'"26737"')
        other.log.records[other.log.records.index(record)] = record._replace(value=moved)
    return other


async def test_an_officer_of_units_sees_what_is_with_them_alone(
    edge: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    assert UNITS == "01"
    theirs = await edge.read(begun(scenes.submitted, 1))  # at 00004, in that province
    other = await edge.read(elsewhere(2))
    await sign_in(browser, "officer")

    assert (await browser.get(f"/console/journeys/{theirs.code}")).status_code == 200
    answer = await browser.get(f"/console/journeys/{other.code}")
    assert answer.status_code == 403
    assert other.application not in answer.text
    found = await browser.get("/console/find", params={"q": other.code})
    assert LABELS["found_none"].vi in found.text


async def test_a_message_is_shown_as_it_is_kept_whole_or_as_a_part(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = await edge.read(begun(scenes.processing))
    record = next(r for r in story.log.records if r.topic == "intake.events")
    place = f"{record.topic}/{record.partition}/{record.offset}"
    path = f"/console/journeys/{story.application}/messages/{place}"
    whole = await seated.get(path)
    part = await seated.get(path, headers={"hx-request": "true"})
    for answer in (whole, part):
        assert "&#34;sealed&#34;: &#34;sealed&#34;" in answer.text
    assert whole.text.startswith("<!doctype html>")
    assert "<html" not in part.text
    for elsewhere in ("intake.events/0/999", "x/0/0"):
        missing = f"/console/journeys/{story.application}/messages/{elsewhere}"
        assert (await seated.get(missing)).status_code == 404


async def test_files_are_kept_for_ever_under_a_name_of_their_content(
    seated: httpx.AsyncClient,
) -> None:
    page = await seated.get("/console/find")
    paths = re.findall(r'"(/console/static/[^"]+)"', page.text)
    assert len(paths) == 4
    for path in paths:
        answer = await seated.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].split(";")[0] in (
            "text/css",
            "text/javascript",
            "image/svg+xml",
        )
    assert (await seated.get("/console/static/htmx.min.js")).status_code == 404


async def test_a_database_that_does_not_answer_is_said(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    edge.store.trouble.fails = lambda: True
    answer = await seated.get("/console/find", params={"q": "G09.20-20260609-0000001"})
    assert answer.status_code == 503
    assert LABELS["unreachable"].vi in answer.text


def test_messages_are_called_by_name() -> None:
    assert TYPES["payment.settled"].vi == "Đã thu tiền"
