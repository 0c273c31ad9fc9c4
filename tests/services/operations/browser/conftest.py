"""The citizens' page on a loopback port, and a headless Chromium in front of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from shared.catalogue import Catalogue, load
from tests.browser import chromium
from tests.services.operations.browser.seeing import Sight
from tests.services.operations.status.edge import StatusEdge

SHOTS = Path(__file__).parents[4] / "build" / "status"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
async def edge(catalogue: Catalogue) -> AsyncIterator[StatusEdge]:
    """The edge, answering at `edge.url`."""
    made = StatusEdge(catalogue)
    server = uvicorn.Server(uvicorn.Config(made.app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:  # who is early waits in its queue
        made.url = f"http://127.0.0.1:{listening.getsockname()[1]}/status"
        serving = asyncio.create_task(server.serve([listening]))
        yield made
        server.should_exit = True
        await serving


@pytest.fixture
async def sight(edge: StatusEdge) -> AsyncIterator[Sight]:
    """A browser that looks at the edge; skipped where there is none."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        yield Sight(browser, edge, SHOTS)
