"""How partners call when nothing goes well: late, twice at once, unheard, or it is not they at all.

A false call is the true one with another number of the payment, and the old signature: whoever
believes it has money that no partner ever moved.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable

import httpx
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# long numbers, but for our references; PayOS has them without their letters
_NUMBER = re.compile(rb'(?<!DVC)(?<!"orderCode":)(?<![0-9])[0-9]{11,}(?![0-9])')


class Manners(BaseSettings):
    """`MOTCUA_BANK_…` variables: of all calls, how many meet with what."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_BANK_", frozen=True)

    doubled: float = Field(default=0.0, ge=0, le=1)  # twice at the same instant
    forged: float = Field(default=0.0, ge=0, le=1)  # somebody else calls first
    late: float = Field(default=0.0, ge=0, le=1)
    unheard: float = Field(default=0.0, ge=0, le=1)  # our answer is lost: it calls again
    late_s: float = Field(default=4.0, ge=0, le=8)  # callers wait ten seconds


class Rough(httpx.AsyncBaseTransport):
    """Sends the calls of all partners; `did` counts what befell them, by partner.

    A partner that is down calls nobody.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        manners: Manners,
        chance: random.Random,
        is_down: Callable[[str], bool],
    ) -> None:
        self._inner, self._manners, self._chance, self._is_down = inner, manners, chance, is_down
        self._copies: set[asyncio.Task[None]] = set()
        self.did: Counter[tuple[str, str]] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a call of the partner whose name its address ends with."""
        partner = request.url.path.rpartition("/")[2]
        if self._is_down(partner):
            raise httpx.ConnectError("it is down", request=request)
        await request.aread()
        if self._befalls("forged", partner):
            await self._send(forged(request))
        if self._befalls("late", partner):
            await asyncio.sleep(self._manners.late_s)
        if self._befalls("doubled", partner):
            copy = asyncio.create_task(self._send(_like(request)))
            self._copies.add(copy)
            copy.add_done_callback(self._copies.discard)
        answer = await self._inner.handle_async_request(request)
        if self._befalls("unheard", partner):
            await answer.aclose()
            raise httpx.ReadError("the answer is lost", request=request)
        return answer

    async def aclose(self) -> None:
        """Wait for copies that are under way, and close."""
        await asyncio.gather(*self._copies, return_exceptions=True)
        await self._inner.aclose()

    def _befalls(self, what: str, partner: str) -> bool:
        is_so: bool = self._chance.random() < getattr(self._manners, what)
        self.did[partner, what] += is_so
        return is_so

    async def _send(self, request: httpx.Request) -> None:
        try:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
            await answer.aclose()
        except httpx.HTTPError:
            return


def forged(request: httpx.Request) -> httpx.Request:
    """Return a call of somebody who has heard this one, and has not the key."""
    url = request.url.copy_with(query=_other(request.url.query) or None)
    return httpx.Request(
        request.method, url, headers=request.headers, content=_other(request.content)
    )


def _like(request: httpx.Request) -> httpx.Request:
    return httpx.Request(
        request.method, request.url, headers=request.headers, content=request.content
    )


def _other(said: bytes) -> bytes:
    """Return the same with another last digit in each number."""
    return _NUMBER.sub(lambda m: m[0][:-1] + (b"1" if m[0][-1:] == b"0" else b"0"), said)
