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
from services.operations.console.labels import LABELS
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


async def test_a_keyboard_turns_a_fault_without_scripts(sight: Sight, on: Switches) -> None:
    async with sight.page(scripts=False) as page:
        await sight.sign_in(page, language="en")
        await page.goto(f"{sight.edge.url}/sandbox")
        await page.focus("#gateway-slow button")
        await page.keyboard.press("Enter")
        turn_off = LABELS["sandbox_turn_off"].en
        await page.wait_for_selector(f'#gateway-slow button:has-text("{turn_off}")')
        assert on.is_on("slow")


@needs_axe
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
async def test_axe_finds_nothing(sight: Sight, on: Switches, night: bool) -> None:
    on.turn({"silent": True})
    async with sight.page(NARROW if night else WIDE, night=night) as page:
        await sight.sign_in(page, language="en" if night else "vi")
        await page.goto(f"{sight.edge.url}/sandbox")
        await axe(page)
