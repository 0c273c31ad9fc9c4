"""Life in the town: who hands in, who pays, who accepts; it goes on whatever goes wrong."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime

import httpx
import structlog
from aiokafka.errors import KafkaError

from deploy.sandbox.officers.desk import TurnedAway
from deploy.sandbox.payers import NoOrder
from deploy.sandbox.portal import Application
from deploy.sandbox.switches import PATH, Switches
from deploy.sandbox.town.sender import Sender
from shared.errors import Unknown
from shared.events import Event
from shared.events.routing import ChoiceNeeded

AT_ONCE_LIMIT = 600  # handed in while something is on; whoever forgets a switch fills no disk
GARBLED_EVERY = 5  # of what is handed in
AGAIN_S = 1.0
WRONG = (httpx.HTTPError, KafkaError, NoOrder, TurnedAway, Unknown, OSError)

Follow = Callable[[Sequence[str]], AsyncGenerator[Event, None]]
Attend = Callable[[AsyncIterator[Event]], Awaitable[None]]

_log = structlog.get_logger("town")


def faults() -> Switches:
    """Return what the town can be made to do."""
    return Switches("not_accepting", "repeating", "garbling")


async def keep(name: str, work: Callable[[], Awaitable[None]], again_s: float = AGAIN_S) -> None:
    """Do it for ever: what goes wrong on the way is said, and it begins again."""
    while True:
        try:
            await work()
        except* WRONG as wrong:
            _log.warning("begins again", of=name, because=repr(wrong.exceptions[0])[:300])
        await asyncio.sleep(again_s)


async def attend(follow: Follow, topic: str, since: datetime, people: Attend) -> None:
    """Let people attend to what was said since then, but for what a person has to choose."""
    async with aclosing(follow((topic,))) as log:
        await people(_since(log, since))


async def _since(log: AsyncIterator[Event], since: datetime) -> AsyncIterator[Event]:
    async for event in log:
        if event.time >= since and event.type != ChoiceNeeded.TYPE:
            yield event


class Asked:
    """Whether anything is made to go wrong: here, or in a program beside."""

    def __init__(self, own: Switches, beside: Sequence[httpx.AsyncClient]) -> None:
        self._own, self._beside = own, beside

    async def __call__(self) -> bool:
        """Ask all; who does not answer has nothing on."""
        found = [any(self._own.shown().values())]
        for client in self._beside:
            try:
                found.append(any((await client.get(PATH)).json().values()))
            except (httpx.HTTPError, ValueError):
                continue
        return any(found)


async def hand_in(
    sender: Sender,
    on: Switches,
    is_asked: Callable[[], Awaitable[bool]],
    drawn: Iterator[Application],
    every_s: float,
) -> None:
    """Hand in for as long as something is made to go wrong.  Raises what a sender raises."""
    handed_in = 0
    while True:
        await asyncio.sleep(every_s)
        if not await is_asked():
            handed_in = 0
        elif handed_in < AT_ONCE_LIMIT:
            application = next(drawn)
            await sender.hand_in(application)
            if on.is_on("repeating"):
                await sender.again(application)
            if on.is_on("garbling") and handed_in % GARBLED_EVERY == 0:
                await sender.garbled(next(drawn))
            handed_in += 1
