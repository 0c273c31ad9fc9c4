"""What a demonstration that is kept leaves for who tries it out: three cases to find and release.

They are planted once its own sentences were checked, so none of these counts them.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

import httpx

from deploy.local.demo.scene import Scene, role
from deploy.sandbox.portal import Application, Citizens, Portal
from deploy.sandbox.town.sender import Sender, drawn
from shared.catalogue import Catalogue
from shared.kafka import KafkaProducer

LIMIT_S = 20.0
LOOK_EVERY_S = 0.25
T = TypeVar("T")
# where each shows on the board: stage and cause
WRONG_AMOUNT, SPLIT = ("payment", "wrong_amount"), ("routing", "needs_choice")
POISON = "intake", "poison_event"


class NotPlanted(Exception):
    """A case does not show on the board; the sentence says which."""


class Case(NamedTuple):
    """A planted case: its group of the board, its application, and what that is called."""

    stage: str
    cause: str
    application: str
    name: str


async def plant(scene: Scene, catalogue: Catalogue, on: date) -> list[Case]:
    """Plant the cases, and return them once the board has them.  Raises `NotPlanted`."""
    chance, lanes = random.Random(), scene.settings.lanes
    portal = Portal(scene.clients(), lanes)
    producer = KafkaProducer(scene.stack.kafka_url)
    applications = drawn(catalogue, on, chance)
    paid, garbled = next(applications), next(applications)
    split = Citizens(catalogue, on, chance).of_split_unit()
    await producer.start()
    try:
        async with scene.client("intake", role("portal")) as door:
            sender = Sender(portal, door, producer, lanes)
            await sender.hand_in(paid)
            await sender.hand_in(split)
            await sender.garbled(garbled)
    finally:
        await producer.stop()
    await _pay_wrongly(scene, paid)
    async with scene.client("operations", role("operator")) as operations:
        return [
            await _seen(operations, WRONG_AMOUNT, paid.id),
            await _seen(operations, SPLIT, split.id),
            await _seen(operations, POISON, garbled.id),
        ]


async def _pay_wrongly(scene: Scene, application: Application) -> None:
    """Pay a thousand đồng more than is asked for, and leave it at that."""
    async with (
        scene.client("payment", role("portal")) as payment,
        scene.client("bank", role("portal")) as bank,
    ):
        order = await _until(lambda: _order(payment, application.id), "an order to pay")
        body = {"pay_url": order["pay_url"], "behaviour": "wrong_amount"}
        (await bank.post("/sandbox/pay", json=body)).raise_for_status()


async def _order(payment: httpx.AsyncClient, application: str) -> Mapping[str, Any] | None:
    answer = await payment.get(f"/v1/payments/{application}")
    if not answer.is_success:
        return None
    orders = [order for o in answer.json()["obligations"] for order in o["orders"]]
    return next((order for order in orders if order["pay_url"]), None)


async def _seen(operations: httpx.AsyncClient, group: tuple[str, str], application: str) -> Case:
    """Return the case, once it stands in its group of the board."""
    stage, cause = group

    async def look() -> Case | None:
        answer = await operations.get(f"/v1/stuck/{stage}/{cause}", params={"limit": 200})
        items = answer.raise_for_status().json()["items"]
        found = [item for item in items if item["application"] == application]
        return (
            Case(stage, cause, application, found[0]["dossier"] or application) if found else None
        )

    return await _until(look, f"{stage}/{cause} of {application} on the board")


async def _until(look: Callable[[], Awaitable[T | None]], wanted: str) -> T:
    """Look until there is something; return it.  Raises `NotPlanted`."""
    until = time.monotonic() + LIMIT_S
    while (found := await look()) is None:
        if time.monotonic() > until:
            raise NotPlanted(f"not planted in {LIMIT_S:.0f} s: {wanted}")
        await asyncio.sleep(LOOK_EVERY_S)
    return found
