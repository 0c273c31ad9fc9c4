"""Poison on a real topic: on the board in seconds under its cause, mended by two, and gone.

And what was right and came at the wrong time: set aside, sent again once that is mended, and taken.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from shared.lanes.step import HELD_LIMIT
from shared.placement import home
from shared.trace import span_id, traceparent
from tests.e2e.operators import lines, motcua, new_id, submit
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

BOARD_LIMIT_S = 30.0
LIMIT_S = 120.0
WHY = "The provincial system sent a number"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("dead")) as started:
        yield started


async def plant(system: System, key: str, value: bytes) -> None:
    """Append to routing's inbox what no edge would."""
    async with AIOKafkaProducer(bootstrap_servers=system.servers.kafka_url) as producer:
        lane = home(key, system.settings.lanes)
        await producer.send_and_wait(
            "routing.inbox", value, key=key.encode() or None, partition=lane
        )


def poison(application: str) -> bytes:
    return of_province(application, 7, "officer.accepted", note=7)


def of_province(application: str, number: int, type_: str, **said: Any) -> bytes:
    """A message as a provincial system sends it, the n-th of this application."""
    message = {
        "specversion": "1.0",
        "id": f"{application}/province-{number}",
        "source": "/officers/province-79",
        "type": type_,
        "subject": application,
        "time": "2026-11-20T01:00:00Z",
        "traceparent": traceparent(application, span_id(application, "province"), True),
        "data": {"officer": "o-7", **said},
    }
    return msgspec.json.encode(message)


def on_the_board(system: System) -> dict[str, int]:
    found = motcua(system, "stuck")[1]["stuck"]
    return {f"{g['stage']} {g['cause']}": g["matters"] for g in found}


async def sign_in(browser: httpx.AsyncClient, system: System) -> None:
    """Sign a checker in."""
    page = await browser.get("/console/sign-in")
    fields = {"name": "checker", "password": system.clients["accounts"]["checker"]}
    await browser.post("/console/sign-in", data=fields | {"token": token(page), "next": ""})


def token(page: httpx.Response) -> str:
    found = TOKEN.search(page.text)
    assert found, page.text
    return found[1]


async def test_poison_is_on_the_board_in_time_and_leaves_it_when_a_mended_copy_was_sent(
    system: System,
) -> None:
    id_ = new_id(1)
    async with system.client("intake", "portal") as intake:
        await submit(intake, id_)
    async with system.client("operations", "operator") as operations:

        async def routed() -> bool:
            return bool(await lines(operations, id_, "application.routed"))

        await until(routed, LIMIT_S, "it is routed")
        await plant(system, id_, poison(id_))
        await plant(system, "", b"\xff no JSON")

        def seen() -> bool:
            return on_the_board(system).get("routing poison_event") == 2

        await until(lambda: asyncio.to_thread(seen), BOARD_LIMIT_S, "both are on the board")
        groups = (await operations.get("/v1/dead")).json()["groups"]
        told = {(g["reason"], g["field"], g["nobodys"]) for g in groups}
        assert ("Expected `str`, got `int`", "$.data.note", 0) in told
        assert sum(g["nobodys"] for g in groups) == 1
        (dead,) = await lines(operations, id_, "record.dead")
        assert "$.data.note" in dead["text"]

        refused_in_rounds(system, groups)
        await mended_by_two(system, operations, id_)
        await the_other_is_dismissed(system, operations)

        def gone() -> bool:
            return "routing poison_event" not in on_the_board(system)

        await until(lambda: asyncio.to_thread(gone), BOARD_LIMIT_S, "the board is empty")


def refused_in_rounds(system: System, groups: list[dict[str, Any]]) -> None:
    """Each group alone is previewed: what cannot be sent as it was is refused, and why."""
    whys: dict[str, int] = {}
    for group in groups:
        about = "routing", "poison_event", "--group", group["id"], "--reason", WHY
        status, found = motcua(system, "release", *about)
        assert (status, found["items"], found["refused"]) == (1, 0, 1)
        whys |= found["why"]
    assert whys == {"still_wrong": 1, "unreadable": 1}


def restarted(system: System) -> None:
    system.kill("operations")
    system.start("operations")
    system.wait_ready("operations")


async def mended_by_two(system: System, operations: httpx.AsyncClient, id_: str) -> None:
    place = await place_of(operations, "$.data.note")
    status, one = motcua(
        system, "dead", place, "edit", "--set", '$.data.note="as agreed"', "--reason", WHY, "--yes"
    )
    assert (status, [e["verdict"] for e in one["edits"]]) == (0, [None])
    for _ in range(2):  # said twice it is sent once, and operations may die in between
        async with system.client("operations") as browser:
            await sign_in(browser, system)
            page = await browser.get(f"/console/dead/{place}")
            fields = {"token": token(page), "reason": "as the officer meant it"}
            answer = await browser.post(f"/console/dead/{place}/edits/1/accept", data=fields)
            assert answer.status_code == 303, answer.text
        await asyncio.to_thread(restarted, system)

    async def taken() -> bool:
        found: Any = (await operations.get(f"/v1/dead/{place}")).json()["answered"]
        return bool(found and found["became"] == "taken")

    await until(taken, LIMIT_S, "routing has taken the copy")
    (answered,) = await lines(operations, id_, "record.answered")
    assert "accepted by checker" in answered["text"]
    sent = await lines(operations, id_, "officer.accepted")
    assert [line["cause"] for line in sent if line["cause"]] == [answered["id"]]
    assert len(await lines(operations, id_, "application.accepted")) + len(
        await lines(operations, id_, "routing.action_rejected")
    ) == 1  # fmt: skip
    journey = (await operations.get(f"/v1/journeys/{id_}")).json()
    assert journey["findings"] == []


