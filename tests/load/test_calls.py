"""The callbacks' client: kept connections, answers in pieces, a server that hangs up or says no."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.load import calls as module
from tests.load.calls import Call, Calls

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
BUSY = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n"
Answer = Callable[[int, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers the n-th request as it is told to; counts connections."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests = self.connections = 0
        self.tasks = set[asyncio.Task[None] | None]()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            self.requests += 1
            await self._answer(self.requests, writer)
            if writer.is_closing():
                break
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[tuple[Server, int]]:
    server = Server(answer)
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    try:
        yield server, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await asyncio.gather(*filter(None, server.tasks))


async def called(port: int, count: int = 1, tries: int = module.TRIES) -> tuple[Calls, list[int]]:
    statuses: list[int] = []

    def answered(call: Call, status: int, body: bytes) -> bool:
        statuses.append(status)
        return status == 200

    calls = Calls("127.0.0.1", port, answered, tries)
    for n in range(count):
        calls.call(Call(calls.request(f"/{n}"), n))
    await calls.until_done()
    calls.close()
    return calls, statuses


async def whole(_: int, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def test_every_call_is_a_request_and_is_answered() -> None:
    async with serving(whole) as (server, port):
        calls, statuses = await called(port, count=50)
    assert server.requests == len(statuses) == len(calls.took_s) == 50


async def test_connections_are_kept() -> None:
    async with serving(whole) as (server, port):
        calls = Calls("127.0.0.1", port, lambda *_: True)
        for n in range(5):
            calls.call(Call(calls.request("/"), n))
            await calls.until_done()
        calls.close()
    assert server.connections == 1


async def test_an_answer_may_come_in_pieces() -> None:
    async def pieces(_: int, writer: asyncio.StreamWriter) -> None:
        for piece in (OK[:20], OK[20:-2], OK[-2:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(pieces) as (_, port):
        assert (await called(port))[1] == [200]


async def test_who_is_told_to_call_again_does_so() -> None:
    async def busy_first(n: int, writer: asyncio.StreamWriter) -> None:
        writer.write(BUSY if n == 1 else OK)

    async with serving(busy_first) as (_, port):
        assert (await called(port))[1] == [503, 200]


async def test_a_connection_that_is_lost_loses_no_call() -> None:
    async def hang_up_first(n: int, writer: asyncio.StreamWriter) -> None:
        writer.close() if n == 1 else writer.write(OK)

    async with serving(hang_up_first) as (_, port):
        assert (await called(port))[1] == [200]


@pytest.mark.parametrize("tries", [1, 2])
async def test_after_so_many_tries_it_is_given_up_and_counted(tries: int) -> None:
    async def never(_: int, writer: asyncio.StreamWriter) -> None:
        writer.write(BUSY)

    async with serving(never) as (_, port):
        calls, statuses = await called(port, tries=tries)
    assert (len(statuses), calls.given_up) == (tries, 1)
