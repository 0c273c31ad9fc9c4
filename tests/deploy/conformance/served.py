"""An app behind a real port of this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

TURNS = 1_000


@asynccontextmanager
async def served(asgi: Any) -> AsyncIterator[str]:
    """Serve an app on this machine while the block runs; yield its address."""
    config = uvicorn.Config(asgi, port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    for _ in range(TURNS):
        if server.started:
            break
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving
