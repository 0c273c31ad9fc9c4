"""The benchmark's own processes: each is asked, and answers, by a line of JSON.

A worker ends when its standard input ends: with whoever started it, however that went.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Any

import msgspec

from deploy.local.settings import ROOT
from shared.errors import Misconfigured

LINE_LIMIT_BYTES = 1 << 20
END_LIMIT_S = 10.0


class Worker:
    """A process of ours, as seen by who started it."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name, self.pid = name, process.pid
        self._process, self._log = process, log

    async def ask(self, **order: Any) -> dict[str, Any]:
        """Give an order, return the answer.  Raises `Misconfigured` when the process has ended."""
        assert self._process.stdin is not None
        with suppress(ConnectionError):
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
        return await self.heard()

    async def heard(self) -> dict[str, Any]:
        """Return the next line that it says."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise Misconfigured(f"{self.name} ended too early: {self._log} says why.")
        content: dict[str, Any] = json.loads(line)
        return content

    async def end(self) -> None:
        """End it: by the end of its input, by force if it does not."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(END_LIMIT_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def worker(name: str, module: str, job: Any, logs: Path) -> AsyncIterator[Worker]:
    """Run `python -m module <job>`, ready, for as long as the block lasts; `logs` is a folder."""
    log = logs / f"{name.replace(' ', '-')}.log"
    with _opened(log) as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", module, msgspec.json.encode(job).decode()),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=LINE_LIMIT_BYTES,
            start_new_session=True,  # Ctrl-C is for who started it
        )
    started = Worker(name, process, log)
    try:
        await started.heard()  # that it is ready
        yield started
    finally:
        await started.end()


def _opened(log: Path) -> IO[bytes]:
    return log.open("ab")


async def orders() -> AsyncIterator[dict[str, Any]]:
    """Inside a worker: say that it is ready, then yield what is asked, to the end of the input.

    Who is busy when the input ends has a moment to come back, then the process is gone.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_LIMIT_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    asked: asyncio.Queue[bytes] = asyncio.Queue()

    async def read() -> None:
        while line := await reader.readline():
            asked.put_nowait(line)
        asked.put_nowait(b"")
        loop.call_later(END_LIMIT_S, os._exit, 1)

    reading = asyncio.create_task(read())
    say(ready=True)
    while line := await asked.get():
        yield json.loads(line)
    await reading


def say(**content: Any) -> None:
    """Inside a worker: answer."""
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()
