"""Who is signed in is seen, and ended: a person's by an administrator, one's own by anybody."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.sessions import IDLE_S, SEEN_S
from services.operations.reads_api import PAGE_LIMIT
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import ROLES, TOKEN, send, sign_in
from tests.services.operations.memory import Trouble

OWN, EVERYBODY = "/console/sessions", "/console/sessions/everybody"
COOKIE = "__Host-motcua_console"
WHY = "The notebook was lost"
OF_VIEWER = {"person": "local#viewer", "reason": WHY}
ROW = re.compile(r'<th scope="row">([^<]+?)\s*(?:<|$)')


@pytest.fixture
async def admin(edge: ConsoleEdge) -> AsyncIterator[httpx.AsyncClient]:
    async with edge.browser() as browser:
        await sign_in(browser, "admin")
        yield browser


@pytest.fixture
async def viewers(edge: ConsoleEdge) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Two browsers of the same person."""
    async with edge.browser() as one, edge.browser("203.0.113.99") as other:
        for browser in (one, other):
            await sign_in(browser, "viewer")
        yield [one, other]


async def are_in(browsers: list[httpx.AsyncClient]) -> list[bool]:
    return [(await browser.get(OWN)).status_code == 200 for browser in browsers]


async def post(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Send a form of the page that is open to who sends it."""
    token = TOKEN.search((await browser.get(OWN)).text)
    assert token
    return await send(browser, path, token=token[1], **fields)


async def written_down(edge: ConsoleEdge) -> list[tuple[str, str, str, str]]:
    found = (await edge.reads.all("", PAGE_LIMIT)).items
    return [(each.by, each.what, each.asked.partition(" since")[0], each.reason) for each in found]


# ---- everybody's


async def test_an_administrator_sees_who_is_signed_in_and_no_secret_of_anybody(
    edge: ConsoleEdge, admin: httpx.AsyncClient, viewers: list[httpx.AsyncClient]
) -> None:
    edge.ticks.now_s += 2 * SEEN_S
    await are_in(viewers[:1])
    page = (await admin.get(EVERYBODY, params={"lang": "en"})).text
    assert sorted(ROW.findall(page)) == ["admin", "viewer", "viewer"]
    assert page.count(LABELS["sessions_this"].en) == 1
    async with edge.program("admin") as program:
        answer = await program.get("/v1/sessions")
    one = answer.json()["items"][0]
    assert one.keys() == {"person", "name", "role", "units", "way", "since", "seen"}
    assert {(each["person"], each["way"]) for each in answer.json()["items"]} == {
        ("local#viewer", "account"),
        ("local#admin", "account"),
    }
    seen = sorted(each["seen"] for each in answer.json()["items"])
    assert (seen[0] < seen[-1], answer.json()["is_cut"]) == (True, False)
    cookies = [browser.cookies[COOKIE] for browser in (admin, *viewers)]
    rows = edge.sessions_table.rows
    secrets = {*cookies, *(row["csrf"] for row in rows.values() if "csrf" in row)}
    secrets |= {key.partition("/")[0] for key in rows if key[:2] not in ("of", "un")}
    assert len(secrets) > len(cookies) > 2
    assert [each for each in secrets if each in answer.text] == []
    assert [each for each in secrets if each in page and f'value="{each}"' not in page] == []


async def test_ending_somebodys_sessions_ends_all_of_them_and_no_other_and_is_written_down(
    edge: ConsoleEdge, admin: httpx.AsyncClient, viewers: list[httpx.AsyncClient]
) -> None:
    async with edge.browser() as other:
        await sign_in(other, "operator")
        answer = await post(admin, f"{EVERYBODY}/end", **OF_VIEWER)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{EVERYBODY}?ended=2")
        assert await are_in([*viewers, admin, other]) == [False, False, True, True]
    said = (await admin.get(f"{answer.headers['location']}&lang=en")).text
    assert LABELS["sessions_ended"].told(count="2").en in said
    what, asked = f"POST {EVERYBODY}/end", "person=local#viewer sessions=2"
    assert await written_down(edge) == [("admin", what, asked, WHY)]
    shown = (await admin.get("/console/reads")).text
    assert asked in shown
    assert WHY in shown
    await sign_in(viewers[0], "viewer")  # an account that stands lets in again
    assert await are_in(viewers) == [True, False]


async def test_so_does_a_key_and_a_second_time_there_is_nobody_to_end(
    edge: ConsoleEdge, viewers: list[httpx.AsyncClient]
) -> None:
    async with edge.program("admin") as program:
        answers = [await program.post("/v1/sessions/end", json=OF_VIEWER) for _ in range(2)]
    assert answers[0].json() == {"person": "local#viewer", "ended": 2}
    assert (answers[1].status_code, answers[1].json()["title"]) == (404, "nobody signed in")
    assert await are_in(viewers) == [False, False]
    ((by, what, _, reason),) = await written_down(edge)
    assert (by, what, reason) == ("admin-1", "POST /v1/sessions/end", WHY)


async def test_each_time_is_written_down(
    edge: ConsoleEdge, viewers: list[httpx.AsyncClient]
) -> None:
    async with edge.program("admin") as program:
        for n in range(2):
            assert (await program.post("/v1/sessions/end", json=OF_VIEWER)).status_code == 200, n
            edge.ticks.now_s += 1
            await sign_in(viewers[0], "viewer")
    assert len(await written_down(edge)) == 2


async def test_what_cannot_be_written_down_is_not_done(
    edge: ConsoleEdge, admin: httpx.AsyncClient, viewers: list[httpx.AsyncClient]
) -> None:
    edge.reads_table.trouble = Trouble(lambda: True)
    async with edge.program("admin") as program:
        assert (await program.post("/v1/sessions/end", json=OF_VIEWER)).status_code == 503
    assert (await post(admin, f"{EVERYBODY}/end", **OF_VIEWER)).status_code == 503
    assert await are_in(viewers) == [True, True]


@pytest.mark.parametrize("reason", ["", "no"])
async def test_without_a_reason_nothing_is_ended(
    edge: ConsoleEdge,
    admin: httpx.AsyncClient,
    viewers: list[httpx.AsyncClient],
    reason: str,
) -> None:
    answer = await post(admin, f"{EVERYBODY}/end", person="local#viewer", reason=reason)
    assert (answer.status_code, LABELS["refused_reason-missing"].vi in answer.text) == (422, True)
    async with edge.program("admin") as program:
        body = {"person": "local#viewer", "reason": reason}
        assert (await program.post("/v1/sessions/end", json=body)).status_code == 422
    assert await are_in(viewers) == [True, True]


async def test_a_form_of_another_session_ends_nothing(
    admin: httpx.AsyncClient, viewers: list[httpx.AsyncClient]
) -> None:
    token = TOKEN.search((await viewers[0].get(OWN)).text)
    assert token
    answer = await send(admin, f"{EVERYBODY}/end", token=token[1], **OF_VIEWER)
    assert (answer.status_code, await are_in(viewers)) == (403, [True, True])


@pytest.mark.parametrize("name", sorted(ROLES.keys() - {"admin"}))
async def test_nobody_else_sees_or_ends_what_is_anothers(
    edge: ConsoleEdge, viewers: list[httpx.AsyncClient], name: str
) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, name)
        page = await browser.get(EVERYBODY)
        assert (page.status_code, f'href="{EVERYBODY}"' in page.text) == (403, False)
        assert (await post(browser, f"{EVERYBODY}/end", **OF_VIEWER)).status_code == 403
    async with edge.program("operator") as program:
        assert (await program.get("/v1/sessions")).status_code == 403
        assert (await program.post("/v1/sessions/end", json=OF_VIEWER)).status_code == 403
    assert await are_in(viewers) == [True, True]
    assert await written_down(edge) == []


async def test_who_was_idle_too_long_is_not_told_as_signed_in(
    edge: ConsoleEdge, viewers: list[httpx.AsyncClient]
) -> None:
    del viewers
    edge.ticks.now_s += IDLE_S + 2 * SEEN_S
    async with edge.program("admin") as program:
        assert (await program.get("/v1/sessions")).json()["items"] == []
        assert (await program.post("/v1/sessions/end", json=OF_VIEWER)).status_code == 404


# ---- one's own


@pytest.mark.parametrize("name", sorted(ROLES))
async def test_anybody_ends_all_his_other_sessions_and_stays(edge: ConsoleEdge, name: str) -> None:
    async with edge.browser() as here, edge.browser() as there, edge.browser() as other:
        for browser, who in ((here, name), (there, name), (other, min(ROLES.keys() - {name}))):
            await sign_in(browser, who)
        page = (await here.get(OWN, params={"lang": "en"})).text
        assert (len(ROW.findall(page)), page.count(LABELS["sessions_this"].en)) == (2, 1)
        answer = await post(here, f"{OWN}/end")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{OWN}?ended=1")
        assert await are_in([here, there, other]) == [True, False, True]
        assert LABELS["sessions_no_other"].en in (await here.get(OWN)).text
        assert (await post(here, f"{OWN}/end")).status_code == 404
    ((by, what, asked, _),) = await written_down(edge)
    assert (by, what) == (name, "POST /console/sessions/end")
    assert asked == f"person=local#{name} sessions=1"


async def test_a_key_ends_the_sessions_of_the_person_whose_it_is(
    edge: ConsoleEdge, viewers: list[httpx.AsyncClient], admin: httpx.AsyncClient
) -> None:
    async with edge.program("viewer") as program:
        assert len((await program.get("/v1/sessions/own")).json()["items"]) == 2
        for n in (2, 0):
            told = (await program.post("/v1/sessions/own/end")).json()
            assert told == {"person": "local#viewer", "ended": n}
    assert await are_in([*viewers, admin]) == [False, False, True]


async def test_a_key_that_is_nobodys_has_no_sessions_of_its_own(edge: ConsoleEdge) -> None:
    async with edge.program("admin") as program:
        answers = [
            await program.get("/v1/sessions/own"),
            await program.post("/v1/sessions/own/end"),
        ]
    assert [(a.status_code, a.json()["title"]) for a in answers] == [(409, "no person")] * 2


async def test_the_times_that_are_told_are_those_of_the_session(
    edge: ConsoleEdge, viewers: list[httpx.AsyncClient]
) -> None:
    began = edge.ticks.clock()
    edge.ticks.now_s += 5 * SEEN_S
    await are_in(viewers)
    (one, _), _ = await edge.door.sessions.all(5)
    assert abs(one.told.since - began) < timedelta(seconds=1)
    seen = one.told.seen - began
    assert timedelta(seconds=4 * SEEN_S) < seen <= timedelta(seconds=5 * SEEN_S)
