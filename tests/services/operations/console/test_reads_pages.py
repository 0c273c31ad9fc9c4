"""Who was shown what, as a page: told to those who look after it, and itself written down."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.reads.routes import PAGE
from services.operations.reads.rows import STRETCH_S
from shared.working_time import local_day
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import sign_in
from tests.services.operations.scenes import begun
from tests.services.operations.story import Story

READS = "/console/reads"
ROW = re.compile(r'<th scope="row">(?:<a [^>]+>)?([^<]+)')


async def looked_at(edge: ConsoleEdge, times: int = 1) -> Story:
    """Let a program look at an application every ten minutes, and a viewer at another once."""
    story, other = [await edge.read(begun(scenes.processing, n)) for n in (1, 2)]
    async with edge.program() as program:
        for _ in range(times):
            await program.get(f"/v1/journeys/{story.code}")
            edge.now += timedelta(seconds=STRETCH_S)
    async with edge.browser() as viewer:
        await sign_in(viewer, "viewer")
        await viewer.get(f"/console/journeys/{other.application}")
    return story


@pytest.fixture
async def admin(edge: ConsoleEdge) -> AsyncIterator[httpx.AsyncClient]:
    async with edge.browser() as browser:
        await sign_in(browser, "admin")
        yield browser


@pytest.mark.parametrize("role", ["admin", "checker"])
async def test_who_looks_after_it_sees_whom_of_an_application_and_what_of_a_person(
    edge: ConsoleEdge, role: str
) -> None:
    story = await looked_at(edge)
    async with edge.browser() as browser:
        await sign_in(browser, role)
        assert f'href="{READS}"' in (await browser.get("/console/stuck")).text
        every = (await browser.get(READS)).text
        of_one = (await browser.get(READS, params={"name": story.application})).text
        by_one = (await browser.get(READS, params={"by": "viewer"})).text
    assert ROW.findall(every) == ["viewer", "operator-1"]
    assert set(ROW.findall(of_one)) == {"operator-1", role}, "also by the list before"
    assert ROW.findall(by_one) == ["viewer"]
    assert LABELS["role_viewer"].vi in by_one
    assert f"/v1/journeys/{story.code}" in every
    assert 'href="?by=operator-1"' in every


async def test_looking_at_it_is_written_down_as_well(
    edge: ConsoleEdge, admin: httpx.AsyncClient
) -> None:
    story = await looked_at(edge)
    await admin.get(READS, params={"name": story.application})
    (own,) = (await edge.reads.by("admin", "", PAGE)).items
    assert (own.what, own.asked) == ("GET /console/reads", f"{READS} name={story.application}")
    assert own in (await edge.reads.of([story.application], "", PAGE)).items


async def test_days_are_chosen_and_a_field_left_empty_limits_nothing(
    edge: ConsoleEdge, admin: httpx.AsyncClient
) -> None:
    await looked_at(edge)
    today = local_day(edge.now)
    asked = {"name": "", "by": "viewer", "from": f"{today}", "to": ""}
    assert ROW.findall((await admin.get(READS, params=asked)).text) == ["viewer"]
    asked = {"by": "viewer", "to": f"{today - timedelta(days=2)}", "lang": "en"}
    page = (await admin.get(READS, params=asked)).text
    assert LABELS["reads_none"].en in page
    assert f'value="{today - timedelta(days=2)}"' in page
    async with edge.program("admin") as program:
        found = (await program.get("/v1/reads", params=asked)).json()
    assert found == {"items": [], "next": None}


async def test_a_long_list_goes_on_with_what_was_asked(
    edge: ConsoleEdge, admin: httpx.AsyncClient
) -> None:
    story = await looked_at(edge, PAGE + 3)
    page = (await admin.get(READS, params={"by": "operator-1"})).text
    assert len(ROW.findall(page)) == PAGE
    (following,) = re.findall(r'href="(\?name=[^"]+after=[^"]+)"', page)
    rest = (await admin.get(READS + following.replace("&amp;", "&"))).text
    assert (len(ROW.findall(rest)), story.code in rest) == (3, True)


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ({"name": "a", "by": "b"}, "refused_one-of-two"),
        ({"from": "yesterday"}, "not_readable"),
    ],
)
async def test_what_cannot_be_asked_is_said(
    admin: httpx.AsyncClient, asked: dict[str, str], label: str
) -> None:
    answer = await admin.get(READS, params=asked)
    assert (answer.status_code, LABELS[label].vi in answer.text) == (422, True)


@pytest.mark.parametrize("name", ["viewer", "operator", "officer", "sen-vang"])
async def test_nobody_else_has_the_page(edge: ConsoleEdge, name: str) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, name)
        answer = await browser.get(READS)
        assert (answer.status_code, f'href="{READS}"' in answer.text) == (403, False)