async def the_other_is_dismissed(system: System, operations: httpx.AsyncClient) -> None:
    place = await place_of(operations, "")
    status, done = motcua(system, "dead", place, "redrive", "--reason", WHY, "--yes")
    assert (status, [item["result"] for item in done]) == (1, ["unreadable"])
    status, done = motcua(system, "dead", place, "dismiss", "--reason", WHY, "--yes")
    assert (status, [item["result"] for item in done]) == (0, ["asked"])
    async with system.client("operations", "operator:second") as second:
        answer = await second.post(f"/v1/dead/{place}/edits/1/accept", json={"reason": WHY})
    assert (answer.status_code, answer.json()["edits"][0]["checked_by"] != "") == (200, True)


async def place_of(operations: httpx.AsyncClient, field: str) -> str:
    """Return where the one whose lane stopped at this field stands."""
    items = (await operations.get("/v1/dead")).json()["items"]
    (one,) = [item for item in items if item["field"] == field]
    return f"{one['topic']}/{one['partition']}/{one['offset']}"


async def test_what_came_to_a_full_application_is_taken_once_it_is_sent_again_by_a_round_and_by_one(
    system: System,
) -> None:
    ids = [new_id(10 + n) for n in range(3)]
    await fill(system, ids)
    found = (await group_of_full(system))["items"]
    places = {i["application"]: f"{i['topic']}/{i['partition']}/{i['offset']}" for i in found}
    assert {*places} == {*ids}, "each has one that was turned away"
    system.kill("routing")
    system.start("routing")
    system.wait_ready("routing")
    again = "--reason", "The rule is mended", "--yes"
    status, round_ = motcua(system, "release", "routing", "held", *again)
    assert (status, round_["checks"]) == (0, {"gone": len(ids)})

    named = [word for id_ in ids[1:] for word in ("--application", id_)]
    status, round_ = motcua(system, "release", "routing", "poison_event", *again, *named)
    assert (status, round_["status"], round_["checks"]) == (0, "done", {"gone": 2})
    status, done = motcua(system, "dead", places[ids[0]], "redrive", *again)
    assert (status, [item["result"] for item in done]) == (0, ["sent"])
    await all_are_refused_once(system, places)
    for place in places.values():  # once more, as it was and by another
        status, done = motcua(system, "dead", place, "redrive", *again)
        assert (status, [item["result"] for item in done]) == (1, ["answered"])
    for id_ in ids:
        await plant(system, id_, refusal(id_))
    await all_are_refused_once(system, places, repeats=1)
    assert "routing poison_event" not in on_the_board(system)


FULL = "the application is held for an operator, and full: release it first"


def refusal(application: str) -> bytes:
    return of_province(application, HELD_LIMIT, "officer.refused", note="Not for this office")


async def fill(system: System, ids: list[str]) -> None:
    """Have routing hold these until it takes no more, and then turn one message of each away."""
    system.kill("routing")
    system.start("routing", {"MOTCUA_FAILPOINT": "lane.mistaken:1"})
    async with system.client("intake", "portal") as intake:
        await asyncio.gather(*(submit(intake, id_) for id_ in ids))

    def are_held() -> bool:
        return on_the_board(system).get("routing held") == len(ids)

    await until(lambda: asyncio.to_thread(are_held), LIMIT_S, "routing holds them")
    async with AIOKafkaProducer(bootstrap_servers=system.servers.kafka_url) as producer:
        for id_ in ids:
            lane, key = home(id_, system.settings.lanes), id_.encode()
            for number in range(1, HELD_LIMIT):  # the first that it holds is the application
                value = of_province(id_, number, "officer.started")
                await producer.send("routing.inbox", value, key, partition=lane)
            await producer.send("routing.inbox", refusal(id_), key, partition=lane)

    async def all_are_there() -> bool:
        return len((await group_of_full(system))["items"]) == len(ids)

    await until(all_are_there, LIMIT_S, "one of each is set aside")


async def group_of_full(system: System) -> dict[str, Any]:
    """What is set aside because its application holds too much."""
    async with system.client("operations", "operator") as operations:
        for group in (await operations.get("/v1/dead")).raise_for_status().json()["groups"]:
            if group["reason"] == FULL:
                found = await operations.get(f"/v1/dead/{group['id']}")
                return dict(found.raise_for_status().json())
    return {"items": []}


async def all_are_refused_once(system: System, places: dict[str, str], repeats: int = 0) -> None:
    """Each was taken where it was sent again, and did what it asks for, once."""
    async with system.client("operations", "operator") as operations:

        async def are_so() -> bool:
            for id_, place in places.items():
                answered = (await operations.get(f"/v1/dead/{place}")).json()["answered"]
                sent = await lines(operations, id_, "officer.refused")
                is_taken = bool(answered and answered["became"] == "taken")
                if not is_taken or sum(line["repeats"] for line in sent) < repeats:
                    return False
            return True

        await until(are_so, LIMIT_S, "all of them are taken")
        for id_ in places:
            (answered,) = await lines(operations, id_, "record.answered")
            (refused,) = await lines(operations, id_, "application.not_accepted")
            sent = await lines(operations, id_, "officer.refused")
            assert [line["cause"] for line in sent if line["cause"]] == [answered["id"]]
            assert refused["cause"] in {line["id"] for line in sent}
            journey = (await operations.get(f"/v1/journeys/{id_}")).json()
            assert (journey["status"]["state"]["code"], journey["findings"]) == (3, [])
