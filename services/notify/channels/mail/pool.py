"""Connections to one mail server: so many and no more, each for many mails, encrypted
unless the server is near (`channels.encryption`).
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple

from aiosmtplib import SMTP, SMTPException

CONNECTIONS = 4
MAILS_PER_CONNECTION = 100
CLOSE_LIMIT_S = 2.0
LOST = (SMTPException, OSError, EOFError)  # whatever a connection can die of


class Server(NamedTuple):
    """Who is connected to, as whom.  `name`: how we introduce ourselves."""

    host: str
    port: int
    encryption: Literal["starttls", "tls", "none"]
    name: str
    user: str | None = None
    password: str | None = None
    context: ssl.SSLContext | None = None
    connections: int = CONNECTIONS

    def __repr__(self) -> str:
        """Show nothing that opens it."""
        return f"Server(host={self.host!r}, port={self.port})"


class NoConnection(Exception):
    """The server is not to be reached, not to be trusted, or does not let us in."""


class NoLine(Exception):
    """All connections are in use."""


class Line:
    """One connection, and how many mails went over it."""

    def __init__(self, smtp: SMTP) -> None:
        self.smtp, self.mails = smtp, 0

    @property
    def is_new(self) -> bool:
        """Tell whether no mail went over it: then the server cannot have tired of it."""
        return self.mails == 0

    @property
    def can_take_one(self) -> bool:
        """Tell whether one more mail may go over it."""
        return self.smtp.is_connected and self.mails < MAILS_PER_CONNECTION


class Pool:
    """Lends connections."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._free = asyncio.Semaphore(server.connections)
        self._idle: list[Line] = []
        self._is_closed = False

    @asynccontextmanager
    async def line(self, limit_s: float) -> AsyncIterator[Line]:
        """Lend a connection within a time; one that is left by an error is closed.

        Raises `NoLine`, `NoConnection`.
        """
        try:
            await asyncio.wait_for(self._free.acquire(), limit_s)
        except TimeoutError:
            raise NoLine from None
        try:
            line = self._take() or Line(await self._connected(limit_s))
            try:
                yield line
            except BaseException:
                line.smtp.close()
                raise
            if line.can_take_one and not self._is_closed:
                self._idle.append(line)
            else:
                await _leave(line)
        finally:
            self._free.release()

    async def aclose(self) -> None:
        """Say goodbye on those that idle; those that are lent follow when they come back."""
        self._is_closed = True
        while self._idle:
            await _leave(self._idle.pop())

    def _take(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.smtp.is_connected:
                return line
            line.smtp.close()
        return None

    async def _connected(self, limit_s: float) -> SMTP:
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=server.name,
            timeout=limit_s,
            use_tls=server.encryption == "tls",
            start_tls=server.encryption == "starttls",
            tls_context=server.context,
        )
        try:
            async with asyncio.timeout(limit_s):
                await smtp.connect()
                if smtp.is_ehlo_or_helo_needed:
                    await smtp.ehlo()
        except (*LOST, ValueError) as error:
            smtp.close()
            raise NoConnection(f"no connection to {server.host}: {type(error).__name__}") from error
        except BaseException:
            smtp.close()
            raise
        return smtp


async def _leave(line: Line) -> None:
    try:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await line.smtp.quit()
    except LOST:
        pass  # it is gone either way
    finally:
        line.smtp.close()
