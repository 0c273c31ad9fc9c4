"""A whole town in memory: intake, payment's edge with the lane behind it, and all sandbox partners.

Only ASGI stands between them; the kit speaks to it as it would over the wire.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import httpx
import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response

from deploy.conformance.portal import Portal
from deploy.conformance.wire import Wire
from deploy.local import secrets
from deploy.sandbox.partners.http import create_app
from deploy.sandbox.partners.opened import Opened, World, open_all
from deploy.sandbox.partners.opened import read as read_theirs
from services.payment.domain.draft import Pace
from services.payment.effects import Create
from services.payment.gateways import Gateway, Partner
from services.payment.gateways.families import FAMILIES
from services.payment.lane import table
from services.payment.partners import SANDBOX, Registry, read
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from services.payment.settings import PaymentSettings
from shared import events
from shared.bus import Record
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.effects import Request as Asked
from shared.events import CONTRACTS, Data, Event
from shared.events.payment import CreateRequested
from tests.services.payment.counter import Counter
from tests.services.payment.office import APPLICATION, NOW, PARTNER, ROUTED, Rows

EDGE, BANKS, INTAKE = "http://edge", "http://sandbox", "http://intake"
SETTINGS = PaymentSettings(bank_url=BANKS, payment_url=EDGE)
ROWS = read(SANDBOX)
# the first of the sandbox's partners that speaks each family
ONE_OF_EACH = {row.family: row.name for row in reversed(ROWS)}
PAUSE_S, CUT_S, LOOK_EVERY_S, PATIENCE_S, LIMIT_S = 0.001, 0.05, 0.002, 20.0, 10.0


class _Given:
    """What a counter is given, with a clock that goes."""

    application, rows = APPLICATION, Rows

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self.catalogue, self._clock = catalogue, clock

    @property
    def now(self) -> datetime:
        return self._clock()

    def partner(self) -> Partner:
        return PARTNER


class Town(Counter):
    """Payment, decided as it comes; `families` may be others than the true ones."""

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        families: Mapping[str, Callable[[Partner], Gateway]] | None = None,
        clock: Clock = lambda: NOW,
        patience_s: float = PATIENCE_S,
    ) -> None:
        for_services = msgspec.json.decode((folder / secrets.SERVICES_FILE).read_bytes())
        self.partners = {row.name: row for row in SETTINGS.registry_rows(for_services["partners"])}
        self._families = {**FAMILIES, **(families or {})}
        rows = Rows()
        self.clock, self.patience_s = clock, patience_s
        a = _Given(catalogue, clock)
        terms = self.registry_of(a).terms
        numbers = ReceiptNumbers(rows, self.clock)
        super().__init__(table(catalogue, References(rows), terms, Pace(), numbers), rows, a)
        self.theirs = read_theirs(SANDBOX, folder / secrets.CLIENTS_FILE)
        world = World(self.http, EDGE, BANKS, self.clock, call_again_s=60.0, refund_after_s=0.0)
        self.opened = open_all(self.theirs, world)
        self.use({})

    def registry_of(self, a):
        return Registry(self.partners.values(), self._families)

    def use(self, opened: Mapping[str, Opened]) -> None:
        """Put the banks where the kit finds them; some may be others than the true ones."""
        self.banks, self.intake = create_app({**self.opened, **opened}), self._intake()
        mounts = {
            EDGE: self.app,
            BANKS: self.banks,
            INTAKE: self.intake,
        }
        self.client = httpx.AsyncClient(
            mounts={url: httpx.ASGITransport(app) for url, app in mounts.items()}
        )

    def wire(self) -> Wire:
        return Wire(self.client, LIMIT_S, PAUSE_S, CUT_S)

    def portal(self, partner: str) -> Portal:
        noise = iter(range(1, 10_000))
        return Portal(
            self.client,
            INTAKE,
            EDGE,
            "portal-key",
            partner,
            self.clock,
            lambda length: next(noise).to_bytes(length, "big"),
            self.patience_s,
            LOOK_EVERY_S,
        )

    async def work(self) -> None:
        """Decide what comes, and have orders made, until it is stopped."""
        sending = Create(self.registry, self.client, self.clock, LIMIT_S, tell=self.billing.find)
        while True:
            for event in await self.decide():
                data = msgspec.json.decode(event.data, type=CONTRACTS[event.type])
                if isinstance(data, CreateRequested):
                    (outcome,) = await sending.call([Asked(None, data)])
                    self._append("payment.inbox", event.subject, outcome)
            await asyncio.sleep(0.001)

    def _append(self, topic: str, application: str, data: Data) -> None:
        place = len(self.log.records)
        event = Event(
            id=f"{application}/routing/{place:06d}",
            source="/services/routing",
            type=data.TYPE,
            subject=application,
            time=self.clock(),
            sequence=f"{place:06d}",
            data=msgspec.Raw(events.encode(data)),
        )
        record = Record(topic, 0, place, 0, application.encode(), events.encode(event))
        self.log.records.append(record)

    def _intake(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/applications")
        async def take(request: Request) -> Response:
            application = request.headers["idempotency-key"]
            self._append("routing.events", application, ROUTED)
            return Response(status_code=202)

        return app


@asynccontextmanager
async def at_work(town: Town) -> AsyncIterator[Town]:
    """Let a town work while the block runs."""
    async with town.banks.router.lifespan_context(town.banks):
        task = asyncio.create_task(town.work())
        yield town
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
