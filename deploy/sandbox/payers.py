"""Sandbox citizens at the bank: they follow `payment.requested`, open the pay link and pay.

How one pays is the caller's to choose, once per application; whoever was declined simply pays the
next order.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import httpx
import msgspec

from shared.events import Event
from shared.events.payment import Requested

Behaviour = Literal["pay", "twice", "decline", "wrong_amount_first", "silent", "early"]

LOOK_AGAIN_S = (0.2, 0.5, 1.0, 2.0, 4.0)
CALLS_LIMIT = 16


class NoOrder(Exception):
    """Payment asked for money and shows no order to pay: one of the two is wrong."""


class Payers:
    """Pay each order once; `paid` counts orders by how they were paid."""

    def __init__(
        self,
        payment: httpx.AsyncClient,
        bank: httpx.AsyncClient,
        choose: Callable[[str], Behaviour],
        *,
        seed: int = 0,
        delay_s: float = 0.5,
    ) -> None:
        self._payment, self._bank, self._choose = payment, bank, choose
        self._chance, self._delay_s = random.Random(seed), delay_s  # noqa: S311
        self._calls = asyncio.Semaphore(CALLS_LIMIT)
        self._orders: set[str] = set()
        self._unusual: set[str] = set()  # applications that have had their unusual payment
        self.paid: Counter[str] = Counter()

    async def attend(self, log: AsyncIterator[Event]) -> None:
        """Pay what is requested, many at a time, until the log ends.  Raises `NoOrder`."""
        async with asyncio.TaskGroup() as group:
            async for event in log:
                if event.type == Requested.TYPE:
                    order = msgspec.json.decode(event.data, type=Requested)
                    if order.reference not in self._orders:
                        self._orders.add(order.reference)
                        group.create_task(self._pay(event.subject, order.reference))

    async def _pay(self, application: str, reference: str) -> None:
        behaviour = self._behaviour(application)
        await asyncio.sleep(self._delay_s * self._chance.uniform(0.5, 1.5))
        async with self._calls:
            link = await self._link(application, reference)
            if link:
                await self._at_the_bank(link, behaviour)

    def _behaviour(self, application: str) -> Behaviour:
        if application in self._unusual:
            return "pay"
        self._unusual.add(application)
        return self._choose(application)

    async def _link(self, application: str, reference: str) -> str:
        """Return the link of this order; none if it is over by now."""
        for wait_s in (*LOOK_AGAIN_S, None):
            answer = await self._payment.get(f"/v1/payments/{application}")
            if answer.is_success:
                return _open_order(answer.json(), reference)
            if wait_s is None or (answer.is_client_error and answer.status_code != 404):
                break
            await asyncio.sleep(wait_s)
        raise NoOrder(f"GET /v1/payments/{application}: {answer.status_code} {answer.text}")

    async def _at_the_bank(self, link: str, behaviour: Behaviour) -> None:
        body = {"pay_url": link, "behaviour": behaviour}
        answer = await self._bank.post("/sandbox/pay", json=body)
        answer.raise_for_status()
        self.paid[behaviour] += 1


def _open_order(shown: dict[str, Any], reference: str) -> str:
    for obligation in shown["obligations"]:
        order = obligation["order"]
        if order and order["reference"] == reference:
            return str(order["pay_url"])
    return ""
