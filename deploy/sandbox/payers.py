"""Sandbox citizens: they follow `payment.requested`, choose a partner, open the pay link and pay.

With whom and how one pays is the caller's to choose, once per application; whoever was declined, or
whose partner made no order, simply pays another one.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, Literal, cast

import httpx
import msgspec

from shared.events import Event
from shared.events.payment import Failed, FeeAssessed, Requested

Behaviour = Literal["pay", "twice", "decline", "wrong_amount_first", "silent", "late", "early"]

LOOK_AGAIN_S = (0.2, 0.5, 1.0, 2.0, 4.0, 4.0, 8.0, 8.0, 8.0)
CALLS_LIMIT = 16
NOT_TO_BE_HAD = "partner-not-available"
LATER = ("after_acceptance", "with_result")  # moments that leave time to pay before


class NoOrder(Exception):
    """Payment asked for money and shows no order to pay: one of the two is wrong."""


class Payers:
    """Pay each order once; `paid` counts orders by how they were paid, `refused` choices of whom
    payment does not offer just now.

    `reference` is the first reference an application's order will have: whoever pays early has it
    before there is an order.  `partner` is whom an application's citizen chooses; empty: the order
    that is asked for will do.
    """

    def __init__(
        self,
        payment: httpx.AsyncClient,
        bank: httpx.AsyncClient,
        choose: Callable[[str], Behaviour],
        reference: Callable[[str], str],
        partner: Callable[[str], str] = lambda _: "",
        *,
        seed: int = 0,
        delay_s: float = 0.5,
        look_again_s: Sequence[float] = LOOK_AGAIN_S,
    ) -> None:
        self._payment, self._bank = payment, bank
        self._choose, self._reference, self._partner = choose, reference, partner
        self._chance, self._delay_s = random.Random(seed), delay_s
        self._calls = asyncio.Semaphore(CALLS_LIMIT)
        self._look_again_s = look_again_s
        self._heard: set[str] = set()  # ids of events
        self._failed: set[str] = set()  # references of orders that cannot be paid any more
        self._orders: set[str] = set()  # references that somebody pays or has paid
        self._unusual: set[str] = set()  # applications that have had their unusual payment
        self.paid: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    async def attend(self, log: AsyncIterator[Event]) -> None:
        """Pay what is requested, many at a time, until the log ends.  Raises `NoOrder`."""
        async with asyncio.TaskGroup() as group:
            async for event in log:
                if pay := self._reaction(event):
                    group.create_task(pay)

    def _reaction(self, event: Event) -> Coroutine[Any, Any, None] | None:
        if event.id in self._heard:
            return None
        self._heard.add(event.id)
        if event.type == FeeAssessed.TYPE:
            fee = msgspec.json.decode(event.data, type=FeeAssessed)
            reference = self._reference(event.subject)
            is_early = fee.moment in LATER and self._choose(event.subject) == "early"
            if is_early and self._is_new(reference):
                self._unusual.add(event.subject)
                return self._pay_early(reference, fee.total_vnd)
        elif event.type == Requested.TYPE:
            order = msgspec.json.decode(event.data, type=Requested)
            if self._wants_another(event.subject, order):
                return self._turn_to_another(event.subject, order.reference)
            if self._is_new(order.reference):
                return self._pay(event.subject, order.reference)
        elif event.type == Failed.TYPE:
            self._failed.add(msgspec.json.decode(event.data, type=Failed).reference)
            if self._partner(event.subject):
                return self._pay_what_is_left(event.subject)
        return None

    def _wants_another(self, application: str, order: Requested) -> bool:
        """Tell whether another partner is to be chosen: once, instead of the first order."""
        wanted = self._partner(application)
        is_first = order.reference == self._reference(application)
        return bool(wanted) and order.partner != wanted and is_first

    async def _turn_to_another(self, application: str, reference: str) -> None:
        """Choose a partner, whose order is heard of then; if it is not to be had, pay this one."""
        await asyncio.sleep(self._delay_s * self._chance.uniform(0.5, 1.5))
        order = await self._order(application, reference)
        if order is None or await self._is_chosen(application, order["obligation"]):
            return
        if self._is_new(reference):
            await self._pay(application, reference)

    async def _is_chosen(self, application: str, obligation: int) -> bool:
        wanted: dict[str, Any] = {
            "obligation": obligation, "partner": self._partner(application)
        }  # fmt: skip
        for wait_s in self._look_again_s:
            try:
                async with self._calls:
                    url = f"/v1/payments/{application}/orders"
                    answer = await self._payment.post(url, json=wanted)
            except httpx.TransportError:  # it may be starting again
                await asyncio.sleep(wait_s)
                continue
            if answer.is_success or answer.is_client_error:
                self.refused[wanted["partner"]] += NOT_TO_BE_HAD in answer.text
                return answer.is_success
            await asyncio.sleep(wait_s)
        return False

    async def _pay_what_is_left(self, application: str) -> None:
        """Pay an order that can be paid still: another one failed."""
        shown = await self._shown(application)
        for order in _orders(shown):
            if self._is_new(order["reference"]):
                await self._pay(application, order["reference"])

    def _is_new(self, reference: str) -> bool:
        is_new = reference not in self._orders
        self._orders.add(reference)
        return is_new

    async def _pay_early(self, reference: str, amount_vnd: int) -> None:
        await self._at_the_bank(
            "/sandbox/pay", "early", {"reference": reference, "amount_vnd": amount_vnd}
        )

    async def _pay(self, application: str, reference: str) -> None:
        await asyncio.sleep(self._delay_s * self._chance.uniform(0.5, 1.5))
        order = await self._order(application, reference)
        if order is None:
            return
        behaviour = self._behaviour(application, order["partner"])
        if order["pay_url"]:
            await self._at_the_bank("/sandbox/pay", behaviour, {"pay_url": order["pay_url"]})
        else:
            transfer = f"/{order['partner']}/sandbox/transfer"
            await self._at_the_bank(transfer, behaviour, {"qr": order["qr"]})

    def _behaviour(self, application: str, partner: str) -> Behaviour:
        is_as_meant = partner == self._partner(application) or not self._partner(application)
        if application in self._unusual or not is_as_meant:
            return "pay"
        self._unusual.add(application)
        return self._choose(application)

    async def _order(self, application: str, reference: str) -> dict[str, Any] | None:
        """Return this order, once its partner has made it; none if it is over by now."""
        for wait_s in self._look_again_s:
            if reference in self._failed:
                return None
            shown = await self._shown(application)
            found = [order for order in _orders(shown) if order["reference"] == reference]
            if found or "open" not in (o["status"] for o in shown["obligations"]):
                return next(iter(found), None)
            await asyncio.sleep(wait_s)
        return None

    async def _shown(self, application: str) -> dict[str, Any]:
        """Return the payments of an application.  Raises `NoOrder`."""
        said = ""
        for wait_s in self._look_again_s:
            try:
                async with self._calls:
                    answer = await self._payment.get(f"/v1/payments/{application}")
            except httpx.TransportError as error:  # it may be starting again
                said = repr(error)
            else:
                if answer.is_success:
                    return cast(dict[str, Any], answer.json())
                said = f"{answer.status_code} {answer.text}"
                if answer.is_client_error and answer.status_code != httpx.codes.NOT_FOUND:
                    break
            await asyncio.sleep(wait_s)
        raise NoOrder(f"GET /v1/payments/{application}: {said}")

    async def _at_the_bank(self, path: str, behaviour: Behaviour, body: dict[str, Any]) -> None:
        async with self._calls:
            answer = await self._bank.post(path, json={**body, "behaviour": behaviour})
        answer.raise_for_status()
        self.paid[behaviour] += 1


def _orders(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the orders that can be paid, each with the place of its obligation."""
    return [
        {**order, "obligation": place}
        for place, obligation in enumerate(shown["obligations"])
        for order in obligation["orders"]
    ]
