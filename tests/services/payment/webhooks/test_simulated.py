"""Under killed processes, rebalances and a log and a database in doubt, nothing is left untold."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from deploy.simulation.faults import Faults, Rates
from deploy.simulation.log import Log
from deploy.simulation.loop import WORLDS, Loop, Process
from deploy.simulation.table import Database
from services.payment.webhooks.calling import Answered
from services.payment.webhooks.courier import Courier
from services.payment.webhooks.deliveries import Deliveries
from services.payment.webhooks.desk import Desk
from services.payment.webhooks.endpoints import Endpoints, Sealing
from services.payment.webhooks.telling import Telling
from shared.bus import Message
from shared.placement import home
from tests.services.payment.office import MASTER, NOW
from tests.services.payment.replay.look import SETTLED, event

LANES, EVENTS, TROUBLE_S, LIMIT_S = 2, 40, 120.0, 5_000.0
TOPIC, GROUP = "payment.events", "payment-webhooks"


class World:
    """Couriers that are killed, and an endpoint that answers as it likes."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.loop = Loop(self.rng)
        self.faults = Faults(self.rng)
        self.database = Database(self.loop, self.faults)
        self.log = Log(self.loop, self.rng, self.faults, lambda: 0, LANES)
        self.log.create(TOPIC)
        self.log.begin(GROUP, (TOPIC,))
        self.calls: Counter[str] = Counter()
        self.taken: set[str] = set()
        self.is_well = False
        self.pending = 0
        self.wanted = [f"{UUID(int=n + 1)}/payment/000001" for n in range(EVENTS)]

    def clock(self) -> datetime:
        return NOW + timedelta(milliseconds=int(self.loop.time() * 1000))

    def deliveries(self) -> Deliveries:
        names = ("due", "claims", "attempts")
        return Deliveries(*(self.database.table(name) for name in names))

    def start(self, number: int) -> Process:
        process = Process(f"courier-{number}")
        endpoints, deliveries = Endpoints(self.database.table("endpoints")), self.deliveries()
        time_s = self.loop.time
        telling = Telling(endpoints, deliveries, Sealing(MASTER), self, self.clock, time_s)
        courier = Courier(endpoints, deliveries, telling, self.clock, time_s)
        self.loop.spawn(process, self.log.subscription(GROUP).run(courier.serve))
        return process

    async def look(self, url: str) -> None:
        """Call whatever is named."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        self.calls[headers["webhook-id"]] += 1
        await asyncio.sleep(self.rng.random() * 10)
        if not self.is_well and self.rng.random() < 0.4:
            return Answered(self.rng.choice((500, 503, 429)), self.rng.choice(("", "20")))
        self.taken.add(headers["webhook-id"])
        return Answered(204)

    def after(self, seconds: float, act) -> None:
        self.loop.call_later(seconds, act, context=WORLDS)

    def write(self, number: int) -> None:
        application = self.wanted[number].partition("/")[0]
        value = event(SETTLED, 1, application, time=self.clock())
        place = TOPIC, home(application, LANES)
        self.log.write(place, [Message(application.encode(), value)])

    def run(self) -> None:
        desk = Desk(
            Endpoints(self.database.table("endpoints")),
            self.deliveries(),
            Sealing(MASTER),
            self,
            self.clock,
            bytes,
        )
        self.loop.run_until_complete(desk.add("vnpay", "https://bank.example.vn/", ()))
        self.faults.rates = Rates(unknown=0.1, delay_limit_s=0.1, slow=0.05)
        for number in range(EVENTS):
            self.after(self.rng.uniform(0.1, TROUBLE_S), lambda n=number: self.write(n))
        for number in range(2):
            self.live(number)
        self.loop.run_until(lambda: self.loop.time() > TROUBLE_S, 10 * TROUBLE_S)
        self.faults.stop()
        self.is_well = True
        self.loop.run_until(self.is_over, LIMIT_S)

    def live(self, number: int) -> None:
        """Start a process, and kill it after a while, as long as there is trouble."""
        process = self.start(number)

        def die() -> None:
            if self.loop.time() < TROUBLE_S:
                self.loop.crash(process)
                self.after(self.rng.random() * 5, lambda: self.live(number))

        self.after(self.rng.uniform(5, 60), die)

    def is_over(self) -> bool:
        rows = self.database.collections["due"].rows
        return self.taken == set(self.wanted) and not rows


@pytest.fixture(params=range(12))
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(request.param)
    yield made
    made.loop.close()


def test_every_event_is_taken_and_no_attempt_is_made_twice(world: World) -> None:
    world.run()
    claims = Counter(
        row["_id"].split("/", 2)[2][:-3] for row in world.database.collections["claims"].all()
    )
    assert world.taken == set(world.wanted)
    assert {e: n for e, n in world.calls.items() if n > claims[e]} == {}
    assert world.loop.errors == []
