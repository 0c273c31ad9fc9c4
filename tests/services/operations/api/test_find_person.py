"""Find by person over the API: the number in the body, with a reason; in no address."""

from typing import Any

import httpx
import pytest

from tests.services.operations.api.edge import Edge
from tests.services.operations.at_intake import NUMBER, silent

WHY = "The citizen called"


@pytest.fixture
async def known(edge: Edge, story: Any, log: Any) -> str:
    """An application of the person."""
    story.registered()
    await edge.read(log)
    await edge.at_intake.registered(story.application)
    return str(story.application)


async def test_what_is_sent_finds_the_applications_of_a_person(
    client: httpx.AsyncClient, edge: Edge, known: str
) -> None:
    answer = await client.post("/v1/find", json={"q": "001 199 000001", "reason": WHY})
    subject = edge.at_intake.hashed(NUMBER)
    assert answer.status_code == 200
    assert answer.json()["asked"] == f"subject:{subject}"
    assert [hit["application"] for hit in answer.json()["found"]] == [known]
    assert NUMBER not in answer.text
    again = await client.post("/v1/find", json={"q": f"subject:{subject}", "reason": WHY})
    assert again.json() == answer.json()


async def test_what_is_sent_finds_all_else_as_well(
    client: httpx.AsyncClient, edge: Edge, story: Any, known: str
) -> None:
    sent = await client.post("/v1/find", json={"q": story.code})
    asked = await client.get("/v1/find", params={"q": story.code})
    assert sent.json() == asked.json()
    assert sent.json()["found"][0]["application"] == known
    assert edge.at_intake.asked == []


@pytest.mark.parametrize("typed", [NUMBER, "001.199.000001", f"subject:{'5f' * 32}"])
async def test_what_names_a_person_is_not_taken_from_an_address(
    client: httpx.AsyncClient, edge: Edge, typed: str
) -> None:
    answer = await client.get("/v1/find", params={"q": typed})
    assert (answer.status_code, answer.json()["title"]) == (400, "person in address")
    assert "POST /v1/find" in answer.json()["detail"]
    assert typed not in answer.text
    assert edge.at_intake.asked == []


async def test_what_cannot_be_answered_is_said(client: httpx.AsyncClient, edge: Edge) -> None:
    without = await client.post("/v1/find", json={"q": NUMBER})
    assert (without.status_code, without.json()["title"]) == (422, "reason needed")
    edge.at_intake.fails = silent
    answer = await client.post("/v1/find", json={"q": NUMBER, "reason": WHY})
    assert (answer.status_code, answer.json()["title"]) == (503, "intake silent")
    assert answer.headers["retry-after"] == "5"
