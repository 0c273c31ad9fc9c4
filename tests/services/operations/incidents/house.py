"""Incidents on tables of their own: what waits is what a test says."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI

from services.operations import incidents_api
from services.operations.domain.causes import CAUSES
from services.operations.incidents.desk import Desk
from services.operations.incidents.offers import Offers
from services.operations.incidents.rows import Incidents, Tables
from services.operations.incidents.whom import Whom
from services.operations.rounds.rows import Rounds
from services.operations.rounds.rows import Tables as RoundTables
from shared import problems
from shared.access import Access
from shared.store import Row
from tests.services.operations.alarms.watch import Night
from tests.services.operations.memory import MemoryTable, Store, Trouble
from tests.services.operations.story import BEGAN

OPERATOR = {"authorization": "Bearer op-key"}
KEY = {"idempotency-key": "an-incident-of-mine"}
HOUR = timedelta(hours=1)
PAYMENT = {"title": "sen-vang is silent", "scope": {"stage": "payment", "partner": "sen-vang"}}


class Office:
    """The edge of incidents; `situations` is the board's table, `asked` what answers from it."""

    def __init__(self, situations: Any, asked: Any, own: Sequence[Any]) -> None:
        self.now, self._count, self._ticked_s = BEGAN, 0, 0.0
        self.situations = situations
        names, self.night, self.took_s = map(str, count()), Night(), 0.0
        self.store = Store()
        self.rounds = Rounds(RoundTables(*(MemoryTable(Trouble()) for _ in RoundTables._fields)))
        rows, wrong = Incidents(Tables(*own)), self.night.rows.wrong
        whom = Whom(asked, wrong, lambda: self.now, self._ticks)
        self.desk = Desk(rows, whom, lambda: self.now, names.__next__)
        offers = Offers(rows, self.rounds, self.store.journeys)
        self.app = FastAPI()
        hashed = hashlib.sha256(b"op-key").hexdigest()
        self.app.state.access = Access({hashed: {"name": "o-1", "role": "operator"}})
        problems.install(self.app)
        self.app.include_router(incidents_api.router(self.desk, offers, lambda: self.now))

    def _ticks(self) -> float:
        self._ticked_s += self.took_s
        return self._ticked_s

    async def waits(self, cause: str, many: int = 1, **changed: Any) -> list[str]:
        """Let so many applications wait; return them."""
        found = []
        for _ in range(many):
            self._count += 1
            row = waiting(cause, self._count, self.now - HOUR, **changed)
            found.append(row["application"])
            await self.situations.insert([row])
        return found


def waiting(cause: str, n: int, at: datetime, **changed: Any) -> Row:
    """A row of the board, the n-th."""
    application, stage = changed.get("application", f"{n:036}"), CAUSES[cause].stage
    return {
        "_id": f"{application}/{stage}/{cause}/{n}",
        "stage": stage,
        "cause": cause,
        "application": application,
        "stuck_ms": changed.get("stuck_ms", 0),
        "since_ms": int(changed.get("since", at).timestamp() * 1_000),
        "vnd": changed.get("vnd", 50_000),
        "dossier": f"H29.1-20261120-{n:07}",
        "procedure": changed.get("procedure", "2.000635"),
        "unit": changed.get("unit", "26737"),
        "partner": changed.get("partner", ""),
        "of": changed.get("of", f"DVC{n}"),
    }


async def begin(client: httpx.AsyncClient, **changed: Any) -> Any:
    answer = await client.post("/v1/incidents", json=PAYMENT | changed, headers=KEY)
    assert answer.status_code == 201, answer.text
    return answer.json()


def number(found: Any) -> tuple[int, int, int]:
    return found["applications"], found["matters"], found["vnd"]
