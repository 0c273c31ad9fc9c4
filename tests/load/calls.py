"""A small HTTP/1.1 client for many short GETs: kept connections, one call at a time on each.

A general client costs five times as much CPU per call, and shares two cores with what it measures.
"""

import asyncio
import re
import time
from array import array
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

CONNECTIONS = 256
TRIES = 60  # half a minute: a process that is started again is there by then
RETRY_S = 0.5
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(slots=True)
class Call:
    """A request as it goes out, and what it is about; `began_s` is when its last try went."""

    request: bytes
    about: Any
    tries: int = 0
    began_s: float = 0.0


Answered = Callable[[Call, int, bytes], bool]  # call, status, body; False: call again


class Calls:
    """Calls one server; whoever is told to call again, or hears nothing, does so a little later."""

    def __init__(self, host: str, port: int, answered: Answered, tries: int = TRIES) -> None:
        self._host, self._port, self._answered, self._tries = host, port, answered, tries
        self._idle: list[_Connection] = []
        self._waiting: deque[Call] = deque()
        self._open = 0
        self._opening: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._none = asyncio.Event()
        self.under_way = self.given_up = 0
        self.took_s = array("d")  # from the last try to its answer

    def request(self, target: str, headers: str = "") -> bytes:
        """Return a GET as it goes out."""
        return f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\n{headers}\r\n".encode()

    def call(self, call: Call) -> None:
        """Call as soon as a connection is free."""
        self.under_way += 1
        self._send(call)

    async def until_done(self) -> None:
        """Wait until no call is under way."""
        self._none = asyncio.Event()
        if self.under_way:
            await self._none.wait()

    def close(self) -> None:
        """Hang up; nothing may be under way."""
        for connection in self._idle:
            connection.close()

    def _done(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self._none.set()

    def _send(self, call: Call) -> None:
        if self._idle:
            self._idle.pop().send(call)
            return
        self._waiting.append(call)
        if self._open < CONNECTIONS and len(self._opening) < len(self._waiting):
            self._open += 1
            task = self._loop.create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _connect(self) -> None:
        try:
            _, made = await self._loop.create_connection(
                lambda: _Connection(self), self._host, self._port
            )
        except OSError:  # nobody listens: whoever waits tries again later
            self._open -= 1
            if self._waiting:
                self._again(self._waiting.popleft())
        else:
            self.free(made)

    def free(self, connection: "_Connection") -> None:
        """Use a connection for what waits."""
        if self._waiting:
            connection.send(self._waiting.popleft())
        else:
            self._idle.append(connection)

    def heard(self, call: Call, status: int, body: bytes) -> None:
        """Take an answer."""
        self.took_s.append(time.perf_counter() - call.began_s)
        if self._answered(call, status, body):
            self._done()
        else:
            self._again(call)

    def lost(self, connection: "_Connection", call: Call | None) -> None:
        """A connection is gone, perhaps with a call on it."""
        self._open -= 1
        with suppress(ValueError):
            self._idle.remove(connection)
        if call:
            self._again(call)

    def _again(self, call: Call) -> None:
        call.tries += 1
        if call.tries < self._tries:
            self._loop.call_later(RETRY_S, self._send, call)
        else:
            self.given_up += 1
            self._done()


class _Connection(asyncio.Protocol):
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._call: Call | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        call, self._call = self._call, None
        self._calls.lost(self, call)

    def close(self) -> None:
        self._transport.close()

    def send(self, call: Call) -> None:
        self._call, self._received = call, b""
        call.began_s = time.perf_counter()
        self._transport.write(call.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if ended else None
        if length is None or len(body) < int(length[1]):
            return  # more is to come
        call, self._call = self._call, None
        assert call is not None
        self._calls.heard(call, int(head[9:12]), body)
        self._calls.free(self)
