"""Rounds as operators begin and follow them, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.rounds import ITEMS_LIMIT, OPEN_LIMIT, STANDS_FOR
from services.operations.journeys import read
from services.operations.rounds.runner import CHECK_AFTER, CHECK_LIMIT
from shared import events
from shared.events import Event, kernel
from shared.store import prefix
from tests.services.operations.api.edge import park
from tests.services.operations.rounds.edge import HELD, Door, preview


async def test_a_round_is_previewed_started_and_followed_to_its_end(
    client: httpx.AsyncClient, door: Door, held: list[Event], log: Any, story: Any
) -> None:
    made = await preview(client)
    assert made.status_code == 201
    where, round_ = made.headers["location"], made.json()
    assert (round_["status"], round_["items"], round_["results"]) == ("ready", 2, {"not_yet": 2})
    assert all(each["vi"] and each["en"] for each in round_["follows"])
    await door.turn()
    assert door.published.events == []

    assert (await client.post(f"{where}/start", json={})).json()["status"] == "running"
    await door.turn()
    assert {topic for topic, _ in door.published.events} == {"payment.inbox"}
    assert {e.causationid for _, e in door.published.events} == {e.id for e in held}

    for topic, event in door.published.events:
        log.append(topic, event.subject.encode(), events.encode(event), story.lane)
    await door.read(log)
    for seconds in (1, CHECK_AFTER.total_seconds(), 1, 1):
        await door.turn(seconds)
    now = (await client.get(where)).json()
    assert (now["status"], now["results"], now["checks"]) == ("done", {"sent": 2}, {"gone": 2})
    assert [(act["what"], act["by"]) for act in now["acts"]] == [
        ("preview", "o-1"),
        ("start", "o-1"),
        ("sent", "/services/operations"),
        ("checked", "/services/operations"),
    ]
    (listed,) = (await client.get("/v1/rounds")).json()["rounds"]
    assert (listed["id"], listed["reason"]) == (now["id"], HELD["reason"])


async def test_items_come_by_the_page(client: httpx.AsyncClient, held: list[Event]) -> None:
    where = (await preview(client)).headers["location"] + "/items"

    first = (await client.get(where, params={"limit": 1})).json()
    second = (await client.get(where, params={"limit": 1, "after": first["next"]})).json()

    assert second["next"] is None
    items = [*first["items"], *second["items"]]
    assert [item["number"] for item in items] == [1, 2]
    assert {item["application"] for item in items} == {event.subject for event in held}
    assert {item["result"] for item in items} == {"not_yet"}


async def test_items_come_by_what_came_of_them(
    client: httpx.AsyncClient, door: Door, held: list[Event], story: Any, log: Any
) -> None:
    where = (await preview(client)).headers["location"]
    await client.post(f"{where}/start", json={})
    await door.turn()
    sent = [event for _, event in door.published.events if event.subject == story.application]
    for event in sent:  # the read side has heard of one of the two, which is held anew
        log.append("payment.inbox", event.subject.encode(), events.encode(event), story.lane)
    park(story)
    await door.read(log)
    for seconds in (CHECK_LIMIT.total_seconds(), 1, 1):
        await door.turn(seconds)

    async def named(only: str, **page: int) -> tuple[list[int], int | None]:
        found = (await client.get(f"{where}/items", params={"only": only, **page})).json()
        return [item["number"] for item in found["items"]], found["next"]

    (back,), _ = await named("came_back")
    assert await named("unknown") == ([3 - back], None)
    assert await named("sent", limit=1) == ([1], 1)
    assert await named("sent", limit=1, after=1) == ([2], None)
    assert await named("gone") == ([], None)
    assert (await client.get(f"{where}/items", params={"only": "moon"})).status_code == 422


async def test_the_same_preview_again_is_the_same_round(
    client: httpx.AsyncClient, door: Door, held: list[Event]
) -> None:
    first = await preview(client)
    door.now += timedelta(hours=23)

    assert (await preview(client)).json() == first.json()
    assert (await preview(client, reason="another reason")).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("turns", [0, 1])
async def test_what_was_previewed_too_long_ago_is_not_started(
    client: httpx.AsyncClient, door: Door, held: list[Event], turns: int
) -> None:
    where = (await preview(client)).headers["location"]
    door.now += STANDS_FOR["ready"]
    for _ in range(turns):  # then what it found is gone as well
        await door.turn()

    refused = await client.post(f"{where}/start", json={})

    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:motcua:problem:preview-too-old",
    )
    now = (await client.get(where)).json()
    assert now["status"] == ("expired" if turns else "ready")
    for only in ({}, {"only": "not_sent"}):
        page = (await client.get(f"{where}/items", params=only)).json()
        assert (len(page["items"]), page["next"]) == (0 if turns or only else 2, None)


@pytest.mark.parametrize(
    ("only", "items"),
    [
        ({"unit": "00004"}, 2),
        ({"unit": "99999"}, 0),
        ({"partner": "sandbox"}, 0),
        ({"stage": "routing"}, 0),
        ({"which": "all"}, 2),
    ],
)
async def test_who_chooses_gets_those_alone(
    client: httpx.AsyncClient, held: list[Event], only: dict[str, str], items: int
) -> None:
    assert (await preview(client, **only)).json()["items"] == items


async def test_those_that_began_to_wait_then_come_alone(
    client: httpx.AsyncClient, held: list[Event]
) -> None:
    where = (await preview(client)).headers["location"]
    items = (await client.get(f"{where}/items")).json()["items"]
    first_ms, second_ms = sorted(item["since_ms"] for item in items)
    assert first_ms < second_ms
    between = f"{datetime.fromtimestamp(second_ms / 1_000, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"

    later = (await preview(client, since=between)).json()
    earlier = (await preview(client, until=between)).json()
    never = await preview(client, since=between, until=between)

    assert (later["items"], earlier["items"]) == (1, 1)
    assert later["choice"]["since"] == earlier["choice"]["until"]
    assert (never.status_code, "no-time" in never.text) == (422, True)


async def test_applications_can_be_named(client: httpx.AsyncClient, held: list[Event]) -> None:
    made = await preview(client, applications=[held[1].subject])

    (item,) = (await client.get(f"{made.headers['location']}/items")).json()["items"]
    assert item["application"] == held[1].subject


async def test_what_is_held_no_more_is_refused_and_says_why(
    client: httpx.AsyncClient, door: Door, held: list[Event], log: Any, story: Any
) -> None:
    released = kernel.LaneReleased(operator="o-2", reason="by hand")
    story.external("payment.inbox", "/operators/o-2", released)
    await door.journeys.append([read(record) for record in log.records])

    made = await preview(client)

    assert (made.json()["items"], made.json()["refused"]) == (1, 1)
    assert (made.json()["applications"], made.json()["why"]) == (1, {"nothing_held": 1})
    last = (await client.get(f"{made.headers['location']}/items")).json()["items"][1]
    assert (last["application"], last["result"]) == (story.application, "refused")
    assert last["why_vi"]
    assert last["why_en"]


async def test_the_partner_is_asked_about_the_order_that_waits(
    client: httpx.AsyncClient, door: Door, log: Any, story: Any
) -> None:
    requested = story.charged()
    await door.read(log)
    made = await preview(client, cause="awaiting_payment", action="ask_partner", which="all")
    await client.post(f"{made.headers['location']}/start", json={})

    await door.turn()

    ((topic, event),) = door.published.events
    assert (topic, event.type, event.causationid) == (
        "payment.inbox",
        "payment.query.asked",
        requested.id,
    )
    assert (made.json()["applications"], made.json()["vnd"]) == (1, 50_000)
    said = {"reference": story.reference, "by": "o-1", "reason": HELD["reason"]}
    assert msgspec.json.decode(event.data) == said


async def test_a_round_takes_so_many_and_says_that_there_are_more(
    client: httpx.AsyncClient, door: Door, held: list[Event], world: Any
) -> None:
    (row,) = await door.situations.ranges([prefix(f"{held[0].subject}/payment/held/")])
    names = [world.application(n) for n in range(10, ITEMS_LIMIT + 10)]
    others = [row | {"_id": f"{name}/payment/held/", "application": name} for name in names]
    await door.situations.insert_missing(others)

    found = (await preview(client)).json()

    assert (found["items"] + found["refused"], found["is_whole"]) == (ITEMS_LIMIT, False)
    last = await client.get(f"/v1/rounds/{found['id']}/items", params={"after": ITEMS_LIMIT - 1})
    assert (len(last.json()["items"]), last.json()["next"]) == (1, None)


async def test_what_is_not_possible_now_is_refused_with_what_it_needs(
    client: httpx.AsyncClient, held: list[Event]
) -> None:
    where = (await preview(client)).headers["location"]
    refused = await client.post(f"{where}/resume", json={})
    assert refused.status_code == 409
    assert "paused" in refused.json()["detail"]

    aborted = await client.post(f"{where}/abort", json={"reason": "not these"})
    assert (aborted.json()["status"], aborted.json()["results"]) == ("aborted", {"not_sent": 2})
    assert (await client.post(f"{where}/start", json={})).status_code == 409


async def test_no_more_rounds_are_under_way_than_can_be_followed(
    client: httpx.AsyncClient, held: list[Event]
) -> None:
    for n in range(OPEN_LIMIT + 1):
        where = (await preview(client, reason=f"the {n}th")).headers["location"]
        answer = await client.post(f"{where}/start", json={})

    assert answer.json()["type"] == "urn:motcua:problem:too-many-open"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"cause": "moon"}, 404),
        ({"cause": "in_processing"}, 422),
        ({"action": "moon"}, 422),
        ({"reason": ""}, 422),
        ({"more": 1}, 422),
        ({"applications": ["short"]}, 422),
    ],
)
async def test_a_choice_that_is_not_right_is_refused(
    client: httpx.AsyncClient, changed: dict[str, Any], status: int
) -> None:
    assert (await preview(client, **changed)).status_code == status


async def test_a_round_that_nobody_began_is_unknown(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/rounds/20260609-0000000000")).status_code == 404
    answer = await client.get("/v1/rounds", headers={"authorization": "Bearer other"})
    assert answer.status_code == 401
