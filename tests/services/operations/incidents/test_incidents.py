"""Incidents: whom they concern on a real database, what was done, and one for each alarm."""

import asyncio
import csv
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.operations import incidents_api
from services.operations.domain.alarm_life import fired
from services.operations.domain.alarms import RULES, Sight
from services.operations.domain.causes import CAUSES
from services.operations.domain.incidents import ACTS_LIMIT, Scope, scope_of
from services.operations.incidents.desk import Desk, Opener
from services.operations.incidents.rows import Incidents, Tables
from services.operations.situations import INDEX, NEVER_MS
from shared import problems
from shared.access import Access
from shared.mongo import MongoTable, connect
from tests.services.operations.alarms.watch import Night, down, late
from tests.services.operations.story import BEGAN

OPERATOR = {"authorization": "Bearer op-key"}
KEY = {"idempotency-key": "an-incident-of-mine"}
HOUR = timedelta(hours=1)
PAYMENT = {"title": "sen-vang is silent", "scope": {"stage": "payment", "partner": "sen-vang"}}


class Office:
    """The edge of incidents on a database of its own."""

    def __init__(self, database: Any) -> None:
        self.now, self._count = BEGAN, 0
        self.situations, acts, items = (
            MongoTable(database[n]) for n in ("situations", "acts", "items")
        )
        names = map(str, count())
        rows = Incidents(Tables(acts, items))
        self.desk = Desk(rows, self.situations, lambda: self.now, names.__next__)
        self.app = FastAPI()
        hashed = hashlib.sha256(b"op-key").hexdigest()
        self.app.state.access = Access({hashed: {"name": "o-1", "role": "operator"}})
        problems.install(self.app)
        self.app.include_router(incidents_api.router(self.desk, lambda: self.now))

    async def waits(self, cause: str, many: int = 1, **changed: Any) -> list[str]:
        """Let so many applications wait; return them."""
        found = []
        for _ in range(many):
            self._count += 1
            application = changed.get("application", f"{self._count:036}")
            found.append(application)
            stage, since = CAUSES[cause].stage, changed.get("since", self.now - HOUR)
            row = {
                "_id": f"{application}/{stage}/{cause}/{self._count}",
                "stage": stage,
                "cause": cause,
                "application": application,
                "stuck_ms": changed.get("stuck_ms", 0),
                "since_ms": int(since.timestamp() * 1_000),
                "vnd": 50_000,
                "dossier": f"H29.1-20261120-{self._count:07}",
                "procedure": changed.get("procedure", "2.000635"),
                "unit": changed.get("unit", "26737"),
                "partner": changed.get("partner", ""),
            }
            await self.situations.insert([row])
        return found


@pytest.fixture
async def office(mongo_url: str) -> AsyncIterator[Office]:
    database = connect(mongo_url, f"test_incidents_{uuid4().hex[:8]}")
    office = Office(database)
    await office.situations.index(INDEX)
    yield office
    await database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(office.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=OPERATOR
    ) as client:
        yield client


async def begin(client: httpx.AsyncClient, **changed: Any) -> Any:
    answer = await client.post("/v1/incidents", json=PAYMENT | changed, headers=KEY)
    assert answer.status_code == 201, answer.text
    return answer.json()


def number(found: Any) -> tuple[int, int, int]:
    return found["applications"], found["matters"], found["vnd"]


async def test_whom_it_concerns_is_kept_when_it_is_opened_and_told_as_it_grows(
    client: httpx.AsyncClient, office: Office
) -> None:
    first = await office.waits("partner_silent", 2, partner="sen-vang")
    await office.waits("partner_down", application=first[0], partner="sen-vang")
    await office.waits("partner_silent", partner="vnpay")
    await office.waits("partner_silent", partner="sen-vang", stuck_ms=NEVER_MS)

    opened = await begin(client)
    assert (opened["status"], opened["opened_by"]) == ("open", "o-1")
    assert number(opened["frozen"]) == number(opened["now"]) == (2, 3, 150_000)

    more = await office.waits("partner_silent", partner="sen-vang")
    where = f"/v1/incidents/{opened['id']}"
    grown = (await client.get(where)).json()
    assert (number(grown["frozen"]), number(grown["now"])) == ((2, 3, 150_000), (3, 4, 200_000))
    kept = (await client.get(f"{where}/applications")).json()
    assert (sorted(kept["applications"]), kept["is_whole"]) == (sorted(first), True)

    await client.post(f"{where}/freeze")
    kept = (await client.get(f"{where}/applications")).json()
    assert sorted(kept["applications"]) == sorted([*first, *more])


async def test_all_that_is_named_holds_together(office: Office) -> None:
    await office.waits("partner_silent", partner="sen-vang", unit="00004")
    await office.waits("partner_silent", partner="sen-vang", since=BEGAN - 9 * HOUR)
    await office.waits("unanswered", procedure="1.000001", stuck_ms=NEVER_MS)
    for scope, applications in (
        (Scope(), 2),
        (Scope(which="all"), 3),
        (Scope(unit="00004"), 1),
        (Scope(partner="sen-vang", since=BEGAN - 2 * HOUR), 1),
        (Scope(partner="sen-vang", until=BEGAN - 2 * HOUR), 1),
        (Scope(procedure="1.000001", which="all"), 1),
        (Scope(stage="intake", partner="sen-vang"), 0),
    ):
        assert (await office.desk.now(scope)).applications == applications, scope


