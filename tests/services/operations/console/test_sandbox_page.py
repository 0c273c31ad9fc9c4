"""The sandbox's page: faults are turned there, by who may, where there is a sandbox at all."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from deploy.sandbox import switches
from deploy.sandbox.switches import Switches
from services.operations.console.labels import LABELS
from services.operations.console.sandbox.switches import SWITCHES
from shared.catalogue import Catalogue
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in

PAGE = "/console/sandbox"


@pytest.fixture
def on() -> Switches:
    """The switches of all programs, in one."""
    return Switches(*(switch.flag for switch in SWITCHES.values()))


@pytest.fixture
async def seated(catalogue: Catalogue, on: Switches) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(switches.router(on))
    edge = ConsoleEdge(catalogue, transport=httpx.ASGITransport(app))
    async with edge.browser() as browser:
        await sign_in(browser, "operator")
        yield browser


async def token(browser: httpx.AsyncClient) -> str:
    found = TOKEN.search((await browser.get(PAGE)).text)
    assert found
    return found[1]


@pytest.mark.parametrize("name", SWITCHES)
async def test_a_fault_is_turned_on_seen_to_be_on_and_turned_off(
    seated: httpx.AsyncClient, on: Switches, name: str
) -> None:
    key, flag = await token(seated), SWITCHES[name].flag
    turned = await send(seated, f"{PAGE}/{name}", token=key, turn="on")
    assert (turned.status_code, turned.headers["location"]) == (303, f"{PAGE}#{name}")
    assert [f for f, is_on in on.shown().items() if is_on] == [flag]
    shown = (await seated.get(PAGE, params={"lang": "en"})).text
    assert shown.count(LABELS["sandbox_turn_off"].en + "<") == 1

    await send(seated, f"{PAGE}/{name}", token=key, turn="off")
    assert not on.is_on(flag)


async def test_each_fault_leads_to_where_it_shows_on_the_board(seated: httpx.AsyncClient) -> None:
    page = (await seated.get(PAGE)).text
    for switch in SWITCHES.values():
        assert f'href="/console/stuck/{switch.stage}/{switch.cause}"' in page
        assert (await seated.get(f"/console/stuck/{switch.stage}/{switch.cause}")).is_success


async def test_a_form_of_another_session_turns_nothing(
    seated: httpx.AsyncClient, on: Switches
) -> None:
    answer = await send(seated, f"{PAGE}/bank-down", token="made-up", turn="on")
    assert (answer.status_code, any(on.shown().values())) == (403, False)


async def test_a_switch_that_is_none_is_no_page(seated: httpx.AsyncClient) -> None:
    answer = await send(seated, f"{PAGE}/moon", token=await token(seated), turn="on")
    assert (answer.status_code, LABELS["refused_unknown-switch"].vi in answer.text) == (404, True)


@pytest.mark.parametrize("name", ["viewer", "checker", "officer", "admin"])
async def test_nobody_else_makes_anything_fail(
    catalogue: Catalogue, on: Switches, name: str
) -> None:
    edge = ConsoleEdge(catalogue, transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    async with edge.browser() as browser:
        await sign_in(browser, name)
        assert (await browser.get(PAGE)).status_code == 403
        assert (await send(browser, f"{PAGE}/bank-down", turn="on")).status_code == 403
        assert PAGE not in (await browser.get("/console/find")).text


async def test_a_program_that_does_not_answer_is_said_to_be_gone(catalogue: Catalogue) -> None:
    edge = ConsoleEdge(catalogue, transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    async with edge.browser() as browser:
        await sign_in(browser, "operator")
        page = await browser.get(PAGE, params={"lang": "en"})
        assert page.text.count(LABELS["sandbox_gone"].en + "</span>") == len(SWITCHES)
        found = TOKEN.search(page.text)  # the one to sign out with
        assert found
        answer = await send(browser, f"{PAGE}/bank-down", token=found[1], turn="on")
        assert (answer.status_code, LABELS["unreachable"].en in answer.text) == (503, True)


async def test_without_a_sandbox_there_is_no_such_page(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "operator")
        assert (await browser.get(PAGE)).status_code == 404
        assert PAGE not in (await browser.get("/console/find")).text
