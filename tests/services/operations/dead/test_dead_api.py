"""Dead letters over HTTP: looked at, sent again, mended by one and accepted by another."""

from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.dead.letters import Place
from shared.events import routing
from shared.events.kernel import RecordParked
from tests.services.operations.dead.office import (
    WHY,
    Office,
    accepted,
    at,
    event_of,
    mistaken,
    poisoned,
)
from tests.services.operations.story import BEGAN, Story, application

OTHER = {"authorization": "Bearer other-key"}


async def groups(client: httpx.AsyncClient) -> Any:
    return (await client.get("/v1/dead")).json()["groups"]


# ---- looking


async def test_groups_stand_before_a_page_of_all_letters(
    office: Office, client: httpx.AsyncClient
) -> None:
    await mistaken(office, 3)
    office.send("routing.inbox", b"no JSON")
    await office.turn()

    page = (await client.get("/v1/dead", params={"limit": 3})).json()

    told = [(g["reason"], g["field"], g["count"], g["nobodys"]) for g in page["groups"]]
    assert told == [
        ("JSON is malformed: invalid character (byte …", "", 1, 1),
        ("nobody here takes messages of type …", "$.type", 3, 0),
    ]
    assert page["is_whole"]
    assert len(page["items"]) == 3
    after = (await client.get("/v1/dead", params={"after": page["next"]})).json()
    assert (after["groups"], len(after["items"]), after["next"]) == ([], 1, None)


async def test_a_group_comes_in_pages(office: Office, client: httpx.AsyncClient) -> None:
    await mistaken(office, 5)
    (group,) = await groups(client)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        where = f"/v1/dead/{group['id']}"
        page = (await client.get(where, params={"limit": 2, "after": after})).json()
        seen += [item["application"] for item in page["items"]]
        after = page["next"]

    assert seen == [application(n) for n in range(1, 6)]
    assert page["group"]["count"] == 5


