"""Looking for malware through clamd: `INSTREAM` over TCP or a Unix socket.

https://docs.clamav.net/manual/Usage/Scanning.html says its words.
"""

import asyncio
from typing import BinaryIO, Literal, NamedTuple, Protocol
from urllib.parse import urlsplit

from shared.errors import Misconfigured, Unknown

CHUNK_BYTES = 64 << 10
LIMIT_S = 60.0
CONNECT_LIMIT_S = 10.0

Scan = Literal["clean", "not_scanned"]  # of what may be kept


class NoVerdict(Unknown):
    """Nothing was said of this content, in time or that makes sense.  Try again later."""


class ScannerAway(NoVerdict):
    """Nobody is there who could look at any content.  Try again later."""


class Verdict(NamedTuple):
    """What a scanner says.  `infected` is never kept."""

    state: Literal["clean", "not_scanned", "infected"]
    signature: str = ""


class Scanner(Protocol):
    """Looks at contents."""

    async def scan(self, content: BinaryIO) -> Verdict:
        """Look at a content from where it stands.  Raises `NoVerdict`, `ScannerAway`."""


class NoScanner:
    """No scanner is configured: that is said of each file."""

    async def scan(self, _: BinaryIO) -> Verdict:
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
        try:  # a timeout is an OSError
            async with asyncio.timeout(min(CONNECT_LIMIT_S, self._limit_s)):
                reader, writer = await self._connected()
        except OSError as error:
            raise ScannerAway(f"clamd is away: {error!r}") from error
        try:
            async with asyncio.timeout(self._limit_s):
                said = await _asked(reader, writer, content)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise NoVerdict(f"clamd did not answer: {error!r}") from error
        finally:
            writer.close()
        return _verdict(said)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._at.scheme == "unix":
            return await asyncio.open_unix_connection(self._at.path)
        return await asyncio.open_connection(self._at.hostname, self._at.port)


def scanner(address: str) -> Scanner:
    """Return the scanner at an address; without one, what says so.  Raises `Misconfigured`."""
    return Clamd(address) if address else NoScanner()


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: BinaryIO
) -> str:
    writer.write(b"zINSTREAM\0")
    while chunk := content.read(CHUNK_BYTES):
        writer.write(len(chunk).to_bytes(4, "big") + chunk)
        await writer.drain()
    writer.write(bytes(4))
    await writer.drain()
    return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace")


def _verdict(said: str) -> Verdict:
    """Read `stream: OK`, `stream: <signature> FOUND`; anything else is no verdict."""
    _, _, result = said.partition(": ")
    if result == "OK":
        return Verdict("clean")
    if result.endswith(" FOUND"):
        return Verdict("infected", result.removesuffix(" FOUND"))
    raise NoVerdict(f"clamd could not look at it: {said[:200]}")
