"""Everybody outside: who submits, pays, decides, brings, takes back and releases, each twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime
from itertools import cycle

import httpx
import msgspec

from deploy.log.reading import follow
from deploy.sandbox.officers.desk import Officers
from deploy.sandbox.officers.habits import Fate, Habits
from deploy.sandbox.payers import Payers
from deploy.sandbox.portal import Application, Citizens, Portal, personal_values
from services.payment.references import reference
from shared.catalogue import load
from shared.errors import Unknown
from shared.events import Event
from shared.events.data import Document
from shared.events.intake import InterlinkedRegistered
from shared.events.payment import Settled
from shared.events.routing import Routed, SupplementRequested
from shared.kafka import KafkaProducer
from shared.kinship import is_child
from shared.placement import home
from tests.invariants.echo import elsewhere
from tests.invariants.ends import OVER, Left
from tests.invariants.paying import FIRST_OFFERED, Way, drawn, way
from tests.invariants.taken import TRIES_LIMIT, TRY_AGAIN_S, NotTaken, taken
from tests.invariants.target import Target
from tests.invariants.twice import Twice
from tests.invariants.ways import agreed

CALL_LIMIT_S = 30.0
DOUBLED = 0.5  # of all calls
WITHDRAWN = 0.04  # of all applications, and of the children of those for several agencies
CORRECTED = 0.06  # of all applications
SPLIT, FAMILIES = 0.03, 0.05  # of all: an old unit is told, several agencies are asked
ASTRAY = 0.05  # of those submitted onto Kafka: they stand on the wrong lane only
ENTRY = (Routed.TYPE, InterlinkedRegistered.TYPE)  # from then on a citizen may think again
EVENTS = ("intake.events", "routing.events")
SAID = (*EVENTS, "payment.events", "notify.events")
HABITS = Habits(
    refused=0.02,
    asked_for_supplement=0.12,
    demanded_payment=0.03,
    suspended=0.03,
    apologised=0.04,
    stepped=0.04,
    readdressed=0.03,
    transferred=0.05,
    signed=0.05,
    reopened=0.03,
    posted=0.08,
    brought_back=0.3,
    delay_s=0.3,
    concurrency=32,
)


class Town:
    """The citizens of a seed, their portal, and what was promised to them."""

    def __init__(self, target: Target, seed: int) -> None:
        self._target, self._seed = target, seed
        self._habits = HABITS.model_copy(update={"seed": seed})
        self._clients = target.system.clients
        self.portal = Portal(self._clients, target.lanes)
        self._chance = random.Random(seed)
        catalogue = load()
        self._citizens = Citizens(catalogue, datetime.now(UTC).date(), self._chance)
        self.submitted: list[Application] = []
        self._by_id: dict[str, Application] = {}
        self.left = Left(catalogue, self.drawn, self._by_id)
        self.over: set[str] = set()
        self.heard = 0  # events of all services
        self.paid: set[str] = set()  # partners at which something was settled
        self._sent: dict[str, str] = {}  # applications whose citizen is told where to pay
        self.doubled: Counter[str] = Counter()  # calls that were made twice, by path
        self.failed: list[str] = []  # who could not go on
        self.refused: Counter[str] = Counter()  # choices of a partner that was not to be had
        self.producer = KafkaProducer(target.kafka_url)

    @property
    def unfinished(self) -> set[str]:
        """Return the applications that have not come to an end."""
        return self.portal.acknowledged - self.over

    @property
    def personal(self) -> set[str]:
        """Return what must stand nowhere in the clear."""
        return {value for a in self.submitted for value in personal_values(a)}

    @property
    def kafka_url(self) -> str:
        """Where the log is."""
        return self._target.kafka_url

    def drawn(self, what: str, application: str) -> float:
        """Return a number from 0 to 1 for a purpose and an application."""
        return drawn(self._seed, what, application)

    def client(self, name: str, role: str, process: str = "") -> httpx.AsyncClient:
        """Return a client of a process that makes half of its calls twice."""
        key = self._clients["api_keys"].get(role, "")
        chance = random.Random(f"{self._seed}/{name}")
        return httpx.AsyncClient(
            base_url=self._target.system.url(process or name),
            headers={"authorization": f"Bearer {key}"},
            timeout=CALL_LIMIT_S,
            transport=Twice(httpx.AsyncHTTPTransport(), chance, DOUBLED, self.doubled),
        )

    def draw(self, count: int) -> list[Application]:
        """Return so many more applications, the same ones for the same seed (ids apart)."""
        draws = (
            self._citizens.of_several_agencies, self._citizens.of_split_unit, self._citizens.draw
        )  # fmt: skip
        weights = FAMILIES, SPLIT, 1 - FAMILIES - SPLIT
        return [agreed(self.drawn, draw())
                for draw in self._chance.choices(draws, weights, k=count)]  # fmt: skip

    def draw_for(self, partners: Collection[str], count: int) -> list[Application]:
        """Return so many for each of these partners, whose citizens pay there if they owe."""
        drawn = self.draw(count * len(partners))
        self._sent |= dict(zip((a.id for a in drawn), cycle(sorted(partners)), strict=False))
        return drawn

    async def submit(self, applications: Sequence[Application], rate_per_s: float) -> None:
        """Submit at this rate, half over HTTP, half onto Kafka.  Raises `NotTaken`."""
        self.submitted += applications
        self._by_id |= {application.id: application for application in applications}
        async with self.client("intake", "portal") as door, asyncio.TaskGroup() as group:
            for number, application in enumerate(applications):
                over_http = number % 2 == 0
                group.create_task(self._post(door, application) if over_http
                                  else self._append(application))  # fmt: skip
                await asyncio.sleep(1 / rate_per_s)

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Let everybody act for as long as the block runs."""
        async with AsyncExitStack() as opened:
            await self.producer.start()
            opened.push_async_callback(self.producer.stop)
            async with asyncio.TaskGroup() as group:
                parts = (self._listen, self._follow_up, self._pay, self._decide)
                tasks = [group.create_task(self._unless_it_fails(part)) for part in parts]
                yield
                for task in tasks:
                    task.cancel()

    async def _unless_it_fails(self, part: Callable[[], Awaitable[None]]) -> None:
        """Let somebody act; who cannot go on is told of in the end, the others go on."""
        try:
            await part()
        except Exception as error:
            self.failed.append(leaf(error))

    async def _post(self, door: httpx.AsyncClient, application: Application) -> None:
        await taken(lambda: self.portal.post(door, application))

    async def _append(self, application: Application) -> None:
        lanes = self._target.lanes
        lane = home(application.id, lanes)
        if drawn(self._seed, "astray", application.id) < ASTRAY:  # and nowhere else
            lane = elsewhere(lane, lanes, random.Random(application.id))
        for _ in range(TRIES_LIMIT):
            try:
                return await self.portal.append(self.producer, [application], lane=lane)
            except Unknown:
                await asyncio.sleep(TRY_AGAIN_S)
        raise NotTaken("Kafka did not take a submission")

    async def _listen(self) -> None:
        async with aclosing(follow(self._target.kafka_url, SAID)) as log:
            async for event in log:
                self.heard += 1
                if event.type == Settled.TYPE:
                    self.paid.add(msgspec.json.decode(event.data, type=Settled).partner)
                if event.type in OVER:
                    self.over.add(event.subject)

    async def _follow_up(self) -> None:
        """Bring what is asked for, and take back what is to be."""
        seen: set[str] = set()
        async with (
            self.client("intake-follow-up", "portal", "intake") as door,
            aclosing(follow(self._target.kafka_url, EVENTS)) as log,
            asyncio.TaskGroup() as group,
        ):
            async for event in log:
                if event.id in seen:
                    continue
                seen.add(event.id)
                if event.type == SupplementRequested.TYPE:
                    group.create_task(self._supplement(door, event))
                elif event.type in ENTRY and self._is_withdrawn(event.subject):
                    group.create_task(self._withdraw(door, event.subject))
                elif event.type == Routed.TYPE and (mistaken := self._mistaken(event.subject)):
                    group.create_task(self._correct(door, mistaken))

    def _is_withdrawn(self, application: str) -> bool:
        return drawn(self._seed, "withdrawn", application) < WITHDRAWN

    def _mistaken(self, application: str) -> Application | None:
        """Return what was handed in, if its citizen finds a mistake in it."""
        is_mistaken = drawn(self._seed, "corrected", application) < CORRECTED
        return self._by_id.get(application) if is_mistaken else None

    async def _correct(self, door: httpx.AsyncClient, application: Application) -> None:
        await taken(lambda: self.portal.correct(door, application), is_late=True)

    async def _supplement(self, door: httpx.AsyncClient, event: Event) -> None:
        document = Document(name="Giấy tờ bổ sung", sha256=event.subject.replace("-", "") * 2)
        key = f"for-{event.sequence}"
        await taken(
            lambda: self.portal.supplement(door, event.subject, document, key), is_late=True
        )

    async def _withdraw(self, door: httpx.AsyncClient, application: str) -> None:
        await taken(lambda: self.portal.withdraw(door, application), is_late=True)

    async def _pay(self) -> None:
        async with (
            self.client("payment", "portal") as payment,
            self._bank() as bank,
            aclosing(follow(self._target.kafka_url, ("payment.events",))) as log,
        ):
            payers = Payers(
                payment,
                bank,
                lambda application: self._way(application).behaviour,
                first_reference,
                lambda application: self._way(application).partner,
                delay_s=0.2,
                look_again_s=[TRY_AGAIN_S] * TRIES_LIMIT,
            )
            self.refused = payers.refused
            await payers.attend(log)

    def _bank(self) -> httpx.AsyncClient:
        """Return a client that uses no connection twice: a payment is never sent again."""
        return httpx.AsyncClient(
            base_url=self._target.system.url("bank"),
            timeout=CALL_LIMIT_S,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
        )

    def _way(self, application: str) -> Way:
        if partner := self._sent.get(application):
            return Way("" if partner == FIRST_OFFERED.name else partner, "pay")
        found = way(self.drawn, application)
        fate = Fate(self._habits, application)
        # whose first order is an officer's demand cannot pay another one before it
        is_demanded = "demand_payment" in fate.detours
        # an order that ends with its application is not asked after: only a statement would tell
        is_ending = fate.is_refused or self._is_withdrawn(application)
        is_ending |= is_child(application)  # with any other of its family, by rule
        is_early = is_demanded or is_child(application)
        is_usual = (found.behaviour == "early" and is_early) or (
            found.behaviour == "silent" and is_ending
        )
        return Way(found.partner, "pay") if is_usual else found

    async def _decide(self) -> None:
        async with (
            self.client("routing", "officer") as routing,
            aclosing(follow(self._target.kafka_url, ("routing.events",))) as log,
        ):
            await Officers(routing, self._habits).attend(self.left.out_of(log))


def first_reference(application: str) -> str:
    """Return the reference that the first order of an application will have."""
    return reference(application, number=1)


def leaf(error: Exception) -> str:
    """Return what went wrong, in the innermost of all groups."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
