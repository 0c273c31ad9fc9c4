"""The sandbox's page in a real browser: it fits, it is pictured, axe finds nothing, it turns."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from deploy.sandbox import switches
from deploy.sandbox.switches import Switches
from services.operations.console.sandbox.switches import SWITCHES
from shared.catalogue import Catalogue
from tests.browser import axe, needs_axe
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.windows import NARROW, WIDE, overflow


@pytest.fixture
def on() -> Switches:
    return Switches(*(switch.flag for switch in SWITCHES.values()))


@pytest.fixture
async def edge(catalogue: Catalogue, on: Switches) -> AsyncIterator[ConsoleEdge]:
    """The edge of a demonstration, answering at `edge.url`."""
    app = FastAPI()
    app.include_router(switches.router(on))
    made = ConsoleEdge(catalogue, transport=httpx.ASGITransport(app))
    server = uvicorn.Server(uvicorn.Config(made.app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made.url = f"http://127.0.0.1:{listening.getsockname()[1]}/console"
        serving = asyncio.create_task(server.serve([listening]))
        yield made
        server.should_exit = True
        await serving


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_it_fits_the_window_and_is_pictured(
    sight: Sight, on: Switches, width: int, night: bool
) -> None:
    on.turn({"down": True})
    async with sight.page(width, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/sandbox")
        assert await overflow(page) == 0
        await sight.shot(page, f"sandbox-{width}-{'night' if night else 'day'}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_keyboard_alone_turns_every_fault_on_and_off(
    sight: Sight, on: Switches, scripts: bool
) -> None:
    async with sight.person(scripts=scripts) as person:
        await person.opens("sandbox")
        for name, switch in SWITCHES.items():
            for does, then in (("turn_on", "turn_off"), ("turn_off", "turn_on")):
                button = f"#{name} button:has-text('{person.said(f'sandbox_{does}')}')"
                await person.page.focus(button)
                await person.page.keyboard.press("Enter")
                await person.page.wait_for_selector(
                    f"#{name} button:has-text('{person.said(f'sandbox_{then}')}')"
                )
                turned = [flag for flag, is_on in on.shown().items() if is_on]
                assert turned == [switch.flag] * (does == "turn_on")


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, on: Switches, night: bool) -> None:
    on.turn({"silent": True})
    async with sight.page(NARROW if night else WIDE, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/sandbox")
        await axe(page)
