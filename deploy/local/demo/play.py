"""The story happens: citizens, payers and officers act, each over the way a real one has."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import httpx
from aiokafka.errors import KafkaError

from deploy.local.demo import wrongs
from deploy.local.demo.acts import Citizens, NotTaken
from deploy.local.demo.board import Board, Stuck
from deploy.local.demo.rest import come_to_rest
from deploy.local.demo.scene import Ended, Scene, role
from deploy.local.demo.screen import FRAMES_PER_S, Screen
from deploy.local.demo.story import Story
from deploy.local.demo.wrongs import Turned
from deploy.log.reading import follow
from deploy.sandbox.officers.desk import Officers, TurnedAway
from deploy.sandbox.officers.habits import Habits
from deploy.sandbox.payers import NoOrder, Payers
from deploy.sandbox.portal import Portal
from services.payment.references import reference
from shared.errors import Unknown
from shared.events import Event
from shared.kafka import KafkaProducer

EVENTS = ("intake.events", "routing.events", "payment.events", "notify.events")
REST_LIMIT_S = 30.0
LOOK_EVERY_S = 1.0

# The pace of a demonstration: a silent bank is asked after seconds, not after a quarter of an hour.
# Mails that could be one wait for each other for a moment, not for a minute.
QUICK: Mapping[str, str] = MappingProxyType(
    {
        "MOTCUA_PAYMENT_ASK_AFTER_S": "[8, 8, 15]",
        "MOTCUA_NOTICE_JOIN_S": '{"email": 0.5}',
        "MOTCUA_SMS_DOUBLED_RECEIPTS": "0.05",
    }
)

# Of one that is kept, so that faults which are tried show within half a minute, and go as soon.
KEPT: Mapping[str, str] = MappingProxyType(
    {
        **QUICK,
        "MOTCUA_OPERATIONS_PATIENCE_S": '{"awaiting_acceptance": 12}',
        "MOTCUA_PAYMENT_CALL_LIMIT_S": "5",
        "MOTCUA_NOTICE_LIMIT_S": "5",
        "MOTCUA_NOTICE_ASK_AFTER_S": "[8, 8, 8, 15, 15, 30, 60, 120, 600, 3600]",
        "MOTCUA_NOTICE_RETRY_AFTER_S": "[3, 5, 10, 15, 15, 30, 60, 120, 600, 3600]",
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much happens, and how fast."""

    count: int = 300
    seed: int = 20_250_701
    rate_per_s: float = 15.0
    limit_s: float = 150.0
    citizens_delay_s: float = 0.6
    habits: Habits = field(
        default_factory=lambda: Habits(
            asked_for_supplement=0.06, demanded_payment=0.01, delay_s=1.2
        )
    )


def first_reference(application: str) -> str:
    """Return the reference that the first order of an application will have."""
    return reference(application, number=1)


class Failed(Exception):
    """It could not be carried through; the sentence says why, and where to look."""


@dataclass(slots=True)
class Played:
    """What came of it.  `stuck` is what is not over when time is; `silent` who may be to blame."""

    board: Board = field(default_factory=Board)
    acknowledged: set[str] = field(default_factory=set)
    turned: Turned | None = None
    stuck: list[Stuck] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    lagging: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0
    peak_bytes: int = 0


async def play(scene: Scene, story: Story, plan: Plan, screen: Screen) -> Played:
    """Let it happen, to its end or to the limit.  Raises `Failed`."""
    played, sentence = Played(), ""
    try:
        await _Play(scene, story, plan, screen, played).run()
    except* (
        Ended, NotTaken, NoOrder, TurnedAway, Unknown, httpx.HTTPError, KafkaError
    ) as group:  # fmt: skip
        sentence = "; ".join(_reasons(group))
    if sentence:
        raise Failed(sentence)
    return played


def _reasons(group: BaseExceptionGroup[Exception]) -> list[str]:
    """Return what went wrong, each once; that a process ended explains the others."""
    found = list(_leaves(group))
    ended = [error for error in found if isinstance(error, Ended)]
    return list(dict.fromkeys(f"{error}" or repr(error) for error in ended or found))


def _leaves(group: BaseExceptionGroup[Exception]) -> list[Exception]:
    out: list[Exception] = []
    for error in group.exceptions:
        out += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return out


