"""Rounds at operations' edge, with the loop that carries them on."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from services.operations import rounds_api
from services.operations.board import Board
from services.operations.dead.redriving import Redriving
from services.operations.domain.actions import ACTIONS
from services.operations.journeys import Journeys, read
from services.operations.money.hearing import Keeper
from services.operations.money.rows import TOPIC, Ledger
from services.operations.money.rows import Tables as MoneyTables
from services.operations.money.saying import Append, Saying
from services.operations.rounds.desk import Desk
from services.operations.rounds.ground import Ground
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import Runner
from services.operations.situations import Situations
from shared import problems
from shared.bus import Message, Partition
from shared.catalogue import load
from shared.mongo import MongoTable
from tests.services.operations.api.edge import Published
from tests.services.operations.dead.office import Office
from tests.services.operations.money.partners import Payment, nowhere
from tests.services.operations.story import LANES, Log
from tests.shared.callers import access

HELD = {"stage": "payment", "cause": "held", "action": "release", "reason": "the rule is mended"}
CATALOGUE = load()
KEY = {"idempotency-key": "a-round-of-mine"}
KEYS = {
    "op-key": ("o-1", "operator"),
    "op-key-2": ("o-2", "operator"),
    "checker-key": ("c-1", "checker"),
    "robot-key": ("robot", "operator"),  # nobody's in particular
}


class Door:
    """Operations' edge and its loop, on a database of their own."""

    def __init__(self, database: Any, world: Any) -> None:
        def table(name: str) -> MongoTable:
            return MongoTable(database[name])

        self.now, self.published = world.BEGAN + timedelta(hours=1), Published()
        self.situations = table("situations")
        self.payment: Payment | None = None
        self.append: Append = nowhere
        self.journeys = Journeys(table("journeys"), table("names"), table("aside"))
        rows = Rounds(Tables(*map(table, Tables._fields)))
        board = Board(self.situations, time.monotonic)
        self.actions = dict(ACTIONS)
        clock, new_set = lambda: self.now, lambda: uuid4().hex
        self.ledger = Ledger(MoneyTables(*map(table, MoneyTables._fields)))
        self.saying = Saying(self._append, LANES, clock)
        own = Redriving(Office().desk)
        ground = Ground(self.journeys, self.ledger, self.published, self.saying, own)
        desk = Desk(rows, board, ground, clock, new_set, CATALOGUE, self.actions)
        self.runner = Runner(rows, self.situations, ground, clock, 20)
        self.app = FastAPI()
        self.app.state.access = access(KEYS, nobodys=("robot",))
        problems.install(self.app)
        self.app.include_router(rounds_api.router(desk, lambda: self.now))

    async def _append(self, place: Partition, message: Message) -> None:
        await self.append(place, message)

    async def settle(self, log: Log) -> None:
        """Let payment act upon what was said of breaks, if it runs, and hear of it, as a loop that
        began anew does.
        """
        if self.payment:
            await self.payment.act()
        keeper = Keeper(self.ledger, self.journeys)
        keeper.begin()
        await keeper.keep([record for record in log.records if record.topic == TOPIC])

    async def read(self, log: Any) -> None:
        """Read a log, as the reader does."""
        entries = [read(record) for record in log.records]
        await self.journeys.append(entries)
        following = Situations(self.situations, self.journeys)
        await following.follow(entries)
        await following.settle()
        await following.hold(entries)

    async def turn(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
        await self.runner.turn()


async def preview(client: httpx.AsyncClient, **changed: Any) -> httpx.Response:
    return await client.post("/v1/rounds", json=HELD | changed, headers=KEY)
