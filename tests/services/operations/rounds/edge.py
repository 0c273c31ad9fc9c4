"""Rounds at operations' edge, with the loop that carries them on."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from services.operations import rounds_api
from services.operations.board import Board
from services.operations.domain.actions import ACTIONS
from services.operations.journeys import Journeys, read
from services.operations.rounds.desk import Desk
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import Runner
from services.operations.situations import Situations
from shared import problems
from shared.catalogue import load
from shared.mongo import MongoTable
from tests.services.operations.api.edge import Published
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
        self.journeys = Journeys(table("journeys"), table("names"), table("aside"))
        rows = Rounds(Tables(*map(table, Tables._fields)))
        board = Board(self.situations, time.monotonic)
        self.actions = dict(ACTIONS)
        clock, new_set = lambda: self.now, lambda: uuid4().hex
        desk = Desk(rows, board, self.journeys, clock, new_set, CATALOGUE, self.actions)
        self.runner = Runner(
            rows, self.situations, self.journeys, self.published, lambda: self.now, 20
        )
        self.app = FastAPI()
        self.app.state.access = access(KEYS, nobodys=("robot",))
        problems.install(self.app)
        self.app.include_router(rounds_api.router(desk, lambda: self.now))

    async def read(self, log: Any) -> None:
        """Read a log, as the reader does."""
        entries = [read(record) for record in log.records]
        await self.journeys.append(entries)
        following = Situations(self.situations, self.journeys)
        await following.follow(entries)
        await following.hold(entries)

    async def turn(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
        await self.runner.turn()


async def preview(client: httpx.AsyncClient, **changed: Any) -> httpx.Response:
    return await client.post("/v1/rounds", json=HELD | changed, headers=KEY)
