"""How long somebody is signed in, and what ends it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import Request

from services.operations.console.accounts import Accounts
from services.operations.console.door import Door
from services.operations.console.oidc import Oidc, Provider
from services.operations.console.sessions import (
    IDLE_S,
    KEPT_EACH,
    LIVES_S,
    PROVIDER_LIVES_S,
    SEEN_S,
    Session,
    Sessions,
    Way,
)
from shared.access import Caller
from shared.principals import People
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import KEPT, KEY, ROLES
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.status.edge import Ticks

COOKIE = "__Host-motcua_console"
HOME = "/console/find"
ISSUER = "https://id.example.test"


async def is_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get(HOME)).status_code == 200


async def seen(door: Door, token: str) -> Session | None:
    """Return who a door sees that looks at these tables."""
    headers = [(b"host", b"console.test"), (b"cookie", f"{COOKIE}={token}".encode())]
    scope = {"type": "http", "scheme": "https", "method": "GET", "path": HOME}
    request = Request(scope | {"query_string": b"", "headers": headers})
    return (await door.visit(request)).session


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def rows() -> MemoryTable:
    return MemoryTable(Trouble())


@pytest.fixture
def sessions(rows: MemoryTable, ticks: Ticks) -> Sessions:
    return Sessions(rows, ticks.clock)


@pytest.mark.parametrize(
    ("way", "steps_s", "lasts"),
    [
        ("account", [IDLE_S - 1] * 3, True),
        ("account", [IDLE_S + SEEN_S], False),
        ("account", [IDLE_S - 1] * int(LIVES_S // (IDLE_S - 1) + 1), False),
        ("provider", [PROVIDER_LIVES_S / 4] * 3, True),
        ("provider", [PROVIDER_LIVES_S / 4] * 4, False),
    ],
    ids=["seen now and then", "idle", "all day", "of a provider", "for an hour"],
)
async def test_a_session_ends_when_it_is_idle_and_at_the_end_of_the_day(
    sessions: Sessions,
    rows: MemoryTable,
    ticks: Ticks,
    way: Way,
    steps_s: list[float],
    lasts: bool,
) -> None:
    token = await sessions.open(Caller("a", "viewer"), way)
    found = None
    for step_s in steps_s:
        ticks.now_s += step_s
        found = await sessions.find(token)
    assert (found is not None) is lasts
    assert bool(rows.rows) is lasts


KEPT_ROW = {"role": "operator", "password": KEPT, "person": "operator"}


@pytest.mark.parametrize(
    ("rows", "lasts"),
    [
        ({"operator": KEPT_ROW}, True),
        ({}, False),
        ({"viewer": KEPT_ROW}, False),
        ({"operator": KEPT_ROW | {"role": "viewer"}}, False),
        ({"operator": KEPT_ROW | {"person": "viewer"}}, False),
        ({"operator": KEPT_ROW | {"role": "unit_officer", "units": "01"}}, False),
    ],
    ids=["as it was", "gone", "another's", "another role", "another person", "of a unit"],
)
async def test_a_session_ends_at_once_when_its_account_or_role_was_taken_away(
    edge: ConsoleEdge, seated: httpx.AsyncClient, rows: dict[str, dict[str, str]], lasts: bool
) -> None:
    assert await is_in(seated)
    people = People({name: {} for name in ROLES})
    restarted = replace(edge.door, accounts=Accounts(rows, people))
    assert (await seen(restarted, seated.cookies[COOKIE]) is not None) is lasts
    assert await is_in(seated) is lasts


def provider(issuer: str = ISSUER, role: str = "operator") -> Oidc:
    told = Provider(
        issuer=issuer,
        client_id="console",
        client_secret="made-up",
        back="https://console.test/console/oidc/back",
        roles={"group": role},
    )
    return Oidc(told, KEY, lambda: datetime.now(UTC), httpx.AsyncClient())


@pytest.mark.parametrize(
    ("oidc", "lasts"),
    [
        (provider(), True),
        (None, False),
        (provider(role="viewer"), False),
        (provider("https://other.example.test"), False),
    ],
    ids=["as it was", "no provider", "a role that nobody has", "another provider"],
)
async def test_so_does_one_through_a_provider_when_its_role_is_given_no_more(
    edge: ConsoleEdge, oidc: Oidc | None, lasts: bool
) -> None:
    one = Caller("an", "operator", (), f"{ISSUER}#an")
    token = await edge.door.sessions.open(one, "provider")
    door = replace(edge.door, oidc=oidc)
    assert (await seen(door, token) is not None) is lasts
    assert (await edge.door.sessions.find(token) is not None) is lasts


async def test_a_session_is_known_to_every_process_and_ended_for_every_one(
    sessions: Sessions, rows: MemoryTable, ticks: Ticks
) -> None:
    officer = Caller("a", "unit_officer", ("01", "79"), "https://id.example.test#7c9e")
    token, another = await sessions.open(officer, "account"), Sessions(rows, ticks.clock)
    here, there = await sessions.find(token), await another.find(token)
    assert here == there
    assert there
    assert there.caller == officer
    await another.close(token)
    assert await sessions.find(token) is None
    assert rows.rows == {}


async def test_an_account_has_so_many_sessions_and_the_oldest_ends(
    sessions: Sessions, ticks: Ticks
) -> None:
    own = []
    for _ in range(KEPT_EACH + 1):
        ticks.now_s += 1
        own.append(await sessions.open(Caller("a", "viewer"), "account"))
    others = [Caller("a/b", "viewer"), Caller("a", "viewer", (), "https://id.example.test#a")]
    tokens = [await sessions.open(other, "account") for other in others]
    assert [await sessions.find(t) is not None for t in own] == [False] + [True] * KEPT_EACH
    assert all([await sessions.find(token) for token in tokens])
    assert await sessions.find("") is None


async def test_what_one_process_ends_is_over_for_every_one(
    sessions: Sessions, rows: MemoryTable, ticks: Ticks
) -> None:
    another = Sessions(rows, ticks.clock)
    tokens = [await sessions.open(Caller("a", "viewer"), "account") for _ in range(2)]
    stays = await sessions.open(Caller("a/b", "viewer"), "account")
    await another.end(await another.of("a"))
    assert [await sessions.find(token) for token in tokens] == [None, None]
    assert await sessions.find(stays)
    await another.end(await another.of("a/b"))
    assert rows.rows == {}


async def test_of_very_many_the_newest_are_told_and_that_there_are_more(
    sessions: Sessions, ticks: Ticks
) -> None:
    for n in range(3):
        ticks.now_s += 1
        await sessions.open(Caller(f"a{n}", "viewer"), "account")
    found, is_cut = await sessions.all(2)
    assert ([each.told.name for each in found], is_cut) == (["a2", "a1"], True)
    found, is_cut = await sessions.all(3)
    assert (len(found), is_cut) == (3, False)


@pytest.mark.parametrize("steps", range(14))
async def test_one_that_begins_while_others_are_ended_is_over_or_told(
    sessions: Sessions, steps: int
) -> None:
    """Whenever that is: none lasts that nobody sees and nobody could end."""
    person = Caller("a", "viewer")
    before = await sessions.open(person, "account")
    beginning = asyncio.create_task(sessions.open(person, "account"))
    for _ in range(steps):
        await asyncio.sleep(0)
    await sessions.end(await sessions.of("a"))
    lasts = await sessions.find(await beginning) is not None
    assert await sessions.find(before) is None
    assert len(await sessions.of("a")) == lasts
    (told, _) = await sessions.all(9)
    assert len(told) == lasts


async def test_what_nobody_came_back_to_is_cleared_away(
    sessions: Sessions, rows: MemoryTable, ticks: Ticks
) -> None:
    for n in range(5):
        await sessions.open(Caller(f"a{n}", "viewer"), "account")
    ticks.now_s += LIVES_S + 1
    last = await sessions.open(Caller("b", "viewer"), "account")
    assert {row["name"] for row in rows.rows.values() if "name" in row} == {"b"}
    await sessions.close(last)
    assert rows.rows == {}


async def test_no_row_has_what_a_browser_has(sessions: Sessions, rows: MemoryTable) -> None:
    token = await sessions.open(Caller("a", "viewer"), "account")
    assert token not in str(rows.rows)


async def test_a_database_that_is_away_asks_nobody_to_sign_in_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    edge.store.trouble.fails = lambda: True
    answer = await seated.get(HOME)
    assert (answer.status_code, COOKIE in seated.cookies) == (503, True)
    edge.store.trouble.fails = lambda: False
    assert await is_in(seated)
