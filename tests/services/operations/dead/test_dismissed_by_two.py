"""What somebody sent is given up by two people: asked for by one, agreed to by another."""

from typing import Any

import httpx
import pytest

from services.operations.domain.dead.letters import Place
from tests.services.operations.dead.office import (
    WHY,
    Office,
    accepted,
    at,
    event_of,
    mistaken,
    poisoned,
)
from tests.services.operations.story import application

OTHER = {"authorization": "Bearer other-key"}


async def group_of(client: httpx.AsyncClient) -> str:
    (group,) = (await client.get("/v1/dead")).json()["groups"]
    return f"/v1/dead/{group['id']}"


async def said(client: httpx.AsyncClient, where: str, **more: Any) -> list[str]:
    answer = await client.post(where, json=WHY, **more)
    assert answer.status_code == 200, answer.text
    return [item["result"] for item in answer.json()["items"]]


@pytest.mark.parametrize("topic", ["portal.submissions", "payment.inbox", "routing.inbox"])
async def test_nobody_dismisses_alone_what_somebody_sent(
    office: Office, client: httpx.AsyncClient, topic: str
) -> None:
    for n in range(1, 4):
        office.send(topic, accepted(application(n), n, note=7))
    await office.turn()
    group = await group_of(client)

    for _ in range(2):  # said again it is the same wish
        assert await said(client, f"{group}/dismiss") == ["asked"] * 3
    assert await said(client, f"{group}/accept") == ["own"] * 3
    await office.turn()

    assert len(office.rows()) == 3
    assert not any(r.topic.endswith(".dead") and b"answered" in r.value for r in office.log.records)


async def test_a_calls_money_is_given_up_by_two(office: Office, client: httpx.AsyncClient) -> None:
    office.refuse_call("no order has the reference DVC1")
    await office.turn()
    place = Place("payment.inbox.dead", 0, 0)

    assert await said(client, at(place, "/dismiss")) == ["asked"]
    await office.turn()
    assert len(office.rows()) == 1
    alone = await client.post(at(place, "/edits/1/accept"), json=WHY)
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:motcua:problem:same-person")

    agreed = await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
    assert agreed.status_code == 200
    await office.turn()
    assert office.rows() == []
    answered = (await client.get(at(place))).json()["answered"]
    assert (answered["did"], answered["by"], answered["checker"]) == ("dismissed", "o-1", "o-2")


async def test_who_agrees_sees_before_how_many_they_are_and_who_asked_why(
    office: Office, client: httpx.AsyncClient
) -> None:
    await mistaken(office, 3)
    group = await group_of(client)
    await said(client, f"{group}/dismiss", params={"limit": 2})

    page = (await client.get(group, headers=OTHER)).json()
    assert page["group"]["count"] == 3
    wishes = [item["asked"] and (item["asked"]["by"], item["asked"]["reason"])
              for item in page["items"]]  # fmt: skip
    assert wishes == [("o-1", WHY["reason"])] * 2 + [None]


async def test_only_what_was_asked_for_is_dismissed_whatever_came_since(
    office: Office, client: httpx.AsyncClient
) -> None:
    await mistaken(office, 2)
    group = await group_of(client)
    await said(client, f"{group}/dismiss")
    office.unknown.add("officer.accepted")
    office.send("routing.inbox", accepted(application(3), 3))
    await office.turn()

    done = await said(client, f"{group}/accept", headers=OTHER)
    await office.turn()

    assert done == ["dismissed", "dismissed", "not_asked"]
    assert [row["application"] for row in office.rows()] == [application(3)]
    answers = [e for e in map(event_of, office.log.records) if e.type == "record.answered"]
    assert len(answers) == 2


async def test_a_wish_that_is_turned_down_leaves_all_of_it_to_be_sent(
    office: Office, client: httpx.AsyncClient
) -> None:
    await mistaken(office, 2)
    group = await group_of(client)
    await said(client, f"{group}/dismiss")

    assert await said(client, f"{group}/reject", headers=OTHER) == ["rejected"] * 2
    assert await said(client, f"{group}/accept", headers=OTHER) == ["not_asked"] * 2
    assert await said(client, f"{group}/redrive") == ["sent"] * 2
    await office.turn()
    assert len(office.taken) == 2


async def test_a_copy_and_a_dismissal_of_one_record_do_not_wait_side_by_side(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = await poisoned(office)
    mended = {**WHY, "set": {"$.data.note": "x"}}
    assert (await client.post(at(place, "/edits"), json=mended)).status_code == 201
    assert await said(client, at(place, "/dismiss")) == ["waits"]
    await client.post(at(place, "/edits/1/reject"), json=WHY)

    assert await said(client, at(place, "/dismiss")) == ["asked"]
    assert (await client.post(at(place, "/edits"), json=mended)).status_code == 409
    (copy, wish) = (await client.get(at(place))).json()["edits"]
    assert (copy["is_dismissal"], wish["is_dismissal"], wish["changes"]) == (False, True, [])


async def test_who_agreed_and_went_away_before_it_was_said_says_it_again(
    office: Office, client: httpx.AsyncClient
) -> None:
    await mistaken(office, 1)
    group = await group_of(client)
    await said(client, f"{group}/dismiss")
    stood = len(office.log.records)
    await said(client, f"{group}/accept", headers=OTHER)
    del office.log.records[stood:]  # it was not appended any more

    assert await said(client, f"{group}/accept", headers=OTHER) == ["dismissed"]
    await office.turn()
    assert office.rows() == []


async def test_what_the_log_says_was_sent_is_not_dismissed(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office, 1)
    await said(client, at(place, "/redrive"))
    office.table.rows.clear()  # what is operations' own was lost
    assert await said(client, at(place, "/dismiss")) == ["asked"]
    await office.turn()

    late = await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
    assert (late.status_code, late.json()["type"]) == (409, "urn:motcua:problem:decided-already")
