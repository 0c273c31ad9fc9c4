"""`motcua dead`, against operations' edge."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operating import letters
from deploy.operating.asking import Api
from services.operations.dead_api import VERBS, VERDICTS
from shared.errors import Misconfigured
from tests.services.operations.dead.office import Office, accepted
from tests.services.operations.story import application

WHY = "the release was mended"


@pytest.fixture
def office() -> Office:
    return Office()


@contextmanager
def terminal(office: Office, key: str = "op-key") -> Iterator[Api]:
    """Operations' API as the command calls it."""
    inside = httpx.ASGITransport(office.app())

    async def answered(request: httpx.Request) -> httpx.Response:
        answer = await inside.handle_async_request(request)
        return httpx.Response(answer.status_code, content=await answer.aread())

    transport = httpx.MockTransport(lambda request: asyncio.run(answered(request)))
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(transport=transport, base_url="http://operations", headers=headers) as http:
        yield Api(http)


def drawn(draw: Any, *said: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console, *said)
    return " ".join(console.export_text().split())


async def buried(office: Office, count: int, **data: Any) -> None:
    office.unknown.add("officer.accepted")
    for n in range(1, count + 1):
        office.send("routing.inbox", accepted(application(n), n, **data))
    await office.turn()
    office.unknown.clear()


def test_groups_a_group_and_one_are_shown(office: Office) -> None:
    asyncio.run(buried(office, 2, note=7))
    with terminal(office) as api:
        found = api.get("/v1/dead")
        (group,) = found["groups"]
        page = api.get(f"/v1/dead/{group['id']}")
        name = letters._name(page["items"][0])
        one = api.get(f"/v1/dead/{name}")

    said = drawn(letters.groups, found, office.log.now)
    assert f"{group['id']} routing ← routing.inbox nobody can read 2 2 0" in said
    assert "2 of routing: Expected `str`, got `int`" in drawn(letters.items, page, office.log.now)
    shown = drawn(letters.one, one, office.log.now)
    assert "$.data.note a text" in shown
    assert "✗ note 7" in shown
    assert "mend a copy of it" in shown


def test_what_a_sender_wrote_is_shown_as_it_is_and_no_markup(office: Office) -> None:
    message = accepted(application(1), **{"[/]": 7}) | {"type": "[red]"}
    place = office.send("routing.inbox", message)
    asyncio.run(office.turn())
    with terminal(office) as api:
        one = api.get(f"/v1/dead/{place.key}")

    assert "[red]" in drawn(letters.one, one, office.log.now)


def test_nothing_set_aside_is_said_so(office: Office) -> None:
    with terminal(office) as api:
        said = drawn(letters.groups, api.get("/v1/dead"), office.log.now)

    assert said == "Nothing is set aside that nobody did anything about."


def test_a_group_is_sent_again_page_by_page(office: Office) -> None:
    asyncio.run(buried(office, letters.PAGE + 3))
    with terminal(office) as api:
        (group,) = api.get("/v1/dead")["groups"]
        done = letters._do(api, f"/v1/dead/{group['id']}/redrive", WHY, is_group=True)

    assert len(done) == letters.PAGE + 3
    assert {item["result"] for item in done} == {"sent"}
    office.lane()
    assert len(office.taken) == letters.PAGE + 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$.data.copies=2", ("$.data.copies", 2)),
        ('$.data.note="2"', ("$.data.note", "2")),
        ("$.data.note=a=b", ("$.data.note", "a=b")),
    ],
)
def test_a_value_is_json_or_a_text(text: str, expected: tuple[str, Any]) -> None:
    assert letters._assigned(text) == expected


def test_what_is_no_path_and_value_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no path=value"):
        letters._assigned("copies=2")


@pytest.mark.parametrize(
    ("given", "says"),
    [(["g", "burn"], "is none of"), (["", "redrive"], "Name a group")],
)
def test_a_word_that_is_not_known_is_refused(given: list[str], says: str) -> None:
    ran = CliRunner().invoke(app, ["dead", *given])

    assert ran.exit_code != 0
    assert says in str(ran.exception)


def test_the_command_has_the_verbs_of_the_api() -> None:
    assert tuple(VERBS) == letters.DOING
    assert tuple(VERDICTS) == letters.DECIDING


def test_an_age_is_told_from_now() -> None:
    now = datetime(2026, 6, 9, tzinfo=UTC)

    assert letters._age(int(now.timestamp() * 1_000) - 61_000, now) == "1 min 1 s"
