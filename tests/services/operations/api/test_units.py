"""Who may read over the API what the console shows: as there, an officer what is with his units."""

from typing import Any

import httpx
import pytest

from tests.services.operations import scenes
from tests.services.operations.api.edge import UNITS, Edge
from tests.services.operations.at_intake import NUMBER
from tests.services.operations.scenes import begun
from tests.services.operations.story import Log, Story

WHY = "The citizen called"


def bearer(role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {role}-key"}


def elsewhere(n: int) -> Story:
    """An application in another province."""
    other = Story(Log(), n)
    other.routed(other.registered())
    for at, record in enumerate(other.log.records):
        moved = (record.value or b"").replace(b'"00004"', b'"26737"')
        other.log.records[at] = record._replace(value=moved)
    return other


@pytest.fixture
async def both(edge: Edge) -> tuple[Story, Story]:
    """One that is with the officer's units, and another; both are of the person."""
    assert UNITS == "01"
    theirs, other = begun(scenes.processing, 1), elsewhere(2)
    for story in (theirs, other):
        await edge.read(story.log)
        await edge.at_intake.registered(story.application)
    return theirs, other


def addresses(story: Story) -> list[str]:
    """All that opens one application."""
    record = next(r for r in story.log.records if r.topic == "intake.events")
    place = f"messages/{record.topic}/{record.partition}/{record.offset}"
    base = f"/v1/journeys/{story.application}"
    return [base, *(f"{base}/{part}" for part in ("waterfall", "trace", place))]


async def found(client: httpx.AsyncClient, role: str, typed: str) -> list[str]:
    headers = bearer(role)
    asked = await client.get("/v1/find", params={"q": typed}, headers=headers)
    sent = await client.post("/v1/find", json={"q": typed}, headers=headers)
    assert (asked.status_code, sent.status_code) == (200, 200)
    assert asked.json() == sent.json()
    return [hit["application"] for hit in asked.json()["found"]]


@pytest.mark.parametrize("role", ["viewer", "checker", "op"])
async def test_who_reads_the_console_finds_and_opens_the_same_over_the_api(
    client: httpx.AsyncClient, both: tuple[Story, Story], role: str
) -> None:
    for story in both:
        assert await found(client, role, story.code) == [story.application]
        for path in addresses(story):
            assert (await client.get(path, headers=bearer(role))).status_code == 200, path


async def test_an_officer_finds_and_opens_what_is_with_his_units_alone(
    client: httpx.AsyncClient, both: tuple[Story, Story]
) -> None:
    theirs, other = both
    assert await found(client, "officer", theirs.code) == [theirs.application]
    assert await found(client, "officer", other.code) == []
    for path in addresses(theirs):
        assert (await client.get(path, headers=bearer("officer"))).status_code == 200, path
    for path in addresses(other):
        answer = await client.get(path, headers=bearer("officer"))
        assert (answer.status_code, answer.json()["title"]) == (403, "not yours"), path
        assert other.application not in answer.text


@pytest.mark.parametrize(("role", "seen"), [("op", 2), ("officer", 1)])
async def test_by_person_an_officer_finds_what_is_with_his_units_an_operator_all(
    client: httpx.AsyncClient, both: tuple[Story, Story], role: str, seen: int
) -> None:
    body = {"q": NUMBER, "reason": WHY}
    answer = await client.post("/v1/find", json=body, headers=bearer(role))
    assert answer.status_code == 200
    applications = {hit["application"] for hit in answer.json()["found"]}
    assert applications == {story.application for story in both[:seen]}


@pytest.mark.parametrize("role", ["viewer", "checker"])
async def test_who_may_not_find_by_person_is_told_which_role_may_and_intake_is_not_asked(
    edge: Edge, client: httpx.AsyncClient, both: Any, role: str
) -> None:
    body = {"q": NUMBER, "reason": WHY}
    answer = await client.post("/v1/find", json=body, headers=bearer(role))
    assert (answer.status_code, answer.json()["title"]) == (403, "wrong role")
    assert "unit_officer" in answer.json()["detail"]
    assert edge.at_intake.asked == []
