"""What citizens do through the portal: hand in, correct, bring what is missing, take back."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import httpx

from deploy.local.demo.story import Part
from deploy.sandbox.portal import Application, Portal
from shared.bus import Producer
from shared.errors import Unknown
from shared.events import Event
from shared.events.data import Document
from shared.events.routing import Routed, SupplementRequested

CALLS_LIMIT = 16
RETRY_S = 0.5
RETRY_LIMIT = 20
SUPPLEMENT_VI = "Giấy tờ bổ sung"


class NotTaken(Exception):
    """The door did not take what is in order; the sentence has its answer."""


class Citizens:
    """The citizens of a story, at the portal.  `sent`: how many have been handed in, by way."""

    def __init__(
        self, portal: Portal, door: httpx.AsyncClient, producer: Producer, delay_s: float
    ) -> None:
        self._portal, self._door, self._producer = portal, door, producer
        self._delay_s = delay_s
        self._calls = asyncio.Semaphore(CALLS_LIMIT)
        self.sent: dict[str, int] = {"http": 0, "kafka": 0}

    async def hand_in(self, parts: Sequence[Part], rate_per_s: float) -> None:
        """Hand in all, one after the other at this rate, each by its way.  Raises `NotTaken`."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number, part in enumerate(parts):
                await asyncio.sleep(max(0.0, began + number / rate_per_s - time.monotonic()))
                group.create_task(self._hand_in(part))

    async def follow_up(self, parts: Sequence[Part], log: AsyncIterator[Event]) -> None:
        """Bring what is asked for, correct and withdraw what is to be, until the log ends."""
        withdrawn = {part.application.id for part in parts if part.is_withdrawn}
        wrong = {p.application.id: p.application for p in parts if p.lot and p.lot.is_corrected}
        chance = random.Random(len(parts))
        async with asyncio.TaskGroup() as group:
            async for event in log:
                if event.type == SupplementRequested.TYPE:
                    group.create_task(self._supplement(event, chance.uniform(0.5, 1.5)))
                elif event.type == Routed.TYPE and event.subject in withdrawn:
                    withdrawn.discard(event.subject)
                    group.create_task(self._withdraw(event.subject))
                elif event.type == Routed.TYPE and (mistaken := wrong.pop(event.subject, None)):
                    group.create_task(self._correct(mistaken))

    async def _hand_in(self, part: Part) -> None:
        if part.way == "http":
            await self._taken(lambda: self._portal.post(self._door, part.application))
        else:
            await self._appended(part)
        self.sent[part.way] += 1

    async def _supplement(self, event: Event, slowness: float) -> None:
        await asyncio.sleep(self._delay_s * slowness)
        document = Document(name=SUPPLEMENT_VI, sha256=event.subject.replace("-", "") * 2)
        key = f"for-{event.sequence}"  # one for each time that it is asked for
        await self._taken(
            lambda: self._portal.supplement(self._door, event.subject, document, key), is_late=True
        )

    async def _correct(self, application: Application) -> None:
        await self._taken(lambda: self._portal.correct(self._door, application))

    async def _withdraw(self, application: str) -> None:
        await self._taken(lambda: self._portal.withdraw(self._door, application), is_late=True)

    async def _taken(
        self, call: Callable[[], Awaitable[httpx.Response]], *, is_late: bool = False
    ) -> None:
        """Call until it is taken; the same again counts once.  Raises `NotTaken`.

        `is_late`: the application may be over already, which is as good.
        """
        said = ""
        for _ in range(RETRY_LIMIT):
            async with self._calls:
                try:
                    answer = await call()
                except httpx.TransportError as error:
                    said = repr(error)
                else:
                    is_over = is_late and answer.status_code == httpx.codes.CONFLICT
                    if answer.is_success or is_over:
                        return
                    said = f"{answer.request.url.path}: {answer.status_code} {answer.text}"
                    if answer.is_client_error and answer.status_code != httpx.codes.NOT_FOUND:
                        break
            await asyncio.sleep(RETRY_S)
        raise NotTaken(f"intake did not take what is in order, {said}")

    async def _appended(self, part: Part) -> None:
        """Append until the log has it; the same again counts once.  Raises `NotTaken`."""
        said = ""
        for _ in range(RETRY_LIMIT):
            try:
                await self._portal.append(self._producer, [part.application])
            except Unknown as doubt:
                said = str(doubt)
                await asyncio.sleep(RETRY_S)
            else:
                return
        raise NotTaken(f"Kafka did not take a submission, {said}")