async def test_one_shows_what_its_contract_says_and_what_it_has(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = await poisoned(office, for_units=["01", "Nguyễn Văn A"], moves_seen="0912345678")

    one = (await client.get(at(place))).json()

    assert (one["type"], one["schema"]) == ("officer.accepted", "urn:motcua:event:officer.accepted")
    assert (one["reason"], one["field"]) == ("Expected `str`, got `int`", "$.data.note")
    assert one["expected"]["type"] == "string"
    found = {d["path"]: (d["expected"].get("type"), d["found"]) for d in one["differences"]}
    assert found == {
        "$.data.note": ("string", "7"),
        "$.data.moves_seen": (["integer", "null"], "“9999999999”"),
    }
    lines = {line["path"]: (line["shown"], line["is_wrong"]) for line in one["lines"]}
    assert lines["$.data.note"] == ("7", True)
    assert lines["$.data.for_units[1]"] == ("“Aaaaaa Aaa A”", False)
    assert lines["$.type"] == ("officer.accepted", False)
    assert (one["why"], one["answered"], one["edits"]) == ("still_wrong", None, [])
    assert "Nguyễn" not in msgspec.json.encode(one).decode()


async def test_what_is_held_is_shown_as_it_is_kept(
    office: Office, client: httpx.AsyncClient
) -> None:
    story = Story(office.log)
    routed = story.routed()
    record = office.log.records[-1]
    parked = RecordParked(
        service="payment", topic=record.topic, partition=record.partition, offset=record.offset,
        reason="Expected `int`, got `str` - at `$.national_code`")  # fmt: skip
    story.external("routing.events.parked", "/services/payment", parked, routed.id)
    await office.read()

    one = (await client.get(f"/v1/dead/{record.topic}/{record.partition}/{record.offset}")).json()

    assert (one["kind"], one["field"], one["why"]) == ("parked", "$.data.national_code", None)
    assert one["expected"]["type"] == "integer"
    assert [line["shown"] for line in one["lines"] if line["is_wrong"]] == ["1"]


@pytest.mark.parametrize(
    "path", ["/v1/dead/nothing", "/v1/dead/routing.inbox/0/99", "/v1/dead/x/0/0"]
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_only_an_operator_sees_any_of_it(office: Office, client: httpx.AsyncClient) -> None:
    place = await poisoned(office)
    portal = {"authorization": "Bearer p-key"}

    for answer in (
        await client.get("/v1/dead", headers=portal),
        await client.get(at(place), headers=portal),
        await client.post(at(place, "/redrive"), json=WHY, headers=portal),
    ):
        assert answer.status_code == 403


# ---- sending again


async def test_a_group_is_sent_again_after_a_fix_and_leaves_the_board(
    office: Office, client: httpx.AsyncClient
) -> None:
    await mistaken(office, 5)
    (group,) = await groups(client)
    results, after = [], ""
    while after is not None:
        answer = await client.post(
            f"/v1/dead/{group['id']}/redrive", json=WHY, params={"limit": 2, "after": after}
        )
        results += answer.json()["items"]
        after = answer.json()["next"]
    await office.turn()

    assert [item["result"] for item in results] == ["sent"] * 5
    assert office.taken == [("/officers/o-7", f"act-{n}") for n in range(1, 6)]
    assert office.rows() == []
    assert await groups(client) == []


async def test_one_that_was_sent_again_says_by_whom_and_what_came_of_it(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    await client.post(at(place, "/redrive"), json=WHY)
    await office.turn()
    one = (await client.get(at(place))).json()
    assert (one["why"], one["answered"]["became"]) == ("answered", "not_yet")

    story = Story(office.log)
    sent = next(e for e in map(event_of, office.log.records) if e.causationid.endswith("/answered"))
    story.decide("routing", sent, _outcome())
    await office.read()

    said = (await client.get(at(place))).json()["answered"]
    assert (said["did"], said["by"], said["reason"]) == ("redriven", "o-1", WHY["reason"])
    assert (said["became"], said["application"]) == ("taken", application(1))


async def test_one_that_is_set_aside_again_says_so_and_stands_on_the_board_anew(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    office.unknown.add("officer.accepted")
    await client.post(at(place, "/redrive"), json=WHY)
    await office.turn()

    assert (await client.get(at(place))).json()["answered"]["became"] == "came_back"
    (again,) = office.rows()
    assert (again["topic"], again["offset"]) == ("routing.inbox", place.offset + 1)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"no JSON", "unreadable"),
        (accepted(application(1), note=7), "still_wrong"),
        (accepted(application(1)) | {"id": ""}, "still_wrong"),
        (accepted(application(1)) | {"type": "no.such"}, "still_wrong"),
    ],
)
async def test_what_would_come_back_is_not_sent_again(
    office: Office, client: httpx.AsyncClient, value: Any, why: str
) -> None:
    office.unknown.add("officer.accepted")
    place = office.send("routing.inbox", value)
    await office.turn()
    before = len(office.log.records)

    done = (await client.post(at(place, "/redrive"), json=WHY)).json()

    assert [item["result"] for item in done["items"]] == [why]
    assert len(office.log.records) == before


async def test_what_was_sent_to_another_than_its_key_is_not_sent_again(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = office.send("routing.inbox", accepted(application(1)), key=application(2))
    await office.turn()

    assert (await client.get(at(place))).json()["why"] == "still_wrong"


async def test_a_partners_call_is_dismissed_and_not_sent(
    office: Office, client: httpx.AsyncClient
) -> None:
    office.refuse_call("no order has the reference DVC1")
    await office.turn()
    (group,) = await groups(client)
    (item,) = (await client.get(f"/v1/dead/{group['id']}")).json()["items"]
    assert (item["topic"], item["why"]) == ("payment.inbox.dead", "a_call")

    where = f"/v1/dead/{group['id']}"
    done = [
        await client.post(f"{where}/dismiss", json=WHY),
        await client.post(f"{where}/accept", json=WHY, headers=OTHER),
    ]
    await office.turn()

    assert [i["result"] for each in done for i in each.json()["items"]] == ["asked", "dismissed"]
    assert office.rows() == []
    one = (await client.get(at(Place("payment.inbox.dead", 0, 0)))).json()
    assert (one["answered"]["did"], one["answered"]["became"]) == ("dismissed", None)


async def test_what_is_held_is_decided_again(office: Office, client: httpx.AsyncClient) -> None:
    story = Story(office.log)
    story.routed()
    parked = RecordParked(
        service="payment", topic="routing.events", partition=story.lane, offset=0, reason="KeyError"
    )
    notice = story.external("routing.events.parked", "/services/payment", parked)
    await office.read()
    (group,) = await groups(client)

    done = await client.post(f"/v1/dead/{group['id']}/redrive", json=WHY)
    again = await client.post(f"/v1/dead/{group['id']}/redrive", json=WHY)

    assert [done.json()["items"][0]["result"], again.json()["items"][0]["result"]] == ["sent"] * 2
    first, second = map(event_of, office.log.records[-2:])
    assert (first.type, first.id, first.causationid) == (
        "lane.released", f"{notice.id}/released", notice.id)  # fmt: skip
    assert (second.id, second.source) == (first.id, first.source)
    await office.read()
    assert office.rows() == []


def _outcome() -> Any:
    return routing.Accepted(national_code=2, officer="o-7", due=BEGAN)


async def test_what_was_done_about_letters_is_none_of_them(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    await client.post(at(place, "/redrive"), json=WHY)
    await office.turn()

    items = (await client.get("/v1/dead")).json()["items"]

    assert [(item["topic"], item["offset"]) for item in items] == [(place.topic, place.offset)]
