"""Life around a system under test: citizens who pay and officers who act, until the block ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

from deploy.log.reading import follow
from deploy.sandbox.officers.desk import Officers
from deploy.sandbox.officers.habits import Habits
from deploy.sandbox.payers import Behaviour, Payers
from tests.e2e.system import System

TOPICS = ("payment.events",)


@asynccontextmanager
async def paying(
    system: System, choose: Callable[[str], Behaviour] = lambda _: "pay"
) -> AsyncIterator[Payers]:
    """Citizens pay what is requested of them."""
    async with system.client("payment", "portal") as payment, system.client("bank") as bank:
        payers = Payers(payment, bank, choose, lambda _: "", delay_s=0.05)

        async def attend() -> None:
            async with aclosing(follow(system.servers.kafka_url, TOPICS)) as log:
                await payers.attend(log)

        async with _while_lasts(attend()):
            yield payers


@asynccontextmanager
async def deciding(system: System, habits: Habits) -> AsyncIterator[None]:
    """Officers bring every dossier to its end."""
    async with system.client("routing", "officer") as routing:

        async def attend() -> None:
            async with aclosing(follow(system.servers.kafka_url, ("routing.events",))) as log:
                await Officers(routing, habits).attend(log)

        async with _while_lasts(attend()):
            yield


@asynccontextmanager
async def _while_lasts(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        if task.done():
            task.result()  # it never ends by itself: whatever ended it is told
        task.cancel()
        await asyncio.wait([task])
