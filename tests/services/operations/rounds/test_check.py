"""What corrects money or state: asked for by one, and done once another agreed."""

import hashlib

import httpx
import pytest

from services.operations.domain.actions import ACTIONS
from services.operations.domain.rounds import OPEN_LIMIT
from shared.access import Access
from shared.events import Event
from shared.principals import People
from tests.services.operations.rounds.edge import Door, preview

SECOND = {"authorization": "Bearer op-key-2"}
CHECKER = {"authorization": "Bearer checker-key"}
ROBOT = {"authorization": "Bearer robot-key"}
WHY = {"reason": "looked at both of them"}


@pytest.fixture
async def asked(client: httpx.AsyncClient, door: Door, held: list[Event]) -> str:
    """Where a round is that o-1 asked for, and that nobody has agreed to."""
    door.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    made = await preview(client)
    assert (made.json()["status"], made.json()["needs_check"]) == ("ready", True)
    where = made.headers["location"]
    assert (await client.post(f"{where}/start", json={})).json()["status"] == "waiting_for_check"
    return where


@pytest.mark.parametrize("other", [SECOND, CHECKER], ids=["operator", "checker"])
async def test_nothing_is_done_before_another_agreed(
    client: httpx.AsyncClient, door: Door, asked: str, other: dict[str, str]
) -> None:
    await door.turn()
    assert door.published.events == []

    agreed = await client.post(f"{asked}/approve", json=WHY, headers=other)

    assert (agreed.status_code, agreed.json()["status"]) == (200, "running")
    assert [act["what"] for act in agreed.json()["acts"]] == ["preview", "ask", "approve"]
    assert agreed.json()["acts"][-1]["reason"] == WHY["reason"]
    await door.turn()
    assert {event.source for _, event in door.published.events} == {"/operators/o-1"}


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_who_asked_is_not_who_checks(
    client: httpx.AsyncClient, asked: str, verb: str
) -> None:
    answer = await client.post(f"{asked}/{verb}", json=WHY)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:same-person")
    assert (await client.get(asked)).json()["status"] == "waiting_for_check"


async def test_a_key_that_is_nobodys_is_no_second_person(
    client: httpx.AsyncClient, asked: str
) -> None:
    answer = await client.post(f"{asked}/approve", json=WHY, headers=ROBOT)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:not-told-apart")
    assert (await client.get(asked)).json()["status"] == "waiting_for_check"


async def test_what_a_key_that_is_nobodys_asked_for_nobody_agrees_to(
    client: httpx.AsyncClient, door: Door, held: list[Event]
) -> None:
    door.actions["release"] = ACTIONS["release"]._replace(needs_check=True)
    client.headers.update(ROBOT)
    where = (await preview(client)).headers["location"]
    await client.post(f"{where}/start", json={})

    answer = await client.post(f"{where}/approve", json=WHY, headers=SECOND)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:not-told-apart")


async def test_who_asked_by_another_name_is_not_who_checks(
    client: httpx.AsyncClient, door: Door, asked: str
) -> None:
    """The same human comes with a checker's key of another name."""
    row = {"name": "c-1", "role": "checker", "person": "o-1"}
    hashed = hashlib.sha256(b"checker-key").hexdigest()
    door.app.state.access = Access({hashed: row}, People({"o-1": {}}))

    answer = await client.post(f"{asked}/approve", json=WHY, headers=CHECKER)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:same-person")


async def test_what_another_turns_down_is_not_done(
    client: httpx.AsyncClient, door: Door, asked: str
) -> None:
    answer = await client.post(f"{asked}/reject", json=WHY, headers=CHECKER)

    assert (answer.json()["status"], answer.json()["results"]) == ("rejected", {"not_sent": 2})
    assert (await client.post(f"{asked}/approve", json=WHY, headers=SECOND)).status_code == 409
    await door.turn()
    assert door.published.events == []


async def test_who_checks_says_why(client: httpx.AsyncClient, asked: str) -> None:
    for said in ({}, {"reason": ""}):
        answer = await client.post(f"{asked}/approve", json=said, headers=CHECKER)
        assert answer.status_code == 422


async def test_a_checker_looks_and_agrees_and_does_nothing_else(
    client: httpx.AsyncClient, asked: str
) -> None:
    for path in ("/v1/rounds", asked, f"{asked}/items"):
        assert (await client.get(path, headers=CHECKER)).status_code == 200
    for verb in ("start", "pause", "resume", "abort"):
        answer = await client.post(f"{asked}/{verb}", json={}, headers=CHECKER)
        assert answer.status_code == 403
    client.headers.update(CHECKER)
    assert (await preview(client)).status_code == 403


async def test_who_asked_can_take_it_back(client: httpx.AsyncClient, asked: str) -> None:
    assert (await client.post(f"{asked}/abort", json={})).json()["status"] == "aborted"
    assert (await client.post(f"{asked}/approve", json=WHY, headers=CHECKER)).status_code == 409


async def test_what_needs_no_check_cannot_be_agreed_to(
    client: httpx.AsyncClient, held: list[Event]
) -> None:
    where = (await preview(client)).headers["location"]

    assert (await client.post(f"{where}/approve", json=WHY, headers=CHECKER)).status_code == 409


async def test_agreeing_starts_no_more_rounds_than_can_be_followed(
    client: httpx.AsyncClient, door: Door, asked: str
) -> None:
    door.actions["release"] = ACTIONS["release"]
    for n in range(OPEN_LIMIT):
        where = (await preview(client, reason=f"the {n}th")).headers["location"]
        assert (await client.post(f"{where}/start", json={})).status_code == 200

    answer = await client.post(f"{asked}/approve", json=WHY, headers=CHECKER)

    assert answer.json()["type"] == "urn:motcua:problem:too-many-open"
