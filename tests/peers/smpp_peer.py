"""The program in `smpp`, running: told things by line, and heard."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.peers.asking import LIMIT_S
from tests.peers.install import HERE, INSTALLED
from tests.services.notify.channels.smpp.side import until


class Peer:
    """A running peer: what it said so far, and what it is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.said = process, list[dict[str, Any]]()

    async def tell(self, **told: Any) -> None:
        """Tell it something, and wait until it has heard."""
        assert self.process.stdin
        known = len(self.heard("told"))
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        await self.hears("told", known + 1)

    def heard(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.said if one["event"] == event]

    async def hears(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        await until(lambda: len(self.heard(event)) >= count)
        return self.heard(event)

    async def listen(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.said.append(json.loads(line))


@asynccontextmanager
async def peer(**told: Any) -> AsyncIterator[Peer]:
    process = await asyncio.create_subprocess_exec(
        *("node", str(HERE / "smpp" / "peer.mjs")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=INSTALLED / "smpp",
    )
    one = Peer(process)
    listening = asyncio.create_task(one.listen())
    try:
        await one.tell(**told)
        yield one
    finally:
        assert process.stdin
        process.stdin.close()
        async with asyncio.timeout(LIMIT_S):
            await process.wait()
        await listening