async def test_what_is_exported_is_what_a_broadcast_takes_and_a_spreadsheet_reads(
    client: httpx.AsyncClient, office: Office
) -> None:
    young = await office.waits("partner_silent", partner="sen-vang", since=BEGAN - HOUR)
    old = await office.waits("partner_silent", partner="sen-vang", since=BEGAN - 2 * HOUR)
    where = f"/v1/incidents/{(await begin(client))['id']}/applications"

    assert (await client.get(where)).json()["applications"] == [*old, *young]
    answer = await client.get(where, params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["application"], row["vnd"]) for row in rows] == [
        (old[0], "50000"),
        (young[0], "50000"),
    ]


async def test_its_timeline_has_notes_and_links_and_its_end_by_whom_and_when(
    client: httpx.AsyncClient,
) -> None:
    where = f"/v1/incidents/{(await begin(client))['id']}"
    await client.post(f"{where}/notes", json={"text": "the bank was called"})
    for _ in range(2):
        await client.post(f"{where}/links", json={"what": "round", "id": "20261120-3f9ac1d2e4"})
    await client.post(f"{where}/links", json={"what": "broadcast", "id": "b-17"})
    for _ in range(2):
        closed = await client.post(f"{where}/close", json={"text": "it answers again"})

    found = closed.json()
    assert [act["what"] for act in found["acts"]] == [
        *("open", "note", "round", "broadcast", "close")
    ]
    assert (found["status"], found["rounds"], found["broadcasts"]) == (
        "closed",
        ["20261120-3f9ac1d2e4"],
        ["b-17"],
    )
    late_note = await client.post(f"{where}/notes", json={"text": "one thing more"})
    assert late_note.status_code == 409


async def test_the_same_request_on_the_day_or_the_next_is_one_incident(
    client: httpx.AsyncClient, office: Office
) -> None:
    ids = set()
    for _ in range(2):
        ids.add((await begin(client))["id"])
        office.now += timedelta(hours=20)
    assert len(ids) == 1
    listed = (await client.get("/v1/incidents")).json()["incidents"]
    assert [each["id"] for each in listed] == list(ids)


async def test_two_who_act_at_once_are_both_in_the_timeline(
    client: httpx.AsyncClient, office: Office
) -> None:
    where = f"/v1/incidents/{(await begin(client))['id']}/notes"
    await asyncio.gather(*(client.post(where, json={"text": f"note {n}"}) for n in range(8)))
    [found] = (await office.desk.rows.before(""))[0]
    assert sorted(act.text for act in found.acts[1:]) == [f"note {n}" for n in range(8)]
    assert len(found.acts) < ACTS_LIMIT


@pytest.mark.parametrize(
    "said",
    [
        {"scope": {"stage": "moon"}},
        {"scope": {"stage": "intake", "cause": "unpaid"}},
        {"scope": {"colour": "red"}},
        {"title": ""},
    ],
)
async def test_what_cannot_concern_anybody_is_refused(
    client: httpx.AsyncClient, said: dict[str, Any]
) -> None:
    answer = await client.post("/v1/incidents", json=PAYMENT | said, headers=KEY)
    assert answer.status_code == 422


async def test_an_incident_that_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("none", "none/applications"):
        assert (await client.get(f"/v1/incidents/{path}")).status_code == 404


# ---- for alarms


async def test_one_is_opened_for_each_critical_alarm_once_whoever_looks(office: Office) -> None:
    night = Night()
    night.sights = [down(), late(), Sight(rule="due_soon", about="26737", value=12, unit="26737")]
    await night.turns(60)
    await office.waits("partner_silent", 2, partner="sen-vang")
    openers = [Opener(night.rows, office.desk) for _ in range(2)]

    for _ in range(2):
        await asyncio.gather(*(opener.turn() for opener in openers))

    found = {i.alarm: i for i in (await office.desk.rows.before(""))[0]}
    alarms = {a.rule: a for a in (await night.rows.open()).values()}
    assert set(found) == {alarms["partner_down"].id, alarms["late_intake"].id}
    kept = found[alarms["partner_down"].id]
    assert (len(kept.acts), len(await office.desk.rows.items(kept))) == (1, 2)


@pytest.mark.parametrize("rule", RULES)
def test_whom_an_alarm_concerns_is_a_scope_that_has_a_stage_or_nothing(rule: str) -> None:
    about = {
        "late_intake": "unrouted",
        "stuck_old": "payment/unpaid",
        "stuck_growth": "payment/unpaid",
    }.get(rule, "x")
    sight = Sight(rule=rule, about=about, value=1, unit="26737", partner="sen-vang")
    scope = scope_of(fired("1-a", sight, BEGAN))
    assert scope is None or scope.kinds
