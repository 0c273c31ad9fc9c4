"""Looking for malware through clamd: `INSTREAM` over TCP or a Unix socket.

https://docs.clamav.net/manual/Usage/Scanning.html says its words.
"""

import asyncio
from typing import BinaryIO, Literal, NamedTuple, Protocol
from urllib.parse import urlsplit

from shared.errors import Misconfigured, Unknown

CHUNK_BYTES = 64 << 10
LIMIT_S = 60.0

Scan = Literal["clean", "not_scanned"]  # of what may be kept


class ScannerAway(Unknown):
    """It was not looked at: the scanner is away, or says it could not.  Try again later."""


class Verdict(NamedTuple):
    """What a scanner says.  `infected` is never kept."""

    state: Literal["clean", "not_scanned", "infected"]
    signature: str = ""


class Scanner(Protocol):
    """Looks at contents."""

    async def scan(self, content: BinaryIO) -> Verdict:
        """Look at a content from where it stands.  Raises `ScannerAway`."""


class NoScanner:
    """No scanner is configured: that is said of each file."""

    async def scan(self, content: BinaryIO) -> Verdict:  # noqa: ARG002 - the port's name
        """See `Scanner`."""
        return Verdict("not_scanned")


class Clamd:
    """clamd at `tcp://host:port` or `unix:///path`."""

    def __init__(self, address: str, limit_s: float = LIMIT_S) -> None:
        self._at, self._limit_s = urlsplit(address), limit_s
        is_tcp = self._at.scheme == "tcp" and self._at.hostname and self._at.port
        if not is_tcp and not (self._at.scheme == "unix" and self._at.path):
            raise Misconfigured(f"clamd is at tcp://host:port or unix:///path, not at {address}")

    async def scan(self, content: BinaryIO) -> Verdict:
        """See `Scanner`."""
        try:
            async with asyncio.timeout(self._limit_s):
                said = await self._asked(content)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:  # a timeout is an OSError
            raise ScannerAway(f"clamd did not answer: {error!r}") from error
        return _verdict(said)

    async def _asked(self, content: BinaryIO) -> str:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            while chunk := content.read(CHUNK_BYTES):
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace")
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._at.scheme == "unix":
            return await asyncio.open_unix_connection(self._at.path)
        return await asyncio.open_connection(self._at.hostname, self._at.port)


def scanner(address: str) -> Scanner:
    """Return the scanner at an address; without one, what says so.  Raises `Misconfigured`."""
    return Clamd(address) if address else NoScanner()


def _verdict(said: str) -> Verdict:
    """Read `stream: OK`, `stream: <signature> FOUND`; anything else is no verdict."""
    _, _, result = said.partition(": ")
    if result == "OK":
        return Verdict("clean")
    if result.endswith(" FOUND"):
        return Verdict("infected", result.removesuffix(" FOUND"))
    raise ScannerAway(f"clamd could not look at it: {said[:200]}")
