"""Sandbox citizens at the bank: they follow `payment.requested`, open the pay link and pay.

How one pays is the caller's to choose, once per application; whoever was declined simply pays the
next order.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, Literal

import httpx
import msgspec

from shared.events import Event
from shared.events.payment import FeeAssessed, Requested

Behaviour = Literal["pay", "twice", "decline", "wrong_amount_first", "silent", "early"]

LOOK_AGAIN_S = (0.2, 0.5, 1.0, 2.0, 4.0, 4.0, 8.0, 8.0, 8.0)
CALLS_LIMIT = 16
LATER = ("after_acceptance", "with_result")  # moments that leave time to pay before


class NoOrder(Exception):
    """Payment asked for money and shows no order to pay: one of the two is wrong."""


class Payers:
    """Pay each order once; `paid` counts orders by how they were paid.

    `reference` is the first reference an application's order will have: whoever pays early has it
    before there is an order.
    """

    def __init__(
        self,
        payment: httpx.AsyncClient,
        bank: httpx.AsyncClient,
        choose: Callable[[str], Behaviour],
        reference: Callable[[str], str],
        *,
        seed: int = 0,
        delay_s: float = 0.5,
        look_again_s: Sequence[float] = LOOK_AGAIN_S,
    ) -> None:
        self._payment, self._bank = payment, bank
        self._choose, self._reference = choose, reference
        self._chance, self._delay_s = random.Random(seed), delay_s
        self._calls = asyncio.Semaphore(CALLS_LIMIT)
        self._look_again_s = look_again_s
        self._orders: set[str] = set()  # references that somebody pays or has paid
        self._unusual: set[str] = set()  # applications that have had their unusual payment
        self.paid: Counter[str] = Counter()

    async def attend(self, log: AsyncIterator[Event]) -> None:
        """Pay what is requested, many at a time, until the log ends.  Raises `NoOrder`."""
        async with asyncio.TaskGroup() as group:
            async for event in log:
                if pay := self._reaction(event):
                    group.create_task(pay)

    def _reaction(self, event: Event) -> Coroutine[Any, Any, None] | None:
        if event.type == FeeAssessed.TYPE:
            fee = msgspec.json.decode(event.data, type=FeeAssessed)
            reference = self._reference(event.subject)
            is_early = fee.moment in LATER and self._choose(event.subject) == "early"
            if is_early and self._is_new(reference):
                self._unusual.add(event.subject)
                return self._pay_early(reference, fee.total_vnd)
        elif event.type == Requested.TYPE:
            order = msgspec.json.decode(event.data, type=Requested)
            if self._is_new(order.reference):
                return self._pay(event.subject, order.reference)
        return None

    def _is_new(self, reference: str) -> bool:
        is_new = reference not in self._orders
        self._orders.add(reference)
        return is_new

    async def _pay_early(self, reference: str, amount_vnd: int) -> None:
        await self._at_the_bank(
            {"reference": reference, "amount_vnd": amount_vnd, "behaviour": "early"}
        )

    async def _pay(self, application: str, reference: str) -> None:
        behaviour = self._behaviour(application)
        await asyncio.sleep(self._delay_s * self._chance.uniform(0.5, 1.5))
        async with self._calls:
            link = await self._link(application, reference)
            if link:
                await self._at_the_bank({"pay_url": link, "behaviour": behaviour})

    def _behaviour(self, application: str) -> Behaviour:
        if application in self._unusual:
            return "pay"
        self._unusual.add(application)
        return self._choose(application)

    async def _link(self, application: str, reference: str) -> str:
        """Return the link of this order; none if it is over by now."""
        said = ""
        for wait_s in self._look_again_s:
            try:
                answer = await self._payment.get(f"/v1/payments/{application}")
            except httpx.TransportError as error:  # it may be starting again
                said = repr(error)
            else:
                if answer.is_success:
                    return _open_order(answer.json(), reference)
                said = f"{answer.status_code} {answer.text}"
                if answer.is_client_error and answer.status_code != httpx.codes.NOT_FOUND:
                    break
            await asyncio.sleep(wait_s)
        raise NoOrder(f"GET /v1/payments/{application}: {said}")

    async def _at_the_bank(self, body: dict[str, Any]) -> None:
        answer = await self._bank.post("/sandbox/pay", json=body)
        answer.raise_for_status()
        self.paid[body["behaviour"]] += 1


def _open_order(shown: dict[str, Any], reference: str) -> str:
    for obligation in shown["obligations"]:
        order = obligation["order"]
        if order and order["reference"] == reference:
            return str(order["pay_url"])
    return ""
