"""Alarms as operators see them, own them and keep them quiet, over HTTP."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.operations import alarms_api
from services.operations.alarms.desk import Desk
from services.operations.domain.alarm_life import ACTS_LIMIT
from services.operations.domain.alarms import RULES
from shared import problems
from shared.access import Access
from tests.services.operations.alarms.watch import Night, down, late

KEYS = {"one-key": ("o-1", "operator"), "two-key": ("o-2", "operator"), "p": ("bank", "partner")}
WHY = "the bank told us of works tonight"


def as_(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.fixture
async def night() -> Night:
    """Two alarms stand."""
    night = Night()
    night.sights = [late(), down()]
    await night.turns(60)
    return night


@pytest.fixture
async def client(night: Night) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.access = Access(
        {
            hashlib.sha256(key.encode()).hexdigest(): {"name": name, "role": role}
            for key, (name, role) in KEYS.items()
        }
    )
    problems.install(app)
    app.include_router(
        alarms_api.router(
            Desk(night.rows, night.deliveries, lambda: night.now, night.faults), lambda: night.now
        )
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://operations", headers=as_("one-key")
    ) as client:
        yield client


async def standing(client: httpx.AsyncClient) -> dict[str, Any]:
    found = (await client.get("/v1/alarms")).json()
    return {alarm["rule"]: alarm for alarm in found["alarms"]}


async def silence(client: httpx.AsyncClient, alarm: Any, night: Night, **said: Any) -> Any:
    until = (night.now + timedelta(hours=4)).isoformat()
    body = {"until": until, "reason": WHY} | said
    return await client.post(f"/v1/alarms/{alarm['id']}/silence", json=body)


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


async def test_what_stands_is_listed_with_what_is_seen_now(
    client: httpx.AsyncClient, night: Night
) -> None:
    night.sights = [late(7), down()]
    await night.turn()

    found = (await client.get("/v1/alarms")).json()

    assert found["looked_at"] == night.now.isoformat().replace("+00:00", "Z")
    alarm = {a["rule"]: a for a in found["alarms"]}["late_intake"]
    assert (alarm["value"], alarm["value_now"], alarm["owner"]) == (3, 7, "")
    assert alarm["title_vi"] == RULES["late_intake"].title.vi
    assert alarm["runbook"] == "/console/alarms/runbooks/late_intake"


async def test_what_has_ended_is_among_all_of_them_alone(
    client: httpx.AsyncClient, night: Night
) -> None:
    night.sights = [down()]
    await night.turns(100)

    every = (await client.get("/v1/alarms", params={"which": "all"})).json()["alarms"]

    assert list(await standing(client)) == ["partner_down"]
    assert {a["rule"]: a["ended_at"] is None for a in every} == {
        "late_intake": False,
        "partner_down": True,
    }


async def test_one_who_owns_it_is_seen_by_all_and_can_be_followed_by_another(
    client: httpx.AsyncClient,
) -> None:
    where = f"/v1/alarms/{(await standing(client))['late_intake']['id']}"
    for _ in range(2):
        owned = (await client.post(f"{where}/own", json={"reason": "I am at it"})).json()
    assert (owned["owner"], len(owned["acts"])) == ("o-1", 2)

    await client.post(f"{where}/own", json={}, headers=as_("two-key"))

    alarm = (await client.get(where)).json()
    assert alarm["owner"] == "o-2"
    assert [(act["what"], act["by"]) for act in alarm["acts"]] == [
        ("fired", "/services/operations"),
        ("own", "o-1"),
        ("own", "o-2"),
    ]


async def test_a_silence_of_a_partner_also_holds_for_what_fires_later(
    client: httpx.AsyncClient, night: Night
) -> None:
    alarm = (await standing(client))["partner_down"]
    assert (await silence(client, alarm, night, of="partner")).json()["is_silenced"]
    night.sights = []
    await night.turns(200)
    night.sights = [down(), down("vnpay")]
    await night.turns(60)

    found = (await client.get("/v1/alarms")).json()

    assert {a["about"]: a["is_silenced"] for a in found["alarms"]} == {
        "sen-vang": True,
        "vnpay": False,
    }
    [told] = found["silences"]
    assert (told["partner"], told["rule"], told["by"], told["reason"]) == (
        "sen-vang",
        "",
        "o-1",
        WHY,
    )


async def test_a_silence_ends_by_itself_and_by_who_lifts_it(
    client: httpx.AsyncClient, night: Night
) -> None:
    both = await standing(client)
    for alarm in both.values():
        await silence(client, alarm, night)
    where = f"/v1/alarms/{both['late_intake']['id']}/unsilence"
    for _ in range(2):
        lifted = await client.post(where, json={"reason": "the works are over"})
    assert not lifted.json()["is_silenced"]
    assert [act["what"] for act in lifted.json()["acts"]] == ["fired", "silence", "unsilence"]
    assert (await standing(client))["partner_down"]["is_silenced"]

    night.now += timedelta(hours=4)

    assert not (await standing(client))["partner_down"]["is_silenced"]
    assert (await client.get("/v1/alarms")).json()["silences"] == []


async def test_what_was_lifted_can_be_silenced_again_in_the_same_words(
    client: httpx.AsyncClient, night: Night
) -> None:
    alarm = (await standing(client))["partner_down"]
    until = (night.now + timedelta(hours=4)).isoformat()
    await silence(client, alarm, night, until=until)
    night.now += timedelta(seconds=1)
    where = f"/v1/alarms/{alarm['id']}/unsilence"
    await client.post(where, json={"reason": "the works are over"})
    night.now += timedelta(seconds=1)

    again = (await silence(client, alarm, night, until=until)).json()

    assert (again["is_silenced"], len(again["silences"])) == (True, 1)
    assert [act["what"] for act in again["acts"][1:]] == ["silence", "unsilence", "silence"]


async def test_a_silence_that_was_kept_under_another_id_is_lifted_all_the_same(
    client: httpx.AsyncClient, night: Night
) -> None:
    alarm = (await standing(client))["partner_down"]
    await silence(client, alarm, night)
    table = night.tables.silences
    [row] = await table.ranges([("", "~")])
    await table.delete([row["_id"]])
    await table.insert([row | {"_id": f"{row['_id'][:14]}0123456789/1"}])
    lifted = await client.post(f"/v1/alarms/{alarm['id']}/unsilence", json={"reason": "over now"})
    assert not lifted.json()["is_silenced"]


async def test_the_same_silence_again_is_one(client: httpx.AsyncClient, night: Night) -> None:
    alarm = (await standing(client))["partner_down"]
    until = (night.now + timedelta(hours=4)).isoformat()
    for _ in range(2):
        night.now += timedelta(seconds=1)
        answer = await silence(client, alarm, night, until=until)
    assert len(answer.json()["silences"]) == 1
    assert [act["what"] for act in answer.json()["acts"]] == ["fired", "silence"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"of": "unit"}, "nothing-to-silence"),
        ({"until": "2020-01-01T00:00:00Z"}, "no-such-time"),
        ({"until": "2099-01-01T00:00:00Z"}, "no-such-time"),
        ({"until": "2026-01-01T00:00:00"}, "invalid-body"),
        ({"reason": ""}, "invalid-body"),
        ({"of": "moon"}, "invalid-body"),
    ],
)
async def test_what_cannot_be_quiet_is_refused(
    client: httpx.AsyncClient, night: Night, said: dict[str, str], code: str
) -> None:
    answer = await silence(client, (await standing(client))["late_intake"], night, **said)
    assert (answer.status_code, kind(answer)) == (422, code)


async def test_nothing_more_can_be_done_about_one_about_which_too_much_was_done(
    client: httpx.AsyncClient,
) -> None:
    where = f"/v1/alarms/{(await standing(client))['late_intake']['id']}/own"
    keys = [as_("one-key"), as_("two-key")]
    for n in range(ACTS_LIMIT):
        answer = await client.post(where, json={}, headers=keys[n % 2])
    assert (answer.status_code, kind(answer)) == (409, "acted-on-too-often")


async def test_an_alarm_that_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/alarms/none")).status_code == 404
    assert (await client.post("/v1/alarms/none/own", json={})).status_code == 404


async def test_the_rules_are_told_with_their_thresholds(client: httpx.AsyncClient) -> None:
    found = (await client.get("/v1/alarms/rules")).json()["rules"]
    assert [rule["rule"] for rule in found] == list(RULES)
    assert found[0]["fires_at"] == 1


async def test_who_is_no_operator_sees_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/alarms", headers=as_("p"))).status_code == 403
