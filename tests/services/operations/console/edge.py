"""The console's edge, and what of the API stands beside it, over tables in memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import httpx
import pytest
from fastapi import APIRouter, Depends
from starlette.types import ASGIApp

from services.operations import reads_api, sessions_api, unsealing_api
from services.operations.alarms.desk import Desk as AlarmDesk
from services.operations.api import Sources
from services.operations.api import router as api_router
from services.operations.console import signing_in
from services.operations.console.accounts import Accounts
from services.operations.console.alarms import routes as alarm_routes
from services.operations.console.alarms.routes import Waking, read_runbooks
from services.operations.console.dead import routes as dead_routes
from services.operations.console.dead.routes import SettingAside
from services.operations.console.door import Door
from services.operations.console.flow import routes as flow_routes
from services.operations.console.flow.routes import Flowing
from services.operations.console.incidents import routes as incident_routes
from services.operations.console.indicators import routes as indicator_routes
from services.operations.console.indicators.routes import Judging
from services.operations.console.money import routes as money_routes
from services.operations.console.money.routes import Counting
from services.operations.console.oidc import Oidc
from services.operations.console.partner import routes as partner_routes
from services.operations.console.partner.routes import Owning
from services.operations.console.persons import routes as person_routes
from services.operations.console.proof import routes as proof_routes
from services.operations.console.proof.routes import Provable
from services.operations.console.readiness import routes as readiness_routes
from services.operations.console.readiness.routes import Checking
from services.operations.console.reading import routes as reading_routes
from services.operations.console.reading.routes import Reading
from services.operations.console.reads import routes as read_routes
from services.operations.console.rounds import routes as rounds_routes
from services.operations.console.rounds.routes import Releasing
from services.operations.console.sandbox import routes as sandbox_routes
from services.operations.console.sandbox.programs import Programs
from services.operations.console.sandbox.routes import Trying
from services.operations.console.sandbox.switches import SWITCHES
from services.operations.console.screen import WAYS, Screen
from services.operations.console.sessions import Sessions
from services.operations.console.signed_in import routes as session_routes
from services.operations.console.statistics import routes as form_routes
from services.operations.console.statistics import subscribing
from services.operations.console.statistics.routes import Tabling
from services.operations.console.stuck import routes as stuck_routes
from services.operations.console.stuck.routes import Watching
from services.operations.console.sync import routes as sync_routes
from services.operations.console.sync.routes import Comparing
from services.operations.dead.redriving import Redriving
from services.operations.domain.actions import ACTIONS, Action
from services.operations.domain.entries import Entry
from services.operations.domain.patience import Patience
from services.operations.finding import Finder
from services.operations.guard import Guard
from services.operations.indicators.syncing import Syncing
from services.operations.limits import Limits
from services.operations.money.partner import PartnerDesk
from services.operations.opened import Whys
from services.operations.proving import Proving
from services.operations.reads.rows import Reads
from services.operations.rounds.desk import Desk
from services.operations.rounds.ground import Ground
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import Runner
from services.operations.sessions_api import SessionDesk
from services.operations.statistics_api import FormDesk
from services.operations.subscriptions.desk import SubscriptionDesk
from services.operations.subscriptions.rows import Subscriptions
from services.operations.sync_api import SyncDesk
from services.operations.trends import Trends
from services.operations.unsealing import Unsealing
from shared import events
from shared.access import LIMITED
from shared.bus import Message, Partition
from shared.catalogue import Catalogue
from shared.edge_app import edge_app
from shared.events import Event
from shared.papers.press import Press
from shared.principals import People
from shared.vault import Vault
from tests.services.operations.alarms.watch import Night
from tests.services.operations.at_intake import AtIntake
from tests.services.operations.console.desks import gathering_of, money_desk
from tests.services.operations.console.visits import BASE, KEPT, KEY, ROLES, UNITS, access, bearer
from tests.services.operations.dead.office import Office
from tests.services.operations.live import Live
from tests.services.operations.memory import Group, MemoryTable, Over, Store, Trouble
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.memory_counting import indicator_desk, readiness_desk
from tests.services.operations.memory_forms import MemoryCounting
from tests.services.operations.money.partners import Payment, settler
from tests.services.operations.proofs.prover import Prover
from tests.services.operations.status.edge import Ticks
from tests.services.operations.story import BEGAN, Story


@dataclass
class ConsoleEdge:
    """The edge, with what it stands on at hand."""

    catalogue: Catalogue
    now: datetime = BEGAN
    url: str = ""  # where it answers, if it does
    ticks: Ticks = field(default_factory=Ticks)
    store: Store = field(default_factory=Store)
    actions: dict[str, Action] = field(default_factory=lambda: dict(ACTIONS))
    stories: dict[str, Story] = field(default_factory=dict)
    published: list[tuple[str, Event]] = field(default_factory=list)
    doubt: Exception | None = None  # of what is published
    oidc: Oidc | None = None
    payment: Payment | None = None
    transport: httpx.AsyncBaseTransport | None = None  # to a sandbox, where one is told of
    service: Callable[[Story, Event], None] = lambda *_: None  # what one does about a command

    def __post_init__(self) -> None:
        rows = {
            name: {"role": role, "password": KEPT, "person": name}
            | ({"units": UNITS if "_" in role else name} if role in LIMITED else {})
            for name, role in ROLES.items()
        }
        people = People({name: {} for name in ROLES})
        self.sessions_table = MemoryTable(self.store.trouble)
        sessions = Sessions(self.sessions_table, self.ticks.clock)
        ways = (*WAYS, sandbox_routes.WAY) if self.transport else WAYS
        self.door = Door.made(
            Screen(ways), Accounts(rows, people), sessions, KEY, self.ticks, self.oidc
        )
        finder = self.store.finder(self.catalogue, lambda: self.now)
        self.at_intake, self.unsealing = AtIntake(self.store), self._unsealing()
        patience = Patience(self.catalogue.working_calendar)
        self.whys = Whys(self.store.tables["situations"], patience, self.catalogue)
        reading = Reading(
            *(self.door, self.store.journeys, finder, self.at_intake.persons),
            *(self.catalogue, self._now, self.unsealing, self.whys),
        )
        board = MemoryBoard(self.store.tables["situations"].rows)
        self.trends = Trends(board, MemoryTable(self.store.trouble), self._now)
        programs = self._sandbox()
        watching = Watching(self.door, board, self.trends, self.catalogue, self._now, programs)
        self.live = Live({}, self._now, {"operations": 0, "operations-tables": 0})
        judging = Judging(self.door, indicator_desk(self.store, self.catalogue, lambda: self.now))
        forms = FormDesk(
            MemoryCounting(self.store.tables["facts"].rows),
            self.catalogue,
            lambda: self.now,
            Press(),
        )
        kept = Subscriptions(MemoryTable(self.store.trouble))
        self.subscriptions = SubscriptionDesk(
            kept, ("office",), self.catalogue, lambda: self.now, lambda: "1234567890"
        )
        self.prover = Prover(self.store, lambda: self.now)
        rows = Rounds(Tables(*(MemoryTable(self.store.trouble) for _ in Tables._fields)))
        names = map("{}".format, count())
        told = self._now, names.__next__, self.catalogue, self.actions
        self.money = money_desk(self.store, self._append, self._now)
        self.office = Office(self.store)
        lanes = self.money.ledger, self, self.money.saying, Redriving(self.office.desk)
        ground = Ground(self.store.journeys, *lanes)
        desk = Desk(rows, board, ground, *told)
        releasing = Releasing(self.door, desk, board, self.catalogue, lambda: self.now)
        situations = self.store.tables["situations"]
        self.runner = Runner(rows, situations, ground, lambda: self.now, 1, self.actions)
        settling = settler(self.store, self._now)
        own = PartnerDesk(self.money, self.store.journeys, self.store.letters())
        self.night = night = Night()
        alarms = AlarmDesk(night.rows, night.deliveries, lambda: night.now, night.faults)
        self.rounds, self.gathering = rows, gathering_of(self, rows)
        waking = Waking(
            *(self.door, alarms, self.catalogue, lambda: self.night.now),
            runbooks=read_runbooks(),
            incidents=self.gathering.desk.rows,
        )
        ready = readiness_desk(self.store, self.catalogue, lambda: self.now)
        tables = (
            self.store.tables[name] for name in ("journeys", "names", "aside", "letter_answers")
        )
        proving = Proving(*tables, page_rows=3)
        until = self.store.read_until(self._now)
        sync = SyncDesk(Syncing(proving), until, self.catalogue, lambda: self.now)
        self.comparing = Comparing(self.door, sync)
        routers: tuple[APIRouter, ...] = (
            sync_routes.router(self.comparing),
            signing_in.router(self.door),
            person_routes.router(reading),
            reading_routes.router(reading),
            stuck_routes.router(watching),
            flow_routes.router(Flowing(self.door, self.live.desk(self.trends))),
            indicator_routes.router(judging),
            form_routes.router(Tabling(self.door, forms)),
            subscribing.router(self.door, self.subscriptions),
            proof_routes.router(Provable(self.door, self.prover.desk)),
            rounds_routes.router(releasing),
            money_routes.router(Counting(self.door, self.money, settling)),
            partner_routes.router(Owning(self.door, own, settling)),
            alarm_routes.router(waking),
            incident_routes.router(self.gathering),
            readiness_routes.router(Checking(self.door, ready)),
            dead_routes.router(SettingAside(self.door, self.office.desk, lambda: self.now)),
        )
        if programs:
            routers = (*routers, sandbox_routes.router(Trying(self.door, programs)))
        self.app = self._guarded(routers, finder)

    def _guarded(self, routers: Iterable[APIRouter], finder: Finder) -> ASGIApp:
        """Return the edge, with what stands around every route."""
        self.reads_table = MemoryTable(Trouble())
        self.reads = Reads(self.reads_table, self._now)
        self.limits = Limits(self.ticks)
        guard = Guard(self.door, self.reads, self.limits, self._now)
        guarded = APIRouter(dependencies=[Depends(guard.enter)])
        sources = Sources(
            *(self.store.journeys, finder, self.at_intake.persons),
            *(self.store.counts(), self.store.counts(), lambda: None, self, self._now, self.whys),
        )
        signed_in = SessionDesk(self.door.sessions, self.reads, self._now)
        beside = (
            api_router(sources),
            sessions_api.router(signed_in),
            session_routes.router(self.door, signed_in),
            reads_api.router(self.reads, self.store.journeys),
            read_routes.router(self.door, self.reads, self.store.journeys),
            unsealing_api.router(self.unsealing),
        )
        for router in (*routers, *beside):
            guarded.include_router(router)
        return guard.around(edge_app("operations", access(), (guarded,)))

    def _sandbox(self) -> Programs | None:
        urls = {switch.program: "http://127.0.0.1:1" for switch in SWITCHES.values()}
        return Programs(urls, self.transport) if self.transport else None

    def _now(self) -> datetime:
        return self.now

    def _unsealing(self) -> Unsealing:
        self.vault_table, self.read_again = MemoryTable(Trouble()), list[Entry]()
        self.vault = Vault(self.vault_table, KEY, monotonic=self.ticks)
        claims, original = MemoryTable(Trouble()), self._original
        return Unsealing(self.store.journeys, original, self.vault, claims, self, self._now)

    async def _original(self, entry: Entry) -> bytes:
        self.read_again.append(entry)
        records = self.stories[entry.application].log.records
        (found,) = (r for r in records if (r.topic, r.partition, r.offset) == entry.place)
        return bytes(events.decode(found.value).data)

    async def _append(self, place: Partition, message: Message) -> None:
        """Keep what the console has said: `payment` listens."""
        assert self.payment
        await self.payment.append(place, message)

    async def read(self, story: Story) -> Story:
        """Read all of a story's log, and let it be that moment."""
        assignment = Group(story.log.records).assignment(self.store.trouble, 100)
        with pytest.raises(Over):
            await self.store.reader().serve(assignment)
        self.now = max(self.now, story.log.now)
        self.stories[story.application] = story
        return story

    async def publish(self, topic: str, event: Event) -> None:
        """Take a command, and read it; a release is all that a service needs to do."""
        if self.doubt:
            raise self.doubt
        self.published.append((topic, event))
        story = self.stories[event.subject]
        story.log.now = max(story.log.now, self.now)
        story.log.append(topic, event.subject.encode(), events.encode(event), story.lane)
        self.service(story, event)
        await self.read(story)

    async def turn(self, seconds: float = 1) -> None:
        """Let a second pass, in which one command is sent."""
        self.now += timedelta(seconds=seconds)
        await self.runner.turn()

    async def set_aside(self) -> None:
        """Let lanes and readers do their part."""
        await self.office.turn()
        self.now = max(self.now, self.office.log.now)

    def browser(self, address: str = "203.0.113.7", base: str = BASE) -> httpx.AsyncClient:
        """Return a client that keeps cookies and follows nothing by itself."""
        transport = httpx.ASGITransport(self.app, client=(address, 4711))
        return httpx.AsyncClient(transport=transport, base_url=base)

    def program(self, role: str = "operator") -> httpx.AsyncClient:
        """Return a client that has the key of a role."""
        transport = httpx.ASGITransport(self.app, client=("203.0.113.8", 4711))
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=bearer(role))
