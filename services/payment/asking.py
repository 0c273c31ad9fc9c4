"""Asking a partner at once, for somebody who waits: nothing is claimed, and nothing comes of it.

Slots and circuit breakers are apart from those of orders: who asks much, or in vain, closes no
partner to citizens.  One that is closed to them is not asked at all.
"""

import asyncio
import time
from collections.abc import Callable

import httpx

from services.payment.effects import TooLong, send
from services.payment.gateways import Answer, Refused, Sending
from shared.effects import NotCalled
from shared.partners import Limits, Partners

LIMITS = Limits(slots=2, waiting_limit=8)


class OutOfReach(Exception):
    """The partner cannot be asked just now: ask again later."""


class Asking:
    """Asks partners; `refuses` tells which of them are closed to citizens as well."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        limit_s: float,
        refuses: Callable[[str], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._limit_s, self._refuses = client, limit_s, refuses
        self._partners, self._monotonic = Partners(LIMITS, monotonic), monotonic

    async def ask(self, name: str, sending: Sending, limit_bytes: int) -> Answer:
        """Return what a partner answers.  Raises `OutOfReach`, `Refused`."""
        partner = self._partners[name]
        if self._refuses(name) or partner.waiting >= LIMITS.waiting_limit:
            raise OutOfReach(name)
        partner.waiting += 1
        try:
            async with asyncio.timeout(self._limit_s), partner.slots:
                if partner.is_open(self._monotonic(), LIMITS):
                    raise OutOfReach(name)
                answer = await send(self._client, sending, limit_bytes)
        except (TimeoutError, NotCalled, httpx.HTTPError) as error:
            partner.failed(self._monotonic())
            raise OutOfReach(name) from error
        except TooLong as error:
            raise Refused("unreadable", str(error)) from error
        finally:
            partner.waiting -= 1
        partner.failures = 0
        return answer
