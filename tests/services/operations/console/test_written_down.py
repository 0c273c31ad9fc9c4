"""Whoever is shown an application, on a page or over the API, is written down first."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, HTTPException, Request

from deploy.contracts.edges import openapi, operations
from services.operations.guard import Guard
from services.operations.limits import Limits
from services.operations.reads.naming import OPEN, SEARCHES, TAKES
from services.operations.reads.rows import STRETCH_S
from services.operations.reads_api import PAGE_LIMIT
from shared.access import Access
from shared.edge_app import edge_app
from shared.problems import Refusal
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import BASE, sign_in
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN, Story, application

ONE, OTHER = application(1), application(2)
THE_PROCESS = {  # what every service has beside its own edge
    *("/healthz", "/readyz", "/metrics"),
    *("/contracts/asyncapi.json", "/contracts/events/{event_type}.json"),
}
TELLING = {"application", "applications", "dossier_code", "subject", "personal", "entries"}


@pytest.fixture
async def story(edge: ConsoleEdge) -> Story:
    return await edge.read(begun(scenes.processing))


async def noted(edge: ConsoleEdge) -> list[tuple[str, str, str, int]]:
    page = await edge.reads.all("", PAGE_LIMIT)
    return [(each.by, each.address, each.what, each.count) for each in page.items]


# ---- over the edge


async def test_a_journey_on_a_page_is_found_by_who_asks_who_read_it(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    assert (await browser.get(f"/console/journeys/{story.application}")).status_code == 200
    async with edge.program("admin") as program:
        for name in (story.application, story.code, story.code.lower()):
            (item,) = (await program.get("/v1/reads", params={"name": name})).json()["items"]
            assert (item["by"], item["role"], item["address"]) == (
                *("viewer", "viewer"),
                "203.0.113.7",
            )
            assert item["what"] == "GET /console/journeys/{name}"
            assert item["asked"].endswith(story.application)
            assert item["at"] == edge.now.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("path", ["", "/waterfall", "/trace"])
async def test_so_is_one_over_the_api_by_whatever_name(
    edge: ConsoleEdge, story: Story, path: str
) -> None:
    async with edge.program() as program:
        await program.get(f"/v1/journeys/{story.code}{path}")
    found = await edge.reads.of([story.application, story.code], "", PAGE_LIMIT)
    assert [(each.by, each.address) for each in found.items] == [("operator-1", "203.0.113.8")]


async def test_a_message_is_written_down_with_its_place(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    entry = story.log.entries(story.application)[0]
    place = "/".join(map(str, entry.place))
    await browser.get(f"/console/journeys/{story.application}/messages/{place}")
    (found,) = (await edge.reads.of([story.application], "", PAGE_LIMIT)).items
    assert found.asked.endswith(place)


async def test_a_search_is_written_down_also_when_nothing_is_found_and_numbers_are_hidden(
    edge: ConsoleEdge,
) -> None:
    async with edge.program() as program:
        await program.get("/v1/find", params={"q": "001099000001"})
        await program.get("/v1/find", params={"q": "nobody@example.invalid"})
    found = (await edge.reads.all("", PAGE_LIMIT)).items
    assert {(each.asked, each.count) for each in found} == {("/v1/find q=•••", 0)}


async def test_a_search_for_a_person_is_written_down_without_the_number(
    edge: ConsoleEdge,
) -> None:
    edge.reads_table.rows.clear()
    for method, path in SEARCHES:
        scope = {"type": "http", "method": method, "path": path, "query_string": b""}
        scope |= {"headers": [], "client": ("203.0.113.8", 1), "path_params": {}, "state": {}}
        await Guard(edge.door, edge.reads, Limits(edge.ticks), lambda: BEGAN).note(scope, b"{}")
    found = (await edge.reads.all("", PAGE_LIMIT)).items
    assert {(each.what, each.asked, each.count) for each in found} == {
        (f"{method} {path}", path, 0) for method, path in SEARCHES
    }
    assert {path for _, path in SEARCHES} <= {path for _, path, _ in routes()}


async def test_what_is_refused_shows_nothing_and_is_not_written_down(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient
) -> None:
    await browser.get(f"/console/journeys/{story.application}")
    await browser.get(f"/v1/journeys/{story.application}")
    async with edge.program() as program:
        await program.get(f"/v1/journeys/{ONE[:-4]}0000")
        await program.get("/v1/counts")
    await sign_in(browser)
    for path in (
        f"/journeys/{OTHER}",
        f"/journeys/{OTHER}?from={OTHER}&to=%27",
        f"/reads?of={ONE}",
    ):
        assert "lang=en" in (await browser.get(f"/console{path}")).text
    with suppress(Refusal):
        while True:
            edge.limits.take("read", "viewer")
    assert OTHER in (await browser.get(f"/console/journeys/{OTHER}?a={OTHER}")).text
    assert await noted(edge) == []


async def test_what_cannot_be_written_down_is_not_shown(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    path = f"/journeys/{story.application}"
    edge.reads_table.trouble.fails = lambda: True
    async with edge.program() as program:
        answers = [await program.get(f"/v1{path}"), await browser.get(f"/console{path}")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(story.code not in answer.text for answer in answers)
    assert "Retry-After" in answers[0].headers
    assert "<h1>" in answers[1].text


@pytest.mark.parametrize("role", ["operator", "nobody"])
async def test_only_who_looks_after_it_is_told_who_read(edge: ConsoleEdge, role: str) -> None:
    async with edge.program() as program:
        if role == "nobody":
            program.headers.pop("authorization")
        assert (await program.get("/v1/reads")).status_code in (401, 403)


async def test_reads_are_told_by_person_a_page_at_a_time_the_newest_first(
    edge: ConsoleEdge, story: Story
) -> None:
    async with edge.program() as program:
        for path in ("", "/waterfall", "/trace"):
            await program.get(f"/v1/journeys/{story.application}{path}")
            edge.now += timedelta(seconds=STRETCH_S)
    async with edge.program("checker") as program:
        page: dict[str, Any] = {"next": ""}
        seen: list[str] = []
        while page["next"] is not None:
            asked = {"by": "operator-1", "limit": 2, "after": page["next"]}
            page = (await program.get("/v1/reads", params=asked)).json()
            seen += [each["what"].rpartition("/")[2] for each in page["items"]]
        both = await program.get("/v1/reads", params={"by": "a", "name": "b"})
    assert seen == ["trace", "waterfall", "{name}"]
    assert both.status_code == 422


# ---- all routes


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi("operations")["paths"].items():
        for method, told in methods.items():
            yield method, path, told


def answering(edge: ConsoleEdge, status: int) -> httpx.AsyncClient:
    """Return all addresses of operations, each of which names an application."""
    guard = Guard(edge.door, edge.reads, Limits(edge.ticks), lambda: BEGAN)
    stand = APIRouter(dependencies=[Depends(guard.enter)])

    async def name_one() -> dict[str, str]:
        return {"application": ONE}

    for method, path, _ in routes():
        stand.add_api_route(path, name_one, methods=[method], status_code=status)
    app = guard.around(edge_app("operations", Access({}), (stand,)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)


@pytest.mark.parametrize("status", [200, 303, 422])
async def test_whatever_a_route_answers_is_written_down_or_it_is_said_why_not(
    edge: ConsoleEdge, status: int
) -> None:
    async with answering(edge, status) as client:
        for method, path, _ in routes():
            answer = await client.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == status
    found = [each.what for each in (await edge.reads.of([ONE], "", 1_000)).items]
    expected = [f"{method.upper()} {path}" for method, path, _ in routes() if path not in OPEN]
    assert sorted(found) == sorted(expected)


class Closed(Guard):
    """Lets nobody in."""

    async def enter(self, request: Request) -> None:
        raise HTTPException(418)


async def test_every_route_of_the_edge_has_the_guard_before_it(edge: ConsoleEdge) -> None:
    own = operations(Closed(edge.door, edge.reads, Limits(edge.ticks), lambda: BEGAN))
    transport = httpx.ASGITransport(edge_app("operations", Access({}), (own,)))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        for method, path, _ in routes():
            if path not in THE_PROCESS:
                assert (await client.request(method, path)).status_code == 418, (method, path)


def test_what_is_not_written_down_is_there_and_tells_of_nobody() -> None:
    there = {path for _, path, _ in routes()} | {"/openapi.json", "/console/oidc/back"}
    assert set(OPEN) <= there
    assert all(OPEN.values())
    to_the_citizen = {"/v1/status", "/status", "/status/feedback"}
    for method, path, told in routes():
        if path in set(OPEN) - to_the_citizen:
            takes = {each["name"] for each in told.get("parameters", ())}
            is_a_file = path in ("/console/static/{name}", "/v1/reads")
            assert is_a_file or takes.isdisjoint(TAKES | TELLING), (method, path)
            assert fields(told["responses"]).isdisjoint(TELLING), (method, path)


def fields(node: Any) -> set[str]:
    """Return every field that a description of answers has."""
    if isinstance(node, list):
        return set().union(*map(fields, node))
    if not isinstance(node, dict):
        return set()
    own = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return own.union(*map(fields, node.values()))
