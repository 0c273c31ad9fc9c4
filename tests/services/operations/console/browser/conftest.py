"""The console on a loopback port, and a headless Chromium in front of it."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from shared.catalogue import Catalogue
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.edge import ConsoleEdge

CHROMIUM = shutil.which("chromium")
SHOTS = Path(__file__).parents[5] / "build" / "console"

playwright = pytest.importorskip(
    "playwright.async_api", reason="playwright is not installed: it drives the browser"
)


@pytest.fixture
async def edge(catalogue: Catalogue) -> AsyncIterator[ConsoleEdge]:
    """The edge, answering at `edge.url`."""
    made = ConsoleEdge(catalogue)
    server = uvicorn.Server(uvicorn.Config(made.app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:  # who is early waits in its queue
        made.url = f"http://127.0.0.1:{listening.getsockname()[1]}/console"
        serving = asyncio.create_task(server.serve([listening]))
        yield made
        server.should_exit = True
        await serving


@pytest.fixture
async def sight(edge: ConsoleEdge) -> AsyncIterator[Sight]:
    """A browser that looks at the edge; skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("chromium is not on PATH: the pages are looked at with it (apt: chromium)")
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with playwright.async_playwright() as driver:
        browser: Any = await driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield Sight(browser, edge, SHOTS)
        await browser.close()