class _Play:
    def __init__(
        self, scene: Scene, story: Story, plan: Plan, screen: Screen, played: Played
    ) -> None:
        self._scene, self._story, self._plan = scene, story, plan
        self._screen, self._played = screen, played
        self._portal = Portal(scene.clients(), scene.settings.lanes)
        self._url = scene.stack.kafka_url

    async def run(self) -> None:
        async with AsyncExitStack() as opened:
            door = await opened.enter_async_context(self._scene.client("intake", role("portal")))
            producer = KafkaProducer(self._url)
            await producer.start()
            opened.push_async_callback(producer.stop)
            citizens = Citizens(self._portal, door, producer, self._plan.citizens_delay_s)
            with self._screen.live():
                async with self._background(citizens):
                    await self._carry_through(citizens, door, producer)
        self._played.acknowledged = set(self._portal.acknowledged)

    async def _carry_through(
        self, citizens: Citizens, door: httpx.AsyncClient, producer: KafkaProducer
    ) -> None:
        began = time.monotonic()
        plan, played, parts = self._plan, self._played, self._story.parts
        half = len(parts) // 2
        await citizens.hand_in(parts[:half], plan.rate_per_s)
        lanes = self._scene.settings.lanes
        played.turned = await wrongs.send(self._story.wrongs, self._portal, door, producer, lanes)
        await citizens.hand_in(parts[half:], plan.rate_per_s)
        is_at_rest = False
        while not is_at_rest:
            played.stuck = await self._until_over(began + plan.limit_s)
            played.elapsed_s = time.monotonic() - began
            if played.stuck:
                played.silent = await asyncio.to_thread(self._scene.silent)
                return
            played.lagging = await come_to_rest(self._url, lanes, REST_LIMIT_S)
            # at its end a dossier may have notices of which nothing was heard yet
            is_at_rest = not played.board.stuck(self._portal.acknowledged)

    async def _until_over(self, until: float) -> list[Stuck]:
        """Return what is not over by then."""
        while stuck := self._played.board.stuck(self._portal.acknowledged):
            if time.monotonic() > until:
                return stuck
            await asyncio.sleep(1 / FRAMES_PER_S)
        return []

    @asynccontextmanager
    async def _background(self, citizens: Citizens) -> AsyncIterator[None]:
        """Let everybody else act for as long as the block runs."""
        others: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = (
            self._listen,
            lambda: self._watch(citizens),
            self._measure,
            lambda: self._follow_up(citizens),
            self._pay,
            self._attend,
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(other()) for other in others]
            yield
            for task in tasks:
                task.cancel()

    def _log(self, *topics: str) -> AsyncGenerator[Event, None]:
        return follow(self._url, topics)

    async def _listen(self) -> None:
        async with aclosing(self._log(*EVENTS)) as log:
            async for event in log:
                self._played.board.hear(event)

    async def _watch(self, citizens: Citizens) -> None:
        while True:
            self._screen.show(self._played.board, citizens.sent)
            await asyncio.sleep(1 / FRAMES_PER_S)

    async def _measure(self) -> None:
        while True:
            self._played.peak_bytes = max(self._played.peak_bytes, self._scene.memory_bytes())
            await asyncio.sleep(LOOK_EVERY_S)

    async def _follow_up(self, citizens: Citizens) -> None:
        async with aclosing(self._log("routing.events")) as log:
            await citizens.follow_up(self._story.parts, log)

    async def _pay(self) -> None:
        parts = {part.application.id: part for part in self._story.parts}
        async with (
            self._scene.client("payment", role("portal")) as payment,
            self._scene.client("bank", role("portal")) as bank,
            aclosing(self._log("payment.events")) as log,
        ):
            await Payers(
                payment,
                bank,
                lambda a: parts[a].paying if a in parts else "pay",
                first_reference,
                lambda a: parts[a].partner if a in parts else "",
                delay_s=self._plan.citizens_delay_s,
            ).attend(log)

    async def _attend(self) -> None:
        async with (
            self._scene.client("routing", role("officer")) as routing,
            aclosing(self._log("routing.events")) as log,
        ):
            await Officers(routing, self._plan.habits, self._story.lots).attend(log)
