"""One call to an endpoint: to the address that was looked at, once, for a bounded time.

Of the answer the status and `retry-after` are read, nothing else.  No connection is kept: the next
one may be to another name at the same address, whose certificate nobody has looked at.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import httpx

from services.payment.webhooks import guard
from services.payment.webhooks.guard import Denied, Resolve, Rules

RESOLVE_LIMIT_S = 5.0
RESOLVERS = 8
SLOTS = 64  # calls of a process at the same time


class Answered(NamedTuple):
    """What an endpoint said; `status` 0: nothing, for this `problem`."""

    status: int
    retry_after: str = ""
    problem: str = ""


class Names:
    """Finds addresses, in threads of its own: a name that takes for ever keeps nobody else's."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVERS, "names")

    async def find(self, host: str, port: int) -> Sequence[str]:
        """Return all addresses of a name, as this machine finds them.  Raises `OSError`."""
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        async with asyncio.timeout(RESOLVE_LIMIT_S):
            found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return list(dict.fromkeys(str(place[0]) for *_, place in found))

    def close(self) -> None:
        """Wait for nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def client(limit_s: float, verify: ssl.SSLContext | bool = True) -> httpx.AsyncClient:
    """Return a client that keeps no connection, follows nothing, and has no proxy."""
    limits = httpx.Limits(max_connections=SLOTS, max_keepalive_connections=0)
    return httpx.AsyncClient(
        verify=verify, limits=limits, trust_env=False, follow_redirects=False, timeout=limit_s
    )


class Calls:
    """Calls endpoints, within rules."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        rules: Rules,
        limit_s: float,
        resolve: Resolve,
    ) -> None:
        self._client, self._resolve = client, resolve
        self.rules, self.limit_s = rules, limit_s

    async def look(self, url: str) -> tuple[guard.Target, str]:
        """Return a URL taken apart and the address to connect to.  Raises `Denied`."""
        where = guard.target(url, self.rules)
        return where, await guard.address(where, self._resolve, self.rules)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Call once; return what was said.  Raises `Denied` where nothing was called."""
        try:
            async with asyncio.timeout(self.limit_s):
                where, address = await self.look(url)
                return await self._send(where, address, headers, body)
        except TimeoutError:
            return Answered(0, problem=f"no answer within {self.limit_s:g} s")
        except Denied:
            raise
        except Exception as error:  # whatever it was, an address of a partner's is to end nothing
            return Answered(0, problem=f"{type(error).__name__}: {error}"[:200])

    async def _send(
        self, where: guard.Target, address: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        host = f"[{address}]" if ":" in address else address
        request = self._client.build_request(
            "POST",
            f"{where.scheme}://{host}:{where.port}{where.path}",
            content=body,
            headers={
                **headers,
                "host": where.authority,
                "content-type": "application/json",
                "user-agent": "motcua-webhooks",
                "accept-encoding": "identity",
            },
            extensions={"sni_hostname": where.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            return Answered(response.status_code, response.headers.get("retry-after", ""))
        finally:
            await response.aclose()
